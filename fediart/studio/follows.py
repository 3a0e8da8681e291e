"""Following and being followed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fediart import errors
from fediart.activitypub import build
from fediart.db import changes, ids, queries, tables
from fediart.db.engine import Transaction
from fediart.outbox.speaker import Audience, Speaker
from fediart.studio import standing


def subject_of(follower_uri: str, target_uri: str) -> str:
    """Name the relation: a Follow, its Undo and what answers them keep their order at a host."""
    return f"{follower_uri} follows {target_uri}"


async def follow(
    tx: Transaction, speaker: Speaker, username: str, target: tables.Actor, *, now: datetime
) -> tables.Follow:
    """Ask to follow. A local artist is followed at once, unless they approve by hand; a remote one with their Accept.

    Raises: NotFoundError, InputError, ConflictError when the relation is there already.
    """
    actor, _ = await queries.actors.require_artist(tx, username)
    standing.verify_active(actor)
    if target.id == actor.id:
        raise errors.InputError("nobody can follow themselves")
    if target.gone_at is not None:
        raise errors.NotFoundError(f"{target.handle} has deleted the account")
    if target.type == "Application" and target.is_local:
        raise errors.InputError("the server itself cannot be followed")
    existing = await queries.follows.find(tx, actor.id, target.id)
    if existing is not None and existing.state == queries.follows.ACCEPTED:
        raise errors.ConflictError(f"{username} follows {target.handle} already")
    if existing is not None and target.is_local:
        raise errors.ConflictError(f"{username} has asked to follow {target.handle} already")
    if target.moved_to is not None:
        raise errors.ConflictError(f"{target.handle} has moved to {target.moved_to}")
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
        if target.manually_approves_followers:
            await queries.notifications.add(tx, artist_id=target.id, type_="follow_request", from_id=actor.id, at=now)
        else:
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
        await forget_told(tx, follower=actor, target=target)
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


async def forget_told(tx: Transaction, *, follower: tables.Actor, target: tables.Actor) -> None:
    """Take back that an artist was told of a follower or of a request."""
    for type_ in ("follow", "follow_request"):
        await queries.notifications.remove(tx, artist_id=target.id, type_=type_, from_id=follower.id)


def quoted(activity: Mapping[str, Any], *, follower: tables.Actor, target: tables.Actor) -> dict[str, Any]:
    """Return of a Follow what its answer repeats. The id stays as it came, byte for byte.

    Interop: Misskey 2025.4 and GoToSocial 0.20 want the Follow embedded; others compare its id with the one they sent.
    """
    quoting = {"type": "Follow", "actor": follower.uri, "object": target.uri}
    return {"id": activity["id"], **quoting} if activity.get("id") else quoting


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
    """Send Accept or Reject to a remote follower, quoting the Follow as it came."""
    id_ = ids.new_id()
    await speaker.say(
        tx,
        target,
        build.activity.simple(
            verb,
            id_=speaker.urls.activity(id_),
            actor=target.uri,
            object_=quoted(follow_activity, follower=follower, target=target),
            to=[follower.uri],
        ),
        id_=id_,
        subject=subject_of(follower.uri, target.uri),
        audience=Audience(actors=[follower.uri]),
        at=now,
    )


async def accept_request(
    tx: Transaction, speaker: Speaker, username: str, follower: tables.Actor, *, now: datetime
) -> None:
    """Let somebody follow who asked to.

    Raises: NotFoundError when they do not wait.
    """
    target, relation = await _require_request(tx, username, follower)
    relation.state = queries.follows.ACCEPTED
    relation.accepted_at = now
    await tx.flush()
    await forget_told(tx, follower=follower, target=target)
    if follower.is_local:
        await queries.notifications.add(tx, artist_id=follower.id, type_="follow_accepted", from_id=target.id, at=now)
    else:
        await _answer_stored(tx, speaker, "Accept", relation, target=target, follower=follower, now=now)
    await changes.bump(tx)


async def reject_request(
    tx: Transaction, speaker: Speaker, username: str, follower: tables.Actor, *, now: datetime
) -> None:
    """Refuse somebody who asked to follow; they may ask again.

    Raises: NotFoundError when they do not wait.
    """
    target, relation = await _require_request(tx, username, follower)
    await _end(tx, speaker, relation, target=target, follower=follower, now=now)


async def remove_follower(
    tx: Transaction, speaker: Speaker, username: str, follower: tables.Actor, *, now: datetime
) -> None:
    """End that somebody follows an artist. Their server is told by a Reject, as of the Follow accepted before.

    Raises: NotFoundError when they do not follow.
    """
    target, _ = await queries.actors.require_artist(tx, username)
    relation = await queries.follows.find(tx, follower.id, target.id)
    if relation is None:
        raise errors.NotFoundError(f"{follower.handle} does not follow {target.username}")
    await _end(tx, speaker, relation, target=target, follower=follower, now=now)


async def _require_request(
    tx: Transaction, username: str, follower: tables.Actor
) -> tuple[tables.Actor, tables.Follow]:
    target, _ = await queries.actors.require_artist(tx, username)
    relation = await queries.follows.find(tx, follower.id, target.id)
    if relation is None:
        raise errors.NotFoundError(f"{follower.handle} has not asked to follow {target.username}")
    if relation.state == queries.follows.ACCEPTED:
        raise errors.ConflictError(f"{follower.handle} follows {target.username} already")
    return target, relation


async def _end(
    tx: Transaction,
    speaker: Speaker,
    relation: tables.Follow,
    *,
    target: tables.Actor,
    follower: tables.Actor,
    now: datetime,
) -> None:
    if not follower.is_local:
        await _answer_stored(tx, speaker, "Reject", relation, target=target, follower=follower, now=now)
    await queries.follows.remove(tx, follower.id, target.id)
    await forget_told(tx, follower=follower, target=target)
    await changes.bump(tx)


async def _answer_stored(
    tx: Transaction,
    speaker: Speaker,
    verb: str,
    relation: tables.Follow,
    *,
    target: tables.Actor,
    follower: tables.Actor,
    now: datetime,
) -> None:
    await answer(
        tx,
        speaker,
        verb,
        target=target,
        follower=follower,
        follow_activity=relation.activity or {"id": relation.uri},
        now=now,
    )
