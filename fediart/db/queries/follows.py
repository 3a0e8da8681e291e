"""Who follows whom, who blocks or mutes whom."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, delete, exists, func, or_, select

from fediart.db import ids
from fediart.db.engine import Transaction
from fediart.db.queries import domains
from fediart.db.queries._upsert import insert
from fediart.db.tables import Actor, Block, Follow, Mute

ACCEPTED = "accepted"
REQUESTED = "requested"


async def find(tx: Transaction, follower_id: int, target_id: int) -> Follow | None:
    return await tx.scalar(select(Follow).where(Follow.follower_id == follower_id, Follow.target_id == target_id))


async def find_by_uri(tx: Transaction, uri: str) -> Follow | None:
    return await tx.scalar(select(Follow).where(Follow.uri == uri))


async def remove(tx: Transaction, follower_id: int, target_id: int) -> bool:
    """Remove the relation; says whether it was there."""
    result = await tx.execute(
        delete(Follow).where(Follow.follower_id == follower_id, Follow.target_id == target_id).returning(Follow.id)
    )
    return result.first() is not None


async def remove_all(tx: Transaction, actor_id: int) -> None:
    await tx.execute(delete(Follow).where(or_(Follow.follower_id == actor_id, Follow.target_id == actor_id)))


async def count_followers(tx: Transaction, actor_id: int) -> int:
    return (
        await tx.scalar(
            select(func.count()).select_from(Follow).where(Follow.target_id == actor_id, Follow.state == ACCEPTED)
        )
        or 0
    )


async def count_following(tx: Transaction, actor_id: int) -> int:
    return (
        await tx.scalar(
            select(func.count()).select_from(Follow).where(Follow.follower_id == actor_id, Follow.state == ACCEPTED)
        )
        or 0
    )


async def followers(
    tx: Transaction, actor_id: int, *, before: int | None = None, limit: int = 100, any_state: bool = False
) -> list[tuple[Follow, Actor]]:
    """Return the newest followers first; page on with `before` = the last Follow's id."""
    statement = select(Follow, Actor).join(Actor, Actor.id == Follow.follower_id).where(Follow.target_id == actor_id)
    if not any_state:
        statement = statement.where(Follow.state == ACCEPTED)
    if before is not None:
        statement = statement.where(Follow.id < before)
    return [(f, a) for f, a in await tx.execute(statement.order_by(Follow.id.desc()).limit(limit))]


async def following(
    tx: Transaction, actor_id: int, *, before: int | None = None, limit: int = 100, any_state: bool = False
) -> list[tuple[Follow, Actor]]:
    """Return those whom the actor follows, newest first; page on with `before` = the last Follow's id."""
    statement = select(Follow, Actor).join(Actor, Actor.id == Follow.target_id).where(Follow.follower_id == actor_id)
    if not any_state:
        statement = statement.where(Follow.state == ACCEPTED)
    if before is not None:
        statement = statement.where(Follow.id < before)
    return [(f, a) for f, a in await tx.execute(statement.order_by(Follow.id.desc()).limit(limit))]


async def is_followed_here(tx: Transaction, actor_id: int) -> bool:
    """Say whether any local artist follows the actor."""
    follower = Actor.__table__.alias("follower")
    return bool(
        await tx.scalar(
            select(
                exists()
                .where(Follow.target_id == actor_id, Follow.state == ACCEPTED)
                .where(follower.c.id == Follow.follower_id, follower.c.is_local)
            )
        )
    )


async def local_followers(tx: Transaction, actor_id: int) -> list[Actor]:
    return list(
        await tx.scalars(
            select(Actor)
            .join(Follow, Follow.follower_id == Actor.id)
            .where(Follow.target_id == actor_id, Actor.is_local, Follow.state == ACCEPTED)
        )
    )


async def remote_follower_inboxes(
    tx: Transaction, actor_id: int, *, after: int, limit: int
) -> list[tuple[int, str, str | None]]:
    """Return (Follow id, inbox, shared inbox) of remote followers in the order of following, after a Follow id."""
    rows = await tx.execute(
        select(Follow.id, Actor.inbox, Actor.shared_inbox)
        .join(Actor, Actor.id == Follow.follower_id)
        .where(
            Follow.target_id == actor_id,
            Follow.state == ACCEPTED,
            Follow.id > after,
            Actor.is_local.is_(False),
            Actor.gone_at.is_(None),
        )
        .order_by(Follow.id)
        .limit(limit)
    )
    return [(id_, inbox, shared) for id_, inbox, shared in rows]


async def end_for_inbox(tx: Transaction, inbox: str) -> int:
    """Remove the remote followers that are reached at `inbox`, personal or shared; returns how many."""
    gone = select(Actor.id).where(Actor.is_local.is_(False), or_(Actor.inbox == inbox, Actor.shared_inbox == inbox))
    result = await tx.execute(delete(Follow).where(Follow.follower_id.in_(gone)).returning(Follow.id))
    return len(result.all())


async def end_for_domain(tx: Transaction, domain: str) -> int:
    """Remove every relation, in both directions, with actors of a domain; returns how many."""
    candidates = await tx.execute(
        select(Actor.id, Actor.uri, Actor.host).where(
            Actor.is_local.is_(False),
            or_(Actor.uri.contains(domain, autoescape=True), domains.is_within(Actor.host, domain)),
        )
    )
    theirs = [
        id_
        for id_, uri, host in candidates
        if domain in domains.names_above(urlsplit(uri).netloc) or domain in domains.names_above(host)
    ]
    ended = 0
    for start in range(0, len(theirs), 500):
        some = theirs[start : start + 500]
        result = await tx.execute(
            delete(Follow).where(or_(Follow.follower_id.in_(some), Follow.target_id.in_(some))).returning(Follow.id)
        )
        ended += len(result.all())
    return ended


async def is_blocked(tx: Transaction, one: int, other: int) -> bool:
    """Say whether either blocks the other."""
    return bool(
        await tx.scalar(
            select(
                exists().where(
                    or_(
                        (Block.actor_id == one) & (Block.target_id == other),
                        (Block.actor_id == other) & (Block.target_id == one),
                    )
                )
            )
        )
    )


async def add_block(tx: Transaction, *, uri: str, actor_id: int, target_id: int, at: datetime) -> None:
    if await find_block(tx, actor_id, target_id) is None:
        tx.add(Block(id=ids.new_id(), uri=uri, actor_id=actor_id, target_id=target_id, created_at=at))
        await tx.flush()


async def remove_block(tx: Transaction, *, actor_id: int, target_id: int | None = None, uri: str | None = None) -> bool:
    statement = delete(Block).where(Block.actor_id == actor_id)
    statement = (
        statement.where(Block.target_id == target_id) if target_id is not None else statement.where(Block.uri == uri)
    )
    return (await tx.execute(statement.returning(Block.id))).first() is not None


async def is_blocked_on(tx: Transaction, host: str) -> bool:
    """Say whether an artist here blocks anybody on a host (of their id)."""
    blocker = Actor.__table__.alias("blocker")
    return bool(
        await tx.scalar(
            select(
                exists()
                .where(Block.target_id == Actor.id, _lives_on(host))
                .where(blocker.c.id == Block.actor_id, blocker.c.is_local)
            )
        )
    )


def _lives_on(host: str) -> ColumnElement[bool]:
    return or_(
        Actor.uri.startswith(f"https://{host}/", autoescape=True),
        Actor.uri.startswith(f"http://{host}/", autoescape=True),
    )


async def is_followed_from(tx: Transaction, actor_id: int, host: str) -> bool:
    """Say whether anybody on a host (of their id) is an accepted follower of the actor."""
    return bool(
        await tx.scalar(
            select(
                exists().where(
                    Follow.target_id == actor_id,
                    Follow.state == ACCEPTED,
                    Actor.id == Follow.follower_id,
                    _lives_on(host),
                )
            )
        )
    )


async def is_follower(tx: Transaction, follower_id: int, actor_id: int) -> bool:
    """Say whether a follow was accepted."""
    return bool(
        await tx.scalar(
            select(
                exists().where(
                    Follow.follower_id == follower_id, Follow.target_id == actor_id, Follow.state == ACCEPTED
                )
            )
        )
    )


async def requests(tx: Transaction, actor_id: int, *, limit: int = 100) -> list[tuple[Follow, Actor]]:
    """Return who waits to be let in, longest first."""
    rows = await tx.execute(
        select(Follow, Actor)
        .join(Actor, Actor.id == Follow.follower_id)
        .where(Follow.target_id == actor_id, Follow.state == REQUESTED, Actor.gone_at.is_(None))
        .order_by(Follow.id)
        .limit(limit)
    )
    return [(f, a) for f, a in rows]


async def find_block(tx: Transaction, actor_id: int, target_id: int) -> Block | None:
    return await tx.scalar(select(Block).where(Block.actor_id == actor_id, Block.target_id == target_id))


async def blocked_by(tx: Transaction, actor_id: int, *, limit: int = 1000) -> list[tuple[Block, Actor]]:
    """Return whom the actor blocks, newest first."""
    rows = await tx.execute(
        select(Block, Actor)
        .join(Actor, Actor.id == Block.target_id)
        .where(Block.actor_id == actor_id)
        .order_by(Block.id.desc())
        .limit(limit)
    )
    return [(b, a) for b, a in rows]


async def muted_by(tx: Transaction, actor_id: int, *, limit: int = 1000) -> list[tuple[Mute, Actor]]:
    """Return whom the actor mutes, newest first."""
    rows = await tx.execute(
        select(Mute, Actor)
        .join(Actor, Actor.id == Mute.target_id)
        .where(Mute.actor_id == actor_id)
        .order_by(Mute.id.desc())
        .limit(limit)
    )
    return [(m, a) for m, a in rows]


async def add_mute(tx: Transaction, *, actor_id: int, target_id: int, at: datetime) -> bool:
    """Record a mute; says whether it is new."""
    statement = (
        insert(tx, Mute)
        .values(id=ids.new_id(), actor_id=actor_id, target_id=target_id, created_at=at)
        .on_conflict_do_nothing()
        .returning(Mute.id)
    )
    return (await tx.execute(statement)).first() is not None


async def remove_mute(tx: Transaction, *, actor_id: int, target_id: int) -> bool:
    """Remove a mute; says whether it was there."""
    statement = delete(Mute).where(Mute.actor_id == actor_id, Mute.target_id == target_id)
    return (await tx.execute(statement.returning(Mute.id))).first() is not None
