"""Abuse reports (Flag): those that came, attributed to the instance that sent them, and those that we sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from fediart import errors
from fediart.db import ids
from fediart.db.engine import Transaction
from fediart.db.queries._numbers import can_be_id
from fediart.db.tables import Actor, Report


async def add(
    tx: Transaction,
    *,
    uri: str | None,
    actor_id: int,
    objects: list[str],
    content: str,
    at: datetime,
    is_outgoing: bool = False,
) -> Report:
    report = Report(
        id=ids.new_id(),
        uri=uri,
        actor_id=actor_id,
        objects=objects,
        content=content,
        is_outgoing=is_outgoing,
        created_at=at,
    )
    tx.add(report)
    await tx.flush()
    return report


async def open_ones(tx: Transaction, *, limit: int = 100) -> list[tuple[Report, Actor]]:
    rows = await tx.execute(
        select(Report, Actor)
        .join(Actor, Actor.id == Report.actor_id)
        .where(Report.resolved_at.is_(None), Report.is_outgoing.is_(False))
        .order_by(Report.id.desc())
        .limit(limit)
    )
    return [(r, a) for r, a in rows]


async def resolve(tx: Transaction, report_id: int, *, at: datetime) -> Report:
    """Mark a report that came to us as done.

    Raises: NotFoundError, ConflictError when it is done already.
    """
    report = await tx.get(Report, report_id) if can_be_id(report_id) else None
    if report is None or report.is_outgoing:
        raise errors.NotFoundError(f"there is no report {report_id}")
    if report.resolved_at is not None:
        raise errors.ConflictError(f"report {report_id} was resolved on {report.resolved_at:%Y-%m-%d}")
    report.resolved_at = at
    await tx.flush()
    return report
