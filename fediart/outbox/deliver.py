"""Deliveries: claim a batch, sign and POST each outside any transaction, settle in groups.

One transaction a round settles what came back and claims what may go next, so that the cost of durability is shared by
the batch. More is claimed than is sent at once, so that connections stay busy while a commit waits for the disk. A host
has at most a few requests under way; one that fails rests, then gets a single probe. A crash loses nothing: a lease
ends, and the delivery is attempted again under the same activity id.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from fediart import clock, config, errors, log, worker
from fediart.activitypub.errors import ProtocolError
from fediart.db import changes, queries, tables
from fediart.db.engine import Database, Transaction
from fediart.db.queries import deliveries
from fediart.db.queries.deliveries import Claimed
from fediart.outbox import backoff, outcome, synchronization
from fediart.outbox.outcome import Outcome, Verdict
from fediart.remote.keyring import Keyring
from fediart.remote.session import Session
from fediart.remote.signer import Signer

_logger = log.get(__name__)
_ROUND_SECONDS = 0.05
_IDLE_SECONDS = 30.0
_DOCUMENTS_KEPT = 64
_HOST_NOTED_SECONDS = 3600
_FORWARD_ATTEMPTS = 3  # somebody else's words: their own server is the one that must not give up


@dataclass(frozen=True, slots=True)
class _Letter:
    """An activity ready to be sent: its bytes, their digest, who signs; `followers_of` when it is only for those."""

    document: bytes
    digest: str
    uri: str
    signer: Signer
    is_forward: bool
    followers_of: int | None = None


@dataclass(frozen=True, slots=True)
class _Result:
    claimed: Claimed
    outcome: Outcome
    started: datetime
    is_forward: bool = False


class Deliverer:
    """The delivery loop of one process."""

    def __init__(self, database: Database, session: Session, keyring: Keyring, settings: config.Federation) -> None:
        self._database = database
        self._session = session
        self._keyring = keyring
        self._settings = settings
        self._ready: deque[Claimed] = deque()
        self._overdue: list[Claimed] = []
        self._tasks: dict[int, asyncio.Task[None]] = {}
        # By host, both what is ready and what is under way.
        self._busy: Counter[str] = Counter()
        self._results: list[_Result] = []
        self._news = database.wakeups.event(deliveries.TOPIC)
        self._letters: OrderedDict[int, _Letter] = OrderedDict()
        self._unsignable: dict[int, str] = {}
        self._well: dict[str, datetime] = {}
        self._failed_at: dict[str, datetime] = {}
        self._digests = synchronization.Digests(database)

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop`; then finish what is under way, for at most a request's time."""
        while not stop.is_set():
            self._news.clear()
            due = await self._round()
            self._fill()
            if self._tasks:
                await self._gather(stop)
            elif not (self._results or self._overdue):
                await worker.wait(self._news, stop, seconds=self._until(due))
        self._overdue += self._ready
        self._ready.clear()
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=self._settings.request_timeout_seconds)
        unfinished = list(self._tasks)
        for task in self._tasks.values():
            task.cancel()
        async with self._database.write() as tx:
            await self._settle(tx, self._results)
            await queries.dialects.save(tx, self._session.dialects.take_news())
            await deliveries.release(tx, unfinished)
            await deliveries.give_back(tx, self._overdue)

    def _until(self, due: datetime | None) -> float:
        if due is None:
            return _IDLE_SECONDS
        return min(max((due - clock.now()).total_seconds(), 0.05), _IDLE_SECONDS)

    async def _gather(self, stop: asyncio.Event) -> None:
        """Wait for news (an answer, or a commit that may bring work), and a moment more: a round is a group."""
        await worker.wait(self._news, stop, seconds=1.0)
        enough = self._settings.delivery_concurrency // 2
        until = time.monotonic() + _ROUND_SECONDS
        while self._tasks and len(self._results) < enough and time.monotonic() < until:
            await asyncio.sleep(_ROUND_SECONDS / 8)

    async def _round(self) -> datetime | None:
        """Settle what came back and claim what may go: one commit. Returns when the next may be due."""
        now = clock.now()
        due: datetime | None = None
        claimed: list[Claimed] = []
        results, self._results = self._results, []
        overdue, self._overdue = self._overdue, []
        learned = self._session.dialects.take_news()
        try:
            async with self._database.write() as tx:
                await self._settle(tx, results)
                await queries.dialects.save(tx, learned)
                await deliveries.give_back(tx, overdue)
                # As many again as are sent at once, so that they last for as long as the next round takes.
                free = self._settings.delivery_concurrency * 2 - len(self._tasks) - len(self._ready)
                if free > 0:
                    claimed = await deliveries.claim(
                        tx,
                        now=now,
                        until=now + timedelta(seconds=self._settings.lease_seconds),
                        limit=free,
                        per_host=self._settings.delivery_per_host,
                        busy=self._busy,
                    )
                    await self._load(tx, claimed)
                if not (claimed or self._tasks or self._ready):
                    due = await deliveries.next_due(tx)
        except BaseException:
            self._results = results + self._results  # not committed: settle them with the next round
            self._overdue = overdue + self._overdue
            self._session.dialects.return_news(learned)
            raise
        self._ready += claimed
        self._busy.update(one.host for one in claimed)
        private = (self._letters[one.activity_id] for one in claimed if one.activity_id in self._letters)
        await self._digests.load(letter.followers_of for letter in private if letter.followers_of is not None)
        return due

    def _fill(self) -> None:
        """Start what is ready while there is room; what could outlive its lease goes back to the queue instead."""
        latest = clock.now() + timedelta(seconds=self._settings.request_timeout_seconds)
        while self._ready and len(self._tasks) < self._settings.delivery_concurrency:
            claimed = self._ready.popleft()
            if claimed.leased_until < latest:
                self._overdue.append(claimed)
                self._free(claimed)
            else:
                self._start(claimed)

    def _free(self, claimed: Claimed) -> None:
        self._busy[claimed.host] -= 1
        if not self._busy[claimed.host]:
            del self._busy[claimed.host]

    async def _load(self, tx: Transaction, claimed: list[Claimed]) -> None:
        missing = {one.activity_id for one in claimed} - self._letters.keys()
        if missing:
            for activity in (await queries.activities.by_ids(tx, sorted(missing))).values():
                try:
                    self._letters[activity.id] = await self._letter(tx, activity)
                except errors.FediArtError as exc:  # one actor's broken key must not hold up the others
                    _logger.error("cannot sign", activity=activity.uri, reason=exc.text)
                    self._unsignable[activity.id] = exc.text
        wanted = {one.activity_id for one in (*claimed, *self._ready)}
        for old in [key for key in self._letters if key not in wanted][: max(len(self._letters) - _DOCUMENTS_KEPT, 0)]:
            del self._letters[old]

    async def _letter(self, tx: Transaction, activity: tables.Activity) -> _Letter:
        signer = await self._keyring.signer(tx, activity.actor_id)
        followers_of = activity.actor_id if synchronization.is_for_followers_only(activity) else None
        return _Letter(activity.document, activity.digest, activity.uri, signer, activity.is_forward, followers_of)

    def _start(self, claimed: Claimed) -> None:
        letter = self._letters.get(claimed.activity_id)
        if letter is None:
            reason = self._unsignable.get(claimed.activity_id, "the activity is missing")
            self._results.append(_Result(claimed, Outcome(Verdict.RETRY, reason), clock.now()))
            self._free(claimed)
            return
        self._tasks[claimed.id] = asyncio.create_task(self._attempt(claimed, letter))

    async def _attempt(self, claimed: Claimed, letter: _Letter) -> None:
        started = clock.now()
        followers_of = letter.followers_of
        try:
            answer = await self._session.post(
                claimed.inbox,
                letter.document,
                signer=letter.signer,
                digest=letter.digest,
                synchronization=self._digests.header(followers_of, claimed.inbox) if followers_of is not None else None,
            )
            judged = outcome.read_answer(answer.status, answer.reason, answer.retry_after_seconds)
        except errors.RemoteError as exc:
            judged = outcome.read_failure(exc.text, is_temporary=exc.is_temporary)
        except (ProtocolError, errors.FediArtError) as exc:
            judged = outcome.read_failure(exc.text, is_temporary=False)
        except Exception as exc:
            _logger.exception("delivery failed unexpectedly", inbox=claimed.inbox)
            judged = Outcome(Verdict.RETRY, f"internal error: {type(exc).__name__}")
        self._report(claimed, letter, judged, (clock.now() - started).total_seconds())
        self._results.append(_Result(claimed, judged, started, letter.is_forward))
        self._tasks.pop(claimed.id, None)
        self._free(claimed)
        self._fill()
        self._news.set()

    def _report(self, claimed: Claimed, letter: _Letter, judged: Outcome, seconds: float) -> None:
        level = _logger.debug if judged.verdict is Verdict.DELIVERED else _logger.warning
        level(
            "delivered" if judged.verdict is Verdict.DELIVERED else "not delivered",
            request_id=f"delivery-{claimed.id}-{claimed.attempts}",
            activity=letter.uri,
            inbox=claimed.inbox,
            attempt=claimed.attempts,
            verdict=judged.verdict.value,
            reason=judged.reason or None,
            seconds=round(seconds, 3),
        )

    async def _settle(self, tx: Transaction, results: list[_Result]) -> None:
        now = clock.now()
        delivered = [r.claimed for r in results if r.outcome.verdict is Verdict.DELIVERED]
        if delivered:
            await deliveries.settle_delivered(tx, delivered, now)
            await self._note_well(tx, {one.host for one in delivered}, now)
        dropped = [(r.claimed, r.outcome.reason) for r in results if r.outcome.verdict in (Verdict.DROP, Verdict.GONE)]
        retried = [r for r in results if r.outcome.verdict is Verdict.RETRY]
        for result in results:
            if result.outcome.verdict is Verdict.GONE:
                ended = await queries.follows.end_for_inbox(tx, result.claimed.inbox)
                await changes.bump(tx)
                _logger.info("followers ended", inbox=result.claimed.inbox, count=ended)
        if retried:
            superseded = await deliveries.superseded(tx, [r.claimed for r in retried])
            for result in retried:
                if result.claimed.id in superseded:
                    dropped.append((result.claimed, deliveries.SUPERSEDED))
                else:
                    gave_up = await self._again(tx, result, now)
                    if gave_up:
                        dropped.append((result.claimed, gave_up))
        await deliveries.settle_dropped(tx, dropped, now)

    async def _again(self, tx: Transaction, result: _Result, now: datetime) -> str | None:
        """Schedule another attempt; returns why not when it has been tried for long enough."""
        claimed, judged = result.claimed, result.outcome
        failures = claimed.attempts
        if judged.is_host_failing:
            host = (await deliveries.hosts(tx, [claimed.host])).get(claimed.host)
            failures = host.failures if host else 0
            counted = self._failed_at.get(claimed.host)
            if counted is None or result.started >= counted:
                failures += 1
                self._failed_at[claimed.host] = now
        pause = backoff.wait(max(failures, 1), self._settings, dice=secrets.randbelow(1000) / 999)
        if judged.retry_after_seconds is not None:
            pause = max(timedelta(seconds=judged.retry_after_seconds), timedelta(seconds=1))
        again = now + pause
        if judged.is_host_failing:
            self._well.pop(claimed.host, None)
            await deliveries.rest_host(
                tx, host=claimed.host, retry_at=again, failures=max(failures, 1), now=now, error=judged.reason
            )
        is_enough = result.is_forward and claimed.attempts >= _FORWARD_ATTEMPTS
        if is_enough or again > claimed.created_at + timedelta(seconds=self._settings.retry_for_seconds):
            return f"gave up after {claimed.attempts} attempts: {judged.reason}"
        await deliveries.settle_retry(tx, [(claimed, again, judged.reason)])
        return None

    async def _note_well(self, tx: Transaction, hosts: set[str], now: datetime) -> None:
        """Record that hosts answer; not again for an hour, unless they failed in between."""
        fresh = [
            host
            for host in hosts
            if host not in self._well or (now - self._well[host]).total_seconds() > _HOST_NOTED_SECONDS
        ]
        if fresh:
            await deliveries.note_well(tx, fresh, now)
            for host in fresh:
                self._well[host] = now
                self._failed_at.pop(host, None)


async def maintain(database: Database, settings: config.Federation) -> bool:
    """Give up what waited for too long, and forget what nobody needs; once in a while."""
    now = clock.now()
    async with database.write() as tx:
        dropped = await deliveries.give_up_old(
            tx, created_before=now - timedelta(seconds=settings.retry_for_seconds), now=now
        )
        await deliveries.prune(tx, settled_before=now - timedelta(days=30))
        await queries.farewell.retire_keys(tx)
    if dropped:
        _logger.warning("gave up old deliveries", count=dropped)
    return False
