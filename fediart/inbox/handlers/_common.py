"""What several handlers ask: which local actor or note is meant, and what a fetched note becomes."""

from __future__ import annotations

from fediart.activitypub import origins
from fediart.activitypub.notes import RemoteNote
from fediart.db import queries, tables
from fediart.inbox import proven, wants
from fediart.inbox.registry import Context, Ignored


async def require_local_actor(context: Context, uri: str | None) -> tables.Actor:
    """Return the local artist whom the activity means.

    Raises: Ignored when it means nobody here.
    """
    actor = await queries.actors.find(context.tx, uri) if uri and context.urls.is_ours(uri) else None
    if actor is None or not actor.is_local or actor.gone_at is not None:
        raise Ignored(f"no artist here is {uri}")
    return actor


async def is_silenced(context: Context) -> bool:
    """Say whether the sender's server is one that this server does not want to hear of."""
    host = origins.host_of(context.sender.uri)
    return await queries.domains.severity_of(context.tx, host) is not None


async def find_standing_note(context: Context, uri: str | None) -> tables.Note | None:
    """Find a note that we know and that was not deleted; own ids are never looked for elsewhere."""
    note = await queries.notes.find(context.tx, uri) if uri else None
    return note if note is not None and note.deleted_at is None else None


async def proof_verdict(context: Context, note: RemoteNote, author: tables.Actor) -> str:
    """Say what the object's own proof is worth: `verified`, `invalid` or `none`."""
    return await proven.verdict(context.tx, note, author, now=context.now)


async def save_fetched_note(context: Context, uri: str) -> tables.Note | None:
    """Store a note that was fetched for this activity, with its author; None when it could not be had."""
    remote = context.fetched.notes.get(uri)
    if remote is None:
        return None
    author = await queries.actors.find(context.tx, remote.attributed_to[0])
    if author is None:
        fetched = context.fetched.actors.get(remote.attributed_to[0])
        if fetched is None:
            return None
        author = await queries.remote.save_actor(context.tx, fetched, at=context.now)
    if await queries.tombstones.has(context.tx, uri=remote.id, actor_uri=author.uri):
        return None
    note, _ = await queries.remote.save_note(
        context.tx, remote, author, proof=await proof_verdict(context, remote, author), at=context.now
    )
    if note.deleted_at is not None:
        return None
    await want_thread(context, note)
    return note


async def want_thread(context: Context, note: tables.Note) -> None:
    """Ask for what is missing around a note that was stored."""
    await wants.thread_around(context.tx, note, urls=context.urls, at=context.now, jitter=context.fetch_jitter)
