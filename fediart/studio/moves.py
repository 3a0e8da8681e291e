"""Moving: an artist leaves for another account, or somebody followed here does, and the followers go along."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from fediart import errors
from fediart.activitypub import build
from fediart.db import changes, ids, queries, tables
from fediart.db.engine import Transaction
from fediart.outbox.speaker import Audience, Speaker
from fediart.studio import artists, follows

COOLDOWN = timedelta(days=7)  # Interop: Mastodon 4.6 ignores a second Move within a week


async def move(tx: Transaction, speaker: Speaker, username: str, target: tables.Actor, *, now: datetime) -> None:
    """Send an artist's followers to another account. This one stays readable and says nothing new from then on.

    Trust: `target` is as its own server describes it now, not as it was known here.
    Raises: NotFoundError, InputError when the target does not confirm the move, ConflictError within the cooldown.
    """
    actor, artist = await queries.actors.require_artist(tx, username)
    if target.id == actor.id:
        raise errors.InputError("an account cannot move to itself")
    if target.gone_at is not None:
        raise errors.NotFoundError(f"{target.handle} has deleted the account")
    if artist.moved_at is not None and now < artist.moved_at + COOLDOWN:
        raise errors.ConflictError(
            f"{actor.username} moved on {artist.moved_at:%Y-%m-%d}: other servers take another move from "
            f"{artist.moved_at + COOLDOWN:%Y-%m-%d} on"
        )
    if target.moved_to is not None:
        raise errors.InputError(f"{target.handle} has itself moved on, to {target.moved_to}")
    if actor.uri not in target.also_known_as:
        raise errors.InputError(
            f"{target.handle} does not name {actor.uri} as an account of its own: add that alias there, then try again"
        )
    actor.moved_to = target.uri
    artist.moved_at = now
    actor.updated_at = now
    await tx.flush()
    await artists.tell_changed(tx, speaker, actor, now=now)  # first: the Move is believed when `movedTo` is there
    id_ = ids.new_id()
    await speaker.say(
        tx,
        actor,
        build.activity.simple(
            "Move",
            id_=speaker.urls.activity(id_),
            actor=actor.uri,
            object_=actor.uri,
            target=target.uri,
            to=[actor.followers or actor.uri],
        ),
        id_=id_,
        subject=actor.uri,
        audience=Audience(followers=True),
        at=now,
    )
    await take_along(tx, speaker, actor, target, now=now)
    await changes.bump(tx)


async def take_along(tx: Transaction, speaker: Speaker, old: tables.Actor, new: tables.Actor, *, now: datetime) -> int:
    """Let our artists who follow `old` follow `new` instead; returns how many there were."""
    followers = await queries.follows.local_followers(tx, old.id)
    for follower in followers:
        username = follower.username or ""
        await follows.unfollow(tx, speaker, username, old, now=now)
        with suppress(errors.FediArtError):  # follows the new account already, is blocked there, or has moved
            await follows.follow(tx, speaker, username, new, now=now)
        await queries.notifications.add(tx, artist_id=follower.id, type_="move", from_id=new.id, at=now)
    return len(followers)
