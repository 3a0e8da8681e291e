"""Following and being followed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from fediart import errors
from fediart.activitypub import build
from fediart.db import changes, ids, queries, tables
from fediart.db.engine import Transaction
from fediart.outbox.speaker import Audience, Speaker


def subject_of(follower_uri: str, target_uri: str) -> str:
    """Name the relation: a Follow, its Undo and what answers them keep their order at a host."""
    return f"{follower_uri} follows {target_uri}"


async def follow(
    tx: Transaction, speaker: Speaker, username: str, target: tables.Actor, *, now: datetime
) -> tables.Follow:
    """Ask to follow. A local artist is followed at once; a remote one once their Accept comes.

    Raises: NotFoundError, InputError, ConflictError when the relation is there already.
    """
    actor, _ = await queries.actors.require_artist(tx, username)
    if target.id == actor.id:
        raise errors.InputError("nobody can follow themselves")
    if target.gone_at is not None:
        raise errors.NotFoundError(f"{target.handle} has deleted the account")
    if target.type == "Application" and target.is_local:
        raise errors.InputError("the server itself cannot be followed")
    existing = await queries.follows.find(tx, actor.id, target.id)
    if existing is not None and existing.state == queries.follows.ACCEPTED:
        raise errors.ConflictError(f"{username} follows {target.handle} already")
    if await queries.follows.is_blocked(tx, actor.id, target.id):
        raise errors.ConflictError(f"there is a block between {username} and {target.handle}")
    id_ = ids.new_id()
    uri = speaker.urls.activity(id_)
    if existing is None:
        existing = tables.Follow(id=id_, follower_id=actor.id, target_id=target.id, created_at=now)
        tx.add(existing)
    existing.uri = uri
    existing.state = queries.follows.REQUESTED
    await tx.flush()
    if target.is_local:
        await accept_local(tx, existing, follower=actor, target=target, now=now)
        return existing
    await speaker.say(
        tx,
        actor,
        build.activity.simple("Follow", id_=uri, actor=actor.uri, object_=target.uri, to=[target.uri]),
        id_=id_,
        subject=subject_of(actor.uri, target.uri),
        audience=Audience(actors=[target.uri]),
        at=now,
    )
    return existing


async def accept_local(
    tx: Transaction, follow_: tables.Follow, *, follower: tables.Actor, target: tables.Actor, now: datetime
) -> None:
    """Let one artist of this server follow another."""
    follow_.state = queries.follows.ACCEPTED
    follow_.accepted_at = now
    await queries.notifications.add(tx, artist_id=target.id, type_="follow", from_id=follower.id, at=now)
    await changes.bump(tx)


async def unfollow(tx: Transaction, speaker: Speaker, username: str, target: tables.Actor, *, now: datetime) -> None:
    """Stop following, or take the request back.

    Raises: NotFoundError when there is no such relation.
    """
    actor, _ = await queries.actors.require_artist(tx, username)
    existing = await queries.follows.find(tx, actor.id, target.id)
    if existing is None:
        raise errors.NotFoundError(f"{username} does not follow {target.handle}")
    await queries.follows.remove(tx, actor.id, target.id)
    await changes.bump(tx)
    if target.is_local:
        return
    id_ = ids.new_id()
    original = build.activity.simple("Follow", id_=existing.uri, actor=actor.uri, object_=target.uri, to=[target.uri])
    await speaker.say(
        tx,
        actor,
        build.activity.undo(original, id_=speaker.urls.activity(id_)),
        id_=id_,
        subject=subject_of(actor.uri, target.uri),
        audience=Audience(actors=[target.uri]),
        at=now,
    )


async def answer(
    tx: Transaction,
    speaker: Speaker,
    verb: str,
    *,
    target: tables.Actor,
    follower: tables.Actor,
    follow_activity: Mapping[str, Any],
    now: datetime,
) -> None:
    """Send Accept or Reject to a remote follower, quoting the Follow exactly as it came.

    Interop: Misskey and GoToSocial want the Follow embedded; others compare its id byte for byte.
    """
    id_ = ids.new_id()
    quoted = {
        "id": follow_activity.get("id"),
        "type": "Follow",
        "actor": follower.uri,
        "object": target.uri,
    }
    if quoted["id"] is None:
        del quoted["id"]
    await speaker.say(
        tx,
        target,
        build.activity.simple(
            verb, id_=speaker.urls.activity(id_), actor=target.uri, object_=quoted, to=[follower.uri]
        ),
        id_=id_,
        subject=subject_of(follower.uri, target.uri),
        audience=Audience(actors=[follower.uri]),
        at=now,
    )


async def original_of(tx: Transaction, uri: str) -> dict[str, Any] | None:
    """Return one of our own activities as it was said, None when we never said it."""
    activity = await queries.activities.find(tx, uri)
    return orjson.loads(activity.document) if activity else None
