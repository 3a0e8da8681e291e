"""Abuse reports (Flag), attributed to the instance that sent them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from fediart.db import ids
from fediart.db.engine import Transaction
from fediart.db.tables import Actor, Report


async def add(
    tx: Transaction, *, uri: str | None, actor_id: int, objects: list[str], content: str, at: datetime
) -> Report:
    report = Report(id=ids.new_id(), uri=uri, actor_id=actor_id, objects=objects, content=content, created_at=at)
    tx.add(report)
    await tx.flush()
    return report


async def open_ones(tx: Transaction, *, limit: int = 100) -> list[tuple[Report, Actor]]:
    rows = await tx.execute(
        select(Report, Actor)
        .join(Actor, Actor.id == Report.actor_id)
        .where(Report.resolved_at.is_(None))
        .order_by(Report.id.desc())
        .limit(limit)
    )
    return [(r, a) for r, a in rows]
