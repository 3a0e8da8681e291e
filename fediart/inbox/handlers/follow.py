"""Follow: somebody elsewhere wants an artist's works."""

from __future__ import annotations

from fediart.db import changes, ids, queries, tables
from fediart.inbox.handlers import _common
from fediart.inbox.registry import Context, Handler, Ignored
from fediart.studio import follows


async def _act(context: Context) -> str:
    tx, activity, sender = context.tx, context.activity, context.sender
    target = await _common.require_local_actor(context, activity.object_id)
    if activity.id and await queries.tombstones.has(tx, uri=activity.id, actor_uri=sender.uri):
        raise Ignored("undone before it came")
    if (
        target.type == "Application"
        or target.moved_to is not None
        or await queries.follows.is_blocked(tx, sender.id, target.id)
    ):
        await _answer(context, "Reject", target)
        return "rejected"
    existing = await queries.follows.find(tx, sender.id, target.id)
    is_new = existing is None
    if existing is None:
        existing = tables.Follow(
            id=ids.new_id(),
            follower_id=sender.id,
            target_id=target.id,
            uri="",
            state=queries.follows.REQUESTED,
            created_at=context.now,
        )
        tx.add(existing)
    existing.uri = activity.id or ""
    existing.activity = follows.quoted(activity.raw, follower=sender, target=target)
    was_accepted = existing.state == queries.follows.ACCEPTED
    needs_approval = target.manually_approves_followers or await _common.is_silenced(context)
    if needs_approval and not was_accepted:
        await tx.flush()
        if is_new:
            await queries.notifications.add(
                tx, artist_id=target.id, type_="follow_request", from_id=sender.id, at=context.now
            )
        return "waits for approval"
    existing.state = queries.follows.ACCEPTED
    existing.accepted_at = existing.accepted_at or context.now
    await tx.flush()
    if not was_accepted:
        await follows.forget_told(tx, follower=sender, target=target)
        await queries.notifications.add(tx, artist_id=target.id, type_="follow", from_id=sender.id, at=context.now)
    # A repeat is answered again: the peer may have lost the first Accept.
    await _answer(context, "Accept", target)
    await changes.bump(tx)
    return "accepted again" if was_accepted else "accepted"


async def _answer(context: Context, verb: str, target: tables.Actor) -> None:
    await follows.answer(
        context.tx,
        context.speaker,
        verb,
        target=target,
        follower=context.sender,
        follow_activity=context.activity.raw,
        now=context.now,
    )


HANDLER = Handler("Follow", _act)
