"""Likes and boosts: at most one of each per actor and note."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select

from fediart.db import ids
from fediart.db.engine import Transaction
from fediart.db.queries._upsert import insert
from fediart.db.tables import Actor, Boost, Like


async def add_like(tx: Transaction, *, uri: str | None, actor_id: int, note_id: int, at: datetime) -> bool:
    """Record a like; says whether it is new."""
    statement = (
        insert(tx, Like)
        .values(id=ids.new_id(), uri=uri, actor_id=actor_id, note_id=note_id, created_at=at)
        .on_conflict_do_nothing()
        .returning(Like.id)
    )
    return (await tx.execute(statement)).first() is not None


async def add_boost(tx: Transaction, *, uri: str, actor_id: int, note_id: int, at: datetime) -> bool:
    """Record a boost; says whether it is new."""
    statement = (
        insert(tx, Boost)
        .values(id=ids.new_id(), uri=uri, actor_id=actor_id, note_id=note_id, created_at=at)
        .on_conflict_do_nothing()
        .returning(Boost.id)
    )
    return (await tx.execute(statement)).first() is not None


async def find_like(tx: Transaction, actor_id: int, note_id: int) -> Like | None:
    return await tx.scalar(select(Like).where(Like.actor_id == actor_id, Like.note_id == note_id))


async def find_boost(tx: Transaction, actor_id: int, note_id: int) -> Boost | None:
    return await tx.scalar(select(Boost).where(Boost.actor_id == actor_id, Boost.note_id == note_id))


async def remove_like(
    tx: Transaction, *, actor_id: int, note_id: int | None = None, uri: str | None = None
) -> int | None:
    """Remove an actor's like by note, or by the id of the Like; returns the note's id when there was one."""
    statement = delete(Like).where(Like.actor_id == actor_id)
    statement = statement.where(Like.note_id == note_id) if note_id is not None else statement.where(Like.uri == uri)
    return await tx.scalar(statement.returning(Like.note_id))


async def remove_boost(
    tx: Transaction, *, actor_id: int, note_id: int | None = None, uri: str | None = None
) -> int | None:
    """Remove an actor's boost by note, or by the id of the Announce; returns the note's id when there was one."""
    statement = delete(Boost).where(Boost.actor_id == actor_id)
    statement = statement.where(Boost.note_id == note_id) if note_id is not None else statement.where(Boost.uri == uri)
    return await tx.scalar(statement.returning(Boost.note_id))


async def counts(tx: Transaction, note_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return (likes, boosts) for each note."""
    found = dict.fromkeys(note_ids, (0, 0))
    if not note_ids:
        return found
    likes = {
        row[0]: row[1]
        for row in await tx.execute(
            select(Like.note_id, func.count()).where(Like.note_id.in_(note_ids)).group_by(Like.note_id)
        )
    }
    boosts = {
        row[0]: row[1]
        for row in await tx.execute(
            select(Boost.note_id, func.count()).where(Boost.note_id.in_(note_ids)).group_by(Boost.note_id)
        )
    }
    return {id_: (likes.get(id_, 0), boosts.get(id_, 0)) for id_ in note_ids}


async def boosters(tx: Transaction, note_id: int) -> list[Actor]:
    return list(await tx.scalars(select(Actor).join(Boost, Boost.actor_id == Actor.id).where(Boost.note_id == note_id)))
