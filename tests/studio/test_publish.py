"""Publishing: the work, its signed Note and the promise to deliver it live or die together."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from fediart import errors
from fediart.activitypub.addressing import PUBLIC, Visibility
from fediart.db import queries, tables
from fediart.db.queries import activities
from fediart.rights.reservation import Policy
from fediart.studio import artworks
from tests.studio.conftest import BASE, LIMITS, MIRA, NOW, Studio

KEPT = (tables.Note, tables.Work, tables.Attachment, tables.Tag, tables.Activity)


async def count(studio: Studio) -> dict[str, int]:
    async with studio.database.read() as tx:
        return {table.__tablename__: await tx.scalar(select(func.count()).select_from(table)) or 0 for table in KEPT}


async def test_a_work_is_stored_said_and_signed(studio: Studio) -> None:
    before = await studio.generation()
    note = await studio.publish(text="At dawn. #Sea", tags=["Boats", "#sea"], medium="Etching", series="Tides")
    assert await count(studio) == {"notes": 1, "works": 1, "attachments": 1, "tags": 2, "activities": 1}
    create, row = await studio.last()
    assert (create["type"], create["id"], create["actor"]) == ("Create", f"{note.uri}/activity", MIRA)
    assert (create["to"], create["cc"]) == ([PUBLIC], [f"{MIRA}/followers"])
    assert (row.subject, row.to_followers, row.is_public, row.fanned_out_at) == (note.uri, True, True, None)
    assert create["object"] == await studio.document(note)
    await studio.verify(create["object"], note.actor_id)
    assert await studio.generation() > before
    assert studio.database.wakeups.event(activities.FANOUT).is_set()


async def test_an_exception_afterwards_leaves_nothing(studio: Studio) -> None:
    draft = artworks.Draft(title="Low Tide", images=[studio.image()], tags=["sea"])
    before = await studio.generation()
    studio.database.wakeups.event(activities.FANOUT).clear()
    with pytest.raises(ZeroDivisionError):
        async with studio.database.write() as tx:
            await artworks.publish(tx, studio.speaker, "mira", draft, limits=LIMITS, now=NOW)
            assert await tx.scalar(select(func.count()).select_from(tables.Activity)) == 1
            raise ZeroDivisionError
    assert set((await count(studio)).values()) == {0}
    assert await studio.generation() == before
    assert not studio.database.wakeups.event(activities.FANOUT).is_set()


async def test_without_a_usable_key_nothing_is_published(studio: Studio, mira: tables.Actor) -> None:
    async with studio.database.write() as tx:
        for key in await queries.keys.of_actor(tx, mira.id):
            if key.algorithm == "rsa":
                key.private_pem = None
    with pytest.raises(errors.FediArtError, match=r"key of .* is missing: restore the database"):
        await studio.publish()
    assert set((await count(studio)).values()) == {0}


@pytest.mark.parametrize(
    ("visibility", "to", "cc"),
    [
        (Visibility.PUBLIC, [PUBLIC], [f"{MIRA}/followers"]),
        (Visibility.UNLISTED, [f"{MIRA}/followers"], [PUBLIC]),
        (Visibility.FOLLOWERS, [f"{MIRA}/followers"], []),
    ],
)
async def test_the_audience_is_written_out(studio: Studio, visibility: Visibility, to: Any, cc: Any) -> None:
    await studio.publish(visibility=visibility)
    create, row = await studio.last()
    assert (create["to"], create["cc"]) == (create["object"]["to"], create["object"]["cc"]) == (to, cc)
    assert row.is_public is (visibility is not Visibility.FOLLOWERS)
    assert row.to_followers


@pytest.mark.parametrize("policy", list(Policy))
async def test_the_choice_of_rights_is_in_the_note(studio: Studio, policy: Policy) -> None:
    await studio.publish(policy=policy, license="https://creativecommons.org/licenses/by-nc/4.0/")
    note = (await studio.last())[0]["object"]
    assert note["license"] == "https://creativecommons.org/licenses/by-nc/4.0/"
    assert note["tdmReservation"] == (0 if policy is Policy.ALLOW else 1)
    assert ("tdmPolicy" in note) is (policy is not Policy.ALLOW)
    (picture,) = note["attachment"]
    assert picture["tdmReservation"] == note["tdmReservation"]
    assert picture["creditText"] == "Mira"


async def test_tags_are_taken_as_written_once_each(studio: Studio) -> None:
    await studio.publish(tags=[" #PaperBoats", "paperboats", "Ölbild", "_2026"], text="#paperBoats and #zine")
    note = (await studio.last())[0]["object"]
    assert [tag["name"] for tag in note["tag"]] == ["#PaperBoats", "#Ölbild", "#_2026", "#zine"]


async def test_without_a_choice_all_rights_are_reserved(studio: Studio) -> None:
    await studio.publish()
    note = (await studio.last())[0]["object"]
    assert note["license"] == f"{BASE}/licences/all-rights-reserved-no-ai"
    assert note["tdmReservation"] == 1
    assert "noai" in note["xRobotsTag"]


@pytest.mark.parametrize(
    ("draft", "says"),
    [
        ({"title": "  "}, "needs a title"),
        ({"title": "x" * 201}, "the title has 201 characters, the limit is 200"),
        ({"images": []}, "at least one picture"),
        ({"text": "x" * 20_001}, "the text has 20001 characters"),
        ({"summary": "x" * 501}, "the content warning has 501"),
        ({"medium": "x" * 101}, "the medium has 101"),
        ({"series": "x" * 101}, "the series has 101"),
        ({"license": "CC-BY"}, "the licence must be the address of its text"),
        ({"language": "English"}, "not a language tag"),
        ({"tags": ["two words"]}, "“two words” cannot be a tag"),
        ({"tags": ["2026"]}, "“2026” cannot be a tag"),
        ({"tags": ["sea-side"]}, "“sea-side” cannot be a tag"),
        ({"tags": ["#"]}, "cannot be a tag"),
        ({"tags": [f"t{n}" for n in range(31)]}, "at most 30 tags, not 31"),
        ({"visibility": Visibility.DIRECT}, "public, unlisted or for followers"),
    ],
)
async def test_what_cannot_be_published_says_why(studio: Studio, draft: dict[str, Any], says: str) -> None:
    with pytest.raises(errors.InputError, match=says):
        await studio.publish(**draft)
    assert set((await count(studio)).values()) == {0}


async def test_pictures_have_a_limit_and_alt_texts_too(studio: Studio) -> None:
    picture = studio.image()
    with pytest.raises(errors.InputError, match="at most 20 pictures, not 21"):
        await studio.publish(images=[picture] * 21)
    with pytest.raises(errors.InputError, match="alt text of picture 2 has 10001"):
        await studio.publish(images=[picture, studio.image("x" * 10_001)])


async def test_only_artists_of_this_server_publish(studio: Studio) -> None:
    await studio.somebody("lee")
    with pytest.raises(errors.NotFoundError, match="no artist “lee” here"):
        await studio.publish("lee")
