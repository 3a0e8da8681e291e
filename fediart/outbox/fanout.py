"""From one activity to its inboxes: each inbox once, shared ones first, nobody of our own."""

from __future__ import annotations

from urllib.parse import urlsplit

from fediart import clock, log
from fediart.db import queries, tables
from fediart.db.engine import Database, Transaction
from fediart.db.queries import activities

_logger = log.get(__name__)
_PAGE = 1000


def host_of_inbox(inbox: str) -> str:
    """Return what counts as one host for limits and rests: the authority, with its port."""
    return urlsplit(inbox).netloc.lower()


async def step(database: Database) -> bool:
    """Fan out the oldest waiting activity; says whether there was one.

    Followers are read in pages, each page one commit, so that a long list never holds the database. A crash repeats the
    whole fan-out; what was promised already stays single.
    """
    async with database.write() as tx:
        activity = await activities.claim_waiting(tx)
        if activity is None:
            return False
        now = clock.now()
        if activity.type == "Delete":
            await queries.deliveries.drop_unsent(tx, subject=activity.subject, before_activity=activity.id, at=now)
            await queries.deliveries.drop_retries(tx, subject=activity.subject, before_activity=activity.id, now=now)
        if await queries.farewell.is_of(tx, activity):
            await queries.farewell.drop_waiting(tx, activity, at=now)
        inboxes = await _explicit(tx, activity)
        cursor, followers = await _followers(tx, activity, after=0)
        await _promise(tx, activity, inboxes | followers)
        total = len(inboxes | followers)
        if cursor is None:
            await _finish(tx, activity)
    while cursor is not None:
        async with database.write() as tx:
            cursor, followers = await _followers(tx, activity, after=cursor)
            await _promise(tx, activity, followers)
            total += len(followers)
            if cursor is None:
                await _finish(tx, await tx.merge(activity))
    _logger.info("fanned out", activity=activity.uri, type=activity.type, inboxes=total)
    return True


async def _finish(tx: Transaction, activity: tables.Activity) -> None:
    await activities.mark_fanned_out(tx, activity, clock.now())
    if await queries.farewell.is_of(tx, activity):
        await queries.follows.remove_all(tx, activity.actor_id)


async def _promise(tx: Transaction, activity: tables.Activity, inboxes: dict[str, str]) -> None:
    suspended = await queries.domains.suspended(tx, set(inboxes.values()))
    inboxes = {inbox: host for inbox, host in inboxes.items() if host not in suspended}
    if activity.is_forward:  # the author's own server has it
        author_host = host_of_inbox(activity.uri)
        inboxes = {inbox: host for inbox, host in inboxes.items() if host != author_host}
    await queries.deliveries.add(tx, activity_id=activity.id, subject=activity.subject, inboxes=inboxes, at=clock.now())


async def _explicit(tx: Transaction, activity: tables.Activity) -> dict[str, str]:
    """Return {inbox: host} of the actors named, and for a change or withdrawal, of everybody who got the original."""
    inboxes: dict[str, str] = {}
    found = await queries.actors.find_many(tx, [str(uri) for uri in activity.to_actors])
    for uri in activity.to_actors:
        actor = found.get(uri)
        if actor is None:
            _logger.warning("recipient unknown", activity=activity.uri, recipient=uri)
        elif not actor.is_local:
            inbox = actor.shared_inbox if activity.to_followers and actor.shared_inbox else actor.inbox
            inboxes[inbox] = host_of_inbox(inbox)
    if activity.type in ("Update", "Delete"):
        inboxes |= await queries.deliveries.inboxes_that_got(tx, subject=activity.subject)
    if await queries.farewell.is_of(tx, activity):
        inboxes |= await queries.farewell.inboxes_that_got(tx, activity.actor_id)
    return inboxes


async def _followers(tx: Transaction, activity: tables.Activity, *, after: int) -> tuple[int | None, dict[str, str]]:
    """Return (where to read on, or None at the end; {inbox: host}) of one page of remote followers."""
    if not activity.to_followers:
        return None, {}
    rows = await queries.follows.remote_follower_inboxes(tx, activity.actor_id, after=after, limit=_PAGE)
    inboxes = {shared or inbox: host_of_inbox(shared or inbox) for _, inbox, shared in rows}
    return (rows[-1][0] if len(rows) == _PAGE else None), inboxes
