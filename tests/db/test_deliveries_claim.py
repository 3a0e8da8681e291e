"""Which deliveries may be attempted now: due, in order, within each host's share, and by one worker only."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from fediart.db import queries, tables
from fediart.db.engine import Database
from fediart.db.queries import deliveries
from tests.db import rows
from tests.db.rows import LEASE, NOW

SOON = NOW + timedelta(seconds=1)


@pytest.fixture
async def us(database: Database) -> tables.Actor:
    async with database.write() as tx:
        return await rows.actor(tx, "https://art.example/users/mira", is_local=True)


async def test_a_promise_to_an_inbox_is_made_once(database: Database, us: tables.Actor) -> None:
    async with database.write() as tx:
        id_ = await rows.promise(tx, us, rows.inbox_at("a.example"), subject="work 1")
        await deliveries.add(tx, activity_id=id_, subject="work 1", inboxes=rows.inbox_at("a.example"), at=NOW)
        await deliveries.add(tx, activity_id=id_, subject="work 1", inboxes={}, at=NOW)
        assert await deliveries.totals(tx) == {"waiting": 1, "delivered": 0, "dropped": 0}
    assert database.wakeups.event(deliveries.TOPIC).is_set()


async def test_what_is_claimed_is_leased(database: Database, us: tables.Actor) -> None:
    async with database.write() as tx:
        await rows.promise(tx, us, rows.inbox_at("a.example"))
    async with database.write() as tx:
        (first,) = await rows.claim(tx)
        assert first.attempts == 1
    async with database.write() as tx:
        assert await rows.claim(tx, now=NOW + LEASE - timedelta(seconds=1)) == []
        assert await deliveries.next_due(tx) == NOW + LEASE
    async with database.write() as tx:
        (again,) = await rows.claim(tx, now=NOW + LEASE)
        assert (again.id, again.attempts) == (first.id, 2)


async def test_a_lease_can_be_given_back(database: Database, us: tables.Actor) -> None:
    async with database.write() as tx:
        await rows.promise(tx, us, rows.inbox_at("a.example"))
        (one,) = await rows.claim(tx)
        await deliveries.release(tx, [one.id])
    async with database.write() as tx:
        assert [c.id for c in await rows.claim(tx)] == [one.id]
        assert await deliveries.release_all(tx) == 1
        assert [c.id for c in await rows.claim(tx)] == [one.id]


async def test_nothing_is_claimed_before_it_is_due(database: Database, us: tables.Actor) -> None:
    async with database.write() as tx:
        await rows.promise(tx, us, rows.inbox_at("a.example"), at=SOON)
        assert await rows.claim(tx, now=NOW) == []
        assert await deliveries.next_due(tx) == SOON
        assert len(await rows.claim(tx, now=SOON)) == 1


async def test_what_waits_for_a_resting_host_is_due_after_its_rest(database: Database, us: tables.Actor) -> None:
    rest = NOW + timedelta(hours=1)
    async with database.write() as tx:
        await rows.promise(tx, us, rows.inbox_at("a.example"))
        await deliveries.rest_host(tx, host="a.example", retry_at=rest, failures=3, now=NOW, error="503")
        assert await rows.claim(tx) == []
        assert await deliveries.next_due(tx) == rest
        assert len(await rows.claim(tx, now=rest)) == 1


async def test_what_waits_behind_something_older_is_not_due_before_it(database: Database, us: tables.Actor) -> None:
    later = NOW + timedelta(hours=1)
    async with database.write() as tx:
        await rows.promise(tx, us, rows.inbox_at("a.example"), subject="work 1", at=later)
        await rows.promise(tx, us, rows.inbox_at("a.example"), subject="work 1", type_="Update")
        assert await rows.claim(tx) == []
        assert await deliveries.next_due(tx) == later


async def test_a_host_has_a_share_and_others_do_not_wait_behind_it(database: Database, us: tables.Actor) -> None:
    async with database.write() as tx:
        for number in range(5):
            await rows.promise(tx, us, {f"https://big.example/inbox/{number}": "big.example"})
        await rows.promise(tx, us, rows.inbox_at("small.example"), at=SOON)
    async with database.write() as tx:
        claimed = await rows.claim(tx, now=SOON, per_host=2)
    assert sorted(c.host for c in claimed) == ["big.example", "big.example", "small.example"]


async def test_what_is_under_way_counts_into_the_share(database: Database, us: tables.Actor) -> None:
    async with database.write() as tx:
        for number in range(3):
            await rows.promise(tx, us, {f"https://big.example/inbox/{number}": "big.example"})
    async with database.write() as tx:
        assert len(await rows.claim(tx, per_host=2, busy={"big.example": 1})) == 1
        assert await rows.claim(tx, per_host=2, busy={"big.example": 2}) == []


async def test_a_full_host_with_a_long_queue_does_not_hide_the_others(database: Database, us: tables.Actor) -> None:
    async with database.write() as tx:
        await rows.promise(tx, us, {f"https://big.example/inbox/{n}": "big.example" for n in range(600)})
        await rows.promise(tx, us, rows.inbox_at("small.example"), at=SOON)
    async with database.write() as tx:
        claimed = await rows.claim(tx, now=SOON, limit=10, per_host=2)
    assert sorted(c.host for c in claimed) == ["big.example", "big.example", "small.example"]


async def test_no_more_are_claimed_than_asked_for(database: Database, us: tables.Actor) -> None:
    async with database.write() as tx:
        await rows.promise(tx, us, {f"https://h{n}.example/inbox": f"h{n}.example" for n in range(20)})
        assert len(await rows.claim(tx, limit=7)) == 7
        assert len(await rows.claim(tx, limit=100)) == 13


async def test_one_subject_reaches_a_host_in_order(database: Database, us: tables.Actor) -> None:
    """Also when the older one waits for a retry: an Update never overtakes its Create."""
    async with database.write() as tx:
        both = rows.inbox_at("a.example") | rows.inbox_at("b.example")
        create = await rows.promise(tx, us, both, subject="work 1")
        update = await rows.promise(tx, us, both, subject="work 1", type_="Update")
    async with database.write() as tx:
        claimed = {c.host: c for c in await rows.claim(tx)}
        assert {c.activity_id for c in claimed.values()} == {create}
        await deliveries.settle_delivered(tx, [claimed["a.example"]], NOW)
        await deliveries.settle_retry(tx, [(claimed["b.example"], NOW + timedelta(hours=1), "503")])
    async with database.write() as tx:
        assert [(c.host, c.activity_id) for c in await rows.claim(tx, now=SOON)] == [("a.example", update)]


async def test_another_subject_does_not_wait(database: Database, us: tables.Actor) -> None:
    async with database.write() as tx:
        await rows.promise(tx, us, rows.inbox_at("a.example"), subject="work 1")
        await rows.promise(tx, us, rows.inbox_at("a.example"), subject="work 2")
        assert {c.subject for c in await rows.claim(tx)} == {"work 1", "work 2"}


async def test_a_resting_host_gets_nothing_then_a_single_probe(database: Database, us: tables.Actor) -> None:
    later = NOW + timedelta(minutes=5)
    async with database.write() as tx:
        for number in range(3):
            await rows.promise(tx, us, {f"https://a.example/inbox/{number}": "a.example"})
        (first,) = await rows.claim(tx, limit=1)
        await deliveries.settle_retry(tx, [(first, later, "503")])
        await deliveries.rest_host(tx, host="a.example", retry_at=later, failures=1, now=NOW, error="503")
    async with database.write() as tx:
        assert await rows.claim(tx, now=later - timedelta(seconds=1)) == []
        assert len(await rows.claim(tx, now=later)) == 1
        assert await rows.claim(tx, now=later, busy={"a.example": 1}) == []


async def test_what_is_promised_to_a_resting_host_waits_too(database: Database, us: tables.Actor) -> None:
    later = NOW + timedelta(minutes=5)
    async with database.write() as tx:
        await deliveries.rest_host(tx, host="a.example", retry_at=later, failures=1, now=NOW, error="503")
        await rows.promise(tx, us, rows.inbox_at("a.example") | rows.inbox_at("b.example"))
        assert [c.host for c in await rows.claim(tx, now=SOON)] == ["b.example"]


async def test_a_host_that_is_well_again_gets_everything_at_once(database: Database, us: tables.Actor) -> None:
    later = NOW + timedelta(hours=6)
    async with database.write() as tx:
        for number in range(3):
            await rows.promise(tx, us, {f"https://a.example/inbox/{number}": "a.example"})
        await deliveries.rest_host(tx, host="a.example", retry_at=later, failures=4, now=NOW, error="503")
        assert await rows.claim(tx, now=SOON) == []
    async with database.write() as tx:
        await deliveries.note_well(tx, ["a.example", "b.example"], SOON)
    async with database.write() as tx:
        assert len(await rows.claim(tx, now=SOON)) == 3
        hosts = await deliveries.hosts(tx, ["a.example", "b.example", "c.example"])
        assert {name: (host.failures, host.retry_at) for name, host in hosts.items()} == {
            "a.example": (0, None),
            "b.example": (0, None),
        }


async def test_a_host_remembers_since_when_it_fails(database: Database) -> None:
    async with database.write() as tx:
        for failures in (1, 2):
            at = NOW + timedelta(hours=failures)
            await deliveries.rest_host(tx, host="a.example", retry_at=at, failures=failures, now=at, error="timed out")
    async with database.read() as tx:
        host = (await deliveries.hosts(tx, ["a.example"]))["a.example"]
        assert (host.failures, host.failing_since, host.last_error) == (2, NOW + timedelta(hours=1), "timed out")


@pytest.mark.postgres
@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
async def test_two_workers_never_claim_the_same(database: Database, second: Database, us: tables.Actor) -> None:
    """SKIP LOCKED: the second one takes others, without waiting for the first one's commit."""
    async with database.write() as tx:
        await rows.promise(tx, us, {f"https://h{n}.example/inbox": f"h{n}.example" for n in range(300)})
    async with database.write() as one:
        first = await rows.claim(one, limit=10)
        async with second.write() as other:
            more = await asyncio.wait_for(rows.claim(other, limit=10), 30)
    assert len(first) == len(more) == 10
    assert {c.id for c in first}.isdisjoint({c.id for c in more})


async def test_many_workers_share_the_queue_without_overlap(
    database: Database, second: Database, us: tables.Actor
) -> None:
    async with database.write() as tx:
        await rows.promise(tx, us, {f"https://h{n}.example/inbox": f"h{n}.example" for n in range(60)})

    async def work(where: Database) -> list[int]:
        mine: list[int] = []
        for _ in range(30):
            async with where.write() as tx:
                claimed = await rows.claim(tx, limit=5)
                await deliveries.settle_delivered(tx, claimed, NOW)
            mine += [c.id for c in claimed]
        return mine

    shares = await asyncio.gather(work(database), work(second), work(database), work(second))
    taken = [id_ for share in shares for id_ in share]
    assert len(taken) == len(set(taken)) == 60
    async with database.read() as tx:
        assert await queries.deliveries.totals(tx) == {"waiting": 0, "delivered": 60, "dropped": 0}
