"""Hosts that this server does not want to know (suspend) or hear of (silence). A rule counts for everything below."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from fediart.db.engine import Transaction
from fediart.db.queries._upsert import insert
from fediart.db.tables import DomainBlock

SUSPEND = "suspend"
SILENCE = "silence"


def names_above(host: str) -> list[str]:
    """Return the names under which a rule for a host may stand: itself, without its port, and what it is a part of."""
    host = host.lower()
    name, colon, port = host.rpartition(":")
    bare = name if colon and port.isdigit() else host
    labels = bare.split(".")
    return list(dict.fromkeys([host, *(".".join(labels[start:]) for start in range(len(labels)))]))


def is_within(column: InstrumentedAttribute[str], domain: str) -> ColumnElement[bool]:
    """Select the hosts that a rule for `domain` covers."""
    return or_(
        column == domain,
        column.endswith(f".{domain}", autoescape=True),
        column.startswith(f"{domain}:", autoescape=True),
        column.contains(f".{domain}:", autoescape=True),
    )


async def suspended(tx: Transaction, hosts: Iterable[str]) -> set[str]:
    """Return those of the hosts that are suspended."""
    return {host for host, severity in (await _severities(tx, hosts)).items() if severity == SUSPEND}


async def severity_of(tx: Transaction, host: str) -> str | None:
    """Return the harshest rule that covers a host."""
    return (await _severities(tx, [host])).get(host)


async def _severities(tx: Transaction, hosts: Iterable[str]) -> dict[str, str]:
    above = {host: names_above(host) for host in hosts}
    names = sorted({name for found in above.values() for name in found})
    rules: dict[str, str] = {}
    for start in range(0, len(names), 500):
        statement = select(DomainBlock.domain, DomainBlock.severity)
        for domain, severity in await tx.execute(statement.where(DomainBlock.domain.in_(names[start : start + 500]))):
            rules[domain] = severity
    found: dict[str, str] = {}
    for host, candidates in above.items():
        severities = {rules[name] for name in candidates if name in rules}
        if severities:
            found[host] = SUSPEND if SUSPEND in severities else SILENCE
    return found


async def find(tx: Transaction, domain: str) -> DomainBlock | None:
    return await tx.get(DomainBlock, domain)


async def all_(tx: Transaction) -> list[DomainBlock]:
    return list(await tx.scalars(select(DomainBlock).order_by(DomainBlock.domain)))


async def save(tx: Transaction, *, domain: str, severity: str, reason: str, at: datetime) -> None:
    """Store a rule, in place of the one that was there."""
    values = {"severity": severity, "reason": reason}
    await tx.execute(
        insert(tx, DomainBlock)
        .values(domain=domain, created_at=at, **values)
        .on_conflict_do_update(index_elements=["domain"], set_=values)
    )


async def remove(tx: Transaction, domain: str) -> bool:
    """Take a rule away; says whether it was there."""
    found = await tx.execute(delete(DomainBlock).where(DomainBlock.domain == domain).returning(DomainBlock.domain))
    return found.first() is not None
