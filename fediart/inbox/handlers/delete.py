"""Delete: a note, or the sender's whole account."""

from __future__ import annotations

from fediart.db import changes, queries
from fediart.inbox.registry import Context, Handler, Ignored


async def _act(context: Context) -> str:
    tx, activity, sender = context.tx, context.activity, context.sender
    if activity.object_id is None:
        raise Ignored("names nothing")
    if activity.object_id == sender.uri:
        erased = await queries.notes.erase_all_of(tx, sender.id, at=context.now)
        await queries.follows.remove_all(tx, sender.id)
        await queries.actors.mark_gone(tx, sender, context.now)
        await changes.bump(tx)
        return f"account gone, with {erased} notes"
    note = await queries.notes.find(tx, activity.object_id)
    if note is None:
        await queries.tombstones.add(tx, uri=activity.object_id, actor_uri=sender.uri, at=context.now)
        return "unknown; remembered, should it come later"
    if note.actor_id != sender.id or note.is_local:
        raise Ignored("the note is not by the sender")
    if note.deleted_at is None:
        await queries.notes.erase(tx, note, at=context.now, tombstone=b"{}")
        await changes.bump(tx)
    return "note deleted"


HANDLER = Handler("Delete", _act)
