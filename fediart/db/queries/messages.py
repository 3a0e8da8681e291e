"""Direct messages: what an artist wrote to somebody and what somebody wrote to them, and to nobody else."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, or_, select

from fediart.db.engine import Transaction
from fediart.db.queries._unwanted import is_unwanted
from fediart.db.tables import Actor, Mention, Note

DIRECT = "direct"


async def of_actor(tx: Transaction, actor: Actor, *, limit: int) -> list[tuple[Note, Actor]]:
    """Return an actor's messages of both ways with their authors, newest first."""
    to_them = select(Mention.note_id).where(Mention.actor_uri == actor.uri)
    statement = (
        select(Note, Actor)
        .join(Actor, Actor.id == Note.actor_id)
        .where(
            Note.visibility == DIRECT,
            Note.deleted_at.is_(None),
            Note.hidden_at.is_(None),
            or_(Note.actor_id == actor.id, Note.id.in_(to_them)),
            ~is_unwanted(actor.id, Note.actor_id),
        )
        .order_by(Note.id.desc())
        .limit(limit)
    )
    return [(note, author) for note, author in await tx.execute(statement)]


async def addressees(tx: Transaction, note_ids: Sequence[int]) -> dict[int, list[Mention]]:
    """Return whom each note addresses."""
    found: dict[int, list[Mention]] = {id_: [] for id_ in note_ids}
    for start in range(0, len(note_ids), 500):
        rows = await tx.scalars(
            select(Mention)
            .where(Mention.note_id.in_(note_ids[start : start + 500]))
            .order_by(Mention.note_id, Mention.actor_uri)
        )
        for row in rows:
            found[row.note_id].append(row)
    return found


async def add_addressee(tx: Transaction, note: Note, actor: Actor) -> None:
    """Remember that a note came to an actor whom it does not name, so that they can read it."""
    is_there = exists().where(Mention.note_id == note.id, Mention.actor_uri == actor.uri)
    if not await tx.scalar(select(is_there)):
        tx.add(Mention(note_id=note.id, actor_uri=actor.uri))
        await tx.flush()
