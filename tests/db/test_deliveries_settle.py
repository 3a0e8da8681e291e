"""What becomes of a delivery: delivered, tried again, given up, or withdrawn before it was sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from fediart.db import tables
from fediart.db.engine import Database, Transaction
from fediart.db.queries import deliveries
from tests.db import rows
from tests.db.rows import LEASE, NOW

SOON = NOW + timedelta(seconds=1)
INBOX = "https://a.example/inbox"


@pytest.fixture
async def us(database: Database) -> tables.Actor:
    async with database.write() as tx:
        return await rows.actor(tx, "https://art.example/users/mira", is_local=True)


async def states(tx: Transaction) -> list[tuple[str, str | None]]:
    found = await tx.execute(select(tables.Delivery.state, tables.Delivery.last_error).order_by(tables.Delivery.id))
    return [(state, error) for state, error in found]


async def test_every_outcome_is_recorded_with_its_reason(database: Database, us: tables.Actor) -> None:
    async with database.write() as tx:
        activity = await rows.promise(tx, us, {f"https://{n}.example/inbox": f"{n}.example" for n in "abc"})
        a, b, c = await rows.claim(tx)
        await deliveries.settle_delivered(tx, [a], NOW)
        await deliveries.settle_dropped(tx, [(b, "refused: 403")], NOW)
        await deliveries.settle_retry(tx, [(c, SOON, "timed out")])
    async with database.write() as tx:
        assert await states(tx) == [("delivered", None), ("dropped", "refused: 403"), ("waiting", "timed out")]
        assert await deliveries.progress(tx, activity) == {"delivered": 1, "dropped": 1, "waiting": 1}
        assert await deliveries.next_due(tx) == SOON
        assert [(again.id, again.attempts) for again in await rows.claim(tx, now=SOON)] == [(c.id, 2)]


async def test_settling_nothing_is_harmless(database: Database) -> None:
    async with database.write() as tx:
        await deliveries.settle_dropped(tx, [], NOW)
        await deliveries.settle_retry(tx, [])
        assert await deliveries.next_due(tx) is None


async def test_the_queue_is_shown_with_its_reasons(database: Database, us: tables.Actor) -> None:
    rest = NOW + timedelta(hours=1)
    async with database.write() as tx:
        await rows.promise(tx, us, rows.inbox_at("a.example") | rows.inbox_at("b.example"))
        await deliveries.rest_host(tx, host="b.example", retry_at=rest, failures=3, now=NOW, error="DNS")
    async with database.read() as tx:
        a, b = await deliveries.waiting(tx)
        assert (a.host, a.type, a.inbox, a.attempts, a.last_error, a.host_failures) == (
            "a.example",
            "Create",
            INBOX,
            0,
            None,
            0,
        )
        assert (b.host, b.next_attempt_at, b.last_error, b.host_failures) == ("b.example", rest, "DNS", 3)
        assert [w.host for w in await deliveries.waiting(tx, host="b.example")] == ["b.example"]
        assert len(await deliveries.waiting(tx, limit=1)) == 1


async def test_a_retry_by_the_admin_wakes_the_host(database: Database, us: tables.Actor) -> None:
    async with database.write() as tx:
        await rows.promise(tx, us, rows.inbox_at("a.example"))
        (one,) = await rows.claim(tx)
        await deliveries.settle_retry(tx, [(one, NOW + timedelta(hours=6), "503")])
        await deliveries.rest_host(
            tx, host="a.example", retry_at=NOW + timedelta(hours=6), failures=3, now=NOW, error="503"
        )
        assert await rows.claim(tx, now=SOON) == []
        assert await deliveries.retry_now(tx, delivery_id=None, host="b.example", now=SOON) == 0
        assert await deliveries.retry_now(tx, delivery_id=one.id, host=None, now=SOON) == 1
        assert [c.id for c in await rows.claim(tx, now=SOON)] == [one.id]


async def test_the_admin_can_give_up(database: Database, us: tables.Actor) -> None:
    async with database.write() as tx:
        await rows.promise(tx, us, rows.inbox_at("a.example") | rows.inbox_at("b.example"))
        assert await deliveries.drop(tx, delivery_id=None, host="a.example", now=NOW) == 1
        assert sorted(await states(tx)) == [("dropped", "dropped by the admin"), ("waiting", None)]
        assert await deliveries.drop(tx, delivery_id=None, host=None, now=NOW) == 1
        assert await deliveries.drop(tx, delivery_id=None, host=None, now=NOW) == 0


async def test_a_delete_withdraws_what_was_never_sent(database: Database, us: tables.Actor) -> None:
    async with database.write() as tx:
        both = rows.inbox_at("a.example") | rows.inbox_at("b.example")
        await rows.promise(tx, us, both, subject="work 1")
        (tried, _) = await rows.claim(tx)
        await deliveries.release(tx, [tried.id])
        await rows.promise(tx, us, rows.inbox_at("a.example"), subject="work 2")
    async with database.write() as tx:
        await rows.promise(tx, us, rows.inbox_at("c.example"), subject="work 1", type_="Update")
        delete = await rows.activity(tx, us, subject="work 1", type_="Delete")
        await deliveries.drop_unsent(tx, subject="work 1", before_activity=delete, at=NOW)
        # What was attempted may have arrived, so it stays known; another work is not touched.
        assert await states(tx) == [
            ("waiting", None),
            ("waiting", None),
            ("waiting", None),
            ("dropped", deliveries.SUPERSEDED),
        ]
        await deliveries.drop_retries(tx, subject="work 1", before_activity=delete, now=NOW)
        assert (await states(tx))[:3] == [("dropped", deliveries.SUPERSEDED), ("waiting", None), ("waiting", None)]
        await deliveries.drop_retries(tx, subject="work 1", before_activity=delete, now=NOW + LEASE)
        assert (await states(tx))[1] == ("dropped", deliveries.SUPERSEDED)


async def test_whoever_may_have_got_something_is_remembered(database: Database, us: tables.Actor) -> None:
    async with database.write() as tx:
        inboxes = {f"https://{n}.example/inbox": f"{n}.example" for n in "abcd"}
        await rows.promise(tx, us, inboxes, subject="work 1")
        await rows.promise(tx, us, rows.inbox_at("e.example"), subject="work 2")
        a, b, c = await rows.claim(tx, limit=3)
        await deliveries.settle_delivered(tx, [a], NOW)
        await deliveries.settle_dropped(tx, [(b, "refused: 403")], NOW)
        await deliveries.settle_retry(tx, [(c, SOON, "timed out")])
        got = await deliveries.inboxes_that_got(tx, subject="work 1")
    assert got == {one.inbox: one.host for one in (a, b, c)}


async def test_a_retry_after_a_delete_is_known_to_be_pointless(database: Database, us: tables.Actor) -> None:
    async with database.write() as tx:
        await rows.promise(tx, us, rows.inbox_at("a.example"), subject="work 1")
        await rows.promise(tx, us, rows.inbox_at("a.example"), subject="work 2")
        claimed = await rows.claim(tx)
        await rows.activity(tx, us, subject="work 1", type_="Delete")
        await rows.activity(tx, us, subject="work 2", type_="Update")
        assert await deliveries.superseded(tx, claimed) == {c.id for c in claimed if c.subject == "work 1"}


async def test_what_fails_for_too_long_is_given_up(database: Database, us: tables.Actor) -> None:
    """Failed ones, and what waited behind a failing host; never what was only not yet come to."""
    old = NOW - timedelta(days=4)
    async with database.write() as tx:
        await rows.promise(tx, us, rows.inbox_at("tried.example"), at=old)
        (tried,) = await rows.claim(tx)
        await deliveries.settle_retry(tx, [(tried, SOON, "timed out")])
        await rows.promise(tx, us, rows.inbox_at("behind.example"), at=old)
        await deliveries.rest_host(tx, host="behind.example", retry_at=SOON, failures=9, now=old, error="DNS")
        await rows.promise(tx, us, rows.inbox_at("untried.example"), at=old)
        await rows.promise(tx, us, rows.inbox_at("behind.example", "young"), at=NOW)
        assert await deliveries.give_up_old(tx, created_before=NOW - timedelta(days=3), now=NOW) == 2
        assert await states(tx) == [
            ("dropped", "gave up: timed out"),
            ("dropped", "gave up: no answer"),
            ("waiting", None),
            ("waiting", None),
        ]


async def test_what_is_under_way_is_not_given_up(database: Database, us: tables.Actor) -> None:
    async with database.write() as tx:
        await rows.promise(tx, us, rows.inbox_at("a.example"), at=NOW - timedelta(days=4))
        await rows.claim(tx)
        assert await deliveries.give_up_old(tx, created_before=NOW, now=SOON) == 0
        assert await deliveries.give_up_old(tx, created_before=NOW, now=NOW + LEASE) == 1


async def test_only_what_no_work_needs_is_forgotten(database: Database, us: tables.Actor) -> None:
    """The deliveries of a work stay: they say who must hear of its end."""
    async with database.write() as tx:
        note = await rows.note(tx, us)
        of_work = await rows.promise(tx, us, rows.inbox_at("a.example"))
        (await tx.get_one(tables.Activity, of_work)).note_id = note.id
        await rows.promise(tx, us, rows.inbox_at("b.example"))
        await rows.promise(tx, us, rows.inbox_at("c.example"), at=SOON)
        await deliveries.settle_delivered(tx, await rows.claim(tx), NOW)
        await deliveries.prune(tx, settled_before=NOW)
        assert len(await states(tx)) == 3
        await deliveries.prune(tx, settled_before=SOON)
        left = set(await tx.scalars(select(tables.Delivery.host)))
    assert left == {"a.example", "c.example"}
