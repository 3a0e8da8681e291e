"""What other processes on this database committed: wake-ups, and the generation of public documents.

SQLite: `PRAGMA data_version` on a connection of its own changes with every commit of any other connection; a look costs
microseconds. PostgreSQL: LISTEN. The generation is a counter that each change of a public document raises in its own
transaction, so that a cache of answers is exact across processes.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import make_url

from fediart.db import engine, tables
from fediart.db.engine import Database, Transaction

DOCUMENTS = "documents"
_LOOK_SECONDS = 0.1
_RECONNECT_SECONDS = 1.0


async def bump(tx: Transaction) -> None:
    """Record that a public document changed: cached answers are void once `tx` commits."""
    await tx.execute(update(tables.Instance).values(generation=tables.Instance.generation + 1))
    engine.wake(tx, DOCUMENTS)


class SqliteWatch:
    """Looks at the database file ten times a second."""

    def __init__(self, database: Database) -> None:
        self._database = database
        path = make_url(database.url).database or ""
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA busy_timeout = 0")
        self._last = 0

    def generation(self) -> int:
        """Return the current generation, straight from the file; never older than the last commit of any process."""
        try:
            row = self._connection.execute("SELECT generation FROM instance").fetchone()
        except sqlite3.OperationalError:
            return -1
        return int(row[0]) if row else -1

    async def run(self) -> None:
        while True:
            with suppress(sqlite3.OperationalError):
                version = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
                if version != self._last:
                    self._last = version
                    self._database.wakeups.wake_all()
            await asyncio.sleep(_LOOK_SECONDS)

    def close(self) -> None:
        self._connection.close()


class PostgresWatch:
    """Listens on a connection of its own; while that is lost, no cached answer is trusted."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._generation = -1

    def generation(self) -> int:
        """Return the last generation heard of; -1 (never equal to itself in a cache) while not listening."""
        return self._generation

    async def run(self) -> None:
        import asyncpg  # a server on SQLite never needs it

        url = self._database.url.replace("postgresql+asyncpg://", "postgresql://", 1)
        url = re.sub(r"([?&])ssl=", r"\1sslmode=", url)  # libpq's name for it, which asyncpg's own parser wants
        while True:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._listen(asyncpg, url)
            self._generation = -1
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _listen(self, asyncpg: Any, url: str) -> None:
        connection = await asyncpg.connect(url)
        lost = asyncio.Event()
        refresh: Callable[[], Awaitable[None]] = self._refresh
        pending: set[asyncio.Task[None]] = set()

        def _heard(_connection: object, _pid: int, _channel: str, topic: object) -> None:
            if topic == DOCUMENTS:
                self._generation = -1
                task = asyncio.ensure_future(refresh())
                pending.add(task)
                task.add_done_callback(pending.discard)
            self._database.wakeups.wake(str(topic))

        try:
            connection.add_termination_listener(lambda *_: lost.set())
            await connection.add_listener(engine.CHANNEL, _heard)
            await self._refresh()
            self._database.wakeups.wake_all()
            await lost.wait()
        finally:
            with suppress(Exception):
                await connection.close(timeout=2)

    async def _refresh(self) -> None:
        async with self._database.read() as tx:
            self._generation = await tx.scalar(select(tables.Instance.generation)) or 0

    def close(self) -> None:
        self._generation = -1


Watch = SqliteWatch | PostgresWatch


def watch(database: Database) -> Watch:
    """Return the watch that fits the database; run it as a task and close it at the end."""
    return SqliteWatch(database) if database.is_sqlite else PostgresWatch(database)
