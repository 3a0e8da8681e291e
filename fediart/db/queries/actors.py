"""Who there is: local artists and everybody they met."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from fediart import errors
from fediart.db.engine import Transaction
from fediart.db.tables import Actor, Artist


async def find(tx: Transaction, uri: str) -> Actor | None:
    return await tx.scalar(select(Actor).where(Actor.uri == uri))


async def get(tx: Transaction, id_: int) -> Actor:
    actor = await tx.get(Actor, id_)
    if actor is None:
        raise errors.NotFoundError(f"no actor {id_}")
    return actor


async def find_local(tx: Transaction, username: str) -> Actor | None:
    """Find a local actor by name, in any case; deleted ones too (`gone_at`)."""
    return await tx.scalar(select(Actor).where(Actor.is_local, Actor.username == username.lower()))


async def add_local(tx: Transaction, actor: Actor) -> None:
    """Store a new local actor.

    Raises: ConflictError when another process took the name a moment ago.
    """
    tx.add(actor)
    try:
        await tx.flush()
    except IntegrityError as exc:
        raise errors.ConflictError(f"the name “{actor.username}” is taken") from exc


async def require_artist(tx: Transaction, username: str) -> tuple[Actor, Artist]:
    """Return the local artist.

    Raises: NotFoundError, naming who there is.
    """
    name = username.removeprefix("@").split("@", 1)[0].lower()
    row = (
        await tx.execute(
            select(Actor, Artist)
            .join(Artist, Artist.actor_id == Actor.id)
            .where(Actor.is_local, Actor.username == name, Actor.gone_at.is_(None))
        )
    ).one_or_none()
    if row is None:
        others = ", ".join(actor.username or "" for actor, _ in await list_artists(tx)) or "nobody yet"
        raise errors.NotFoundError(f"there is no artist “{name}” here (there is: {others})")
    return row[0], row[1]


async def get_artist(tx: Transaction, actor_id: int) -> Artist:
    artist = await tx.get(Artist, actor_id)
    if artist is None:
        raise errors.NotFoundError(f"actor {actor_id} is no artist of this server")
    return artist


async def list_artists(tx: Transaction) -> list[tuple[Actor, Artist]]:
    rows = await tx.execute(
        select(Actor, Artist)
        .join(Artist, Artist.actor_id == Actor.id)
        .where(Actor.gone_at.is_(None))
        .order_by(Actor.username)
    )
    return [(actor, artist) for actor, artist in rows]


async def find_by_handle(tx: Transaction, username: str, host: str) -> Actor | None:
    """Find the most recently fetched actor that uses this handle."""
    return await tx.scalar(
        select(Actor)
        .where(Actor.username == username, Actor.host == host, Actor.gone_at.is_(None))
        .order_by(Actor.fetched_at.desc())
        .limit(1)
    )


async def find_many(tx: Transaction, uris: Iterable[str]) -> dict[str, Actor]:
    wanted = list(uris)
    found: dict[str, Actor] = {}
    for start in range(0, len(wanted), 500):
        for actor in await tx.scalars(select(Actor).where(Actor.uri.in_(wanted[start : start + 500]))):
            found[actor.uri] = actor
    return found


async def by_ids(tx: Transaction, ids: Sequence[int]) -> dict[int, Actor]:
    found: dict[int, Actor] = {}
    for start in range(0, len(ids), 500):
        for actor in await tx.scalars(select(Actor).where(Actor.id.in_(ids[start : start + 500]))):
            found[actor.id] = actor
    return found


async def mark_gone(tx: Transaction, actor: Actor, at: datetime) -> None:
    actor.gone_at = at
    actor.name = actor.summary = ""
    actor.icon_url = actor.image_url = None
    actor.fields = []
    await tx.flush()
