"""Update: a changed note or profile replaces the whole of what we have, if it is newer and by its owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from fediart.activitypub import actors, notes, shapes, vocabulary
from fediart.activitypub.activities import Activity
from fediart.activitypub.urls import Urls
from fediart.db import changes, queries
from fediart.inbox.handlers import _common, create
from fediart.inbox.registry import Context, Handler, Ignored, Kind, Need

_NEW_FOR = timedelta(days=1)


def _needs(activity: Activity, _urls: Urls) -> Sequence[Need]:
    if activity.object is not None or not activity.object_id:
        return []
    kind = Kind.ACTOR if activity.object_id == activity.actor else Kind.NOTE
    return [Need(kind, activity.object_id, is_fresh=True)]


async def _act(context: Context) -> str:
    activity, tx = context.activity, context.tx
    if activity.object_id == activity.actor:
        remote_actor = (
            actors.read_actor(activity.object)
            if activity.object is not None
            else context.fetched.actors.get(activity.actor)
        )
        if remote_actor is None:
            raise Ignored("the profile could not be fetched")
        await queries.remote.save_actor(tx, remote_actor, at=context.now)
        await changes.bump(tx)
        return "profile updated"
    if activity.object is not None and shapes.type_of(activity.object, vocabulary.OBJECT_TYPES) is None:
        raise Ignored("updates of this kind of object are not shown here")
    remote = (
        notes.read_note(activity.object)
        if activity.object is not None
        else context.fetched.notes.get(activity.object_id or "")
    )
    if remote is None:
        raise Ignored("the object could not be fetched")
    known = await queries.notes.find(tx, remote.id)
    if known is None:
        is_new = remote.published is not None and remote.published > context.now - _NEW_FOR
        if is_new or await queries.follows.is_followed_here(tx, context.sender.id):
            return await create.take_note(context, remote)  # it overtook its Create, or that never came
        raise Ignored("an update of something unknown")
    if known.actor_id != context.sender.id or known.is_local:
        raise Ignored("the note is not by the sender")
    note, changed = await queries.remote.save_note(
        tx,
        remote,
        context.sender,
        proof=await _common.proof_verdict(context, remote, context.sender),
        at=context.now,
    )
    if not changed:
        return "older than what we have, or the same"
    await changes.bump(tx)
    return f"updated, proof {note.proof}"


HANDLER = Handler("Update", _act, _needs)
