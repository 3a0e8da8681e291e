"""The loop that fetches what is wanted of other servers: a few at once, of each host fewer, with back-off.

A crash loses nothing: a lease ends, and the fetch is made again; what it stores has one row whatever brings it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta

from fediart import clock, config, errors, log, worker
from fediart.activitypub.errors import ProtocolError
from fediart.db import queries
from fediart.db.engine import Database
from fediart.db.queries import fetches
from fediart.db.queries.fetches import Claimed
from fediart.inbox.fetching import Fetching
from fediart.inbox.registry import Ignored
from fediart.outbox.speaker import Speaker
from fediart.remote.session import Session

_logger = log.get(__name__)
_AT_ONCE = 8
_PER_HOST = 2
_IDLE_SECONDS = 30.0
_LEASE = timedelta(minutes=5)  # longer than ten pages take
_MOST_ATTEMPTS = 5
_FIRST_PAUSE = timedelta(minutes=1)
_KEPT_FOR = timedelta(days=14)


class Fetches:
    """The fetch loop of one process."""

    def __init__(self, database: Database, session: Session, speaker: Speaker, settings: config.Federation) -> None:
        self._database = database
        self._fetching = Fetching(database, session, speaker, jitter=timedelta(seconds=settings.fetch_jitter_seconds))
        self._busy: Counter[str] = Counter()
        self._running: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch until `stop`; then finish what is under way."""
        wakeup = self._database.wakeups.event(fetches.TOPIC)
        while not stop.is_set():
            wakeup.clear()
            if not await self._start(wakeup):
                await worker.wait(wakeup, stop, seconds=await self._pause())
        if self._running:
            await asyncio.wait(self._running)

    async def work_off(self, root: str, *, seconds: float) -> None:
        """Fetch what is due of one thread and what that brings, for at most so long."""
        finished = asyncio.Event()
        until = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < until:
            finished.clear()
            if await self._start(finished, root=root):
                continue
            async with self._database.read() as tx:
                if not self._running and not await fetches.is_busy(tx, root, now=clock.now()):
                    return
            await worker.wait(finished, asyncio.Event(), seconds=0.2)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _start(self, finished: asyncio.Event, *, root: str | None = None) -> int:
        """Begin as much as may be; returns how much that was. `finished` is set at the end of each."""
        now = clock.now()
        claimed: list[Claimed] = []
        if len(self._running) < _AT_ONCE:
            async with self._database.read() as tx:
                due = await fetches.next_due(tx, now=now)
            if due is None or due > now:  # a look costs no lock
                return 0
            async with self._database.write() as tx:
                claimed = await fetches.claim(
                    tx,
                    now=now,
                    until=now + _LEASE,
                    limit=_AT_ONCE - len(self._running),
                    busy=self._busy,
                    per_host=_PER_HOST,
                    root=root,
                )
        for one in claimed:
            self._busy[one.host] += 1
            task = asyncio.create_task(self._take(one))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            task.add_done_callback(lambda _, host=one.host: self._busy.subtract([host]))  # type: ignore[misc]
            task.add_done_callback(lambda _: finished.set())
        return len(claimed)

    async def _pause(self) -> float:
        if self._running:
            return 1.0
        now = clock.now()
        async with self._database.read() as tx:
            due = await fetches.next_due(tx, now=now)
        return _IDLE_SECONDS if due is None else min(max((due - now).total_seconds(), 0.05), _IDLE_SECONDS)

    async def _take(self, wanted: Claimed) -> None:
        try:
            found = await self._fetching.fetch(wanted)
        except Ignored as exc:
            await self._settle(wanted, fetches.FAILED, exc.reason)
        except errors.RemoteError as exc:
            if exc.is_temporary:
                await self._again(wanted, exc.text)
            else:
                await self._settle(wanted, fetches.FAILED, exc.text)
        except ProtocolError as exc:
            await self._settle(wanted, fetches.FAILED, exc.text)
        except errors.FediArtError as exc:
            await self._again(wanted, exc.text)
        except Exception as exc:
            _logger.exception("fetch failed", kind=wanted.kind, uri=wanted.uri)
            await self._again(wanted, f"{type(exc).__name__}: {exc}"[:500])
        else:
            _logger.info("fetched", kind=wanted.kind, uri=wanted.uri, reason=wanted.reason, outcome=found.outcome)
            if found.again_at is not None:
                await self._repeat(wanted, found.again_at, found.outcome)
            else:
                await self._settle(wanted, fetches.DONE, found.outcome)

    async def _settle(self, wanted: Claimed, state: str, outcome: str) -> None:
        if state == fetches.FAILED:
            _logger.info("not fetched", kind=wanted.kind, uri=wanted.uri, reason=wanted.reason, outcome=outcome)
        async with self._database.write() as tx:
            await fetches.settle(tx, wanted.id, state=state, outcome=outcome[:1000], at=clock.now())

    async def _repeat(self, wanted: Claimed, at: datetime, outcome: str) -> None:
        async with self._database.write() as tx:
            await fetches.repeat(tx, wanted.id, at=at, outcome=outcome, now=clock.now())

    async def _again(self, wanted: Claimed, reason: str) -> None:
        """Put a failed fetch back, later each time; after the last attempt it is over."""
        if wanted.attempts >= _MOST_ATTEMPTS:
            await self._settle(wanted, fetches.FAILED, reason)
            return
        async with self._database.write() as tx:
            pause = _FIRST_PAUSE * 4 ** (wanted.attempts - 1)
            await fetches.retry(tx, wanted.id, at=clock.now() + pause, outcome=reason[:1000])


async def maintain(database: Database) -> bool:
    """Forget what was fetched long ago."""
    async with database.write() as tx:
        await queries.fetches.prune(tx, settled_before=clock.now() - _KEPT_FOR)
    return False
