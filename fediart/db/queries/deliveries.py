"""The delivery queue: claim with a lease, settle in groups, one memory per host.

A row waits until it is due, its host is not resting, nothing older of the same subject waits for the same host, and its
lease is free. `attempts` counts claims, so that a crash between sending and settling is known as a possible delivery.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, delete, exists, false, func, or_, select, update
from sqlalchemy.orm import aliased

from fediart.db import engine, ids
from fediart.db.engine import Transaction
from fediart.db.queries import domains
from fediart.db.queries._numbers import can_be_id
from fediart.db.queries._upsert import insert, is_postgres
from fediart.db.tables import Activity, Actor, Delivery, Host

TOPIC = "deliver"
WAITING = "waiting"
DELIVERED = "delivered"
DROPPED = "dropped"
SUPERSEDED = "the work was deleted before this was sent"


@dataclass(frozen=True, slots=True)
class Claimed:
    """One delivery that this process may attempt until its lease ends."""

    id: int
    activity_id: int
    inbox: str
    host: str
    subject: str
    attempts: int
    created_at: datetime
    leased_until: datetime


async def add(tx: Transaction, *, activity_id: int, subject: str, inboxes: Mapping[str, str], at: datetime) -> None:
    """Promise an activity to inboxes ({inbox: host}); repeats are harmless."""
    if not inboxes:
        return
    rows = [
        {
            "id": ids.new_id(),
            "activity_id": activity_id,
            "inbox": inbox,
            "host": host,
            "subject": subject,
            "state": WAITING,
            "attempts": 0,
            "next_attempt_at": at,
            "created_at": at,
        }
        for inbox, host in inboxes.items()
    ]
    await tx.execute(insert(tx, Delivery).on_conflict_do_nothing(), rows)
    engine.wake(tx, TOPIC)


async def drop_unsent(tx: Transaction, *, subject: str, before_activity: int, at: datetime) -> None:
    """Drop what of a subject was never attempted: after its Delete nothing older may be sent."""
    await tx.execute(
        update(Delivery)
        .where(
            Delivery.subject == subject,
            Delivery.activity_id < before_activity,
            Delivery.state == WAITING,
            Delivery.attempts == 0,
        )
        .values(state=DROPPED, last_error=SUPERSEDED, settled_at=at)
    )


async def drop_retries(tx: Transaction, *, subject: str, before_activity: int, now: datetime) -> None:
    """Drop failed older attempts of a subject that are not under way at this moment."""
    await tx.execute(
        update(Delivery)
        .where(
            Delivery.subject == subject,
            Delivery.activity_id < before_activity,
            Delivery.state == WAITING,
            or_(Delivery.leased_until.is_(None), Delivery.leased_until <= now),
        )
        .values(state=DROPPED, last_error=SUPERSEDED, settled_at=now)
    )


async def inboxes_that_got(tx: Transaction, *, subject: str) -> dict[str, str]:
    """Return {inbox: host} of everybody who received, or may have received, something of a subject."""
    rows = await tx.execute(
        select(Delivery.inbox, Delivery.host)
        .where(Delivery.subject == subject, or_(Delivery.state == DELIVERED, Delivery.attempts > 0))
        .distinct()
    )
    return {row[0]: row[1] for row in rows}


async def claim(
    tx: Transaction, *, now: datetime, until: datetime, limit: int, per_host: int, busy: Mapping[str, int]
) -> list[Claimed]:
    """Lease up to `limit` due deliveries, at most `per_host` under way for one host (`busy` counts those already).

    A host that failed last time gets one probe only.
    """
    chosen: list[Claimed] = []
    slots = dict(busy)
    full = {host for host, used in slots.items() if used >= per_host}
    older = aliased(Delivery)
    window = limit
    for _ in range(5):
        statement = (
            select(
                Delivery.id,
                Delivery.activity_id,
                Delivery.inbox,
                Delivery.host,
                Delivery.subject,
                Delivery.attempts,
                Delivery.created_at,
                func.coalesce(Host.failures, 0).label("failures"),
            )
            .outerjoin(Host, Host.name == Delivery.host)
            .where(
                Delivery.state == WAITING,
                Delivery.next_attempt_at <= now,
                or_(Delivery.leased_until.is_(None), Delivery.leased_until <= now),
                or_(Host.retry_at.is_(None), Host.retry_at <= now),
                ~exists().where(
                    older.subject == Delivery.subject,
                    older.host == Delivery.host,
                    older.activity_id < Delivery.activity_id,
                    older.state == WAITING,
                ),
            )
            .order_by(Delivery.next_attempt_at, Delivery.id)
            .limit(window)
        )
        if full:
            statement = statement.where(Delivery.host.not_in(sorted(full)))
        if chosen:
            statement = statement.where(Delivery.id.not_in([c.id for c in chosen]))
        if is_postgres(tx):
            statement = statement.with_for_update(skip_locked=True, of=Delivery)
        rows = (await tx.execute(statement)).all()
        for row in rows:
            allowed = 1 if row.failures else per_host
            used = slots.get(row.host, 0)
            if used >= allowed:
                full.add(row.host)
                continue
            slots[row.host] = used + 1
            chosen.append(
                Claimed(
                    row.id, row.activity_id, row.inbox, row.host, row.subject, row.attempts + 1, row.created_at, until
                )
            )
            if len(chosen) >= limit:
                break
        if len(chosen) >= limit or len(rows) < window:
            break
        window = max(limit * 4, 256)  # some hosts have enough under way: look further down the queue
    if chosen:
        await tx.execute(
            update(Delivery)
            .where(Delivery.id.in_([c.id for c in chosen]))
            .values(leased_until=until, attempts=Delivery.attempts + 1)
            .execution_options(synchronize_session=False)
        )
    return chosen


async def next_due(tx: Transaction) -> datetime | None:
    """Return when something can next be claimed, None when nothing waits.

    What `claim` would not give is not due: what waits for a resting host, or behind something older for the same host.
    """
    at = func.coalesce(Delivery.leased_until, Delivery.next_attempt_at)
    older = aliased(Delivery)
    due: datetime | None = await tx.scalar(
        select(func.min(case((Host.retry_at > at, Host.retry_at), else_=at)))
        .select_from(Delivery)
        .outerjoin(Host, Host.name == Delivery.host)
        .where(
            Delivery.state == WAITING,
            ~exists().where(
                older.subject == Delivery.subject,
                older.host == Delivery.host,
                older.activity_id < Delivery.activity_id,
                older.state == WAITING,
            ),
        )
    )
    return due


async def settle_delivered(tx: Transaction, claimed: Sequence[Claimed], at: datetime) -> None:
    """Record successes."""
    await tx.execute(
        update(Delivery)
        .where(Delivery.id.in_([c.id for c in claimed]))
        .values(state=DELIVERED, settled_at=at, leased_until=None, last_error=None)
        .execution_options(synchronize_session=False)
    )


async def note_well(tx: Transaction, names: Collection[str], at: datetime) -> None:
    """Record that hosts answer; what waits for one that was failing becomes due at once."""
    failing = set(await tx.scalars(select(Host.name).where(Host.name.in_(sorted(names)), Host.failures > 0)))
    statement = insert(tx, Host)
    connection = await tx.connection()
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["name"],
            set_={
                "failures": 0,
                "failing_since": None,
                "retry_at": None,
                "last_error": None,
                "last_success_at": statement.excluded.last_success_at,
            },
        ),
        [{"name": name, "failures": 0, "last_success_at": at} for name in sorted(names)],
    )
    if failing:
        await tx.execute(
            update(Delivery)
            .where(Delivery.host.in_(sorted(failing)), Delivery.state == WAITING, Delivery.next_attempt_at > at)
            .values(next_attempt_at=at)
            .execution_options(synchronize_session=False)
        )


async def superseded(tx: Transaction, claimed: Sequence[Claimed]) -> set[int]:
    """Return which of these deliveries belong to a subject, or come from an account, that has been deleted since."""
    found: set[int] = set()
    for one in claimed:
        later = exists().where(
            Activity.subject == one.subject, Activity.id > one.activity_id, Activity.type == "Delete"
        )
        said = aliased(Activity)
        farewell = (
            select(Activity.id)
            .join(Actor, Actor.uri == Activity.subject)
            .join(said, said.actor_id == Actor.id)
            .where(said.id == one.activity_id, Activity.id > said.id, Activity.type == "Delete", Actor.is_local)
            .exists()
        )
        if await tx.scalar(select(or_(later, farewell))):
            found.add(one.id)
    return found


async def settle_dropped(tx: Transaction, rows: Sequence[tuple[Claimed, str]], at: datetime) -> None:
    """Record final failures with their reasons."""
    statement = (
        update(Delivery)
        .where(Delivery.id == bindparam("row_id"))
        .values(state=DROPPED, settled_at=at, leased_until=None, last_error=bindparam("reason"))
    )
    await _execute_many(tx, statement, [{"row_id": c.id, "reason": reason} for c, reason in rows])


async def settle_retry(tx: Transaction, rows: Sequence[tuple[Claimed, datetime, str]]) -> None:
    """Record failures that are tried again, with when and why."""
    statement = (
        update(Delivery)
        .where(Delivery.id == bindparam("row_id"))
        .values(next_attempt_at=bindparam("again_at"), leased_until=None, last_error=bindparam("reason"))
    )
    await _execute_many(tx, statement, [{"row_id": c.id, "again_at": at, "reason": why} for c, at, why in rows])


async def _execute_many(tx: Transaction, statement: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection = await tx.connection()
        await connection.execute(statement, rows)


async def rest_host(
    tx: Transaction, *, host: str, retry_at: datetime, failures: int, now: datetime, error: str
) -> None:
    """Let a failing host rest: nothing is sent there before `retry_at`, then one probe."""
    await tx.execute(
        insert(tx, Host)
        .values(name=host, failures=failures, failing_since=now, retry_at=retry_at, last_error=error)
        .on_conflict_do_update(
            index_elements=["name"],
            set_={
                "failures": failures,
                "failing_since": func.coalesce(Host.failing_since, now),
                "retry_at": retry_at,
                "last_error": error,
            },
        )
    )
    await tx.execute(
        update(Delivery)
        .where(
            Delivery.host == host,
            Delivery.state == WAITING,
            Delivery.next_attempt_at < retry_at,
            or_(Delivery.leased_until.is_(None), Delivery.leased_until <= now),
        )
        .values(next_attempt_at=retry_at)
    )


async def give_up_old(tx: Transaction, *, created_before: datetime, now: datetime) -> int:
    """Drop what waited for longer than we try; the reason of the last attempt is kept."""
    result = await tx.execute(
        update(Delivery)
        .where(
            Delivery.state == WAITING,
            Delivery.created_at < created_before,
            or_(Delivery.attempts > 0, Delivery.host.in_(select(Host.name).where(Host.failures > 0))),
            or_(Delivery.leased_until.is_(None), Delivery.leased_until <= now),
        )
        .values(
            state=DROPPED,
            settled_at=now,
            last_error="gave up: " + func.coalesce(Delivery.last_error, "no answer"),
        )
        .returning(Delivery.id)
    )
    return len(result.all())


async def release_all(tx: Transaction) -> int:
    """Free every lease: for the one worker of a database that just started."""
    result = await tx.execute(
        update(Delivery)
        .where(Delivery.state == WAITING, Delivery.leased_until.is_not(None))
        .values(leased_until=None)
        .returning(Delivery.id)
    )
    return len(result.all())


async def release(tx: Transaction, delivery_ids: Collection[int]) -> None:
    """Give leases back unattempted, at shutdown."""
    await tx.execute(
        update(Delivery).where(Delivery.id.in_(list(delivery_ids)), Delivery.state == WAITING).values(leased_until=None)
    )


async def give_back(tx: Transaction, claimed: Collection[Claimed]) -> None:
    """Return claims of which nothing was sent, as if they had not been made."""
    if claimed:
        await tx.execute(
            update(Delivery)
            .where(Delivery.id.in_([c.id for c in claimed]), Delivery.state == WAITING)
            .values(leased_until=None, attempts=Delivery.attempts - 1)
            .execution_options(synchronize_session=False)
        )


async def hosts(tx: Transaction, names: Collection[str]) -> dict[str, Host]:
    return {h.name: h for h in await tx.scalars(select(Host).where(Host.name.in_(list(names))))}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What `fediart queue` shows of one delivery."""

    id: int
    activity: str
    type: str
    inbox: str
    host: str
    attempts: int
    since: datetime
    next_attempt_at: datetime
    last_error: str | None
    host_failures: int


async def waiting(tx: Transaction, *, host: str | None = None, limit: int = 500) -> list[Waiting]:
    statement = (
        select(Delivery, Activity.uri, Activity.type, Host.failures, Host.last_error, Host.retry_at)
        .join(Activity, Activity.id == Delivery.activity_id)
        .outerjoin(Host, Host.name == Delivery.host)
        .where(Delivery.state == WAITING)
        .order_by(Delivery.host, Delivery.id)
        .limit(limit)
    )
    if host is not None:
        statement = statement.where(Delivery.host == host)
    return [
        Waiting(
            id=d.id,
            activity=uri,
            type=type_,
            inbox=d.inbox,
            host=d.host,
            attempts=d.attempts,
            since=d.created_at,
            next_attempt_at=max(d.next_attempt_at, retry_at) if retry_at else d.next_attempt_at,
            last_error=d.last_error or host_error,
            host_failures=failures or 0,
        )
        for d, uri, type_, failures, host_error, retry_at in await tx.execute(statement)
    ]


def _selected(delivery_id: int | None, host: str | None) -> Any:
    conditions = [Delivery.state == WAITING]
    if delivery_id is not None:
        conditions.append(Delivery.id == delivery_id if can_be_id(delivery_id) else false())
    if host is not None:
        conditions.append(Delivery.host == host)
    return and_(*conditions)


async def retry_now(tx: Transaction, *, delivery_id: int | None, host: str | None, now: datetime) -> int:
    """Make waiting deliveries due at once and wake their hosts; returns how many."""
    result = await tx.execute(
        update(Delivery).where(_selected(delivery_id, host)).values(next_attempt_at=now).returning(Delivery.host)
    )
    names = {row[0] for row in result}
    if names:
        await tx.execute(update(Host).where(Host.name.in_(sorted(names))).values(retry_at=None))
    count = await tx.scalar(select(func.count()).select_from(Delivery).where(_selected(delivery_id, host)))
    engine.wake(tx, TOPIC)
    return count or 0


async def drop(tx: Transaction, *, delivery_id: int | None, host: str | None, now: datetime) -> int:
    """Give waiting deliveries up at the admin's word; returns how many."""
    result = await tx.execute(
        update(Delivery)
        .where(_selected(delivery_id, host))
        .values(state=DROPPED, settled_at=now, last_error="dropped by the admin")
        .returning(Delivery.id)
    )
    return len(result.all())


async def drop_for_domain(tx: Transaction, domain: str, *, now: datetime) -> int:
    """Give up everything that waits for a domain that was suspended; returns how many."""
    result = await tx.execute(
        update(Delivery)
        .where(Delivery.state == WAITING, domains.is_within(Delivery.host, domain))
        .values(state=DROPPED, settled_at=now, last_error=f"{domain} was suspended")
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return len(result.all())


async def progress(tx: Transaction, activity_id: int) -> dict[str, int]:
    """Return how many deliveries of an activity are in each state."""
    rows = await tx.execute(
        select(Delivery.state, func.count()).where(Delivery.activity_id == activity_id).group_by(Delivery.state)
    )
    return {row[0]: row[1] for row in rows}


async def totals(tx: Transaction) -> dict[str, int]:
    row = (
        await tx.execute(
            select(
                func.count(case((Delivery.state == WAITING, 1))),
                func.count(case((Delivery.state == DELIVERED, 1))),
                func.count(case((Delivery.state == DROPPED, 1))),
            )
        )
    ).one()
    return {WAITING: row[0], DELIVERED: row[1], DROPPED: row[2]}


async def prune(tx: Transaction, *, settled_before: datetime) -> None:
    """Forget settled deliveries of subjects that cannot need them again (no work behind them)."""
    noteless = select(Activity.id).where(Activity.note_id.is_(None))
    await tx.execute(
        delete(Delivery).where(
            Delivery.state != WAITING, Delivery.settled_at < settled_before, Delivery.activity_id.in_(noteless)
        )
    )
