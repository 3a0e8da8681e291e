"""What this server would do with an actor or a note that somebody looks at; asks the database, fetches nothing.

The rules are the inbox's, which acts by them; here they are only told.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urldefrag

from fediart.activitypub.notes import RemoteNote
from fediart.activitypub.urls import Urls
from fediart.db import queries, tables
from fediart.db.engine import Transaction


@dataclass(frozen=True, slots=True)
class Verdict:
    """What this server would do. `action` is `show`, `ignore` or `known`."""

    action: str
    reason: str
    followed_by: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()


async def on_actor(tx: Transaction, uri: str) -> Verdict:
    """Say what comes of what an actor says."""
    known = await queries.actors.find(tx, uri)
    if known is None:
        return Verdict("ignore", "nobody here has met this actor; what is sent to an artist here would be shown")
    if known.is_local:
        return Verdict("known", "an account of this server")
    if known.gone_at is not None:
        return Verdict("ignore", "the account was deleted")
    followed_by = tuple(_names(await queries.follows.local_followers(tx, known.id)))
    follows = tuple(_names([who for _, who in await queries.follows.following(tx, known.id) if who.is_local]))
    if followed_by:
        return Verdict("show", "somebody here follows this actor", followed_by, follows)
    return Verdict("ignore", "nobody here follows this actor; only what concerns an artist is kept", (), follows)


async def on_note(tx: Transaction, note: RemoteNote, at: Urls) -> Verdict:
    """Say what the inbox would make of the note; the same questions in the same order."""
    known = await queries.notes.find(tx, note.id)
    if known is not None:
        if known.is_local:
            return Verdict("known", "published by this server")
        return Verdict("ignore", "was deleted") if known.deleted_at is not None else Verdict("known", "stored already")
    author = await queries.actors.find(tx, note.attributed_to[0])
    if await queries.tombstones.has(tx, uri=note.id, actor_uri=note.attributed_to[0]):
        return Verdict("ignore", "was deleted before it came")
    if author is not None and author.gone_at is not None:
        return Verdict("ignore", "the author's account was deleted")
    followers = await queries.follows.local_followers(tx, author.id) if author is not None else []
    followed_by = tuple(_names(followers))
    reasons, concerned = await _concerns(tx, note, at)
    for person in concerned:
        if author is not None and await queries.follows.is_blocked(tx, author.id, person.id):
            return Verdict("ignore", f"there is a block between the author and {person.username}", followed_by)
    if followed_by:
        reasons.append("somebody here follows the author")
    if reasons:
        return Verdict("show", " and ".join(reasons), followed_by)
    return Verdict("ignore", "concerns nobody here", followed_by)


async def _concerns(tx: Transaction, note: RemoteNote, at: Urls) -> tuple[list[str], list[tables.Actor]]:
    reasons, concerned = [], []
    parent = await queries.notes.find(tx, note.in_reply_to) if note.in_reply_to else None
    if parent is not None and parent.is_local and parent.deleted_at is None:
        reasons.append("answers a work of this server")
        concerned.append(await queries.actors.get(tx, parent.actor_id))
    named = {urldefrag(uri).url for uri in (*note.to, *note.cc, *(mention.href for mention in note.mentions))}
    found = await queries.actors.find_many(tx, sorted(uri for uri in named if at.username(uri))[:50])
    people = [actor for actor in found.values() if actor.is_local and actor.gone_at is None]
    if people:
        reasons.append(f"names {', '.join(_names(people))}")
    return reasons, concerned + people


def _names(people: list[tables.Actor]) -> list[str]:
    return [person.username or person.uri for person in people]
