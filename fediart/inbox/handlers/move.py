"""Move: an account followed here goes to another server; our artists follow it there, if both ends confirm it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from fediart import errors
from fediart.activitypub.activities import Activity
from fediart.activitypub.urls import Urls
from fediart.db import queries
from fediart.inbox.registry import Context, Handler, Ignored, Kind, Need
from fediart.studio import follows


def _needs(activity: Activity, _urls: Urls) -> Sequence[Need]:
    if not activity.target or activity.object_id != activity.actor:
        return []
    return [Need(Kind.ACTOR, activity.target, is_fresh=True), Need(Kind.ACTOR, activity.actor, is_fresh=True)]


async def _act(context: Context) -> str:
    tx, activity, sender = context.tx, context.activity, context.sender
    if activity.object_id != sender.uri or not activity.target or activity.target == sender.uri:
        raise Ignored("an account can move only itself, and to another one")
    origin = context.fetched.actors.get(sender.uri)
    if origin is None or origin.moved_to != activity.target:
        raise Ignored("the old account does not name the new one (movedTo)")
    if context.urls.is_ours(activity.target):
        target = await queries.actors.find(tx, activity.target)
    else:
        fetched = context.fetched.actors.get(activity.target)
        target = await queries.remote.save_actor(tx, fetched, at=context.now) if fetched else None
    if target is None or sender.uri not in target.also_known_as:
        raise Ignored("the new account does not name the old one (alsoKnownAs)")
    if target.moved_to:
        raise Ignored("the new account has moved on itself")
    sender.moved_to = target.uri
    moved = 0
    for follower in await queries.follows.local_followers(tx, sender.id):
        username = follower.username or ""
        with suppress(errors.FediArtError):  # follows the new account already, or is blocked there
            await follows.follow(tx, context.speaker, username, target, now=context.now)
        await follows.unfollow(tx, context.speaker, username, sender, now=context.now)
        await queries.notifications.add(tx, artist_id=follower.id, type_="move", from_id=target.id, at=context.now)
        moved += 1
    return f"moved to {target.uri}, {moved} followers here go along"


HANDLER = Handler("Move", _act, _needs)
