"""Move: an account followed here goes to another server; our artists follow it there, if both ends confirm it."""

from __future__ import annotations

from collections.abc import Sequence

from fediart import errors
from fediart.activitypub.activities import Activity
from fediart.activitypub.actors import RemoteActor
from fediart.activitypub.urls import Urls
from fediart.db import queries
from fediart.db.queries import received
from fediart.inbox.registry import Context, Handler, Ignored, Kind, Need
from fediart.studio import moves


def _needs(activity: Activity, _urls: Urls) -> Sequence[Need]:
    if not activity.target or activity.object_id != activity.actor:
        return []
    return [Need(Kind.ACTOR, activity.target, is_fresh=True), Need(Kind.ACTOR, activity.actor, is_fresh=True)]


async def _act(context: Context) -> str:
    tx, activity, sender = context.tx, context.activity, context.sender
    if activity.object_id != sender.uri or not activity.target or activity.target == sender.uri:
        raise Ignored("an account can move only itself, and to another one")
    origin = _fetched(context, sender.uri)
    if origin is None or origin.moved_to != activity.target:
        raise Ignored("the old account does not name the new one (movedTo)")
    if context.urls.is_ours(activity.target):
        target = await queries.actors.find(tx, activity.target)
    else:
        fetched = _fetched(context, activity.target)
        target = await queries.remote.save_actor(tx, fetched, at=context.now) if fetched else None
    if target is None or target.gone_at is not None or sender.uri not in target.also_known_as:
        raise Ignored("the new account does not name the old one (alsoKnownAs)")
    if target.moved_to:
        raise Ignored("the new account has moved on itself")
    if await received.is_done_since(tx, actor_uri=sender.uri, type_="Move", since=context.now - moves.COOLDOWN):
        raise Ignored("moved less than a week ago")
    sender.moved_to = target.uri
    moved = await moves.take_along(tx, context.speaker, sender, target, now=context.now)
    return f"moved to {target.uri}, {moved} followers here go along"


def _fetched(context: Context, uri: str) -> RemoteActor | None:
    """Return an end of the move as its own server describes it now, None when nobody of this id is there.

    Raises: RemoteError when the server did not answer for now: the move is looked at again later.
    """
    failure = context.fetched.failures.get(uri)
    if isinstance(failure, errors.RemoteError) and failure.is_temporary:
        raise failure
    found = context.fetched.actors.get(uri)
    return found if found is not None and found.id == uri else None


HANDLER = Handler("Move", _act, _needs)
