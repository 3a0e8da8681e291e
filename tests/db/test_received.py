"""The inbox queue: a repeat is no second activity, and one sender's activities are taken one by one, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from fediart.db import ids, tables
from fediart.db.engine import Database, Transaction
from fediart.db.queries import received, tombstones
from tests.db.rows import LEASE, NOW

LEE = "https://a.example/users/lee"
KIM = "https://b.example/users/kim"
SOON = NOW + timedelta(seconds=1)


def row(key: str, actor: str = LEE) -> dict[str, Any]:
    return {
        "id": ids.new_id(),
        "key": key,
        "type": "Create",
        "actor_uri": actor,
        "recipient": None,
        "body": key.encode(),
        "request_id": f"request {key}",
        "received_at": NOW,
        "state": received.NEW,
        "attempts": 0,
        "next_attempt_at": NOW,
    }


async def store(database: Database, *new: Mapping[str, Any]) -> None:
    async with database.write() as tx:
        await received.add_many(tx, new)


async def claim(tx: Transaction, now: Any = NOW, limit: int = 8) -> list[str]:
    return [c.body.decode() for c in await received.claim(tx, now=now, until=now + LEASE, limit=limit)]


async def test_a_repeat_changes_nothing(database: Database) -> None:
    await store(database, row("1"), row("1"), row("2", KIM))
    await store(database, row("1"), row("2", KIM))
    async with database.read() as tx:
        assert await received.counts(tx) == {"new": 2}
    assert database.wakeups.event(received.TOPIC).is_set()


async def test_a_repeat_that_comes_after_the_deed_changes_nothing(database: Database) -> None:
    await store(database, row("1"))
    async with database.write() as tx:
        (one,) = await received.claim(tx, now=NOW, until=NOW + LEASE, limit=8)
        await received.settle(tx, one.id, state=received.DONE, outcome="stored", at=NOW)
    await store(database, row("1"))
    async with database.write() as tx:
        assert await received.counts(tx) == {"done": 1}
        assert await claim(tx, SOON) == []


async def test_the_same_by_two_ways_at_once_is_one(database: Database, second: Database) -> None:
    await asyncio.gather(*(store(where, row("1")) for where in (database, second) * 3))
    async with database.read() as tx:
        assert await received.counts(tx) == {"new": 1}


async def test_one_at_a_time_for_each_sender_in_order(database: Database) -> None:
    await store(database, row("lee 1"), row("lee 2"), row("kim 1", KIM), row("lee 3"))
    async with database.write() as tx:
        first = await received.claim(tx, now=NOW, until=NOW + LEASE, limit=8)
        assert [c.body for c in first] == [b"lee 1", b"kim 1"]
        assert [(c.actor_uri, c.attempts, c.request_id) for c in first] == [
            (LEE, 1, "request lee 1"),
            (KIM, 1, "request kim 1"),
        ]
    async with database.write() as tx:
        assert await claim(tx) == []
        await received.settle(tx, first[0].id, state=received.IGNORED, outcome="concerns nobody here", at=NOW)
    async with database.write() as tx:
        assert await claim(tx) == ["lee 2"]


async def test_what_is_tried_again_keeps_its_place(database: Database) -> None:
    await store(database, row("lee 1"), row("lee 2"))
    async with database.write() as tx:
        (one,) = await received.claim(tx, now=NOW, until=NOW + LEASE, limit=8)
        await received.retry(tx, one.id, at=SOON, outcome="the peer did not answer")
    async with database.write() as tx:
        assert await claim(tx, NOW) == []
        assert await claim(tx, SOON) == ["lee 1"]


async def test_a_lease_ends(database: Database) -> None:
    await store(database, row("1"))
    async with database.write() as tx:
        assert await claim(tx) == ["1"]
        assert await claim(tx, NOW + LEASE - timedelta(seconds=1)) == []
        assert await claim(tx, NOW + LEASE) == ["1"]
        await received.release_all(tx)
    async with database.write() as tx:
        assert await claim(tx, NOW + LEASE) == ["1"]


async def test_two_workers_never_take_the_same(database: Database, second: Database) -> None:
    await store(database, *(row(f"{n}", f"https://a.example/users/{n}") for n in range(30)))

    async def work(where: Database) -> list[str]:
        mine: list[str] = []
        for _ in range(20):
            async with where.write() as tx:
                mine += await claim(tx, limit=3)
        return mine

    shares = await asyncio.gather(work(database), work(second), work(second))
    taken = [key for share in shares for key in share]
    assert sorted(taken, key=int) == [f"{n}" for n in range(30)]


async def test_what_came_stays_visible_until_it_is_old(database: Database) -> None:
    await store(database, *(row(f"{n}", f"https://a.example/users/{n}") for n in range(4)))
    states = (received.DONE, received.IGNORED, received.FAILED)
    async with database.write() as tx:
        claimed = await received.claim(tx, now=NOW, until=NOW + LEASE, limit=3)
        for one, state in zip(claimed, states, strict=True):
            await received.settle(tx, one.id, state=state, outcome="why", at=NOW)
        assert [r.outcome for r in await received.recent(tx, state=received.FAILED)] == ["why"]
        assert len(await received.recent(tx)) == 4
        await received.prune(tx, settled_before=NOW)
        assert await received.counts(tx) == {"done": 1, "ignored": 1, "failed": 1, "new": 1}
        await received.prune(tx, settled_before=SOON)
        assert await received.counts(tx) == {"failed": 1, "new": 1}


@pytest.mark.parametrize("times", [1, 2])
async def test_a_tombstone_counts_for_whoever_set_it(database: Database, times: int) -> None:
    async with database.write() as tx:
        for _ in range(times):
            await tombstones.add(tx, uri=f"{LEE}/notes/1", actor_uri=LEE, at=NOW)
        assert await tombstones.has(tx, uri=f"{LEE}/notes/1", actor_uri=LEE)
        assert not await tombstones.has(tx, uri=f"{LEE}/notes/1", actor_uri=KIM)
        await tombstones.prune(tx, before=NOW)
        assert await tombstones.has(tx, uri=f"{LEE}/notes/1", actor_uri=LEE)
        await tombstones.prune(tx, before=SOON)
        assert not await tx.get(tables.Tombstone, (f"{LEE}/notes/1", LEE))
