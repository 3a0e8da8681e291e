"""Announce: a boost of our work, or by somebody followed here. Only the id counts; the words come from their origin."""

from __future__ import annotations

from collections.abc import Sequence

from fediart.activitypub.activities import Activity
from fediart.activitypub.urls import Urls
from fediart.db import changes, queries
from fediart.inbox.handlers import _common
from fediart.inbox.registry import Context, Handler, Ignored, Kind, Need


def _needs(activity: Activity, urls: Urls) -> Sequence[Need]:
    if activity.object_id is None or urls.is_ours(activity.object_id):
        return []
    return [Need(Kind.NOTE, activity.object_id, if_followed=activity.actor)]


async def _act(context: Context) -> str:
    tx, activity, sender = context.tx, context.activity, context.sender
    if activity.object_id is None:
        raise Ignored("names nothing")
    if activity.id and await queries.tombstones.has(tx, uri=activity.id, actor_uri=sender.uri):
        raise Ignored("undone before it came")
    note = await _common.find_standing_note(context, activity.object_id)
    is_ours = context.urls.is_ours(activity.object_id)
    if not is_ours and not await queries.follows.is_followed_here(tx, sender.id):
        raise Ignored("boosted by nobody whom we follow")
    if note is None and not is_ours:
        note = await _common.save_fetched_note(context, activity.object_id)
    if note is None:
        raise Ignored("what it boosts is unknown or deleted")
    if note.visibility not in queries.notes.PUBLIC and note.actor_id != sender.id:
        raise Ignored("not public")
    if await queries.follows.is_blocked(tx, sender.id, note.actor_id):
        raise Ignored("blocked")
    uri = activity.id or f"{sender.uri}#boosts/{note.uri}"
    if not await queries.reactions.add_boost(tx, uri=uri, actor_id=sender.id, note_id=note.id, at=context.now):
        return "boosted already"
    if note.is_local:
        await queries.notifications.add(
            tx, artist_id=note.actor_id, type_="reblog", from_id=sender.id, note_id=note.id, at=context.now
        )
        await changes.bump(tx)
    return "boosted"


HANDLER = Handler("Announce", _act, _needs)
