"""Pins: the works that an artist shows first, on the gallery page and at every server that reads the profile."""

from __future__ import annotations

from datetime import datetime

from fediart import errors
from fediart.activitypub import build
from fediart.db import changes, ids, queries, tables
from fediart.db.engine import Transaction
from fediart.outbox.speaker import Audience, Speaker
from fediart.studio import standing

MAX_PINS = 5  # Interop: Mastodon 4.5 lets its own users pin as many


async def pin(tx: Transaction, speaker: Speaker, username: str, work_id: int, *, now: datetime) -> tables.Note:
    """Pin a work, before the ones pinned earlier.

    Raises: NotFoundError, InputError when it is not the artist's or not for everybody, ConflictError when it is pinned
    already, too many are, or the artist has moved.
    """
    actor, work, note = await _require(tx, username, work_id)
    standing.verify_active(actor)
    if note.visibility not in queries.notes.PUBLIC:
        raise errors.InputError(f"“{work.title}” is for followers: only public and unlisted works can be pinned")
    if note.pinned_at is not None:
        raise errors.ConflictError(f"“{work.title}” is pinned already")
    pinned = await queries.works.pinned(tx, actor.id)
    if len(pinned) >= MAX_PINS:
        numbers = ", ".join(str(other.id) for other in pinned)
        raise errors.ConflictError(f"{MAX_PINS} works are pinned ({numbers}), and no more can be: unpin one first")
    note.pinned_at = now
    await _tell(tx, speaker, actor, note, "Add", now)
    return note


async def unpin(tx: Transaction, speaker: Speaker, username: str, work_id: int, *, now: datetime) -> tables.Note:
    """Take a pin off.

    Raises: NotFoundError, InputError when it is not the artist's, ConflictError when it is not pinned.
    """
    actor, work, note = await _require(tx, username, work_id)
    if note.pinned_at is None:
        raise errors.ConflictError(f"“{work.title}” is not pinned")
    note.pinned_at = None
    await _tell(tx, speaker, actor, note, "Remove", now)
    return note


async def _require(tx: Transaction, username: str, work_id: int) -> tuple[tables.Actor, tables.Work, tables.Note]:
    actor, _ = await queries.actors.require_artist(tx, username)
    work, note, author = await queries.works.require(tx, work_id)
    if author.id != actor.id:
        raise errors.InputError(f"“{work.title}” is by {author.username}, not by {username}")
    return actor, work, note


async def _tell(
    tx: Transaction, speaker: Speaker, actor: tables.Actor, note: tables.Note, verb: str, now: datetime
) -> None:
    await tx.flush()
    id_ = ids.new_id()
    await speaker.say(
        tx,
        actor,
        build.featured.change(
            verb,
            note.uri,
            id_=speaker.urls.activity(id_),
            actor=actor.uri,
            target=actor.featured or "",
            followers=actor.followers,
        ),
        id_=id_,
        subject=note.uri,  # after its Create, and never after its Delete
        audience=Audience(followers=True),
        at=now,
    )
    await changes.bump(tx)
