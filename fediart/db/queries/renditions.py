"""Files that were made for pictures: whose a file is, today and after its work is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, update

from fediart.db.engine import Transaction
from fediart.db.tables import Actor, Attachment, Note, Rendition, Work

ORIGINAL = "original"
FEDERATED = "federated"


@dataclass(frozen=True, slots=True)
class Found:
    """A file, and the work for which it was made."""

    rendition: Rendition
    note: Note
    work: Work
    actor: Actor


async def of_note(tx: Transaction, note_id: int) -> list[Rendition]:
    """Return the files that a work has now, picture by picture, the original first."""
    return list(
        await tx.scalars(
            select(Rendition)
            .where(Rendition.note_id == note_id, Rendition.superseded_at.is_(None))
            .order_by(Rendition.attachment_id, Rendition.id)
        )
    )


async def find_by_sha256(tx: Transaction, sha256: str) -> list[Found]:
    """Return every work that has, or had, exactly this file, oldest first; the caller decides what may be shown."""
    rows = await tx.execute(
        select(Rendition, Note, Work, Actor)
        .join(Note, Note.id == Rendition.note_id)
        .join(Work, Work.note_id == Note.id)
        .join(Actor, Actor.id == Note.actor_id)
        .where(Rendition.sha256 == sha256)
        .order_by(Rendition.note_id, Rendition.id)
    )
    return [Found(*row) for row in rows]


async def supersede(tx: Transaction, attachment_id: int, *, at: datetime) -> None:
    """Mark a picture's files as replaced; their rows stay, for copies of them are about."""
    await tx.execute(
        update(Rendition)
        .where(Rendition.attachment_id == attachment_id, Rendition.superseded_at.is_(None))
        .values(superseded_at=at)
        .execution_options(synchronize_session=False)
    )


async def attachments_without(tx: Transaction, *, limit: int) -> Sequence[tuple[Attachment, Note]]:
    """Return pictures of local works whose files are not listed, oldest first."""
    rows = await tx.execute(
        select(Attachment, Note)
        .join(Note, Note.id == Attachment.note_id)
        .join(Work, Work.note_id == Note.id)
        .where(
            Note.is_local,
            Attachment.original_key.is_not(None),
            ~exists().where(Rendition.attachment_id == Attachment.id, Rendition.note_id == Attachment.note_id),
        )
        .order_by(Attachment.note_id, Attachment.position)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]
