"""Add: somebody followed here pins a note of theirs. Only their own featured collection is looked at."""

from __future__ import annotations

from fediart.activitypub import shapes
from fediart.db import queries, tables
from fediart.inbox.registry import Context, Handler, Ignored


async def find_own_note(context: Context) -> tables.Note:
    """Return the stored note that the sender, followed here, puts into or takes from their featured collection.

    Raises: Ignored for any other collection or thing.
    """
    tx, activity, sender = context.tx, context.activity, context.sender
    if sender.featured is None or activity.target != sender.featured:
        raise Ignored("not the sender's featured collection")
    if "Hashtag" in shapes.types_of(activity.object):
        raise Ignored("featured tags of others are not kept")
    if not await queries.follows.is_followed_here(tx, sender.id):
        raise Ignored("pinned by nobody whom we follow")
    note = await queries.notes.find(tx, activity.object_id) if activity.object_id else None
    if note is None or note.deleted_at is not None:
        raise Ignored("the note is unknown or deleted")
    if note.actor_id != sender.id:
        raise Ignored("the note is not by the sender")
    return note


async def _act(context: Context) -> str:
    note = await find_own_note(context)
    if note.pinned_at is not None:
        return "pinned already"
    note.pinned_at = context.now
    await context.tx.flush()
    return "pinned"


HANDLER = Handler("Add", _act)
