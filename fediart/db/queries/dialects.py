"""Which HTTP signature each host takes, kept beside how it has been answering."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from fediart.db.engine import Transaction
from fediart.db.queries._upsert import insert
from fediart.db.tables import Host


async def known(tx: Transaction) -> dict[str, str]:
    """Return {host: dialect} of every host that did not take our first choice at some time."""
    rows = await tx.execute(select(Host.name, Host.dialect).where(Host.dialect.is_not(None)))
    return {name: dialect for name, dialect in rows if dialect is not None}


async def save(tx: Transaction, learned: Mapping[str, str]) -> None:
    """Keep what was learned."""
    if not learned:
        return
    statement = insert(tx, Host)
    connection = await tx.connection()
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"dialect": statement.excluded.dialect}),
        [{"name": host, "failures": 0, "dialect": dialect} for host, dialect in sorted(learned.items())],
    )
