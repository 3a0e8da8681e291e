"""Replies: they reach no further than what they answer, and link whom they name."""

from __future__ import annotations

from typing import Any

import pytest

from fediart import errors
from fediart.activitypub.addressing import PUBLIC, Visibility
from fediart.db import queries, tables
from fediart.studio import replies
from tests.studio.conftest import MIRA, NOW, Studio, is_public

FOLLOWERS = f"{MIRA}/followers"


async def reply(studio: Studio, parent: tables.Note, text: str = "Thank you.", **options: Any) -> tables.Note:
    async with studio.database.write() as tx:
        return await replies.reply(tx, studio.speaker, "mira", parent, text, now=NOW, **options)


@pytest.mark.parametrize(
    ("parent", "wanted", "chosen"),
    [
        ("public", None, "public"),
        ("unlisted", None, "unlisted"),
        ("followers", None, "direct"),
        ("direct", None, "direct"),
        ("public", Visibility.DIRECT, "direct"),
        ("public", Visibility.FOLLOWERS, "followers"),
        ("unlisted", Visibility.PUBLIC, "unlisted"),
        ("followers", Visibility.PUBLIC, "direct"),
        ("direct", Visibility.PUBLIC, "direct"),
    ],
)
async def test_a_reply_reaches_no_further_than_what_it_answers(
    studio: Studio, parent: str, wanted: Visibility | None, chosen: str
) -> None:
    lee = await studio.somebody("lee")
    note = await reply(studio, await studio.post_of(lee, parent), visibility=wanted)
    create, row = await studio.last()
    assert note.visibility == chosen
    assert is_public(create) is (chosen in queries.notes.PUBLIC) is row.is_public
    assert (FOLLOWERS in [*create["to"], *create["cc"]]) is (chosen != "direct") is row.to_followers
    assert lee.uri in [*create["to"], *create["cc"]]
    assert lee.uri in row.to_actors
    assert create["object"]["inReplyTo"].startswith(lee.uri)


async def test_the_author_is_named_and_linked(studio: Studio) -> None:
    lee = await studio.somebody("lee")
    parent = await studio.post_of(lee)
    await reply(studio, parent, "Thank you <3 #Etching https://art.example/x")
    note = (await studio.last())[0]["object"]
    assert f'<a href="{lee.url}"' in note["content"]
    assert "&lt;3" in note["content"]
    assert note["conversation"] == parent.conversation
    assert {(tag["type"], tag["name"]) for tag in note["tag"]} == {
        ("Mention", "@lee@a.example"),
        ("Hashtag", "#Etching"),
    }
    assert [tag["href"] for tag in note["tag"] if tag["type"] == "Mention"] == [lee.uri]


async def test_a_handle_in_the_text_is_not_repeated(studio: Studio) -> None:
    lee, kim = await studio.somebody("lee"), await studio.somebody("kim", "b.example")
    others = {"@kim@b.example": kim}
    await reply(studio, await studio.post_of(lee), "Ask @Kim@b.example, @lee@a.example!", others=others)
    create, row = await studio.last()
    assert create["object"]["content"].count("@<span>lee</span>") + create["object"]["content"].count(">@lee<") == 1
    assert f'<a href="{kim.url}"' in create["object"]["content"]
    assert set(row.to_actors) == {lee.uri, kim.uri}
    assert set(create["cc"]) == {FOLLOWERS, lee.uri, kim.uri}


async def test_a_handle_that_nobody_found_stays_text(studio: Studio) -> None:
    await reply(studio, await studio.post_of(await studio.somebody("lee")), "Ask @ann@c.example.")
    create, row = await studio.last()
    assert "@ann@c.example" in create["object"]["content"]
    assert len(row.to_actors) == 1


async def test_a_warning_is_kept_unless_another_is_given(studio: Studio) -> None:
    lee = await studio.somebody("lee")
    parent = await studio.post_of(lee, summary="Blood")
    await reply(studio, parent)
    kept = (await studio.last())[0]["object"]
    assert (kept["summary"], kept["sensitive"]) == ("Blood", True)
    await reply(studio, parent, summary="Paint")
    assert (await studio.last())[0]["object"]["summary"] == "Paint"


async def test_going_on_with_own_words_reaches_the_same_people(studio: Studio) -> None:
    """To the followers, when it was for the followers; to those named, when it was direct."""
    work = await studio.publish(visibility=Visibility.FOLLOWERS)
    await reply(studio, work, "One more thing.")
    create, row = await studio.last()
    assert (create["to"], create["cc"], row.to_followers, row.to_actors) == ([FOLLOWERS], [], True, [])
    lee = await studio.somebody("lee")
    direct = await reply(studio, await studio.post_of(lee, "direct"))
    await reply(studio, direct, "One more thing.")
    create, row = await studio.last()
    assert (create["to"], create["cc"], row.to_followers, row.to_actors) == ([lee.uri], [], False, [lee.uri])


async def test_a_reply_to_an_own_public_work_names_nobody(studio: Studio) -> None:
    await reply(studio, await studio.publish(), "About the paper.")
    create, _ = await studio.last()
    assert (create["to"], create["cc"]) == ([PUBLIC], [FOLLOWERS])
    assert create["object"]["tag"] == []


async def test_artists_of_one_house_are_told_without_a_delivery(studio: Studio) -> None:
    kim = await studio.artist("kim")
    work = await studio.publish("kim")
    await reply(studio, work)
    assert await studio.notified(kim) == ["reply"]
    ann = await studio.artist("ann")
    await reply(studio, work, "Look, @ann@art.example", others={"@ann@art.example": ann})
    assert await studio.notified(ann) == ["mention"]
    assert await studio.notified(kim) == ["reply", "reply"]


@pytest.mark.parametrize(
    ("text", "says"), [("", "needs words"), (" \n ", "needs words"), ("x" * 5001, "5001 characters, the limit is 5000")]
)
async def test_what_cannot_be_said_says_why(studio: Studio, text: str, says: str) -> None:
    parent = await studio.post_of(await studio.somebody("lee"))
    with pytest.raises(errors.InputError, match=says):
        await reply(studio, parent, text)
    assert await studio.activities() == []


async def test_what_was_deleted_cannot_be_answered(studio: Studio) -> None:
    work = await studio.publish()
    await studio.delete(work)
    async with studio.database.read() as tx:
        gone = await queries.notes.get(tx, work.id)
    assert gone is not None
    with pytest.raises(errors.NotFoundError, match="was deleted"):
        await reply(studio, gone)
