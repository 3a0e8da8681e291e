"""What an artist is told: who followed, liked, boosted, answered, named them."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import delete, exists, select

from fediart.db import ids
from fediart.db.engine import Transaction
from fediart.db.queries import domains, follows
from fediart.db.queries._unwanted import is_unwanted
from fediart.db.tables import Actor, Note, Notification


async def add(
    tx: Transaction, *, artist_id: int, type_: str, from_id: int, note_id: int | None = None, at: datetime
) -> None:
    """Tell an artist; of somebody on a silenced server only when the artist follows them, or is asked for approval."""
    if type_ != "follow_request" and await _is_silenced(tx, artist_id, from_id):
        return
    tx.add(
        Notification(id=ids.new_id(), artist_id=artist_id, type=type_, from_id=from_id, note_id=note_id, created_at=at)
    )
    await tx.flush()


async def _is_silenced(tx: Transaction, artist_id: int, from_id: int) -> bool:
    sender = await tx.get(Actor, from_id)
    if sender is None or sender.is_local:
        return False
    hosts = (urlsplit(sender.uri).netloc, sender.host)
    if not any([await domains.severity_of(tx, host) for host in dict.fromkeys(hosts)]):
        return False
    return not await follows.is_follower(tx, artist_id, from_id)


async def remove(tx: Transaction, *, artist_id: int, type_: str, from_id: int, note_id: int | None = None) -> None:
    """Take a notification back, when what it told of was undone."""
    statement = delete(Notification).where(
        Notification.artist_id == artist_id, Notification.type == type_, Notification.from_id == from_id
    )
    if note_id is not None:
        statement = statement.where(Notification.note_id == note_id)
    await tx.execute(statement)


async def is_told(tx: Transaction, *, artist_id: int, note_id: int) -> bool:
    """Say whether an artist was told of a note, in whatever way."""
    condition = exists().where(Notification.artist_id == artist_id, Notification.note_id == note_id)
    return bool(await tx.scalar(select(condition)))


async def of_artist(
    tx: Transaction, artist_id: int, *, before: int | None = None, limit: int = 40
) -> list[tuple[Notification, Actor, Note | None]]:
    """Return what an artist is told, newest first; nothing of those whom they block or mute."""
    statement = (
        select(Notification, Actor, Note)
        .join(Actor, Actor.id == Notification.from_id)
        .outerjoin(Note, Note.id == Notification.note_id)
        .where(Notification.artist_id == artist_id, ~is_unwanted(artist_id, Notification.from_id))
    )
    if before is not None:
        statement = statement.where(Notification.id < before)
    return [
        (row[0], row[1], row[2]) for row in await tx.execute(statement.order_by(Notification.id.desc()).limit(limit))
    ]
