"""What two servers compare when they synchronise followers: our artists' followers there, and our follows of theirs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, select

from fediart.db.engine import Transaction
from fediart.db.queries import follows, received
from fediart.db.tables import Actor, Follow, Instance, Received


async def generation(tx: Transaction) -> int:
    """Return the number that every change of a list of followers raises."""
    return await tx.scalar(select(Instance.generation)) or 0


async def remote_follower_ids(tx: Transaction, actor_id: int, *, limit: int | None = None) -> list[str]:
    """Return the ids of the accepted followers elsewhere."""
    return list(
        await tx.scalars(
            select(Actor.uri)
            .join(Follow, Follow.follower_id == Actor.id)
            .where(
                Follow.target_id == actor_id,
                Follow.state == follows.ACCEPTED,
                Actor.is_local.is_(False),
                Actor.gone_at.is_(None),
            )
            .limit(limit)
        )
    )


async def local_follows(tx: Transaction, target_id: int) -> list[tuple[Follow, Actor]]:
    """Return every follow of a remote actor by artists here, in whatever state."""
    rows = await tx.execute(
        select(Follow, Actor)
        .join(Actor, Actor.id == Follow.follower_id)
        .where(Follow.target_id == target_id, Actor.is_local, Actor.gone_at.is_(None))
        .order_by(Follow.id)
    )
    return [(follow, actor) for follow, actor in rows]


async def is_noted(tx: Transaction, key: str, *, since: datetime) -> bool:
    """Say whether a difference waits to be looked into, or was since then."""
    return bool(
        await tx.scalar(
            select(
                exists().where(Received.key == key, (Received.state == received.NEW) | (Received.settled_at > since))
            )
        )
    )


async def forget_noted(tx: Transaction, key: str, *, before: datetime) -> None:
    """Make room for the next difference of the same list."""
    await tx.execute(
        delete(Received).where(Received.key == key, Received.state != received.NEW, Received.settled_at <= before)
    )
