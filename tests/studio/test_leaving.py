"""An account is deleted: whose inboxes hear of it, what no longer leaves, and for how long the keys stay."""

from __future__ import annotations

from datetime import timedelta

import orjson
from sqlalchemy import select

from fediart import config
from fediart.db import ids, queries, tables
from fediart.outbox import deliver, fanout
from fediart.studio import accounts, moves
from tests.studio.conftest import MIRA, NOW, Studio


async def befriend(studio: Studio, person: tables.Actor, target: tables.Actor) -> None:
    async with studio.database.write() as tx:
        follow = tables.Follow(id=ids.new_id(), uri=f"{person.uri}/f", follower_id=person.id, target_id=target.id)
        follow.state, follow.created_at = queries.follows.ACCEPTED, NOW
        tx.add(follow)


async def spread(studio: Studio) -> None:
    while await fanout.step(studio.database):
        pass


async def waiting(studio: Studio) -> list[tuple[str, str]]:
    """Return (type, inbox) of what waits to be delivered."""
    statement = (
        select(tables.Activity.type, tables.Delivery.inbox)
        .join(tables.Activity, tables.Activity.id == tables.Delivery.activity_id)
        .where(tables.Delivery.state == "waiting")
        .order_by(tables.Delivery.inbox)
    )
    async with studio.database.read() as tx:
        return [(row[0], row[1]) for row in await tx.execute(statement)]


async def settle(studio: Studio, state: str = "delivered") -> None:
    async with studio.database.write() as tx:
        for delivery in await tx.scalars(select(tables.Delivery).where(tables.Delivery.state == "waiting")):
            delivery.state, delivery.settled_at = state, NOW


async def private_keys(studio: Studio, actor: tables.Actor) -> int:
    async with studio.database.read() as tx:
        return len([key for key in await queries.keys.of_actor(tx, actor.id) if key.private_pem])


async def test_the_farewell_goes_to_all_who_got_anything_and_replaces_the_rest(
    studio: Studio, mira: tables.Actor
) -> None:
    lee, pat = await studio.somebody("lee"), await studio.somebody("pat", "b.example")
    for person in (lee, pat):
        await befriend(studio, person, mira)
    note = await studio.publish()
    await spread(studio)
    await settle(studio)
    async with studio.database.write() as tx:
        await queries.follows.remove(tx, pat.id, mira.id)  # still has the work
    await studio.publish(title="Waits for lee")
    await spread(studio)
    await studio.publish(title="Not spread yet")
    async with studio.database.write() as tx:
        await accounts.delete(tx, studio.speaker, "mira", now=NOW)
    said, _ = await studio.last()
    assert (said["type"], said["actor"], said["object"]) == ("Delete", MIRA, MIRA)
    await spread(studio)
    assert await waiting(studio) == [("Delete", lee.inbox), ("Delete", pat.inbox)]
    async with studio.database.read() as tx:
        gone = await queries.notes.get(tx, note.id)
        assert gone is not None
        assert orjson.loads(gone.document)["type"] == "Tombstone"
        assert await queries.follows.count_followers(tx, mira.id) == 0
        assert await queries.activities.count_public(tx, mira.id) == 0


async def test_the_keys_stay_for_as_long_as_something_waits(studio: Studio, mira: tables.Actor) -> None:
    kim = await studio.artist("kim")
    await befriend(studio, await studio.somebody(), mira)
    async with studio.database.write() as tx:
        await accounts.delete(tx, studio.speaker, "mira", now=NOW)
    settings = config.Federation(retry_for_seconds=timedelta(days=3650).total_seconds())
    for step in (spread, None):
        await deliver.maintain(studio.database, settings)
        assert await private_keys(studio, mira) == 2
        if step is not None:
            await step(studio)
    await settle(studio)
    await deliver.maintain(studio.database, settings)
    assert await private_keys(studio, mira) == 0
    assert await private_keys(studio, kim) == 2


async def test_what_is_said_of_the_dead_is_remembered_as_superseded(studio: Studio, mira: tables.Actor) -> None:
    lee = await studio.somebody()
    await befriend(studio, lee, mira)
    await studio.publish()
    await spread(studio)
    async with studio.database.write() as tx:
        claimed = await queries.deliveries.claim(
            tx, now=NOW + timedelta(days=3650), until=NOW + timedelta(days=3651), limit=9, per_host=9, busy={}
        )
        assert await queries.deliveries.superseded(tx, claimed) == set()
        await accounts.delete(tx, studio.speaker, "mira", now=NOW)
        assert await queries.deliveries.superseded(tx, claimed) == {one.id for one in claimed}
    assert len(claimed) == 1


async def test_the_next_move_waits_for_a_week(studio: Studio, mira: tables.Actor) -> None:
    new = await studio.somebody("mira", "new.example")
    new.also_known_as = [MIRA]
    new.moved_to = None
    async with studio.database.write() as tx:
        await moves.move(tx, studio.speaker, "mira", new, now=NOW)
    assert [activity.type for activity in await studio.activities()] == ["Update", "Move"]
    async with studio.database.write() as tx:
        await moves.move(tx, studio.speaker, "mira", new, now=NOW + moves.COOLDOWN)
    assert [activity.type for activity in await studio.activities()] == ["Update", "Move"] * 2
