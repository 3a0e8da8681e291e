"""Blocking: nothing to do with each other any more, and the other server is told so."""

from __future__ import annotations

from datetime import datetime

from fediart import errors
from fediart.activitypub import build
from fediart.db import changes, ids, queries, tables
from fediart.db.engine import Transaction
from fediart.outbox.speaker import Audience, Speaker
from fediart.studio import follows


def subject_of(actor_uri: str, target_uri: str) -> str:
    """Name the relation: a Block and its Undo keep their order at a host."""
    return f"{actor_uri} blocks {target_uri}"


async def block(tx: Transaction, speaker: Speaker, username: str, target: tables.Actor, *, now: datetime) -> None:
    """Block somebody: both relations end, their answers are hidden, and what they send is refused.

    Interop: Mastodon 4.6 ends the relations by Undo and Reject beside the Block, since some peers ignore Blocks.
    Raises: NotFoundError, InputError, ConflictError when they are blocked already.
    """
    actor, _ = await queries.actors.require_artist(tx, username)
    if target.id == actor.id:
        raise errors.InputError("nobody can block themselves")
    if target.is_local and target.type == "Application":
        raise errors.InputError("the server itself cannot be blocked")
    if await queries.follows.find_block(tx, actor.id, target.id) is not None:
        raise errors.ConflictError(f"{actor.username} blocks {target.handle} already")
    if await queries.follows.find(tx, actor.id, target.id) is not None:
        await follows.unfollow(tx, speaker, username, target, now=now)
    if await queries.follows.find(tx, target.id, actor.id) is not None:
        await follows.remove_follower(tx, speaker, username, target, now=now)
    id_ = ids.new_id()
    uri = speaker.urls.activity(id_)
    await queries.follows.add_block(tx, uri=uri, actor_id=actor.id, target_id=target.id, at=now)
    await changes.bump(tx)
    if target.is_local or target.gone_at is not None:
        return
    await speaker.say(
        tx,
        actor,
        build.activity.simple("Block", id_=uri, actor=actor.uri, object_=target.uri, to=[target.uri]),
        id_=id_,
        subject=subject_of(actor.uri, target.uri),
        audience=Audience(actors=[target.uri]),
        at=now,
    )


async def unblock(tx: Transaction, speaker: Speaker, username: str, target: tables.Actor, *, now: datetime) -> None:
    """Take a block back. Who followed whom before does not come back.

    Raises: NotFoundError when there is no block.
    """
    actor, _ = await queries.actors.require_artist(tx, username)
    existing = await queries.follows.find_block(tx, actor.id, target.id)
    if existing is None:
        raise errors.NotFoundError(f"{actor.username} does not block {target.handle}")
    await queries.follows.remove_block(tx, actor_id=actor.id, target_id=target.id)
    await changes.bump(tx)
    if target.is_local or target.gone_at is not None:
        return
    original = build.activity.simple("Block", id_=existing.uri, actor=actor.uri, object_=target.uri, to=[target.uri])
    id_ = ids.new_id()
    await speaker.say(
        tx,
        actor,
        build.activity.undo(original, id_=speaker.urls.activity(id_)),
        id_=id_,
        subject=subject_of(actor.uri, target.uri),
        audience=Audience(actors=[target.uri]),
        at=now,
    )
