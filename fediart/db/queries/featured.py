"""What an artist features on their profile beside pinned works: hashtags."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from fediart.db.engine import Transaction
from fediart.db.queries._upsert import insert
from fediart.db.tables import FeaturedTag, Note, Tag, Work


async def tags(tx: Transaction, actor_id: int) -> list[FeaturedTag]:
    """Return the featured tags, in the order in which they were chosen."""
    statement = select(FeaturedTag).where(FeaturedTag.actor_id == actor_id)
    return list(await tx.scalars(statement.order_by(FeaturedTag.created_at, FeaturedTag.name)))


async def tags_in_use(tx: Transaction, actor_id: int) -> list[FeaturedTag]:
    """Return those of the featured tags that a public work here has: the others lead to no page."""
    used = (
        select(Tag.name)
        .join(Note, Note.id == Tag.note_id)
        .join(Work, Work.note_id == Note.id)
        .where(Tag.name == FeaturedTag.name, Note.deleted_at.is_(None), Note.visibility == "public")
        .correlate(FeaturedTag)
    )
    statement = select(FeaturedTag).where(FeaturedTag.actor_id == actor_id, used.exists())
    return list(await tx.scalars(statement.order_by(FeaturedTag.created_at, FeaturedTag.name)))


async def add_tag(tx: Transaction, *, actor_id: int, name: str, label: str, at: datetime) -> bool:
    """Feature a tag; says whether it is new."""
    statement = (
        insert(tx, FeaturedTag)
        .values(actor_id=actor_id, name=name, label=label, created_at=at)
        .on_conflict_do_nothing()
        .returning(FeaturedTag.name)
    )
    return (await tx.execute(statement)).first() is not None


async def remove_tag(tx: Transaction, *, actor_id: int, name: str) -> str | None:
    """Feature a tag no more; returns how it was written, None when it was not featured."""
    statement = delete(FeaturedTag).where(FeaturedTag.actor_id == actor_id, FeaturedTag.name == name)
    return await tx.scalar(statement.returning(FeaturedTag.label))
