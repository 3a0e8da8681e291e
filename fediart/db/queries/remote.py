"""What peers sent, into rows: remote actors with their keys, remote notes with what hangs on them.

Trust: the caller has verified that the document comes from the host of its id. HTML is sanitised here, on its way in,
so that no row ever holds anything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

import orjson
from sqlalchemy import delete, select

from fediart.activitypub import actors, addressing, handles, html, keys, notes, timestamps
from fediart.activitypub.errors import ProtocolError
from fediart.db import ids
from fediart.db.engine import Transaction
from fediart.db.queries import keys as key_queries
from fediart.db.queries import notes as note_queries
from fediart.db.queries._upsert import insert
from fediart.db.tables import Actor, Attachment, Key, Mention, Note, Tag


async def save_actor(tx: Transaction, remote: actors.RemoteActor, *, at: datetime) -> Actor:
    """Insert or refresh a remote actor and its keys; the id is the identity, whatever handle it uses."""
    host = urlsplit(remote.id).netloc.lower()
    actor = await _locked(tx, remote, host=host, at=at)
    username, host = _handle_of(remote, host)
    actor.type = remote.type
    actor.username = username
    actor.host = host
    actor.name = remote.name or ""
    actor.summary = html.sanitize(remote.summary or "")
    actor.url = remote.url
    actor.inbox = remote.inbox
    actor.shared_inbox = remote.shared_inbox
    actor.outbox = remote.outbox
    actor.followers = remote.followers
    actor.following = remote.following
    actor.featured = remote.featured
    actor.icon_url = remote.icon_url
    actor.icon_media_type = None
    actor.image_url = remote.image_url
    actor.image_media_type = None
    actor.fields = [{"name": html.to_text(name), "value": html.sanitize(value)} for name, value in remote.fields]
    actor.emojis = _emojis(remote.emojis)
    actor.also_known_as = list(remote.also_known_as)
    actor.moved_to = remote.moved_to
    actor.manually_approves_followers = remote.manually_approves_followers
    actor.discoverable = remote.discoverable
    actor.indexable = remote.indexable
    actor.rights = dict(remote.rights)
    actor.published = remote.published
    actor.updated_at = actor.fetched_at = at
    actor.gone_at = None
    await tx.flush()
    await key_queries.replace(tx, actor.id, _keys(actor.id, remote, at))
    return actor


def _emojis(found: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """Keep what a client may show one day: pictures by https only. No page of ours loads them."""
    return [{"shortcode": code, "url": url} for code, url in found if url.startswith("https://")]


def _handle_of(remote: actors.RemoteActor, host: str) -> tuple[str | None, str]:
    """Return (username, host) to show. A handle at another host is a claim that anybody can make (FEP-2c59).

    It is believed where the actor's server is a part of that host, as `social.example.org` is of `example.org`.
    """
    if remote.webfinger:
        try:
            handle = handles.parse_handle(remote.webfinger)
        except ProtocolError:
            return remote.username, host
        if handle.host == host or host.endswith(f".{handle.host}"):
            return handle.username, handle.host
    return remote.username, host


async def _locked(tx: Transaction, remote: actors.RemoteActor, *, host: str, at: datetime) -> Actor:
    """Return the actor's row, new or not, for this transaction alone: two requests may bring one actor at once."""
    await tx.execute(
        insert(tx, Actor)
        .values(id=ids.new_id(), uri=remote.id, is_local=False, host=host, inbox=remote.inbox, updated_at=at)
        .on_conflict_do_nothing(index_elements=["uri"])
    )
    statement = select(Actor).where(Actor.uri == remote.id).with_for_update()
    return (await tx.scalars(statement.execution_options(populate_existing=True))).one()


def _keys(actor_id: int, remote: actors.RemoteActor, at: datetime) -> list[Key]:
    found: dict[str, Key] = {}
    for entry in remote.keys:
        try:
            public = keys.read_public_pem(entry.pem) if entry.pem else keys.read_multikey(entry.multibase or "")
        except ProtocolError:
            continue  # a kind of key that we cannot use; the others still count
        found[entry.id] = Key(
            id=entry.id,
            actor_id=actor_id,
            algorithm="rsa" if isinstance(public, keys.RsaPublicKey) else "ed25519",
            public_pem=keys.write_public_pem(public),
            private_pem=None,
            fetched_at=at,
        )
    return list(found.values())


async def save_note(
    tx: Transaction, remote: notes.RemoteNote, author: Actor, *, proof: str, at: datetime, id_: int | None = None
) -> tuple[Note, bool]:
    """Insert a remote note, or apply a newer version of it; says whether anything changed.

    An older version, or one by another author, changes nothing. `id_` is for a new note: where it stands among others.
    """
    note, is_new = await _note_row(tx, remote, author, at=at, id_=id_)
    if not is_new and (note.deleted_at is not None or note.actor_id != author.id or not _is_newer(remote, note)):
        return note, False
    note.url = remote.url
    note.content = html.sanitize(remote.content)
    note.summary = html.to_text(remote.summary or "")[:5000]
    note.sensitive = remote.sensitive or bool(note.summary)
    note.language = remote.language
    note.conversation = remote.conversation
    note.updated = remote.updated
    note.document = orjson.dumps(remote.raw)
    note.proof = proof
    note.rights = dict(remote.rights)
    note.emojis = _emojis(remote.emojis)
    if note.in_reply_to_uri != remote.in_reply_to:
        note.in_reply_to_uri = remote.in_reply_to
        parent = await note_queries.find(tx, remote.in_reply_to) if remote.in_reply_to else None
        note.in_reply_to_id = parent.id if parent else None
    await tx.flush()
    await _replace_details(tx, note, remote, author)
    await note_queries.adopt_orphans(tx, note)
    return note, True


async def _note_row(
    tx: Transaction, remote: notes.RemoteNote, author: Actor, *, at: datetime, id_: int | None
) -> tuple[Note, bool]:
    """Return the note's row for this transaction alone, and whether it is new: it may come by two ways at once."""
    added = await tx.execute(
        insert(tx, Note)
        .values(
            id=ids.new_id() if id_ is None else id_,
            uri=remote.id,
            actor_id=author.id,
            is_local=False,
            visibility=str(addressing.visibility(remote.to, remote.cc, author.followers)),
            published=timestamps.plausible(remote.published, at),
            received_at=at,
            document=b"",
            proof="none",
        )
        .on_conflict_do_nothing(index_elements=["uri"])
        .returning(Note.id)
    )
    is_new = added.first() is not None
    statement = select(Note).where(Note.uri == remote.id).with_for_update()
    return (await tx.scalars(statement.execution_options(populate_existing=True))).one(), is_new


def _is_newer(remote: notes.RemoteNote, note: Note) -> bool:
    if remote.updated is None:
        return False
    return remote.updated > (note.updated or note.published)


async def _replace_details(tx: Transaction, note: Note, remote: notes.RemoteNote, author: Actor) -> None:
    for table in (Attachment, Tag, Mention):
        await tx.execute(delete(table).where(table.note_id == note.id))
    tx.add_all(
        Attachment(
            id=ids.new_id(),
            note_id=note.id,
            position=position,
            media_type=item.media_type,
            url=item.url,
            description=item.description or "",
            width=item.width,
            height=item.height,
            blurhash=item.blurhash,
            focal_x=item.focal[0] if item.focal else None,
            focal_y=item.focal[1] if item.focal else None,
            digest=item.digest_multibase,
        )
        for position, item in enumerate(remote.attachments)
    )
    tx.add_all(
        Tag(note_id=note.id, position=position, name=name.lower(), label=name)
        for position, name in enumerate({name.lower(): name for name in remote.hashtags}.values())
    )
    names = {mention.href: mention.name for mention in remote.mentions}
    addressed = [
        uri
        for uri in (*remote.to, *remote.cc)
        if not addressing.is_public(uri) and uri != author.followers and uri not in names
    ]
    everyone: Sequence[str] = list(dict.fromkeys([*names, *addressed]))[:500]
    tx.add_all(Mention(note_id=note.id, actor_uri=uri, name=names.get(uri, "")) for uri in everyone)
    await tx.flush()
