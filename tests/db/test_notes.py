"""What an artist reads: the timeline, what hangs on a note, and collections page by page."""

from __future__ import annotations

import pytest

from fediart import errors
from fediart.db import ids, queries, tables
from fediart.db.engine import Database, Transaction
from fediart.db.queries import notes
from tests.db import rows
from tests.db.rows import NOW

MIRA = "https://art.example/users/mira"
LEE = "https://a.example/users/lee"
KIM = "https://b.example/users/kim"
ANN = "https://c.example/users/ann"


async def cast(tx: Transaction) -> tuple[tables.Actor, tables.Actor, tables.Actor, tables.Actor]:
    """Mira, who is here, follows Lee and asked to follow Ann; Kim is a stranger."""
    mira = await rows.actor(tx, MIRA, is_local=True)
    lee, kim, ann = [await rows.actor(tx, uri) for uri in (LEE, KIM, ANN)]
    await rows.follow(tx, mira, lee)
    await rows.follow(tx, mira, ann, state="requested")
    return mira, lee, kim, ann


async def mention(tx: Transaction, note: tables.Note, uri: str) -> None:
    tx.add(tables.Mention(note_id=note.id, actor_uri=uri, name=""))
    await tx.flush()


async def boost(tx: Transaction, who: tables.Actor, note: tables.Note) -> None:
    assert await queries.reactions.add_boost(
        tx, uri=f"{who.uri}#boosts/{note.id}", actor_id=who.id, note_id=note.id, at=NOW
    )


async def test_the_timeline_holds_own_and_followed_notes_newest_first(database: Database) -> None:
    async with database.write() as tx:
        mira, lee, kim, ann = await cast(tx)
        said = [await rows.note(tx, who) for who in (lee, mira, kim, ann, lee)]
        seen = await notes.timeline(tx, mira.id)
        assert [entry.note.id for entry in seen] == [said[4].id, said[1].id, said[0].id]
        assert [entry.author.uri for entry in seen] == [LEE, MIRA, LEE]
        assert all(entry.boosted_by is None for entry in seen)


async def test_the_timeline_holds_what_followed_ones_boosted(database: Database) -> None:
    async with database.write() as tx:
        mira, lee, kim, _ = await cast(tx)
        public, hidden, other = [await rows.note(tx, kim, visibility=v) for v in ("public", "followers", "unlisted")]
        await boost(tx, lee, public)
        await boost(tx, lee, hidden)
        await boost(tx, kim, other)
        (entry,) = await notes.timeline(tx, mira.id)
        assert entry.boosted_by is not None
        assert (entry.note.id, entry.author.uri, entry.boosted_by.uri) == (public.id, KIM, LEE)


async def test_direct_words_are_seen_only_by_those_they_name(database: Database) -> None:
    async with database.write() as tx:
        mira, lee, kim, _ = await cast(tx)
        to_me, to_other, for_followers = [
            await rows.note(tx, lee, visibility=v) for v in ("direct", "direct", "followers")
        ]
        await mention(tx, to_me, MIRA)
        await mention(tx, to_other, KIM)
        stranger = await rows.note(tx, kim, visibility="direct")
        await mention(tx, stranger, MIRA)
        assert [entry.note.id for entry in await notes.timeline(tx, mira.id)] == [for_followers.id, to_me.id]


async def test_what_was_deleted_leaves_the_timeline(database: Database) -> None:
    async with database.write() as tx:
        mira, lee, kim, _ = await cast(tx)
        own, boosted = await rows.note(tx, lee), await rows.note(tx, kim)
        await boost(tx, lee, boosted)
        assert len(await notes.timeline(tx, mira.id)) == 2
        for note in (own, boosted):
            await notes.erase(tx, note, at=NOW, tombstone=b"{}")
        assert await notes.timeline(tx, mira.id) == []


async def test_the_timeline_is_read_page_by_page(database: Database) -> None:
    async with database.write() as tx:
        mira, lee, kim, _ = await cast(tx)
        for _ in range(5):
            await rows.note(tx, lee)
            await boost(tx, lee, await rows.note(tx, kim))
        whole = await notes.timeline(tx, mira.id)
        assert len(whole) == 10
        paged: list[notes.Entry] = []
        before: int | None = None
        while page := await notes.timeline(tx, mira.id, before=before, limit=3):
            assert len(page) <= 3
            paged += page
            before = page[-1].sort_id
        assert [entry.sort_id for entry in paged] == [entry.sort_id for entry in whole]


async def test_erasing_a_note_leaves_a_tombstone_and_nothing_else(database: Database) -> None:
    async with database.write() as tx:
        mira, lee, _, _ = await cast(tx)
        note = await rows.note(tx, mira)
        await mention(tx, note, LEE)
        await boost(tx, lee, note)
        tx.add(tables.Attachment(id=ids.new_id(), note_id=note.id, position=0, url="https://art.example/1.jpg"))
        tx.add(tables.Tag(note_id=note.id, position=0, name="sea", label="Sea"))
        await queries.reactions.add_like(tx, uri=None, actor_id=lee.id, note_id=note.id, at=NOW)
        await queries.notifications.add(tx, artist_id=mira.id, type_="reblog", from_id=lee.id, note_id=note.id, at=NOW)
        await notes.erase(tx, note, at=NOW, tombstone=b'{"type": "Tombstone"}')
    async with database.read() as tx:
        left = await notes.get(tx, note.id)
        assert left is not None
        assert (left.deleted_at, left.content, left.document) == (NOW, "", b'{"type": "Tombstone"}')
        assert await notes.attachments(tx, note.id) == []
        assert await notes.tags(tx, note.id) == []
        assert await notes.mentions(tx, note.id) == []
        assert await queries.reactions.counts(tx, [note.id]) == {note.id: (0, 0)}
        assert await queries.notifications.of_artist(tx, mira.id) == []


async def test_replies_are_listed_to_strangers_only_when_public(database: Database) -> None:
    async with database.write() as tx:
        mira, lee, kim, _ = await cast(tx)
        work = await rows.note(tx, mira)
        said = [
            await rows.note(tx, who, visibility=v, reply_to=work)
            for who, v in ((lee, "public"), (kim, "direct"), (kim, "unlisted"), (mira, "public"))
        ]
        assert [n.id for n, _ in await notes.replies(tx, work.id)] == [said[0].id, said[2].id, said[3].id]
        assert len(await notes.replies(tx, work.id, public_only=False)) == 4
        assert await notes.count_replies(tx, work.id) == 3
        to_mira = await notes.replies_to_artist(tx, mira.id, limit=10)
        assert [n.id for n, _, _ in to_mira] == [said[2].id, said[0].id], "a direct message that is not for her"
        tx.add(tables.Mention(note_id=said[1].id, actor_uri=mira.uri, name="@mira"))
        await tx.flush()
        to_mira = await notes.replies_to_artist(tx, mira.id, limit=10)
        assert [(n.id, who.uri, parent.id) for n, who, parent in to_mira] == [
            (said[2].id, KIM, work.id),
            (said[1].id, KIM, work.id),
            (said[0].id, LEE, work.id),
        ]
        first = await notes.reply_uris(tx, work.id, after=0, limit=2)
        rest = await notes.reply_uris(tx, work.id, after=first[-1][0], limit=2)
        assert [uri for _, uri in first + rest] == [said[0].uri, said[2].uri, said[3].uri]


async def test_followers_and_followed_are_read_page_by_page(database: Database) -> None:
    async with database.write() as tx:
        mira = await rows.actor(tx, MIRA, is_local=True)
        others = [await rows.actor(tx, f"https://a.example/users/{n}") for n in range(5)]
        for who in others:
            await rows.follow(tx, who, mira)
            await rows.follow(tx, mira, who)
        await rows.follow(tx, await rows.actor(tx, KIM), mira, state="requested")
        for read in (queries.follows.followers, queries.follows.following):
            first = await read(tx, mira.id, limit=3)
            rest = await read(tx, mira.id, before=first[-1][0].id, limit=3)
            assert [who.uri for _, who in first + rest] == [who.uri for who in reversed(others)]
        assert await queries.follows.count_followers(tx, mira.id) == 5
        assert await queries.follows.count_following(tx, mira.id) == 5
        assert len(await queries.follows.followers(tx, mira.id, any_state=True)) == 6


async def test_the_outbox_shows_public_activities_and_hides_those_of_deleted_works(database: Database) -> None:
    async with database.write() as tx:
        mira = await rows.actor(tx, MIRA, is_local=True)
        work = await rows.note(tx, mira)
        made = [await rows.activity(tx, mira, type_=t) for t in ("Create", "Announce", "Update", "Create", "Like")]
        for id_ in made[:4]:
            (await tx.get_one(tables.Activity, id_)).is_public = True
        (await tx.get_one(tables.Activity, made[0])).note_id = work.id
        shown = queries.activities.public_of_actor
        assert [a.id for a in await shown(tx, mira.id)] == [made[3], made[1], made[0]]
        assert [a.id for a in await shown(tx, mira.id, before=made[3], limit=1)] == [made[1]]
        await queries.activities.hide(tx, note_id=work.id)
        assert [a.id for a in await shown(tx, mira.id)] == [made[3], made[1]]
        assert await queries.activities.count_public(tx, mira.id) == 2


async def test_one_like_and_one_boost_each(database: Database) -> None:
    async with database.write() as tx:
        mira, lee, kim, _ = await cast(tx)
        work = await rows.note(tx, mira)
        react = queries.reactions
        for who, is_new in ((lee, True), (lee, False), (kim, True)):
            assert await react.add_like(tx, uri=f"{who.uri}#l", actor_id=who.id, note_id=work.id, at=NOW) is is_new
            assert await react.add_boost(tx, uri=f"{who.uri}#b", actor_id=who.id, note_id=work.id, at=NOW) is is_new
        assert await react.counts(tx, [work.id, 0]) == {work.id: (2, 2), 0: (0, 0)}
        assert await react.remove_like(tx, actor_id=lee.id, uri=f"{lee.uri}#l")
        assert not await react.remove_like(tx, actor_id=lee.id, note_id=work.id)
        assert not await react.remove_boost(tx, actor_id=lee.id, uri=f"{kim.uri}#b")
        assert await react.counts(tx, [work.id]) == {work.id: (1, 2)}


async def test_a_database_belongs_to_one_address(database: Database) -> None:
    async with database.write() as tx:
        with pytest.raises(errors.FediArtError, match="holds no server yet"):
            await queries.instance.require(tx, "https://art.example")
        us = await rows.actor(tx, "https://art.example/actor", is_local=True)
        await queries.instance.add(tx, base_url="https://art.example", actor_id=us.id, at=NOW)
    async with database.read() as tx:
        assert (await queries.instance.require(tx, "https://art.example")).actor_id == us.id
        for other in ("https://new.example", "http://art.example", "https://art.example:8443"):
            with pytest.raises(
                errors.FediArtError, match=r"belongs to https://art\.example, .* cannot change"
            ) as caught:
                await queries.instance.require(tx, other)
            assert "\n" not in caught.value.text


async def test_an_artist_who_is_not_here_is_answered_with_who_is(database: Database) -> None:
    async with database.write() as tx:
        with pytest.raises(errors.NotFoundError, match="there is: nobody yet"):
            await queries.actors.require_artist(tx, "mira")
        mira = await rows.actor(tx, MIRA, is_local=True)
        tx.add(tables.Artist(actor_id=mira.id, email="m@art.example", credit="M", policy="no-ai", declared_at=NOW))
        await tx.flush()
        for name in ("mira", "@mira", "MIRA", "@mira@art.example"):
            assert (await queries.actors.require_artist(tx, name))[0].id == mira.id
        with pytest.raises(errors.NotFoundError, match=r"no artist “lee” here \(there is: mira\)"):
            await queries.actors.require_artist(tx, "lee")
        await queries.actors.mark_gone(tx, mira, NOW)
        with pytest.raises(errors.NotFoundError):
            await queries.actors.require_artist(tx, "mira")
