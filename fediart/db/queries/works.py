"""Local artworks: a note, and the artist's own words beside it."""

from __future__ import annotations

from sqlalchemy import func, select

from fediart import errors
from fediart.db.engine import Transaction
from fediart.db.queries import notes
from fediart.db.queries._numbers import can_be_id
from fediart.db.tables import Actor, Artist, Note, Work


async def find(tx: Transaction, note_id: int) -> tuple[Work, Note, Actor] | None:
    """Find a work that was not deleted."""
    if not can_be_id(note_id):
        return None
    row = (
        await tx.execute(
            select(Work, Note, Actor)
            .join(Note, Note.id == Work.note_id)
            .join(Actor, Actor.id == Note.actor_id)
            .where(Work.note_id == note_id, Note.deleted_at.is_(None))
        )
    ).one_or_none()
    return (row[0], row[1], row[2]) if row else None


async def require(tx: Transaction, note_id: int) -> tuple[Work, Note, Actor]:
    found = await find(tx, note_id)
    if found is None:
        gone = await notes.get(tx, note_id)
        if gone is not None and gone.is_local and gone.deleted_at is not None:
            raise errors.NotFoundError(f"work {note_id} was deleted on {gone.deleted_at:%Y-%m-%d}")
        raise errors.NotFoundError(f"there is no work {note_id} here")
    return found


async def artist_of(tx: Transaction, note: Note) -> Artist:
    artist = await tx.get(Artist, note.actor_id)
    if artist is None:
        raise errors.NotFoundError(f"{note.uri} has no artist here")
    return artist


async def public(
    tx: Transaction, *, actor_id: int | None = None, before: int | None = None, limit: int = 60
) -> list[tuple[Work, Note, Actor]]:
    """Return public works, pinned first within one artist's gallery, newest first."""
    statement = (
        select(Work, Note, Actor)
        .join(Note, Note.id == Work.note_id)
        .join(Actor, Actor.id == Note.actor_id)
        .where(Note.deleted_at.is_(None), Note.visibility == "public", Actor.gone_at.is_(None))
    )
    if actor_id is not None:
        statement = statement.where(Note.actor_id == actor_id).order_by(Note.pinned_at.desc().nulls_last())
    if before is not None:
        statement = statement.where(Note.id < before)
    return [(w, n, a) for w, n, a in await tx.execute(statement.order_by(Note.id.desc()).limit(limit))]


async def pinned(tx: Transaction, actor_id: int) -> list[Note]:
    """Return what an artist pinned and everybody may see, the newest pin first."""
    return list(
        await tx.scalars(
            select(Note)
            .join(Work, Work.note_id == Note.id)
            .where(
                Note.actor_id == actor_id,
                Note.pinned_at.is_not(None),
                Note.deleted_at.is_(None),
                Note.visibility.in_(("public", "unlisted")),
            )
            .order_by(Note.pinned_at.desc(), Note.id.desc())
        )
    )


async def count(tx: Transaction, actor_id: int) -> int:
    return (
        await tx.scalar(
            select(func.count())
            .select_from(Work)
            .join(Note, Note.id == Work.note_id)
            .where(Note.actor_id == actor_id, Note.deleted_at.is_(None))
        )
        or 0
    )
