"""Rows to start from: actors, notes, activities and deliveries with nothing special about them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from fediart.activitypub import keys
from fediart.activitypub.actors import PublicKeyEntry, RemoteActor
from fediart.activitypub.addressing import PUBLIC
from fediart.activitypub.notes import RemoteNote, read_note
from fediart.db import ids, queries, tables
from fediart.db.engine import Transaction
from fediart.db.queries import deliveries

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LEASE = timedelta(seconds=90)


async def actor(tx: Transaction, uri: str, *, is_local: bool = False, shared_inbox: str | None = None) -> tables.Actor:
    host = uri.split("/")[2]
    made = tables.Actor(
        id=ids.new_id(),
        uri=uri,
        is_local=is_local,
        username=uri.rsplit("/", 1)[-1],
        host=host,
        inbox=f"{uri}/inbox",
        shared_inbox=shared_inbox,
        followers=f"{uri}/followers",
        updated_at=NOW,
        fetched_at=None if is_local else NOW,
    )
    tx.add(made)
    await tx.flush()
    return made


async def note(
    tx: Transaction, author: tables.Actor, *, visibility: str = "public", reply_to: tables.Note | None = None
) -> tables.Note:
    id_ = ids.new_id()
    made = tables.Note(
        id=id_,
        uri=f"{author.uri}/notes/{id_}",
        actor_id=author.id,
        is_local=author.is_local,
        visibility=visibility,
        content=f"<p>{id_}</p>",
        in_reply_to_id=reply_to.id if reply_to else None,
        in_reply_to_uri=reply_to.uri if reply_to else None,
        published=NOW,
        received_at=NOW,
        document=b"{}",
        proof="none",
    )
    tx.add(made)
    await tx.flush()
    return made


async def follow(
    tx: Transaction, follower: tables.Actor, target: tables.Actor, *, state: str = "accepted"
) -> tables.Follow:
    id_ = ids.new_id()
    made = tables.Follow(
        id=id_,
        uri=f"{follower.uri}#follows/{id_}",
        follower_id=follower.id,
        target_id=target.id,
        state=state,
        created_at=NOW,
    )
    tx.add(made)
    await tx.flush()
    return made


async def activity(tx: Transaction, author: tables.Actor, *, subject: str = "", type_: str = "Create") -> int:
    """Store an activity and return its id."""
    id_ = ids.new_id()
    await queries.activities.add(
        tx,
        tables.Activity(
            id=id_,
            uri=f"{author.uri}/activities/{id_}",
            type=type_,
            actor_id=author.id,
            subject=subject or f"work {id_}",
            document=b"{}",
            digest="SHA-256=",
            to_actors=[],
            created_at=NOW,
        ),
    )
    return id_


async def promise(
    tx: Transaction,
    author: tables.Actor,
    inboxes: Mapping[str, str],
    *,
    subject: str = "",
    type_: str = "Create",
    at: datetime = NOW,
) -> int:
    """Promise an activity to inboxes ({inbox: host}); returns the activity's id."""
    id_ = await activity(tx, author, subject=subject, type_=type_)
    await deliveries.add(tx, activity_id=id_, subject=subject or f"work {id_}", inboxes=inboxes, at=at)
    return id_


async def claim(
    tx: Transaction,
    *,
    now: datetime = NOW,
    limit: int = 100,
    per_host: int = 100,
    busy: Mapping[str, int] | None = None,
) -> list[deliveries.Claimed]:
    return await deliveries.claim(tx, now=now, until=now + LEASE, limit=limit, per_host=per_host, busy=busy or {})


def inbox_at(host: str, name: str = "inbox") -> dict[str, str]:
    return {f"https://{host}/{name}": host}


def remote_actor(uri: str, *, key: keys.PublicKey | None = None, **values: object) -> RemoteActor:
    """Return an actor as read from its own document."""
    given: dict[str, object] = {
        "id": uri,
        "type": "Person",
        "host": uri.split("/")[2],
        "inbox": f"{uri}/inbox",
        "username": uri.rsplit("/", 1)[-1],
        "followers": f"{uri}/followers",
    }
    if key is not None:
        given["keys"] = (PublicKeyEntry(id=f"{uri}#main-key", owner=uri, pem=keys.write_public_pem(key)),)
    return RemoteActor(**{**given, **values})  # type: ignore[arg-type]


def remote_note(uri: str, author: str, **members: object) -> RemoteNote:
    """Return a note as read from its document."""
    return read_note(
        {
            "id": uri,
            "type": "Note",
            "attributedTo": author,
            "content": "<p>Low tide.</p>",
            "published": "2026-03-01T10:00:00Z",
            "to": [PUBLIC],
            "cc": [f"{author}/followers"],
            **members,
        }
    )
