"""Like: somebody likes a work or reply of ours."""

from __future__ import annotations

from fediart.db import changes, queries
from fediart.inbox.handlers import _common
from fediart.inbox.registry import Context, Handler, Ignored


async def _act(context: Context) -> str:
    tx, activity, sender = context.tx, context.activity, context.sender
    if activity.id and await queries.tombstones.has(tx, uri=activity.id, actor_uri=sender.uri):
        raise Ignored("undone before it came")
    note = await _common.find_standing_note(context, activity.object_id)
    if note is None or not note.is_local:
        raise Ignored("likes nothing of ours")
    if await queries.follows.is_blocked(tx, sender.id, note.actor_id):
        raise Ignored("blocked")
    is_new = await queries.reactions.add_like(tx, uri=activity.id, actor_id=sender.id, note_id=note.id, at=context.now)
    if not is_new:
        return "liked already"
    await queries.notifications.add(
        tx, artist_id=note.actor_id, type_="favourite", from_id=sender.id, note_id=note.id, at=context.now
    )
    await changes.bump(tx)
    return "liked"


HANDLER = Handler("Like", _act)
