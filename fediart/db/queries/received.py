"""The inbox queue: raw activities, stored before they were answered, and how far each came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from fediart.db import engine
from fediart.db.engine import Transaction
from fediart.db.queries._upsert import insert, is_postgres
from fediart.db.tables import Received

TOPIC = "inbox"
NEW = "new"
DONE = "done"
IGNORED = "ignored"
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Claimed:
    id: int
    actor_uri: str
    recipient: str | None
    body: bytes
    request_id: str
    received_at: datetime
    attempts: int
    relayed_by: str | None = None
    type: str = ""


async def add_many(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store activities; one whose key is there already is a duplicate and changes nothing."""
    connection = await tx.connection()
    await connection.execute(insert(tx, Received).on_conflict_do_nothing(index_elements=["key"]), list(rows))
    engine.wake(tx, TOPIC)


async def claim(tx: Transaction, *, now: datetime, until: datetime, limit: int) -> list[Claimed]:
    """Lease due activities, in order, one at a time per sender."""
    older = aliased(Received)
    statement = (
        select(Received)
        .where(
            Received.state == NEW,
            Received.next_attempt_at <= now,
            or_(Received.leased_until.is_(None), Received.leased_until <= now),
            ~exists().where(older.actor_uri == Received.actor_uri, older.id < Received.id, older.state == NEW),
        )
        .order_by(Received.next_attempt_at, Received.id)
        .limit(limit)
    )
    if is_postgres(tx):
        statement = statement.with_for_update(skip_locked=True)
    found = list(await tx.scalars(statement))
    for row in found:
        row.leased_until = until
        row.attempts += 1
    await tx.flush()
    return [
        Claimed(r.id, r.actor_uri, r.recipient, r.body, r.request_id, r.received_at, r.attempts, r.relayed_by, r.type)
        for r in found
    ]


async def settle(tx: Transaction, id_: int, *, state: str, outcome: str, at: datetime) -> None:
    await tx.execute(
        update(Received)
        .where(Received.id == id_)
        .values(state=state, outcome=outcome, settled_at=at, leased_until=None)
    )
    engine.wake(tx, TOPIC)


async def retry(tx: Transaction, id_: int, *, at: datetime, outcome: str) -> None:
    await tx.execute(
        update(Received).where(Received.id == id_).values(next_attempt_at=at, outcome=outcome, leased_until=None)
    )


async def release_all(tx: Transaction) -> None:
    """Free every lease: for the one worker of a database that just started."""
    await tx.execute(
        update(Received).where(Received.state == NEW, Received.leased_until.is_not(None)).values(leased_until=None)
    )


async def is_done_since(tx: Transaction, *, actor_uri: str, type_: str, since: datetime) -> bool:
    """Say whether an activity of this type by this actor had its effect since then."""
    condition = exists().where(
        Received.actor_uri == actor_uri,
        Received.type == type_,
        Received.state == DONE,
        Received.settled_at >= since,
    )
    return bool(await tx.scalar(select(condition)))


async def counts(tx: Transaction) -> dict[str, int]:
    rows = await tx.execute(select(Received.state, func.count()).group_by(Received.state))
    return {row[0]: row[1] for row in rows}


async def recent(tx: Transaction, *, state: str | None = None, limit: int = 50) -> list[Received]:
    statement = select(Received).order_by(Received.id.desc()).limit(limit)
    if state:
        statement = statement.where(Received.state == state)
    return list(await tx.scalars(statement))


async def prune(tx: Transaction, *, settled_before: datetime) -> None:
    """Forget settled activities; kept long enough to know every repeat a peer may send."""
    await tx.execute(delete(Received).where(Received.state.in_((DONE, IGNORED)), Received.settled_at < settled_before))
