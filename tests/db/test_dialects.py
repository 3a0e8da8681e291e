"""Which HTTP signature each host takes, beside how it has been answering."""

from __future__ import annotations

from fediart.db.engine import Database
from fediart.db.queries import deliveries, dialects
from tests.db.rows import NOW


async def test_what_was_learned_last_is_known(database: Database) -> None:
    async with database.write() as tx:
        await dialects.save(tx, {})
        await dialects.save(tx, {"a.example": "rfc9421", "b.example": "rfc9421"})
    async with database.write() as tx:
        await dialects.save(tx, {"b.example": "draft-cavage"})
    async with database.read() as tx:
        assert await dialects.known(tx) == {"a.example": "rfc9421", "b.example": "draft-cavage"}


async def test_the_memory_of_failures_stays(database: Database) -> None:
    async with database.write() as tx:
        await deliveries.rest_host(tx, host="a.example", retry_at=NOW, failures=3, now=NOW, error="503")
        await dialects.save(tx, {"a.example": "rfc9421"})
        await deliveries.note_well(tx, ["c.example"], NOW)
    async with database.read() as tx:
        host = (await deliveries.hosts(tx, ["a.example"]))["a.example"]
        assert (host.failures, host.last_error, host.dialect) == (3, "503", "rfc9421")
        assert await dialects.known(tx) == {"a.example": "rfc9421"}
