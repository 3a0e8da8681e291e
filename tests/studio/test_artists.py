"""Artists: opening an account, and a profile whose changes are told once."""

from __future__ import annotations

from typing import Any

import pytest

from fediart import errors
from fediart.db import queries, tables
from fediart.studio import artists
from tests.studio.conftest import BASE, NOW, Studio


async def edit(studio: Studio, **profile: Any) -> tables.Actor:
    async with studio.database.write() as tx:
        return await artists.edit(tx, studio.speaker, "mira", artists.Profile(**profile), now=NOW)


async def document(studio: Studio, actor: tables.Actor) -> dict[str, Any]:
    async with studio.database.read() as tx:
        return await artists.document(tx, studio.speaker.urls, await queries.actors.get(tx, actor.id))


async def test_an_account_has_two_keys_and_the_defaults(studio: Studio) -> None:
    kim = await studio.artist("kim")
    async with studio.database.read() as tx:
        rows = await queries.keys.of_actor(tx, kim.id)
        artist = await queries.actors.get_artist(tx, kim.id)
        await studio.speaker.keyring.signer(tx, kim.id)
        await studio.speaker.keyring.proof_key(tx, kim.id)
    assert {(row.id, row.algorithm) for row in rows} == {
        (f"{kim.uri}#main-key", "rsa"),
        (f"{kim.uri}#ed25519-key", "ed25519"),
    }
    assert (artist.policy, artist.credit, artist.language) == ("no-ai", "kim", "en")
    shown = await document(studio, kim)
    assert (shown["id"], shown["type"], shown["tdmReservation"]) == (f"{BASE}/users/kim", "Person", 1)


@pytest.mark.parametrize("name", ["", "Kim", "k-m", "kim.a", "x" * 31, "admin", "ké", "kim@art.example"])
async def test_a_name_that_peers_could_not_address_is_refused(studio: Studio, name: str) -> None:
    with pytest.raises(errors.InputError, match="cannot be a user name"):
        await studio.artist(name)


async def test_a_name_is_given_once_for_ever(studio: Studio) -> None:
    with pytest.raises(errors.ConflictError, match="the name “mira” is taken"):
        await studio.artist("@mira")
    kim = await studio.artist("kim")
    async with studio.database.write() as tx:
        await queries.actors.mark_gone(tx, await queries.actors.get(tx, kim.id), NOW)
    with pytest.raises(errors.ConflictError, match="belonged to a deleted account"):
        await studio.artist("kim")


async def test_a_name_taken_meanwhile_is_a_conflict(studio: Studio) -> None:
    async with studio.database.write() as tx:
        await studio.create(tx, "kim")
        twin = tables.Actor(
            id=1, uri=f"{BASE}/users/kim", is_local=True, username="kim", host="art.example", inbox="x", updated_at=NOW
        )
        with pytest.raises(errors.ConflictError, match="the name “kim” is taken"):
            await queries.actors.add_local(tx, twin)
        await tx.rollback()


@pytest.mark.parametrize(
    ("profile", "shown"),
    [
        ({"name": "Mira K."}, {"name": "Mira K."}),
        ({"summary": "Etchings.\n\nNo <AI>."}, {"summary": "<p>Etchings.</p><p>No &lt;AI&gt;.</p>"}),
        ({"discoverable": False}, {"discoverable": False}),
        ({"indexable": False}, {"indexable": False}),
        ({"manually_approves_followers": True}, {"manuallyApprovesFollowers": True}),
        (
            {"icon": artists.Picture("aa/bb.png", "image/png")},
            {"icon": {"type": "Image", "mediaType": "image/png", "url": f"{BASE}/media/aa/bb.png"}},
        ),
        (
            {"image": artists.Picture("aa/cc.jpg", "image/jpeg")},
            {"image": {"type": "Image", "mediaType": "image/jpeg", "url": f"{BASE}/media/aa/cc.jpg"}},
        ),
    ],
)
async def test_a_changed_profile_is_shown_and_told(
    studio: Studio, mira: tables.Actor, profile: dict[str, Any], shown: dict[str, Any]
) -> None:
    await edit(studio, **profile)
    update, row = await studio.last()
    now = await document(studio, mira)
    assert {name: now[name] for name in shown} == shown
    assert (update["type"], update["actor"], row.subject, row.to_followers) == ("Update", mira.uri, mira.uri, True)
    assert update["object"] == {k: v for k, v in now.items() if k != "@context"}
    await edit(studio, **profile)
    assert len(await studio.activities()) == 1, "the same again is no news"


async def test_an_address_in_a_field_can_be_confirmed_by_the_page(studio: Studio, mira: tables.Actor) -> None:
    await edit(studio, fields=[("Site", "https://mira.example"), ("Town", "Ghent <b>")])
    site, town = (await document(studio, mira))["attachment"]
    assert (site["type"], site["name"]) == ("PropertyValue", "Site")
    assert 'href="https://mira.example"' in site["value"]
    assert 'rel="me' in site["value"]
    assert town["value"] == "Ghent &lt;b&gt;"
    await edit(studio, fields=[])
    assert (await document(studio, mira))["attachment"] == []


@pytest.mark.parametrize(
    ("profile", "says"),
    [
        ({"name": "x" * 101}, "the name has 101 characters, the limit is 100"),
        ({"summary": "x" * 5001}, "the summary has 5001"),
        ({"fields": [("a", "b")] * 17}, "at most 16 fields, not 17"),
        ({"fields": [("a", "x" * 501)]}, "a field's value has 501"),
        ({"fields": [("x" * 501, "a")]}, "a field's name has 501"),
    ],
)
async def test_what_a_profile_cannot_hold_says_why(studio: Studio, profile: dict[str, Any], says: str) -> None:
    with pytest.raises(errors.InputError, match=says):
        await edit(studio, **profile)
    assert await studio.activities() == []
