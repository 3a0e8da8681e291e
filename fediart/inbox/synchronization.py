"""When another server's list of its followers here differs from our follows: find out who is right, and mend it.

A difference is noted at the door, in a row of its own among what was received, and looked into by the worker. What
counts then is the list that the other server gives us, not the header: so the header need not be signed. Follows that
wait for an answer stay as they are.

Spec: FEP-8fcf.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from fediart import clock, errors, log
from fediart.activitypub import build, origins, shapes, synchronization
from fediart.activitypub.errors import ProtocolError
from fediart.activitypub.synchronization import HEADER, Synchronization
from fediart.activitypub.urls import Urls
from fediart.db import changes, ids, queries, tables
from fediart.db.engine import Database, Transaction
from fediart.db.queries import received
from fediart.db.queries.received import Claimed
from fediart.outbox.speaker import Audience, Speaker
from fediart.remote import partial_followers
from fediart.remote.session import Session
from fediart.studio import follows

__all__ = ["HEADER", "TYPE", "act", "note"]

_logger = log.get(__name__)
TYPE: Final = HEADER
# Between two looks at one list: nobody shall make us fetch, or tell artists, as often as they like.
_PAUSE: Final = timedelta(minutes=10)


async def note(database: Database, at: Urls, header: str, *, sender_uri: str, now: datetime) -> None:
    """Compare a header with our follows of its sender, and note a difference for the worker; never raises for either.

    Trust: `sender_uri` signed the request that brought the header.
    """
    try:
        theirs = synchronization.read_header(header)
        key = f"{TYPE} {sender_uri}"
        async with database.read() as tx:
            sender = await queries.actors.find(tx, sender_uri)
            if sender is None:
                return
            verify_owner(theirs, sender, at)
            if await _agrees(tx, theirs, sender) or await queries.synchronization.is_noted(tx, key, since=now - _PAUSE):
                return
        async with database.write() as tx:
            await queries.synchronization.forget_noted(tx, key, before=now - _PAUSE)
            await received.add_many(tx, [_row(key, header, sender_uri, now)])
    except ProtocolError as exc:
        _logger.info("synchronisation ignored", sender=sender_uri, reason=exc.text)
    except errors.FediArtError as exc:  # the activity is stored, and the next one brings the header again
        _logger.warning("synchronisation not noted", sender=sender_uri, reason=exc.text)


def verify_owner(theirs: Synchronization, sender: tables.Actor, at: Urls) -> None:
    """Check that somebody speaks of their own followers, and of an address on their own server.

    Raises: ProtocolError.
    """
    if sender.followers is None or shapes.normalized(theirs.collection_id) != sender.followers:
        raise ProtocolError("The collection is not the sender's followers", detail=theirs.collection_id)
    if sender.is_local or at.is_ours(theirs.url) or not origins.same_host(theirs.url, sender.uri):
        raise ProtocolError("The partial collection is on another host than the sender", detail=theirs.url)


async def _agrees(tx: Transaction, theirs: Synchronization, sender: tables.Actor) -> bool:
    ours = [actor.uri for actor in await queries.follows.local_followers(tx, sender.id)]
    return synchronization.digest(ours) == theirs.digest


def _row(key: str, header: str, sender_uri: str, now: datetime) -> dict[str, Any]:
    return {
        "id": ids.new_id(),
        "key": key,
        "relayed_by": None,
        "type": TYPE,
        "actor_uri": sender_uri,
        "recipient": None,
        "body": header.encode(),
        "request_id": log.new_id(),
        "received_at": now,
        "state": received.NEW,
        "attempts": 0,
        "next_attempt_at": now,
    }


async def act(database: Database, session: Session, speaker: Speaker, claimed: Claimed) -> None:
    """Fetch the list behind a noted difference and follow it, once. What fails is left to the sender's next header."""
    try:
        # A peer may send an activity of this type: its body is JSON, and no header.
        theirs = synchronization.read_header(claimed.body.decode("utf-8", "replace"))
        async with database.read() as tx:
            sender = await queries.actors.find(tx, claimed.actor_uri)
            if sender is None or sender.gone_at is not None:
                raise ProtocolError("The sender is unknown or gone")
            verify_owner(theirs, sender, speaker.urls)
            agrees = await _agrees(tx, theirs, sender)
            instance = await queries.instance.require(tx, speaker.urls.base)
            signer = await speaker.keyring.signer(tx, instance.actor_id)
        if agrees:
            await _settle(database, claimed, received.DONE, "the lists agree by now")
            return
        listed = await partial_followers.fetch_partial_followers(session, theirs.url, signer=signer)
        if synchronization.digest(listed) != theirs.digest:
            raise ProtocolError("Their list does not have the digest that they gave: it has changed since")
    except (ProtocolError, errors.RemoteError) as exc:
        _logger.info("synchronisation ignored", sender=claimed.actor_uri, reason=exc.text)
        await _settle(database, claimed, received.IGNORED, exc.text)
        return
    async with database.write() as tx:
        outcome = await _adopt(tx, speaker, sender, listed, since=claimed.received_at, now=clock.now())
        await received.settle(tx, claimed.id, state=received.DONE, outcome=outcome, at=clock.now())


async def _settle(database: Database, claimed: Claimed, state: str, outcome: str) -> None:
    async with database.write() as tx:
        await received.settle(tx, claimed.id, state=state, outcome=outcome, at=clock.now())


async def _adopt(
    tx: Transaction, speaker: Speaker, sender: tables.Actor, listed: list[str], *, since: datetime, now: datetime
) -> str:
    """End the follows that are not listed, and take back what is listed and was never meant or has ended."""
    theirs = set(listed)
    ours = await queries.synchronization.local_follows(tx, sender.id)
    ended, undone = [], []
    for follow, artist in ours:
        # What was accepted while the header was under way cannot be in it.
        is_older = follow.accepted_at is None or follow.accepted_at <= since
        if follow.state == queries.follows.ACCEPTED and artist.uri not in theirs and is_older:
            await queries.follows.remove(tx, follow.follower_id, follow.target_id)
            ended.append(artist.handle)
            _logger.warning("their server ended a follow unnoticed", artist=artist.handle, followed=sender.uri)
    related = {artist.uri for _, artist in ours}
    for uri in sorted(theirs - related):
        username = speaker.urls.username(uri)
        artist_there = await queries.actors.find_local(tx, username) if username else None
        if artist_there is not None and artist_there.gone_at is None:
            await _take_back(tx, speaker, artist_there, sender, now=now)
            undone.append(artist_there.handle)
            _logger.info("took back a follow that only their server knew", artist=uri, followed=sender.uri)
    if ended:
        await changes.bump(tx)
    said = [f"ended for {', '.join(ended)}"] if ended else []
    said += [f"taken back for {', '.join(undone)}"] if undone else []
    return f"follows of {sender.handle}: {'; '.join(said) or 'as they should be'}"[:1000]


async def _take_back(
    tx: Transaction, speaker: Speaker, artist: tables.Actor, sender: tables.Actor, *, now: datetime
) -> None:
    """Send the Undo of a Follow that is not ours any more, by the id under which we sent it if it was ever sent."""
    subject = follows.subject_of(artist.uri, sender.uri)
    id_ = ids.new_id()
    earlier = await queries.activities.latest_of(tx, subject)
    said: dict[str, Any] = orjson.loads(earlier.document) if earlier is not None else {}
    original = said.get("object") if said.get("type") == "Undo" else said
    follow_id = original.get("id") if isinstance(original, dict) and original.get("type") == "Follow" else None
    follow = build.activity.simple(
        "Follow",
        id_=follow_id or speaker.urls.activity(ids.new_id()),
        actor=artist.uri,
        object_=sender.uri,
        to=[sender.uri],
    )
    await speaker.say(
        tx,
        artist,
        build.activity.undo(follow, id_=speaker.urls.activity(id_)),
        id_=id_,
        subject=subject,
        audience=Audience(actors=[sender.uri]),
        at=now,
    )
