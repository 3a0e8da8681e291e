"""Create: a reply to a work of ours, a message to somebody here, or the words of somebody followed here."""

from __future__ import annotations

from collections.abc import Sequence

from fediart.activitypub import addressing, notes, shapes, vocabulary
from fediart.activitypub.activities import Activity
from fediart.activitypub.notes import RemoteNote
from fediart.activitypub.urls import Urls
from fediart.db import changes, queries, tables
from fediart.inbox.handlers import _common
from fediart.inbox.registry import Context, Handler, Ignored, Kind, Need


def _needs(activity: Activity, _urls: Urls) -> Sequence[Need]:
    return [Need(Kind.NOTE, activity.object_id)] if activity.object is None and activity.object_id else []


async def _act(context: Context) -> str:
    note = read_object(context)
    return await take_note(context, note)


def read_object(context: Context) -> RemoteNote:
    """Return the note that the activity carries or names.

    Raises: Ignored, ProtocolError.
    """
    activity = context.activity
    if activity.object is None:
        remote = context.fetched.notes.get(activity.object_id or "")
        if remote is None:
            failure = context.fetched.failures.get(activity.object_id or "")
            raise Ignored(f"the object could not be fetched: {failure}" if failure else "no object")
        return remote
    if shapes.type_of(activity.object, vocabulary.OBJECT_TYPES) is None:
        raise Ignored(f"objects of type {', '.join(shapes.types_of(activity.object)) or 'none'} are not shown here")
    return notes.read_note(activity.object)


async def take_note(context: Context, remote: RemoteNote) -> str:
    """Store a note by the sender when it concerns somebody here, and tell them."""
    tx, sender = context.tx, context.sender
    if sender.uri not in remote.attributed_to:
        raise Ignored("the note is not by the sender")
    if await queries.tombstones.has(tx, uri=remote.id, actor_uri=sender.uri):
        raise Ignored("deleted before it came")
    known = await queries.notes.find(tx, remote.id)
    if known is not None:
        await _tell_late(context, known, remote)
        return "known already"
    parent = await queries.notes.find(tx, remote.in_reply_to) if remote.in_reply_to else None
    named = await _named_here(context, remote)
    is_direct = addressing.visibility(remote.to, remote.cc, sender.followers) is addressing.Visibility.DIRECT
    if is_direct and not named:
        named = await _recipient(context)
        if not named:
            raise Ignored("a message to nobody here")
    is_reply_to_us = parent is not None and parent.is_local and parent.deleted_at is None
    if is_direct and parent is not None and parent.actor_id not in {person.id for person in named}:
        is_reply_to_us = False  # about an artist's work, and not for their eyes
    if not (is_reply_to_us or named or await queries.follows.is_followed_here(tx, sender.id)):
        raise Ignored("concerns nobody here")
    welcome = [person for person in named if not await queries.follows.is_blocked(tx, sender.id, person.id)]
    if named and not welcome:
        raise Ignored("blocked")
    if is_reply_to_us and parent is not None and await queries.follows.is_blocked(tx, sender.id, parent.actor_id):
        raise Ignored("blocked")
    note, _ = await queries.remote.save_note(
        tx, remote, sender, proof=await _common.proof_verdict(context, remote, sender), at=context.now
    )
    if is_direct:
        for person in welcome:
            await queries.messages.add_addressee(tx, note, person)
    if not context.is_quiet:
        await _notify(context, note, parent if is_reply_to_us else None, welcome)
    await _common.want_thread(context, note)
    await changes.bump(tx)
    return f"stored, proof {note.proof}"


async def _named_here(context: Context, remote: RemoteNote) -> list[tables.Actor]:
    uris = {
        uri
        for uri in (*remote.to, *remote.cc, *(mention.href for mention in remote.mentions))
        if context.urls.username(uri)
    }
    found = await queries.actors.find_many(context.tx, sorted(uris)[:50])
    return [actor for actor in found.values() if actor.is_local and actor.gone_at is None]


async def _recipient(context: Context) -> list[tables.Actor]:
    """Return whose personal inbox a message came to. Interop: Mastodon 4.5 shows it to them too, as `limited`."""
    actor = await queries.actors.find(context.tx, context.recipient) if context.recipient else None
    return [actor] if actor is not None and actor.gone_at is None else []


async def _notify(
    context: Context, note: tables.Note, parent: tables.Note | None, named: Sequence[tables.Actor]
) -> None:
    told = set()
    if parent is not None:
        told.add(parent.actor_id)
        await queries.notifications.add(
            context.tx,
            artist_id=parent.actor_id,
            type_="reply",
            from_id=context.sender.id,
            note_id=note.id,
            at=context.now,
        )
    for person in named:
        if person.id not in told:
            await queries.notifications.add(
                context.tx,
                artist_id=person.id,
                type_="mention",
                from_id=context.sender.id,
                note_id=note.id,
                at=context.now,
            )


async def _tell_late(context: Context, note: tables.Note, remote: RemoteNote) -> None:
    """Tell those whom a note names that was fetched, for a thread, before it was sent to them."""
    if note.actor_id != context.sender.id or note.deleted_at is not None:
        return
    for person in await _named_here(context, remote):
        is_told = await queries.notifications.is_told(context.tx, artist_id=person.id, note_id=note.id)
        if not is_told and not await queries.follows.is_blocked(context.tx, note.actor_id, person.id):
            await _notify(context, note, None, [person])


HANDLER = Handler("Create", _act, _needs)
