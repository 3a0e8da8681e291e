"""Fetching one thing that is wanted, and what becomes of it: a note of a thread, a list of replies, earlier works.

No transaction is open while a peer is asked. A note is believed from its origin only; a list names what to fetch next,
and proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fediart import clock, errors, log
from fediart.activitypub import activities, addressing, documents, notes, origins, threads, timestamps
from fediart.activitypub.actors import RemoteActor
from fediart.activitypub.errors import ProtocolError
from fediart.activitypub.notes import RemoteNote
from fediart.activitypub.threads import Walk
from fediart.db import changes, ids, queries, tables
from fediart.db.engine import Database, Transaction
from fediart.db.queries import fetches
from fediart.db.queries.fetches import Claimed
from fediart.inbox import proven, wants
from fediart.inbox.handlers import create
from fediart.inbox.registry import Context, Fetched, Ignored
from fediart.outbox.speaker import Speaker
from fediart.remote import actors as remote_actors
from fediart.remote import documents as remote_documents
from fediart.remote import notes as remote_notes
from fediart.remote.session import Session
from fediart.remote.signer import Signer

_logger = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a fetch, and when it is worth another."""

    outcome: str
    again_at: datetime | None = None


class Fetching:
    """Fetches for one process."""

    def __init__(self, database: Database, session: Session, speaker: Speaker, *, jitter: timedelta) -> None:
        self._database = database
        self._session = session
        self._speaker = speaker
        self._jitter = jitter

    async def fetch(self, wanted: Claimed) -> Found:
        """Fetch something and store what it brings.

        Raises: Ignored when it is not wanted after all; RemoteError, ProtocolError from the other side.
        """
        async with self._database.read() as tx:
            if not await wants.may_ask(tx, wanted.uri, self._speaker.urls):
                raise Ignored("it is ours, or its server is blocked here")
            instance = await queries.instance.require(tx, self._speaker.urls.base)
            signer = await self._speaker.keyring.signer(tx, instance.actor_id)
        if wanted.kind == fetches.NOTE:
            return await self._note(wanted, signer)
        if wanted.kind == fetches.REPLIES:
            return await self._replies(wanted, signer)
        return await self._earlier(wanted, signer)

    async def _note(self, wanted: Claimed, signer: Signer) -> Found:
        async with self._database.write() as tx:
            known = await queries.notes.find(tx, wanted.uri)
            if known is not None:
                await fetches.attach(tx, wanted.uri, known)
                return Found("known already")
        remote = await remote_notes.fetch_note(self._session, wanted.uri, signer=signer)
        author = await self._unknown_author(remote, signer)
        async with self._database.write() as tx:
            return Found(await self._keep(tx, wanted, remote, author))

    async def _unknown_author(self, remote: RemoteNote, signer: Signer) -> RemoteActor | None:
        """Fetch who wrote a note, unless they are known."""
        uri = remote.attributed_to[0]
        async with self._database.read() as tx:
            if await queries.actors.find(tx, uri) is not None:
                return None
        fetched = await remote_actors.fetch_actor(self._session, uri, signer=signer)
        if fetched.id != uri:
            raise Ignored("its author goes by another id")
        return fetched

    async def _keep(self, tx: Transaction, wanted: Claimed, remote: RemoteNote, fetched: RemoteActor | None) -> str:
        """Store a note that was fetched, when it is what was wanted; returns the outcome in words.

        Raises: Ignored.
        """
        now = clock.now()
        author = await queries.actors.find(tx, remote.attributed_to[0])
        if author is None and fetched is not None:
            author = await queries.remote.save_actor(tx, fetched, at=now)
        if author is None or author.gone_at is not None:
            raise Ignored("its author is unknown or gone")
        if await queries.tombstones.has(tx, uri=remote.id, actor_uri=author.uri):
            raise Ignored("deleted before it was fetched")
        is_earlier = wanted.reason in (wants.EARLIER, wants.PINNED)
        if is_earlier and author.uri != wanted.root:
            raise Ignored("it is by somebody else")
        parent = await queries.notes.find(tx, remote.in_reply_to) if remote.in_reply_to else None
        if wanted.reason == wants.REPLY and (parent is None or parent.deleted_at is not None):
            raise Ignored("it answers nothing that is known here")
        if not await self._is_for_us(tx, remote, author):
            raise Ignored("it is not public")
        if parent is not None and parent.is_local:
            outcome = await self._take_as_sent(tx, remote, author, is_quiet=is_earlier)
        else:
            sorts_by = timestamps.plausible(remote.published, now)
            proof = await proven.verdict(tx, remote, author, now=now)
            await queries.remote.save_note(tx, remote, author, proof=proof, at=now, id_=ids.id_at(sorts_by))
            outcome = f"stored, proof {proof}"
        note = await queries.notes.find(tx, remote.id)
        if note is None or note.deleted_at is not None:
            raise Ignored("it was deleted")
        if wanted.reason == wants.PINNED:
            note.pinned_at = now
        await fetches.attach(tx, wanted.uri, note)
        chain = await fetches.ancestry(tx, note.id)
        if chain[-1].in_reply_to_id is not None:
            outcome += "; the thread runs in a circle"
        elif wanted.depth >= threads.MOST_DEPTH:
            outcome += "; the thread is followed no further"
        await wants.thread_around(
            tx,
            note,
            urls=self._speaker.urls,
            at=now,
            jitter=timedelta(),
            root=wanted.root,
            depth=wanted.depth,
        )
        await changes.bump(tx)
        return outcome

    async def _take_as_sent(self, tx: Transaction, remote: RemoteNote, author: tables.Actor, *, is_quiet: bool) -> str:
        """Take an answer to a note of ours as if its Create had come: the artist is told, and may have forbidden it."""
        said = {"id": f"{remote.id}#create", "type": "Create", "actor": author.uri, "object": remote.raw}
        fetched = Fetched(notes={remote.id: remote})
        context = Context(
            tx, self._speaker, activities.read_activity(said), author, None, fetched, clock.now(), is_quiet=is_quiet
        )
        return await create.take_note(context, remote)

    async def _is_for_us(self, tx: Transaction, remote: RemoteNote, author: tables.Actor) -> bool:
        """Say whether a note is public, or shows that it was meant for somebody here."""
        visibility = addressing.visibility(remote.to, remote.cc, author.followers)
        if visibility in queries.notes.PUBLIC:
            return True
        if any(self._speaker.urls.username(uri) for uri in (*remote.to, *remote.cc)):
            return True
        return visibility == "followers" and await queries.follows.is_followed_here(tx, author.id)

    async def _replies(self, wanted: Claimed, signer: Signer) -> Found:
        async with self._database.read() as tx:
            note = await queries.notes.find(tx, wanted.uri)
        if note is None or note.deleted_at is not None:
            raise Ignored("the note is not known any more")
        walk = Walk(documents.read_json(note.document).get("replies"), owner=note.uri, most_items=threads.MOST_REPLIES)
        await self._go(walk, note.uri, signer)
        now = clock.now()
        async with self._database.write() as tx:
            new = await wants.notes_listed(
                tx,
                walk.ids,
                reason=wants.REPLY,
                root=wanted.root,
                depth=wanted.depth + 1,
                urls=self._speaker.urls,
                at=now,
            )
        again_at = threads.next_look_at(note.published, now)
        outcome = f"{len(walk.ids)} replies listed, {new} new"
        return Found(outcome, again_at + wants.by_chance(self._jitter) if again_at else None)

    async def _earlier(self, wanted: Claimed, signer: Signer) -> Found:
        """Walk an outbox, or what somebody has pinned."""
        async with self._database.read() as tx:
            actor = await queries.actors.find(tx, wanted.root)
            if actor is None or not await queries.follows.is_followed_here(tx, actor.id):
                raise Ignored("nobody here follows them any more")
        walk = Walk(wanted.uri, owner=actor.uri, most_items=threads.MOST_EARLIER)
        await self._go(walk, actor.uri, signer)
        if wanted.kind == fetches.FEATURED:
            return await self._pinned(wanted, actor, walk)
        said = [said for item in walk.items if (said := threads.said_by(item, actor.uri)) is not None]
        stored = await self._keep_proven(wanted, actor, said)
        async with self._database.write() as tx:
            asked = await wants.notes_listed(
                tx,
                [one.id for one in said if one.id not in stored],
                reason=wants.EARLIER,
                root=actor.uri,
                depth=0,
                urls=self._speaker.urls,
                at=clock.now(),
            )
        return Found(f"{len(walk.items)} listed, {len(stored)} stored by their proof, {asked} to fetch")

    async def _pinned(self, wanted: Claimed, actor: tables.Actor, walk: Walk) -> Found:
        uris = [uri for uri in walk.ids if origins.same_host(uri, actor.uri)]
        async with self._database.write() as tx:
            now = clock.now()
            await fetches.mark_featured(tx, actor.id, uris, at=now)
            asked = await wants.notes_listed(
                tx, uris, reason=wants.PINNED, root=wanted.root, depth=0, urls=self._speaker.urls, at=now
            )
        return Found(f"{len(uris)} pinned, {asked} to fetch")

    async def _keep_proven(self, wanted: Claimed, actor: tables.Actor, said: list[threads.Said]) -> set[str]:
        """Store what an outbox holds in full with the author's own proof: it need not be fetched one by one."""
        stored = set()
        for one in said:
            remote = _read_own(one.object, actor.uri)
            if remote is None or remote.id != one.id:
                continue
            async with self._database.write() as tx:
                if await queries.notes.find(tx, remote.id) is not None:
                    continue
                if await proven.verdict(tx, remote, actor, now=clock.now()) != "verified":
                    continue
                listed = Claimed(wanted.id, remote.id, fetches.NOTE, wants.EARLIER, 0, actor.uri, 1)
                try:
                    await self._keep(tx, listed, remote, None)
                except Ignored as exc:
                    _logger.debug("earlier work left out", uri=remote.id, reason=exc.reason)
                stored.add(remote.id)
        return stored

    async def _go(self, walk: Walk, owner: str, signer: Signer) -> None:
        """Walk a collection. What was found before a page could not be had counts.

        Raises: RemoteError, ProtocolError when nothing could be had at all.
        """
        while (address := walk.next_) is not None:
            try:
                page = await remote_documents.fetch_page(self._session, address, owner=owner, signer=signer)
            except (errors.RemoteError, ProtocolError) as exc:
                if not walk.items:
                    raise
                _logger.info("the rest of a collection could not be had", address=address, reason=str(exc))
                return
            walk.take(page)


def _read_own(document: dict[str, Any] | None, actor_uri: str) -> RemoteNote | None:
    """Read a note that is by this actor alone; None for anything else."""
    if document is None:
        return None
    try:
        remote = notes.read_note(document)
    except ProtocolError:
        return None
    return remote if remote.attributed_to == (actor_uri,) else None
