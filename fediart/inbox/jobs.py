"""The second half of receiving: fetch what is needed, then act in one transaction.

A failure is counted and kept on the row, and tried again later; what asks for nothing is marked and kept visible.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from fediart import clock, config, errors, log, worker
from fediart.activitypub import activities, documents, origins
from fediart.activitypub.activities import Activity
from fediart.activitypub.errors import ProtocolError
from fediart.db import engine, queries, tables
from fediart.db.engine import Database
from fediart.db.queries import received
from fediart.db.queries.received import Claimed
from fediart.inbox import forward, registry, synchronization
from fediart.inbox.registry import Context, Fetched, Ignored, Kind, Need
from fediart.outbox.speaker import Speaker
from fediart.remote import actors as remote_actors
from fediart.remote import notes as remote_notes
from fediart.remote.session import Session
from fediart.remote.signer import Signer

_logger = log.get(__name__)
_AT_ONCE = 8
_IDLE_SECONDS = 30.0
_LEASE_SECONDS = 300.0
_FETCHES = 20
_STEP_ASIDE_SECONDS = 0.2


async def no_door(*, at_most_seconds: float) -> bool:
    """Step aside for nobody: nothing comes in through this process."""
    return True


class Jobs:
    """The inbox loop of one process."""

    def __init__(
        self,
        database: Database,
        session: Session,
        speaker: Speaker,
        settings: config.Inbox,
        forget_keys: Callable[[str], None] = lambda _actor_uri: None,
        quiet: Callable[..., Awaitable[bool]] = no_door,
        fetch_jitter: timedelta = timedelta(),
    ) -> None:
        self._database = database
        self._session = session
        self._speaker = speaker
        self._settings = settings
        self._forget_keys = forget_keys
        self._quiet = quiet
        self._fetch_jitter = fetch_jitter

    async def run(self, stop: asyncio.Event) -> None:
        wakeup = self._database.wakeups.event(received.TOPIC)
        running: set[asyncio.Task[None]] = set()
        while not stop.is_set():
            wakeup.clear()
            # Who knocks waits for an answer, what is stored can wait: a flood slows the work behind it, no more.
            at_once = _AT_ONCE if await self._quiet(at_most_seconds=_STEP_ASIDE_SECONDS) else 1
            now = clock.now()
            claimed: list[Claimed] = []
            if len(running) < at_once:
                async with self._database.write() as tx:
                    claimed = await received.claim(
                        tx,
                        now=now,
                        until=now + timedelta(seconds=_LEASE_SECONDS),
                        limit=at_once - len(running),
                    )
            for one in claimed:
                task = asyncio.create_task(self._take(one))
                running.add(task)
                task.add_done_callback(running.discard)
                task.add_done_callback(lambda _: wakeup.set())
            if not claimed:
                await worker.wait(wakeup, stop, seconds=1.0 if running else _IDLE_SECONDS)
        if running:
            await asyncio.wait(running)

    async def _take(self, claimed: Claimed) -> None:
        with log.bind(request_id=claimed.request_id):
            try:
                await self._handle(claimed)
            except errors.FediArtError as exc:
                await self._again(claimed, exc.text)
            except Exception as exc:
                _logger.exception("activity failed", received=claimed.id)
                await self._again(claimed, f"{type(exc).__name__}: {exc}"[:500])

    async def _handle(self, claimed: Claimed) -> None:
        if claimed.type == synchronization.TYPE:
            await synchronization.act(self._database, self._session, self._speaker, claimed)
            return
        try:
            activity = activities.read_activity(documents.read_json(claimed.body))
        except ProtocolError as exc:
            await self._settle(claimed, received.IGNORED, exc.text)
            return
        handler = registry.handlers().get(activity.type)
        if handler is None:
            _logger.info("activity type unknown; kept", type=activity.type, actor=activity.actor)
            await self._settle(claimed, received.IGNORED, f"{activity.type} is not handled")
            return
        async with self._database.read() as tx:
            host = origins.host_of(activity.actor)
            is_suspended = await queries.domains.severity_of(tx, host) == queries.domains.SUSPEND
        if is_suspended:  # since it was taken in
            await self._settle(claimed, received.IGNORED, f"{host} is suspended here")
            return
        fetched = await self._fetch(list(handler.needs(activity, self._speaker.urls)))
        try:
            async with self._database.write() as tx:
                sender = await queries.actors.find(tx, activity.actor)
                if sender is None and activity.actor in fetched.actors:  # relayed: no key of theirs was asked for
                    sender = await queries.remote.save_actor(tx, fetched.actors[activity.actor], at=clock.now())
                if sender is None or sender.gone_at is not None:
                    raise Ignored("the sender is unknown or gone")
                outcome = await handler.act(
                    Context(
                        tx,
                        self._speaker,
                        activity,
                        sender,
                        claimed.recipient,
                        fetched,
                        clock.now(),
                        self._fetch_jitter,
                    )
                )
                if claimed.relayed_by is None:  # else whoever relayed it has seen to that
                    await forward.forward(tx, activity, claimed.body, sender, now=clock.now())
                await received.settle(tx, claimed.id, state=received.DONE, outcome=outcome, at=clock.now())
                engine.after_commit(tx, lambda: self._after(activity, outcome))
        except (Ignored, ProtocolError) as exc:
            reason = exc.reason if isinstance(exc, Ignored) else str(exc)
            _logger.info("activity ignored", type=activity.type, actor=activity.actor, reason=reason)
            await self._settle(claimed, received.IGNORED, reason)

    def _after(self, activity: Activity, outcome: str) -> None:
        _logger.info("activity done", type=activity.type, actor=activity.actor, outcome=outcome)
        if activity.type in ("Update", "Delete", "Move"):
            self._forget_keys(activity.actor)

    async def _settle(self, claimed: Claimed, state: str, outcome: str) -> None:
        async with self._database.write() as tx:
            await received.settle(tx, claimed.id, state=state, outcome=outcome[:1000], at=clock.now())

    async def _again(self, claimed: Claimed, reason: str) -> None:
        """Put a failed activity back, later each time; after the last attempt it is kept as failed."""
        async with self._database.write() as tx:
            if claimed.attempts >= self._settings.max_attempts:
                await received.settle(tx, claimed.id, state=received.FAILED, outcome=reason, at=clock.now())
                _logger.error("activity given up", received=claimed.id, reason=reason)
            else:
                pause = timedelta(seconds=min(5 * 4 ** (claimed.attempts - 1), 21_600))
                await received.retry(tx, claimed.id, at=clock.now() + pause, outcome=reason)

    async def _fetch(self, needs: list[Need]) -> Fetched:
        """Fetch what is needed and not known, with no transaction open and within a budget."""
        fetched = Fetched()
        if not needs:
            return fetched
        async with self._database.read() as tx:
            instance = await queries.instance.require(tx, self._speaker.urls.base)
            signer = await self._speaker.keyring.signer(tx, instance.actor_id)
            missing = [need for need in needs if await _is_missing(tx, need, self._speaker)]
        for need in missing[:_FETCHES]:
            try:
                await self._fetch_one(need, fetched, signer)
            except (errors.RemoteError, ProtocolError) as exc:
                fetched.failures[need.uri] = exc
        return fetched

    async def _fetch_one(self, need: Need, fetched: Fetched, signer: Signer) -> None:
        if need.kind is Kind.ACTOR:
            fetched.actors[need.uri] = await remote_actors.fetch_actor(self._session, need.uri, signer=signer)
            return
        note = await remote_notes.fetch_note(self._session, need.uri, signer=signer)
        author = note.attributed_to[0]
        async with self._database.read() as tx:
            known = await queries.actors.find(tx, author)
        if known is None:
            fetched.actors[author] = await remote_actors.fetch_actor(self._session, author, signer=signer)
        fetched.notes[need.uri] = note


async def _is_missing(tx: engine.Transaction, need: Need, speaker: Speaker) -> bool:
    if speaker.urls.is_ours(need.uri):
        return False
    if need.if_followed is not None:
        teller = await queries.actors.find(tx, need.if_followed)
        if teller is None or not await queries.follows.is_followed_here(tx, teller.id):
            return False
    if need.is_fresh:
        return True
    row: tables.Actor | tables.Note | None
    if need.kind is Kind.ACTOR:
        row = await queries.actors.find(tx, need.uri)
    else:
        row = await queries.notes.find(tx, need.uri)
    return row is None


async def maintain(database: Database) -> bool:
    """Forget what was settled long ago; repeats by peers come within days."""
    now = clock.now()
    async with database.write() as tx:
        await received.prune(tx, settled_before=now - timedelta(days=14))
        await queries.tombstones.prune(tx, before=now - timedelta(days=14))
    return False
