"""`fediart serve` and `reports`: a server that cannot start says why, and an admin reads what was reported."""

from __future__ import annotations

import asyncio
import socket

from fediart import clock, config
from fediart.db import ids, queries, tables
from fediart.db.engine import Database
from tests.cli.conftest import House


def test_a_port_that_is_taken_is_named(house: House) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        house.environ["FEDIART_SERVER__PORT"] = str(port)
        said = house.refused("serve")
    assert f"127.0.0.1:{port} is in use by another program: stop it, or set another [server] port" in said


def test_a_setting_that_is_wrong_keeps_the_server_from_starting(house: House) -> None:
    house.environ["FEDIART_SERVER__PORT"] = "eighty"
    for command in ("serve", "worker", "migrate"):
        assert "port" in house.refused(command, code=2)


def test_reports_are_listed_with_their_words(house: House) -> None:
    about = ["http://localhost:8080/users/mira", "http://localhost:8080/objects/1"]

    async def report() -> None:
        url = f"sqlite+aiosqlite:///{house.folder / 'data' / 'fediart.sqlite3'}"
        async with Database(url, config.Database()) as database, database.write() as tx:
            sender = tables.Actor(
                id=ids.new_id(),
                uri="https://a.example/actor",
                host="a.example",
                inbox="https://a.example/inbox",
                updated_at=clock.now(),
            )
            tx.add(sender)
            await tx.flush()
            await queries.reports.add(
                tx, uri=None, actor_id=sender.id, objects=about, content="Not their own work.", at=clock.now()
            )

    asyncio.run(report())
    (row,) = house.json("reports")
    assert set(row) == {"id", "from", "objects", "content", "created_at"}
    assert (row["from"]["uri"], row["objects"], row["content"]) == (
        "https://a.example/actor",
        about,
        "Not their own work.",
    )
    table = house.ok("reports")
    assert "a.example" in table
    assert "Not their own work." in table
