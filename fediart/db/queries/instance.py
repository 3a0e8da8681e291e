"""Whose database this is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from fediart import errors
from fediart.db.engine import Transaction
from fediart.db.tables import Actor, Artist, Follow, Instance, Note


async def find(tx: Transaction) -> Instance | None:
    return await tx.get(Instance, 1)


async def require(tx: Transaction, base_url: str) -> Instance:
    """Return the instance row.

    Raises: FediArtError when it is missing, or belongs to another address than `base_url`.
    """
    row = await find(tx)
    if row is None:
        raise errors.FediArtError("the database holds no server yet: run `fediart init`")
    if row.base_url != base_url:
        raise errors.FediArtError(
            f"this database belongs to {row.base_url}, the configuration says {base_url}. Every id is a URL that "
            "followers have stored, so a server cannot change its address: set the old one again, or start a new "
            "server and move the accounts to it"
        )
    return row


async def lock(tx: Transaction) -> None:
    """Let nobody else write what counts up without gaps until `tx` ends.

    The row is the one that `changes.bump` writes, so that whoever does both never waits for who waits for them. SQLite
    has one writer at a time anyway.
    """
    await tx.execute(select(Instance.id).where(Instance.id == 1).with_for_update())


async def add(tx: Transaction, *, base_url: str, actor_id: int, at: datetime) -> Instance:
    row = Instance(id=1, base_url=base_url, actor_id=actor_id, generation=1, created_at=at)
    tx.add(row)
    await tx.flush()
    return row


async def counts(tx: Transaction) -> dict[str, int]:
    """Return how many artists, local posts (works and replies) and known remote followers there are."""
    artists = (
        await tx.scalar(
            select(func.count())
            .select_from(Artist)
            .join(Actor, Actor.id == Artist.actor_id)
            .where(Actor.gone_at.is_(None))
        )
        or 0
    )
    posts = (
        await tx.scalar(
            select(func.count())
            .select_from(Note)
            .where(Note.is_local, Note.deleted_at.is_(None), Note.visibility.in_(("public", "unlisted")))
        )
        or 0
    )
    followers = (
        await tx.scalar(
            select(func.count())
            .select_from(Follow)
            .join(Actor, Actor.id == Follow.target_id)
            .where(Actor.is_local, Follow.state == "accepted")
        )
        or 0
    )
    return {"artists": artists, "posts": posts, "followers": followers}


async def active_artists(tx: Transaction, since: datetime) -> int:
    """Return how many local artists published since `since`."""
    statement = (
        select(func.count(func.distinct(Note.actor_id))).select_from(Note).where(Note.is_local, Note.published >= since)
    )
    return await tx.scalar(statement) or 0
