"""What of other servers is worth having, written down for the loop that fetches it.

Nothing is fetched here. What hangs together counts against one budget, under the address at which it begins.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from fediart.activitypub import documents, origins, shapes, threads
from fediart.activitypub.errors import ProtocolError
from fediart.activitypub.urls import Urls
from fediart.db import queries, tables
from fediart.db.engine import Transaction
from fediart.db.queries import fetches

PARENT = "parent"
REPLY = "reply"
EARLIER = "earlier work"
PINNED = "pinned"
ASKED = "asked for"
_FOLLOWED_AGAIN = timedelta(minutes=1)


async def thread_around(
    tx: Transaction,
    note: tables.Note,
    *,
    urls: Urls,
    at: datetime,
    jitter: timedelta,
    root: str | None = None,
    depth: int = 0,
    is_asked: bool = False,
) -> None:
    """Ask for what is missing around a stored note: what it answers, and what was answered to it.

    Replies are looked for where somebody here has a part in the thread or follows the author, and when the artist asks.
    """
    if note.is_local or note.deleted_at is not None or note.visibility == "direct":
        return
    chain = await fetches.ancestry(tx, note.id)
    top = chain[-1]
    is_circle = top.in_reply_to_id is not None
    missing = None if is_circle else shapes.web_reference_of(top.in_reply_to_uri)
    root = root or missing or top.uri
    soon = at + (timedelta() if is_asked else by_chance(jitter))
    if missing is not None and depth < threads.MOST_DEPTH and await may_ask(tx, missing, urls):
        await fetches.want(
            tx, uri=missing, kind=fetches.NOTE, reason=PARENT, root=root, depth=depth + 1, not_before=soon, at=at
        )
    if note.visibility not in queries.notes.PUBLIC or depth >= threads.MOST_DEPTH:
        return
    look_at = at if is_asked else threads.first_look_at(note.published, at)
    if look_at is None or not threads.has_replies(documents.read_json(note.document)):
        return
    is_close = is_asked or any(one.is_local for one in chain)
    if not (is_close or await queries.follows.is_followed_here(tx, note.actor_id)):
        return
    if await may_ask(tx, note.uri, urls):
        await fetches.want(
            tx,
            uri=note.uri,
            kind=fetches.REPLIES,
            reason=ASKED if is_asked else "thread",
            root=root,
            depth=depth,
            not_before=max(soon, look_at) if is_asked else look_at + (soon - at),
            at=at,
            again_after=threads.cool_down(note.published, at),
        )


async def earlier_of(tx: Transaction, actor: tables.Actor, *, urls: Urls, at: datetime) -> None:
    """Ask for what somebody published before an artist here began to follow them, and for what they have pinned."""
    for kind, uri in ((fetches.OUTBOX, actor.outbox), (fetches.FEATURED, actor.featured)):
        if uri and origins.same_host(uri, actor.uri) and not urls.is_ours(uri):
            await fetches.want(
                tx,
                uri=uri,
                kind=kind,
                reason="followed",
                root=actor.uri,
                not_before=at,
                at=at,
                again_after=_FOLLOWED_AGAIN,
            )


async def notes_listed(
    tx: Transaction,
    uris: Iterable[str],
    *,
    reason: str,
    root: str,
    depth: int,
    urls: Urls,
    at: datetime,
    soon: timedelta = timedelta(),
) -> int:
    """Ask for those notes of a list that are not known; returns how many will be fetched."""
    wanted = 0
    for uri in uris:
        if not await may_ask(tx, uri, urls) or await queries.notes.find(tx, uri) is not None:
            continue
        wanted += await fetches.want(
            tx, uri=uri, kind=fetches.NOTE, reason=reason, root=root, depth=depth, not_before=at + soon, at=at
        )
    return wanted


async def may_ask(tx: Transaction, uri: str, urls: Urls) -> bool:
    """Say whether something may be fetched from an address: it is not ours, and of no server that is blocked here."""
    try:
        host = origins.host_of(uri)
    except ProtocolError:
        return False
    if urls.is_ours(uri) or host == urls.host:
        return False
    return await queries.domains.severity_of(tx, host) is None


def by_chance(most: timedelta) -> timedelta:
    """Spread what many servers do on one occasion."""
    return most * secrets.randbelow(1001) / 1000
