"""Transactions: `read()` and `write()` on SQLite or PostgreSQL, and what must happen after a commit.

On SQLite one connection writes at a time (BEGIN IMMEDIATE: a writer that cannot get the lock waits at its start,
and never fails half-way), readers have their own. On PostgreSQL both come from one pool. Work that a commit makes
possible is announced by topic: `wake(tx, "outbox")` tells this process at once and others through `changes`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from fediart import config, errors

Transaction = AsyncSession
CHANNEL = "fediart"  # LISTEN/NOTIFY


class Wakeups:
    """Events by topic, for the loops of this process."""

    def __init__(self) -> None:
        self._events: dict[str, asyncio.Event] = {}

    def event(self, topic: str) -> asyncio.Event:
        return self._events.setdefault(topic, asyncio.Event())

    def wake(self, topic: str) -> None:
        self.event(topic).set()

    def wake_all(self) -> None:
        for waiting in self._events.values():
            waiting.set()


class Database:
    """An opened database. Use `async with`, or `close()` it."""

    def __init__(self, url: str, settings: config.Database) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.wakeups = Wakeups()
        self._readers: AsyncEngine
        self._writers: AsyncEngine
        if self.is_sqlite:
            self._readers = self._open_sqlite("BEGIN", settings, size=settings.pool_size)
            self._writers = self._open_sqlite("BEGIN IMMEDIATE", settings, size=1)
        else:
            self._readers = create_async_engine(
                url, pool_size=settings.pool_size, max_overflow=settings.pool_size, pool_pre_ping=True
            )
            self._writers = self._readers

    def _open_sqlite(self, begin: str, settings: config.Database, *, size: int) -> AsyncEngine:
        engine = create_async_engine(
            self.url, poolclass=AsyncAdaptedQueuePool, pool_size=size, max_overflow=0, pool_timeout=60
        )
        busy_ms = int(settings.busy_timeout_seconds * 1000)

        @event.listens_for(engine.sync_engine, "connect")
        def _configure(connection: Any, _record: Any) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves
            cursor = connection.cursor()
            try:
                for pragma in (
                    f"busy_timeout = {busy_ms}",
                    "journal_mode = WAL",
                    "synchronous = FULL",
                    "foreign_keys = ON",
                    "temp_store = MEMORY",
                    "journal_size_limit = 67108864",
                ):
                    cursor.execute(f"PRAGMA {pragma}")
                cursor.close()
            except BaseException:  # no database: the pool does not know the connection yet, so nobody else ends it
                connection.close()
                raise

        @event.listens_for(engine.sync_engine, "begin")
        def _begin(connection: Any) -> None:
            connection.exec_driver_sql(begin)

        return engine

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """Open a snapshot. Nothing written in it is kept.

        Raises: FediArtError 503 when the database does not answer.
        """
        with _translated():
            async with AsyncSession(self._readers, expire_on_commit=False, autoflush=False) as tx:
                await _connect(tx)
                yield tx

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """Open a writing transaction; commits when the block ends, rolls back when it raises.

        Raises: FediArtError 503/507 when the database is locked, read-only or the disk is full; nothing was changed.
        """
        with _translated():
            async with AsyncSession(self._writers, expire_on_commit=False) as tx:
                async with tx.begin():
                    await _connect(tx)
                    yield tx
                    topics: set[str] = tx.info.get("topics", set())
                    if topics and not self.is_sqlite:
                        for topic in sorted(topics):
                            await tx.execute(select(func.pg_notify(CHANNEL, topic)))
                after: list[Callable[[], None]] = tx.info.get("after_commit", [])
        for call in after:
            call()
        for topic in topics:
            self.wakeups.wake(topic)

    @property
    def engine(self) -> AsyncEngine:
        """The engine of writers: for migrations and checks."""
        return self._writers

    async def check_integrity(self) -> None:
        """Raise FediArtError when the SQLite file is damaged or a reference dangles. PostgreSQL guards itself."""
        if not self.is_sqlite:
            return
        async with self.read() as tx:
            problems = [str(row[0]) for row in await tx.execute(text("PRAGMA integrity_check"))]
            dangling = (await tx.execute(text("PRAGMA foreign_key_check"))).all()
        if problems != ["ok"] or dangling:
            raise errors.FediArtError(
                f"the database is damaged: {'; '.join(problems[:3])}; {len(dangling)} dangling references", status=500
            )

    async def close(self) -> None:
        await self._readers.dispose()
        if self._writers is not self._readers:
            await self._writers.dispose()

    async def __aenter__(self) -> Database:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def wake(tx: Transaction, topic: str) -> None:
    """Tell the loops that wait for `topic`, in every process, once this transaction commits."""
    tx.info.setdefault("topics", set()).add(topic)


def after_commit(tx: Transaction, call: Callable[[], None]) -> None:
    """Run `call` in this process once this transaction has committed."""
    tx.info.setdefault("after_commit", []).append(call)


async def _connect(tx: Transaction) -> None:
    """Take the connection (and on SQLite a writer's lock) now, so that a failure to get it is known for what it is."""
    try:
        await tx.connection()
    except PoolTimeoutError as exc:
        raise errors.FediArtError("the database is busy: try again in a moment", detail=str(exc), status=503) from exc
    except OSError as exc:
        raise errors.FediArtError(f"the database does not answer: {exc}", status=503) from exc
    except TypeError as exc:  # asyncpg takes what the address says after `?` as its own parameters
        raise errors.UsageError(
            "[database] url has a parameter that PostgreSQL does not know", detail=str(exc)
        ) from exc


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as exc:
        said = _translate(exc)
        if said is None:
            raise
        raise said from exc
    except ConnectionError as exc:
        raise errors.FediArtError(f"the database does not answer: {exc}", status=503) from exc


def _translate(exc: DBAPIError) -> errors.FediArtError | None:
    """Turn a driver's complaint into one line that says what to do; None for a mistake of ours."""
    raw = str(exc.orig or exc)
    low = raw.lower()
    for words, text_, status in _COMPLAINTS:
        if any(all(part in low for part in word.split("…")) for word in words):
            return errors.FediArtError(text_, detail=raw, status=status)
    # asyncpg's own errors at connecting (no such role, wrong password) and deadlocks have no class of their own.
    if "no such column" in low or "syntax error" in low:  # what SQLite calls operational too
        return None
    if isinstance(exc, OperationalError) or type(exc) is DBAPIError or "connect" in low:
        said = raw.splitlines()[0].rpartition(">: ")[2]
        return errors.FediArtError(f"the database does not answer: {said}", detail=raw, status=503)
    return None


_COMPLAINTS: tuple[tuple[tuple[str, ...], str, int], ...] = (
    (
        ("disk is full", "no space left", "disk i/o error"),
        "the disk is full: free some space and try again; nothing was changed",
        507,
    ),
    (
        ("readonly", "read-only"),
        "the database cannot be written: check who owns the data folder and its rights",
        503,
    ),
    (
        ("unable to open",),
        "the database cannot be opened: check that the data folder exists and may be written",
        503,
    ),
    (("not a database", "malformed"), "the database file is damaged: restore it from a backup", 500),
    (("locked", "busy"), "the database is busy: try again in a moment", 503),
    (
        ("no such table", "undefinedtable", "relation…does not exist"),
        "the database has no tables of this version: run `fediart migrate`",
        503,
    ),
)
