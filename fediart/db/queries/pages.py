"""What the public pages read: works in the order they hang, what surrounds one of them, and whose a file is.

Only public works are ever listed; unlisted ones are found by those who have their address.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select

from fediart.db.engine import Transaction
from fediart.db.queries._unwanted import is_from_blocked
from fediart.db.queries.notes import PUBLIC
from fediart.db.queries.renditions import ORIGINAL
from fediart.db.tables import Actor, Artist, Note, Rendition, Tag, Work

_DEEPEST = 6

Hung = tuple[Work, Note, Actor]


@dataclass(frozen=True, slots=True)
class FileOwner:
    """Whose a public file is: an artist's, and of a work unless it is an avatar or header."""

    actor: Actor
    artist: Artist
    note: Note | None = None
    work: Work | None = None


def _public_works() -> Select[Work, Note, Actor]:
    return (
        select(Work, Note, Actor)
        .join(Note, Note.id == Work.note_id)
        .join(Actor, Actor.id == Note.actor_id)
        .where(Note.deleted_at.is_(None), Note.visibility == "public", Actor.gone_at.is_(None))
    )


async def _all(tx: Transaction, statement: Select[Work, Note, Actor]) -> list[Hung]:
    return [(work, note, actor) for work, note, actor in await tx.execute(statement)]


async def gallery(tx: Transaction, actor_id: int, *, before: int | None = None, limit: int = 48) -> list[Hung]:
    """Return an artist's public works: pinned ones, then newest first. `before` leaves the pinned ones out."""
    works = _public_works().where(Note.actor_id == actor_id)
    rest = works.where(Note.pinned_at.is_(None)).order_by(Note.id.desc()).limit(limit)
    if before is not None:
        return await _all(tx, rest.where(Note.id < before))
    pinned = works.where(Note.pinned_at.is_not(None)).order_by(Note.pinned_at.desc(), Note.id.desc())
    return [*await _all(tx, pinned), *await _all(tx, rest)]


async def works_under(tx: Transaction, policies: Collection[str], *, limit: int) -> list[Hung]:
    """Return the public works under one of these policies, newest first."""
    return await _all(tx, _public_works().where(Work.policy.in_(policies)).order_by(Note.id.desc()).limit(limit))


async def artists_under(tx: Transaction, policies: Collection[str], *, limit: int) -> list[tuple[Actor, Artist]]:
    """Return the artists whose default is one of these policies."""
    rows = await tx.execute(
        select(Actor, Artist)
        .join(Artist, Artist.actor_id == Actor.id)
        .where(Actor.gone_at.is_(None), Artist.policy.in_(policies))
        .order_by(Actor.id)
        .limit(limit)
    )
    return [(actor, artist) for actor, artist in rows]


async def shared_files(tx: Transaction, keys: Collection[str]) -> set[str]:
    """Return those of these files that more than one work has."""
    statement = (
        select(Rendition.key)
        .where(Rendition.key.in_(keys), Rendition.role != ORIGINAL, Rendition.superseded_at.is_(None))
        .group_by(Rendition.key)
        .having(func.count(Rendition.note_id.distinct()) > 1)
    )
    return set(await tx.scalars(statement))


async def latest(tx: Transaction, *, before: int | None = None, limit: int = 48) -> list[Hung]:
    """Return the newest public works of artists who want to be found."""
    statement = _public_works().where(Actor.discoverable).order_by(Note.id.desc()).limit(limit)
    return await _all(tx, statement if before is None else statement.where(Note.id < before))


async def tagged(tx: Transaction, name: str, *, before: int | None = None, limit: int = 48) -> list[Hung]:
    """Return the newest public works with a tag, given in lower case."""
    statement = _public_works().join(Tag, Tag.note_id == Note.id).where(Tag.name == name)
    statement = statement.order_by(Note.id.desc()).limit(limit)
    return await _all(tx, statement if before is None else statement.where(Note.id < before))


async def count_works(tx: Transaction, actor_ids: Sequence[int]) -> dict[int, int]:
    """Return how many public works each artist shows."""
    rows = await tx.execute(
        select(Note.actor_id, func.count())
        .join(Work, Work.note_id == Note.id)
        .where(Note.actor_id.in_(actor_ids), Note.deleted_at.is_(None), Note.visibility == "public")
        .group_by(Note.actor_id)
    )
    return dict.fromkeys(actor_ids, 0) | {row[0]: row[1] for row in rows}


async def neighbours(tx: Transaction, actor_id: int, note_id: int) -> tuple[Hung | None, Hung | None]:
    """Return the artist's public works just older and just newer than one of them."""
    works = _public_works().where(Note.actor_id == actor_id)
    older = await _all(tx, works.where(Note.id < note_id).order_by(Note.id.desc()).limit(1))
    newer = await _all(tx, works.where(Note.id > note_id).order_by(Note.id).limit(1))
    return (older[0] if older else None, newer[0] if newer else None)


async def find_local_note(tx: Transaction, note_id: int) -> tuple[Note, Actor, Work | None] | None:
    """Find a local note whatever its state and visibility; the caller decides what may be shown."""
    row = (
        await tx.execute(
            select(Note, Actor, Work)
            .join(Actor, Actor.id == Note.actor_id)
            .outerjoin(Work, Work.note_id == Note.id)
            .where(Note.id == note_id, Note.is_local)
        )
    ).one_or_none()
    return (row[0], row[1], row[2]) if row else None


async def thread(tx: Transaction, note_id: int, *, limit: int = 200) -> list[tuple[Note, Actor]]:
    """Return the public answers to a note and the answers to those, each level oldest first."""
    found: list[tuple[Note, Actor]] = []
    parents = [note_id]
    for _ in range(_DEEPEST):
        if not parents or len(found) >= limit:
            break
        rows = await tx.execute(
            select(Note, Actor)
            .join(Actor, Actor.id == Note.actor_id)
            .where(
                Note.in_reply_to_id.in_(parents),
                Note.deleted_at.is_(None),
                Note.visibility.in_(PUBLIC),
                ~is_from_blocked(),
            )
            .order_by(Note.id)
            .limit(limit - len(found))
        )
        level = [(note, actor) for note, actor in rows]
        found += level
        parents = [note.id for note, _ in level]
    return found


async def file_owners(tx: Transaction, key: str) -> list[FileOwner]:
    """Return everybody whose public file this is; empty when it is nobody's, or an original."""
    rows = await tx.execute(
        select(Actor, Artist, Note, Work)
        .join(Note, Note.actor_id == Actor.id)
        .join(Work, Work.note_id == Note.id)
        .join(Artist, Artist.actor_id == Actor.id)
        .where(
            Note.id.in_(
                select(Rendition.note_id).where(
                    Rendition.key == key, Rendition.role != ORIGINAL, Rendition.superseded_at.is_(None)
                )
            ),
            Note.deleted_at.is_(None),
            Actor.gone_at.is_(None),
        )
        .order_by(Note.id)
    )
    if owners := [FileOwner(*row) for row in rows]:
        return owners
    profiles = await tx.execute(
        select(Actor, Artist)
        .join(Artist, Artist.actor_id == Actor.id)
        .where(Actor.gone_at.is_(None), or_(Artist.icon_key == key, Artist.image_key == key))
    )
    return [FileOwner(actor, artist) for actor, artist in profiles]
