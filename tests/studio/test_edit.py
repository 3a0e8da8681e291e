"""Editing and withdrawing: each change is newer than the last, and nothing is said that nobody needs to hear."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest

from fediart import errors
from fediart.activitypub.addressing import PUBLIC, Visibility
from fediart.db import queries, tables
from fediart.rights.reservation import Policy
from fediart.studio import artworks, reactions, replies
from tests.studio.conftest import MIRA, NOW, Studio

FOLLOWERS = f"{MIRA}/followers"


@pytest.mark.parametrize(
    ("edits", "changed"),
    [
        ({"title": "High Tide"}, lambda n: "High Tide" in n["content"]),
        ({"text": "Now with words. #Gulls"}, lambda n: {t["name"] for t in n["tag"]} == {"#Sea", "#Gulls"}),
        ({"tags": ["Rain"]}, lambda n: [t["name"] for t in n["tag"]] == ["#Rain"]),
        ({"tags": ()}, lambda n: n["tag"] == []),
        ({"medium": "Oil"}, lambda n: "Oil" in n["content"]),
        ({"license": "https://example.org/l"}, lambda n: n["license"] == "https://example.org/l"),
        ({"policy": Policy.ALLOW}, lambda n: n["tdmReservation"] == 0),
        ({"sensitive": True}, lambda n: n["sensitive"] is True),
        ({"summary": "Water"}, lambda n: (n["summary"], n["sensitive"]) == ("Water", True)),
        ({"language": "de"}, lambda n: list(n["contentMap"]) == ["de"]),
        ({"descriptions": {1: "Ships"}}, lambda n: n["attachment"][0]["name"] == "Ships"),
    ],
)
async def test_each_field_changes_the_note_and_is_said(studio: Studio, edits: dict[str, Any], changed: Any) -> None:
    note = await studio.publish(tags=["Sea"])
    before = await studio.document(note)
    assert not changed(before)
    generation = await studio.generation()
    _, is_changed = await studio.edit(note, **edits)
    update, row = await studio.last()
    assert is_changed
    assert (update["type"], update["object"]["id"], row.subject) == ("Update", note.uri, note.uri)
    assert changed(update["object"])
    assert update["object"] == await studio.document(note)
    await studio.verify(update["object"], note.actor_id)
    assert update["object"]["published"] == before["published"]
    assert update["object"]["updated"] > before["published"]
    assert await studio.generation() > generation


async def test_new_pictures_replace_the_old_ones(studio: Studio) -> None:
    note = await studio.publish(images=[studio.image("one"), studio.image("two", shade=10)])
    await studio.edit(note, images=[studio.image("three", shade=200)])
    assert [p["name"] for p in (await studio.document(note))["attachment"]] == ["three"]


async def test_pictures_are_added_replaced_moved_and_taken_out(studio: Studio) -> None:
    """A picture that stays keeps its address, by which peers know it; one that is replaced has another."""
    note = await studio.publish(images=[studio.image("one"), studio.image("two", shade=10), studio.image("three")])
    before = [(p["name"], p["url"]) for p in (await studio.document(note))["attachment"]]
    await studio.edit(note, images=[3, studio.image("new", shade=77), 1], descriptions={1: "uno"})
    after = [(p["name"], p["url"]) for p in (await studio.document(note))["attachment"]]
    assert [name for name, _ in after] == ["three", "new", "uno"]
    assert (after[0][1], after[2][1]) == (before[2][1], before[0][1])
    assert after[1][1] not in [url for _, url in before]


async def test_edits_within_one_second_are_told_apart(studio: Studio) -> None:
    """Peers compare `updated` in seconds, and drop what is not newer."""
    note = await studio.publish()
    stamps = [(await studio.document(note))["published"]]
    for title in ("Second", "Third", "Fourth"):
        await studio.edit(note, title=title, now=NOW + timedelta(milliseconds=10))
        stamps.append((await studio.document(note))["updated"])
    assert stamps == sorted(set(stamps))
    async with studio.database.read() as tx:
        work, _, _ = await queries.works.require(tx, note.id)
    assert work.version == 4


@pytest.mark.parametrize("edits", [{}, {"title": " Low Tide "}, {"tags": ["Sea"]}, {"policy": Policy.NO_AI}])
async def test_when_nothing_changes_nothing_is_sent(studio: Studio, edits: dict[str, Any]) -> None:
    note = await studio.publish(tags=["Sea"])
    before, generation = await studio.document(note), await studio.generation()
    _, is_changed = await studio.edit(note, **edits)
    assert not is_changed
    assert len(await studio.activities()) == 1
    assert await studio.document(note) == before
    assert await studio.generation() == generation


async def test_what_only_we_show_changes_here_and_is_not_sent(studio: Studio) -> None:
    note = await studio.publish()
    generation = await studio.generation()
    _, is_changed = await studio.edit(note, series="Tides")
    assert is_changed
    assert len(await studio.activities()) == 1
    assert await studio.generation() > generation
    async with studio.database.read() as tx:
        assert (await queries.works.require(tx, note.id))[0].series == "Tides"


async def test_a_tag_goes_with_the_words_that_brought_it(studio: Studio) -> None:
    note = await studio.publish(text="At dawn. #Gulls", tags=["Sea"])
    await studio.edit(note, text="At dusk. #Bats")
    assert {tag["name"] for tag in (await studio.document(note))["tag"]} == {"#Sea", "#Bats"}


@pytest.mark.parametrize(
    ("edits", "says"),
    [
        ({"title": ""}, "needs a title"),
        ({"descriptions": {2: "x"}}, "no picture 2: this work has 1"),
        ({"descriptions": {0: "x"}}, "no picture 0"),
        ({"license": "none"}, "the licence must be the address"),
        ({"tags": ["a b"]}, "cannot be a tag"),
        ({"language": ""}, "not a language tag"),
        ({"images": []}, "at least one picture"),
        ({"images": [1, 2]}, "no picture 2: this work has 1"),
        ({"images": [1, 1]}, "named twice"),
    ],
)
async def test_what_cannot_be_says_why_and_changes_nothing(studio: Studio, edits: dict[str, Any], says: str) -> None:
    note = await studio.publish(tags=["Sea"])
    before = await studio.document(note)
    with pytest.raises(errors.InputError, match=says):
        await studio.edit(note, medium="Oil", **edits)
    assert await studio.document(note) == before
    assert len(await studio.activities()) == 1


async def test_an_edit_cannot_bring_more_pictures_than_a_work_may_have(studio: Studio) -> None:
    note = await studio.publish()
    with pytest.raises(errors.InputError, match="at most 20 pictures, not 21"):
        await studio.edit(note, images=[studio.image()] * 21)


async def test_a_deleted_work_is_a_tombstone_and_cannot_be_edited(studio: Studio) -> None:
    note = await studio.publish(tags=["Sea"])
    await studio.delete(note)
    delete, row = await studio.last()
    tombstone = await studio.document(note)
    assert (delete["type"], delete["to"], row.subject, row.to_followers) == ("Delete", [PUBLIC], note.uri, True)
    assert delete["object"] == {k: v for k, v in tombstone.items() if k != "@context"}
    assert (tombstone["type"], tombstone["id"]) == ("Tombstone", note.uri)
    async with studio.database.read() as tx:
        assert await queries.activities.count_public(tx, note.actor_id) == 0
    for attempt in (studio.edit(note, title="x"), studio.delete(note)):
        with pytest.raises(errors.NotFoundError, match="was deleted on 2026-03-01"):
            await attempt


async def test_whoever_boosted_or_answered_hears_of_the_end(studio: Studio) -> None:
    note = await studio.publish()
    lee, kim = await studio.somebody("lee"), await studio.somebody("kim", "b.example")
    async with studio.database.write() as tx:
        await queries.reactions.add_boost(tx, uri=f"{lee.uri}#b", actor_id=lee.id, note_id=note.id, at=NOW)
    answer = await studio.post_of(kim)
    async with studio.database.write() as tx:
        (await tx.get_one(tables.Note, answer.id)).in_reply_to_id = note.id
    await studio.delete(note)
    assert set((await studio.last())[1].to_actors) == {lee.uri, kim.uri}


@pytest.mark.parametrize(("visibility", "to"), [(Visibility.FOLLOWERS, [FOLLOWERS]), (Visibility.UNLISTED, [PUBLIC])])
async def test_the_end_is_addressed_as_the_work_was(studio: Studio, visibility: Visibility, to: list[str]) -> None:
    await studio.delete(await studio.publish(visibility=visibility))
    assert (await studio.last())[0]["to"] == to


async def test_the_end_of_direct_words_is_told_only_to_whom_they_were_said(studio: Studio, mira: tables.Actor) -> None:
    lee = await studio.somebody("lee")
    parent = await studio.post_of(lee, "direct")
    async with studio.database.write() as tx:
        note = await replies.reply(tx, studio.speaker, "mira", parent, "Thank you.", now=NOW)
    async with studio.database.write() as tx:
        await artworks.withdraw(tx, studio.speaker, mira, note, now=NOW)
    delete, row = await studio.last()
    assert (delete["to"], row.to_followers, row.to_actors) == ([lee.uri], False, [lee.uri])


async def test_a_boost_is_public_until_it_is_taken_back(studio: Studio, mira: tables.Actor) -> None:
    lee = await studio.somebody("lee")
    post = await studio.post_of(lee)
    generation = await studio.generation()
    async with studio.database.write() as tx:
        await reactions.boost(tx, studio.speaker, "mira", post, now=NOW)
    announce, row = await studio.last()
    assert (announce["type"], announce["object"], announce["to"]) == ("Announce", post.uri, [PUBLIC])
    assert set(announce["cc"]) == {lee.uri, FOLLOWERS}
    assert (row.is_public, row.to_followers, row.to_actors) == (True, True, [lee.uri])
    assert await studio.generation() > generation
    generation = await studio.generation()
    async with studio.database.write() as tx:
        await reactions.unboost(tx, studio.speaker, "mira", post, now=NOW)
    undo, after = await studio.last()
    assert (undo["type"], undo["object"]["id"], after.subject) == ("Undo", announce["id"], row.subject)
    assert await studio.generation() > generation
    async with studio.database.read() as tx:
        assert await queries.activities.count_public(tx, mira.id) == 0
        assert orjson.loads((await queries.activities.by_ids(tx, [row.id]))[row.id].document) == announce


async def test_a_like_is_told_to_the_author_alone(studio: Studio) -> None:
    lee = await studio.somebody("lee")
    post = await studio.post_of(lee, "followers")
    for use_case, type_ in ((reactions.like, "Like"), (reactions.unlike, "Undo")):
        async with studio.database.write() as tx:
            await use_case(tx, studio.speaker, "mira", post, now=NOW)
        said, row = await studio.last()
        assert (said["type"], said["to"], row.to_actors, row.to_followers) == (type_, [lee.uri], [lee.uri], False)
        assert not row.is_public


async def test_reactions_of_one_house_stay_in_it(studio: Studio, mira: tables.Actor) -> None:
    await studio.artist("kim")
    note = await studio.publish()
    async with studio.database.write() as tx:
        await reactions.like(tx, studio.speaker, "kim", note, now=NOW)
    assert len(await studio.activities()) == 1
    assert await studio.notified(mira) == ["favourite"]
    async with studio.database.write() as tx:
        await reactions.boost(tx, studio.speaker, "kim", note, now=NOW)
    assert await studio.notified(mira) == ["reblog", "favourite"]
    async with studio.database.write() as tx:
        await reactions.unlike(tx, studio.speaker, "kim", note, now=NOW)
        await reactions.unboost(tx, studio.speaker, "kim", note, now=NOW)
    assert await studio.notified(mira) == []


@pytest.mark.parametrize(
    ("first", "second", "kind", "says"),
    [
        (reactions.like, reactions.like, errors.ConflictError, "likes this already"),
        (reactions.boost, reactions.boost, errors.ConflictError, "has boosted this already"),
        (None, reactions.unlike, errors.NotFoundError, "does not like this"),
        (None, reactions.unboost, errors.NotFoundError, "has not boosted this"),
    ],
)
async def test_reactions_are_given_once_and_taken_back_once(
    studio: Studio, first: Any, second: Any, kind: type[Exception], says: str
) -> None:
    post = await studio.post_of(await studio.somebody("lee"))
    if first:
        async with studio.database.write() as tx:
            await first(tx, studio.speaker, "mira", post, now=NOW)
    said = len(await studio.activities())
    with pytest.raises(kind, match=says):
        async with studio.database.write() as tx:
            await second(tx, studio.speaker, "mira", post, now=NOW)
    assert len(await studio.activities()) == said


@pytest.mark.parametrize("visibility", ["followers", "direct"])
async def test_only_what_is_public_can_be_boosted(studio: Studio, visibility: str) -> None:
    post = await studio.post_of(await studio.somebody("lee"), visibility)
    with pytest.raises(errors.InputError, match="only public and unlisted"):
        async with studio.database.write() as tx:
            await reactions.boost(tx, studio.speaker, "mira", post, now=NOW)
