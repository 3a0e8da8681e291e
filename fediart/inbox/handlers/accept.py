"""Accept: a remote actor lets one of ours follow."""

from __future__ import annotations

from fediart.activitypub import shapes
from fediart.db import changes, queries, tables
from fediart.inbox import wants
from fediart.inbox.handlers import _common
from fediart.inbox.registry import Context, Handler, Ignored


async def find_our_follow(context: Context) -> tables.Follow:
    """Return our Follow of the sender that the activity answers, by its id or as a pair.

    Raises: Ignored when we asked nothing of the kind.
    """
    activity = context.activity
    found = await queries.follows.find_by_uri(context.tx, activity.object_id) if activity.object_id else None
    if found is None and activity.object is not None:
        follower = await _common.require_local_actor(context, shapes.id_of(activity.object.get("actor")))
        found = await queries.follows.find(context.tx, follower.id, context.sender.id)
    if found is None or found.target_id != context.sender.id:
        raise Ignored("answers no Follow of ours")
    return found


async def _act(context: Context) -> str:
    follow = await find_our_follow(context)
    if follow.state == queries.follows.ACCEPTED:
        return "accepted already"
    follow.state = queries.follows.ACCEPTED
    follow.accepted_at = context.now
    await context.tx.flush()
    await queries.notifications.add(
        context.tx,
        artist_id=follow.follower_id,
        type_="follow_accepted",
        from_id=context.sender.id,
        at=context.now,
    )
    await wants.earlier_of(context.tx, context.sender, urls=context.urls, at=context.now)
    await changes.bump(context.tx)
    return "we follow now"


HANDLER = Handler("Accept", _act)
