"""What an artist's account is still for: one that has moved on says nothing new here."""

from __future__ import annotations

from fediart import errors
from fediart.db import queries, tables
from fediart.db.engine import Transaction


def verify_active(actor: tables.Actor) -> None:
    """Raise ConflictError when the artist has moved to another account."""
    if actor.moved_to is not None:
        raise errors.ConflictError(
            f"{actor.username} has moved to {actor.moved_to}: what is here stays, and nothing new is said from here"
        )


async def verify_welcome(tx: Transaction, actor: tables.Actor, author: tables.Actor) -> None:
    """Raise ConflictError when there is a block between the two."""
    if await queries.follows.is_blocked(tx, actor.id, author.id):
        raise errors.ConflictError(f"there is a block between {actor.username} and {author.handle}")


async def verify_reader(tx: Transaction, actor: tables.Actor, note: tables.Note) -> None:
    """Raise NotFoundError for a note that was deleted, or that is neither public nor meant for the artist."""
    if note.deleted_at is not None:
        raise errors.NotFoundError("that was deleted")
    if note.visibility in queries.notes.PUBLIC or note.actor_id == actor.id:
        return
    if await queries.notes.is_addressed(tx, note.id, actor.uri):
        return
    if note.visibility == "followers" and await queries.follows.is_follower(tx, actor.id, note.actor_id):
        return
    raise errors.NotFoundError(f"there is no post {note.id} for {actor.username}")
