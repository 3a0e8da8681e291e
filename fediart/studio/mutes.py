"""Muting: an artist does not want to see somebody in timeline and notifications; nobody is told."""

from __future__ import annotations

from datetime import datetime

from fediart import errors
from fediart.db import queries, tables
from fediart.db.engine import Transaction


async def mute(tx: Transaction, username: str, target: tables.Actor, *, now: datetime) -> None:
    """Hide what somebody says and does from the artist.

    Raises: NotFoundError, InputError, ConflictError when they are muted already.
    """
    actor, _ = await queries.actors.require_artist(tx, username)
    if target.id == actor.id:
        raise errors.InputError("nobody can mute themselves")
    if not await queries.follows.add_mute(tx, actor_id=actor.id, target_id=target.id, at=now):
        raise errors.ConflictError(f"{actor.username} mutes {target.handle} already")


async def unmute(tx: Transaction, username: str, target: tables.Actor) -> None:
    """Show somebody again, and what they said meanwhile.

    Raises: NotFoundError when they are not muted.
    """
    actor, _ = await queries.actors.require_artist(tx, username)
    if not await queries.follows.remove_mute(tx, actor_id=actor.id, target_id=target.id):
        raise errors.NotFoundError(f"{actor.username} does not mute {target.handle}")
