"""Following: asked, accepted, taken back; and nothing that cannot be."""

from __future__ import annotations

import pytest

from fediart import errors
from fediart.db import queries, tables
from fediart.studio import follows
from tests.studio.conftest import BASE, MIRA, NOW, Studio


async def follow(studio: Studio, target: tables.Actor, username: str = "mira") -> tables.Follow:
    async with studio.database.write() as tx:
        return await follows.follow(tx, studio.speaker, username, target, now=NOW)


async def unfollow(studio: Studio, target: tables.Actor) -> None:
    async with studio.database.write() as tx:
        await follows.unfollow(tx, studio.speaker, "mira", target, now=NOW)


async def accept(studio: Studio, relation: tables.Follow) -> None:
    async with studio.database.write() as tx:
        (await tx.get_one(tables.Follow, relation.id)).state = queries.follows.ACCEPTED


async def test_somebody_elsewhere_is_asked(studio: Studio) -> None:
    lee = await studio.somebody("lee")
    relation = await follow(studio, lee)
    said, row = await studio.last()
    assert relation.state == queries.follows.REQUESTED
    assert (said["type"], said["actor"], said["object"], said["to"]) == ("Follow", MIRA, lee.uri, [lee.uri])
    assert said["id"] == relation.uri == row.uri
    assert (row.subject, row.to_actors, row.is_public) == (follows.subject_of(MIRA, lee.uri), [lee.uri], False)


async def test_asking_again_is_a_new_request_for_the_same_relation(studio: Studio) -> None:
    """The first one, or its answer, may have been lost."""
    lee = await studio.somebody("lee")
    first = await follow(studio, lee)
    again = await follow(studio, lee)
    assert again.id == first.id
    assert again.uri != first.uri
    assert [a.type for a in await studio.activities()] == ["Follow", "Follow"]


async def test_whom_we_follow_is_not_asked_again(studio: Studio) -> None:
    lee = await studio.somebody("lee")
    await accept(studio, await follow(studio, lee))
    with pytest.raises(errors.ConflictError, match=r"mira follows @lee@a\.example already"):
        await follow(studio, lee)


async def test_an_unfollow_undoes_the_follow_that_was_said(studio: Studio, mira: tables.Actor) -> None:
    lee = await studio.somebody("lee")
    relation = await follow(studio, lee)
    await accept(studio, relation)
    before, generation = (await studio.last())[1], await studio.generation()
    await unfollow(studio, lee)
    undo, row = await studio.last()
    assert (undo["type"], undo["object"]["type"], undo["object"]["id"]) == ("Undo", "Follow", relation.uri)
    assert row.subject == before.subject
    assert await studio.generation() > generation
    async with studio.database.read() as tx:
        assert await queries.follows.find(tx, mira.id, lee.id) is None
    with pytest.raises(errors.NotFoundError, match=r"mira does not follow @lee@a\.example"):
        await unfollow(studio, lee)


async def test_an_artist_of_the_same_house_is_followed_at_once(studio: Studio) -> None:
    kim = await studio.artist("kim")
    relation = await follow(studio, kim)
    assert (relation.state, relation.accepted_at) == (queries.follows.ACCEPTED, NOW)
    assert await studio.notified(kim) == ["follow"]
    await unfollow(studio, kim)
    assert await studio.activities() == []


async def test_what_cannot_be_followed_says_why(studio: Studio, mira: tables.Actor) -> None:
    lee, gone = await studio.somebody("lee"), await studio.somebody("gone")
    async with studio.database.write() as tx:
        await queries.actors.mark_gone(tx, await queries.actors.get(tx, gone.id), NOW)
        await queries.follows.add_block(tx, uri=f"{lee.uri}#b", actor_id=lee.id, target_id=mira.id, at=NOW)
    async with studio.database.read() as tx:
        server = await queries.actors.find(tx, f"{BASE}/actor")
        gone = await queries.actors.get(tx, gone.id)
    assert server is not None
    for target, kind, says in (
        (mira, errors.InputError, "nobody can follow themselves"),
        (server, errors.InputError, "the server itself cannot be followed"),
        (gone, errors.NotFoundError, "has deleted the account"),
        (lee, errors.ConflictError, "there is a block between mira and @lee@a.example"),
    ):
        with pytest.raises(kind, match=says):
            await follow(studio, target)
    assert await studio.activities() == []


@pytest.mark.parametrize("verb", ["Accept", "Reject"])
async def test_an_answer_quotes_the_follow_as_it_came(studio: Studio, mira: tables.Actor, verb: str) -> None:
    lee = await studio.somebody("lee")
    came = {"id": "https://a.example/users/lee#follows/7/", "type": "Follow", "actor": lee.uri, "object": mira.uri}
    async with studio.database.write() as tx:
        await follows.answer(
            tx, studio.speaker, verb, target=mira, follower=lee, follow_activity={**came, "extra": 1}, now=NOW
        )
    said, row = await studio.last()
    assert (said["type"], said["actor"], said["object"], said["to"]) == (verb, MIRA, came, [lee.uri])
    assert (row.to_actors, row.subject) == ([lee.uri], follows.subject_of(lee.uri, MIRA))
