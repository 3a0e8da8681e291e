"""A note with everything below it: the answers, their answers, and so on."""

from __future__ import annotations

from sqlalchemy import CTE, ColumnElement, func, select

from fediart.db.engine import Transaction
from fediart.db.queries.notes import PUBLIC
from fediart.db.tables import Note


async def count(tx: Transaction, root_id: int) -> int:
    """Return how many public notes a thread has."""
    thread = _ids(root_id)
    statement = select(func.count()).select_from(Note).join(thread, thread.c.id == Note.id).where(*_shown())
    return await tx.scalar(statement) or 0


async def uris(tx: Transaction, root_id: int, *, after: int, limit: int) -> list[tuple[int, str]]:
    """Return (id, uri) of a thread's public notes, in the order in which they came; page on with the last id."""
    thread = _ids(root_id)
    rows = await tx.execute(
        select(Note.id, Note.uri)
        .join(thread, thread.c.id == Note.id)
        .where(*_shown(), Note.id > after)
        .order_by(Note.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def _shown() -> tuple[ColumnElement[bool], ...]:
    return Note.deleted_at.is_(None), Note.hidden_at.is_(None), Note.visibility.in_(PUBLIC)


def _ids(root_id: int) -> CTE:
    thread = select(Note.id).where(Note.id == root_id).cte("thread", recursive=True)
    return thread.union(select(Note.id).join(thread, Note.in_reply_to_id == thread.c.id))
