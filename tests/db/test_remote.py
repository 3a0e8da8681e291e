"""What peers sent becomes rows: the id is the identity, the newest version wins, and markup is harmless."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from sqlalchemy import func, select

from fediart.activitypub import keys
from fediart.db import queries, tables
from fediart.db.engine import Database
from fediart.db.queries import remote
from tests.db import rows
from tests.db.rows import NOW

LEE = "https://a.example/users/lee"
KIM = "https://b.example/users/kim"
NOTE = "https://a.example/notes/1"
LATER = NOW + timedelta(hours=1)


@pytest.fixture(scope="module")
def pair() -> tuple[keys.PublicKey, keys.PublicKey]:
    """Two different RSA keys."""
    one, other = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    return one.public_key(), other.public_key()


async def test_an_actor_is_stored_with_keys_and_harmless_markup(
    database: Database, pair: tuple[keys.PublicKey, keys.PublicKey]
) -> None:
    given = rows.remote_actor(
        LEE,
        key=pair[0],
        name="Lee",
        summary="<p onclick=x>Etchings<script>alert(1)</script></p>",
        fields=(("<b>Site</b>", '<a href="javascript:x">here</a>'),),
        icon_url="https://a.example/lee.png",
        discoverable=True,
        published=datetime(2020, 1, 1, tzinfo=UTC),
    )
    async with database.write() as tx:
        await remote.save_actor(tx, given, at=NOW)
    async with database.read() as tx:
        actor = await queries.actors.find(tx, LEE)
        assert actor is not None
        assert (actor.handle, actor.name, actor.is_local, actor.fetched_at) == ("@lee@a.example", "Lee", False, NOW)
        assert "script" not in actor.summary
        assert "onclick" not in actor.summary
        assert actor.fields[0]["name"] == "Site"
        assert "javascript" not in actor.fields[0]["value"]
        found = await queries.keys.find_with_owner(tx, f"{LEE}#main-key")
        assert found is not None
        assert (found[0].algorithm, found[0].public_pem, found[1].uri) == ("rsa", keys.write_public_pem(pair[0]), LEE)


async def test_a_changed_key_replaces_the_old_one(
    database: Database, pair: tuple[keys.PublicKey, keys.PublicKey]
) -> None:
    async with database.write() as tx:
        first = await remote.save_actor(tx, rows.remote_actor(LEE, key=pair[0]), at=NOW)
    async with database.write() as tx:
        again = await remote.save_actor(tx, rows.remote_actor(LEE, key=pair[1], name="Lee"), at=LATER)
        assert (again.id, again.fetched_at, again.name) == (first.id, LATER, "Lee")
        assert [key.public_pem for key in await queries.keys.of_actor(tx, again.id)] == [keys.write_public_pem(pair[1])]
    async with database.write() as tx:
        await remote.save_actor(tx, rows.remote_actor(LEE), at=LATER)
        assert await queries.keys.find_with_owner(tx, f"{LEE}#main-key") is None


async def test_a_key_of_an_unknown_kind_does_not_hide_the_others(database: Database) -> None:
    public = ed25519.Ed25519PrivateKey.generate().public_key()
    good = rows.remote_actor(LEE, key=public).keys[0]
    odd = type(good)(id=f"{LEE}#odd", owner=LEE, multibase="zNotAKey")
    async with database.write() as tx:
        actor = await remote.save_actor(tx, rows.remote_actor(LEE, keys=(odd, good)), at=NOW)
        assert [(key.id, key.algorithm) for key in await queries.keys.of_actor(tx, actor.id)] == [
            (f"{LEE}#main-key", "ed25519")
        ]


async def test_a_new_id_under_an_old_handle_is_somebody_else(database: Database) -> None:
    """A reinstalled server: the old account's followers and notes are not the new one's."""
    async with database.write() as tx:
        old = await remote.save_actor(tx, rows.remote_actor(LEE), at=NOW)
        new = await remote.save_actor(tx, rows.remote_actor("https://a.example/ap/7", username="lee"), at=LATER)
        assert old.id != new.id
        assert old.handle == new.handle == "@lee@a.example"
        found = await queries.actors.find_by_handle(tx, "lee", "a.example")
        assert found is not None
        assert found.id == new.id


@pytest.mark.parametrize(
    ("claimed", "handle"),
    [
        ("lee@a.example", "@lee@a.example"),
        ("lee.art@a.example", "@lee.art@a.example"),
        ("mira@art.example", "@lee@a.example"),  # anybody could claim that
        ("lee@example", "@lee@example"),
        ("no handle", "@lee@a.example"),
    ],
)
async def test_a_handle_elsewhere_is_only_a_claim(database: Database, claimed: str, handle: str) -> None:
    async with database.write() as tx:
        actor = await remote.save_actor(tx, rows.remote_actor(LEE, webfinger=claimed), at=NOW)
        assert actor.handle == handle


async def test_two_actors_may_share_an_inbox(database: Database) -> None:
    shared = "https://a.example/inbox"
    async with database.write() as tx:
        mira = await rows.actor(tx, "https://art.example/users/mira", is_local=True)
        for uri in (LEE, "https://a.example/users/ann"):
            follower = await remote.save_actor(tx, rows.remote_actor(uri, shared_inbox=shared), at=NOW)
            await rows.follow(tx, follower, mira)
        found = await queries.follows.remote_follower_inboxes(tx, mira.id, after=0, limit=10)
        assert [(inbox, both) for _, inbox, both in found] == [
            (f"{LEE}/inbox", shared),
            ("https://a.example/users/ann/inbox", shared),
        ]
        # Gone at the shared inbox means that everybody behind it is.
        assert await queries.follows.end_for_inbox(tx, shared) == 2
        assert await queries.follows.count_followers(tx, mira.id) == 0


async def test_one_actor_brought_by_two_requests_at_once_is_one(
    database: Database, second: Database, pair: tuple[keys.PublicKey, keys.PublicKey]
) -> None:
    async def bring(where: Database) -> int:
        async with where.write() as tx:
            actor = await remote.save_actor(tx, rows.remote_actor(LEE, key=pair[0]), at=NOW)
            await asyncio.sleep(0.02)
            return actor.id

    for _ in range(3):  # the first brings it, the others replace its keys
        brought = await asyncio.gather(*(bring(where) for where in (database, second) * 2))
        assert len(set(brought)) == 1
    async with database.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(tables.Key)) == 1


async def test_one_note_brought_by_two_ways_at_once_is_one(database: Database, second: Database) -> None:
    async with database.write() as tx:
        author = await remote.save_actor(tx, rows.remote_actor(LEE), at=NOW)

    async def bring(where: Database) -> bool:
        async with where.write() as tx:
            _, is_new = await remote.save_note(tx, rows.remote_note(NOTE, LEE), author, proof="none", at=NOW)
            await asyncio.sleep(0.02)
            return is_new

    assert sorted(await asyncio.gather(*(bring(where) for where in (database, second) * 2))) == [False] * 3 + [True]


async def test_a_note_is_stored_with_everything_that_hangs_on_it(database: Database) -> None:
    given = rows.remote_note(
        NOTE,
        LEE,
        content='<p>Low <script>x</script>tide <a href="https://a.example/tags/sea">#Sea</a></p>',
        summary="Water",
        inReplyTo="https://art.example/objects/1",
        attachment=[
            {
                "type": "Image",
                "mediaType": "image/png",
                "url": "https://a.example/1.png",
                "name": "Boats",
                "width": 40,
                "height": 30,
                "focalPoint": [0.5, -0.5],
                "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
            }
        ],
        tag=[
            {"type": "Hashtag", "name": "#Sea"},
            {"type": "Hashtag", "name": "#sea"},
            {"type": "Mention", "name": "@mira@art.example", "href": "https://art.example/users/mira"},
        ],
        cc=[f"{LEE}/followers", "https://c.example/users/ann"],
        tdmReservation=1,
    )
    async with database.write() as tx:
        author = await remote.save_actor(tx, rows.remote_actor(LEE), at=NOW)
        note, is_new = await remote.save_note(tx, given, author, proof="verified", at=NOW)
        assert is_new
        assert (note.visibility, note.summary, note.sensitive, note.proof) == ("public", "Water", True, "verified")
        assert "script" not in note.content
        assert note.rights["tdmReservation"] == 1
        (picture,) = await queries.notes.attachments(tx, note.id)
        assert (picture.url, picture.description, picture.width, picture.focal_x, picture.focal_y) == (
            "https://a.example/1.png",
            "Boats",
            40,
            0.5,
            -0.5,
        )
        assert [tag.name for tag in await queries.notes.tags(tx, note.id)] == ["sea"]
        assert {m.actor_uri: m.name for m in await queries.notes.mentions(tx, note.id)} == {
            "https://art.example/users/mira": "@mira@art.example",
            "https://c.example/users/ann": "",
        }
        assert await queries.notes.is_addressed(tx, note.id, "https://c.example/users/ann")


async def test_only_a_newer_version_by_the_same_author_counts(database: Database) -> None:
    async with database.write() as tx:
        lee = await remote.save_actor(tx, rows.remote_actor(LEE), at=NOW)
        kim = await remote.save_actor(tx, rows.remote_actor(KIM), at=NOW)

        async def save(content: str, updated: str | None, author: tables.Actor = lee) -> bool:
            members = {"content": content} | ({"updated": updated} if updated else {})
            given = rows.remote_note(NOTE, author.uri, **members)
            note, changed = await remote.save_note(tx, given, author, proof="none", at=NOW)
            assert (note.content == content) is changed
            return changed

        assert await save("<p>first</p>", None)
        assert not await save("<p>again, undated</p>", None)
        assert await save("<p>second</p>", "2026-03-01T10:30:00Z")
        assert not await save("<p>late</p>", "2026-03-01T10:20:00Z")
        assert not await save("<p>same moment</p>", "2026-03-01T10:30:00Z")
        assert not await save("<p>by another</p>", "2026-03-01T11:00:00Z", kim)
        assert await save("<p>third</p>", "2026-03-01T11:00:00Z")


async def test_a_new_version_replaces_what_hung_on_the_old_one(database: Database) -> None:
    tags = [{"type": "Hashtag", "name": f"#t{n}"} for n in range(3)]
    async with database.write() as tx:
        lee = await remote.save_actor(tx, rows.remote_actor(LEE), at=NOW)
        await remote.save_note(tx, rows.remote_note(NOTE, LEE, tag=tags), lee, proof="none", at=NOW)
        newer = rows.remote_note(NOTE, LEE, tag=tags[1:2], updated="2026-03-01T11:00:00Z")
        note, _ = await remote.save_note(tx, newer, lee, proof="none", at=NOW)
        assert [tag.name for tag in await queries.notes.tags(tx, note.id)] == ["t1"]


async def test_what_was_deleted_does_not_come_back(database: Database) -> None:
    async with database.write() as tx:
        lee = await remote.save_actor(tx, rows.remote_actor(LEE), at=NOW)
        note, _ = await remote.save_note(tx, rows.remote_note(NOTE, LEE), lee, proof="none", at=NOW)
        await queries.notes.erase(tx, note, at=NOW, tombstone=b"{}")
        newer = rows.remote_note(NOTE, LEE, updated="2026-03-01T11:00:00Z")
        same, changed = await remote.save_note(tx, newer, lee, proof="none", at=LATER)
        assert (same.id, changed, same.content, same.deleted_at) == (note.id, False, "", NOW)


async def test_a_note_dated_in_the_future_is_sorted_by_its_arrival(database: Database) -> None:
    async with database.write() as tx:
        lee = await remote.save_actor(tx, rows.remote_actor(LEE), at=NOW)
        given = rows.remote_note(NOTE, LEE, published="2099-01-01T00:00:00Z")
        note, _ = await remote.save_note(tx, given, lee, proof="none", at=NOW)
        assert note.published == NOW


async def test_a_reply_that_came_first_finds_its_parent(database: Database) -> None:
    async with database.write() as tx:
        lee = await remote.save_actor(tx, rows.remote_actor(LEE), at=NOW)
        given = rows.remote_note("https://a.example/notes/2", LEE, inReplyTo=NOTE)
        reply, _ = await remote.save_note(tx, given, lee, proof="none", at=NOW)
        assert reply.in_reply_to_id is None
        parent, _ = await remote.save_note(tx, rows.remote_note(NOTE, LEE), lee, proof="none", at=NOW)
        await tx.refresh(reply)
        assert reply.in_reply_to_id == parent.id
        assert await queries.notes.count_replies(tx, parent.id) == 1
