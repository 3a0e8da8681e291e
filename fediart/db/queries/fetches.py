"""The queue of what is worth having from other servers, and what came of it.

An address is asked for once for each kind; the row stays for a while with its outcome, so that nobody asks again at
once, and so that the budget of a thread counts what it has cost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from fediart.activitypub import origins
from fediart.activitypub.errors import ProtocolError
from fediart.db import engine, ids
from fediart.db.engine import Transaction
from fediart.db.queries._upsert import insert, is_postgres
from fediart.db.tables import Fetch, Note

TOPIC = "fetches"
NOTE = "note"
REPLIES = "replies"
OUTBOX = "outbox"
FEATURED = "featured"
WAITING = "waiting"
DONE = "done"
FAILED = "failed"
MOST_OF_A_THREAD = 100
_AGAIN_AFTER = timedelta(days=1)
_LOOKED_THROUGH = 200


@dataclass(frozen=True, slots=True)
class Claimed:
    id: int
    uri: str
    kind: str
    reason: str
    depth: int
    root: str
    attempts: int

    @property
    def host(self) -> str:
        return _host(self.uri)


async def want(
    tx: Transaction,
    *,
    uri: str,
    kind: str,
    reason: str,
    root: str,
    not_before: datetime,
    at: datetime,
    depth: int = 0,
    again_after: timedelta = _AGAIN_AFTER,
) -> bool:
    """Ask for something; says whether it will be fetched for this.

    It is not when it waits already, when it was tried less than `again_after` ago, or when the thread that begins at
    `root` has used up its budget. What waits is fetched sooner when it is now wanted sooner.
    """
    found = await tx.scalar(select(Fetch).where(Fetch.uri == uri, Fetch.kind == kind).with_for_update())
    if found is not None and found.state == WAITING:
        if not_before < found.not_before and found.attempts == 0:
            found.not_before = not_before
            await tx.flush()
            engine.wake(tx, TOPIC)
        return False
    if found is not None and found.settled_at is not None and found.settled_at + again_after > at:
        return False
    if await _count(tx, root) >= MOST_OF_A_THREAD + (found is not None and found.root == root):
        return False
    if found is not None:
        found.reason, found.root, found.depth = reason, root, depth
        found.state, found.not_before, found.attempts = WAITING, not_before, 0
        await tx.flush()
    else:
        row = {"uri": uri, "kind": kind, "reason": reason, "root": root, "depth": depth, "state": WAITING}
        added = await tx.execute(
            insert(tx, Fetch)
            .values(id=ids.new_id(), not_before=not_before, attempts=0, created_at=at, **row)
            .on_conflict_do_nothing(index_elements=["uri", "kind"])
            .returning(Fetch.id)
        )
        if added.first() is None:
            return False
    engine.wake(tx, TOPIC)
    return True


async def _count(tx: Transaction, root: str) -> int:
    return await tx.scalar(select(func.count()).select_from(Fetch).where(Fetch.root == root)) or 0


async def claim(
    tx: Transaction,
    *,
    now: datetime,
    until: datetime,
    limit: int,
    busy: Mapping[str, int],
    per_host: int,
    root: str | None = None,
) -> list[Claimed]:
    """Lease what is due, oldest first, but of no host more than `per_host` with what is `busy` already."""
    statement = (
        select(Fetch)
        .where(Fetch.state == WAITING, Fetch.not_before <= now, _is_free(now))
        .order_by(Fetch.not_before, Fetch.id)
        .limit(_LOOKED_THROUGH)
    )
    if root is not None:
        statement = statement.where(Fetch.root == root)
    if is_postgres(tx):
        statement = statement.with_for_update(skip_locked=True)
    counts = Counter(busy)
    chosen: list[Claimed] = []
    for row in await tx.scalars(statement):
        host = _host(row.uri)
        if len(chosen) < limit and counts[host] < per_host:
            counts[host] += 1
            row.leased_until = until
            row.attempts += 1
            chosen.append(Claimed(row.id, row.uri, row.kind, row.reason, row.depth, row.root, row.attempts))
    await tx.flush()
    return chosen


async def next_due(tx: Transaction, *, now: datetime) -> datetime | None:
    """Return when something that waits is due next: not what somebody works on."""
    return await tx.scalar(select(func.min(Fetch.not_before)).where(Fetch.state == WAITING, _is_free(now)))


async def is_busy(tx: Transaction, root: str, *, now: datetime) -> bool:
    """Say whether anything of a thread is due, or being fetched by anybody."""
    statement = select(Fetch.id).where(Fetch.root == root, Fetch.state == WAITING, Fetch.not_before <= now).limit(1)
    return await tx.scalar(statement) is not None


async def settle(tx: Transaction, id_: int, *, state: str, outcome: str, at: datetime) -> None:
    await _set(tx, id_, state=state, outcome=outcome, settled_at=at, leased_until=None)


async def retry(tx: Transaction, id_: int, *, at: datetime, outcome: str) -> None:
    """Put back what failed for now."""
    await _set(tx, id_, not_before=at, outcome=outcome, leased_until=None)
    engine.wake(tx, TOPIC)


async def repeat(tx: Transaction, id_: int, *, at: datetime, outcome: str, now: datetime) -> None:
    """Put back what succeeded and is worth another look, later."""
    await _set(tx, id_, not_before=at, outcome=outcome, settled_at=now, leased_until=None, attempts=0)


async def _set(tx: Transaction, id_: int, **values: object) -> None:
    await tx.execute(update(Fetch).where(Fetch.id == id_).values(**values))


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(Fetch.leased_until.is_(None), Fetch.leased_until <= now)


async def release_all(tx: Transaction) -> None:
    """Free every lease: for the one worker of a database that just started."""
    await tx.execute(
        update(Fetch).where(Fetch.state == WAITING, Fetch.leased_until.is_not(None)).values(leased_until=None)
    )


async def prune(tx: Transaction, *, settled_before: datetime) -> None:
    """Forget what was settled long ago."""
    await tx.execute(delete(Fetch).where(Fetch.state.in_((DONE, FAILED)), Fetch.settled_at < settled_before))


async def of_root(tx: Transaction, root: str) -> list[Fetch]:
    """Return everything that was asked for on account of one thread, in that order."""
    return list(await tx.scalars(select(Fetch).where(Fetch.root == root).order_by(Fetch.id)))


async def ancestry(tx: Transaction, note_id: int) -> list[Note]:
    """Return a note and what it answers, upwards as far as it is known; in a circle, each once."""
    chain = select(Note.id, Note.in_reply_to_id).where(Note.id == note_id).cte("chain", recursive=True)
    chain = chain.union(select(Note.id, Note.in_reply_to_id).join(chain, Note.id == chain.c.in_reply_to_id))
    found = {note.id: note for note in await tx.scalars(select(Note).join(chain, chain.c.id == Note.id))}
    ordered: list[Note] = []
    next_: int | None = note_id
    while next_ is not None and next_ in found:
        ordered.append(found.pop(next_))
        next_ = ordered[-1].in_reply_to_id
    return ordered


async def attach(tx: Transaction, uri: str, note: Note) -> None:
    """Attach the replies that call a note by another address than its id."""
    await tx.execute(
        update(Note)
        .where(Note.in_reply_to_uri == uri, Note.in_reply_to_id.is_(None), Note.id != note.id)
        .values(in_reply_to_id=note.id)
    )


async def mark_featured(tx: Transaction, actor_id: int, uris: list[str], *, at: datetime) -> None:
    """Let exactly these of a remote actor's notes count as pinned."""
    theirs = update(Note).where(Note.actor_id == actor_id, Note.is_local.is_(False))
    await tx.execute(theirs.where(Note.uri.in_(uris), Note.pinned_at.is_(None)).values(pinned_at=at))
    await tx.execute(theirs.where(Note.uri.not_in(uris), Note.pinned_at.is_not(None)).values(pinned_at=None))


def _host(uri: str) -> str:
    try:
        return origins.host_of(uri)
    except ProtocolError:
        return uri
