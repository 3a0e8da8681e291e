"""What was said: local works and replies, and remote notes that concern somebody here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, and_, delete, exists, func, literal, or_, select, union_all, update

from fediart.db.engine import Transaction
from fediart.db.queries._numbers import can_be_id
from fediart.db.queries._unwanted import is_from_blocked, is_unwanted
from fediart.db.tables import Actor, Attachment, Boost, Follow, Like, Mention, Note, Notification, Tag, Work

PUBLIC = ("public", "unlisted")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline: a note, and who boosted it into view."""

    sort_id: int
    note: Note
    author: Actor
    boosted_by: Actor | None


async def find(tx: Transaction, uri: str) -> Note | None:
    return await tx.scalar(select(Note).where(Note.uri == uri))


async def get(tx: Transaction, id_: int) -> Note | None:
    return await tx.get(Note, id_) if can_be_id(id_) else None


async def with_author(tx: Transaction, uri: str) -> tuple[Note, Actor] | None:
    row = (
        await tx.execute(select(Note, Actor).join(Actor, Actor.id == Note.actor_id).where(Note.uri == uri))
    ).one_or_none()
    return (row[0], row[1]) if row else None


async def attachments(tx: Transaction, note_id: int) -> list[Attachment]:
    return list(await tx.scalars(select(Attachment).where(Attachment.note_id == note_id).order_by(Attachment.position)))


async def attachments_of(tx: Transaction, note_ids: Sequence[int]) -> dict[int, list[Attachment]]:
    found: dict[int, list[Attachment]] = {id_: [] for id_ in note_ids}
    if note_ids:
        rows = await tx.scalars(
            select(Attachment).where(Attachment.note_id.in_(note_ids)).order_by(Attachment.note_id, Attachment.position)
        )
        for row in rows:
            found[row.note_id].append(row)
    return found


async def remove_attachments(tx: Transaction, note_id: int) -> None:
    await tx.execute(delete(Attachment).where(Attachment.note_id == note_id))


async def remove_tags(tx: Transaction, note_id: int) -> None:
    await tx.execute(delete(Tag).where(Tag.note_id == note_id))


async def remove_mentions(tx: Transaction, note_id: int) -> None:
    await tx.execute(delete(Mention).where(Mention.note_id == note_id))


async def tags(tx: Transaction, note_id: int) -> list[Tag]:
    return list(await tx.scalars(select(Tag).where(Tag.note_id == note_id).order_by(Tag.position)))


async def mentions(tx: Transaction, note_id: int) -> list[Mention]:
    return list(await tx.scalars(select(Mention).where(Mention.note_id == note_id).order_by(Mention.actor_uri)))


async def replies(
    tx: Transaction, note_id: int, *, limit: int = 200, public_only: bool = True
) -> list[tuple[Note, Actor]]:
    """Return the direct replies, oldest first."""
    statement = (
        select(Note, Actor)
        .join(Actor, Actor.id == Note.actor_id)
        .where(Note.in_reply_to_id == note_id, Note.deleted_at.is_(None))
    )
    if public_only:
        statement = statement.where(Note.visibility.in_(PUBLIC), ~is_from_blocked())
    return [(n, a) for n, a in await tx.execute(statement.order_by(Note.id).limit(limit))]


async def count_replies(tx: Transaction, note_id: int) -> int:
    return (
        await tx.scalar(
            select(func.count())
            .select_from(Note)
            .where(
                Note.in_reply_to_id == note_id,
                Note.deleted_at.is_(None),
                Note.visibility.in_(PUBLIC),
                ~is_from_blocked(),
            )
        )
        or 0
    )


async def replies_to_artist(tx: Transaction, actor_id: int, *, limit: int) -> list[tuple[Note, Actor, Note]]:
    """Return (reply, its author, what it answers) for everything said to an artist's notes, newest first."""
    parent = Note.__table__.alias("parent")
    me = select(Actor.uri).where(Actor.id == actor_id).scalar_subquery()
    named = exists().where(Mention.note_id == Note.id, Mention.actor_uri == me)
    found = await tx.execute(
        select(Note, Actor, parent.c.id)
        .join(Actor, Actor.id == Note.actor_id)
        .join(parent, parent.c.id == Note.in_reply_to_id)
        .where(
            parent.c.actor_id == actor_id,
            Note.actor_id != actor_id,
            Note.deleted_at.is_(None),
            or_(Note.visibility != "direct", named),
            ~is_unwanted(actor_id, Note.actor_id),
        )
        .order_by(Note.id.desc())
        .limit(limit)
    )
    rows = found.all()
    parents = {n.id: n for n in await tx.scalars(select(Note).where(Note.id.in_([row[2] for row in rows])))}
    return [(note, author, parents[parent_id]) for note, author, parent_id in rows]


async def timeline(tx: Transaction, actor_id: int, *, before: int | None = None, limit: int = 40) -> list[Entry]:
    """Return what those whom the actor follows (and the actor) said, boosted, or addressed to them; newest first."""
    followed = select(Follow.target_id).where(Follow.follower_id == actor_id, Follow.state == "accepted")
    me = select(Actor.uri).where(Actor.id == actor_id).scalar_subquery()
    named = exists().where(Mention.note_id == Note.id, Mention.actor_uri == me)
    own = (
        select(Note.id.label("sort_id"), Note.id.label("note_id"), literal(None, BigInteger).label("booster_id"))
        .where(
            Note.deleted_at.is_(None),
            ~is_unwanted(actor_id, Note.actor_id),
            or_(
                Note.actor_id == actor_id,
                and_(Note.actor_id.in_(followed), or_(Note.visibility != "direct", named)),
            ),
        )
        .order_by(Note.id.desc())
    )
    boosted = (
        select(Boost.id.label("sort_id"), Boost.note_id.label("note_id"), Boost.actor_id.label("booster_id"))
        .join(Note, Note.id == Boost.note_id)
        .where(
            Boost.actor_id.in_(followed),
            Note.deleted_at.is_(None),
            Note.visibility.in_(PUBLIC),
            ~is_unwanted(actor_id, Boost.actor_id),
            ~is_unwanted(actor_id, Note.actor_id),
        )
        .order_by(Boost.id.desc())
    )
    if before is not None:
        own = own.where(Note.id < before)
        boosted = boosted.where(Boost.id < before)
    both = union_all(select(own.limit(limit).subquery()), select(boosted.limit(limit).subquery())).subquery()
    rows = (await tx.execute(select(both).order_by(both.c.sort_id.desc()).limit(limit))).all()
    notes = {
        note.id: (note, author)
        for note, author in await tx.execute(
            select(Note, Actor).join(Actor, Actor.id == Note.actor_id).where(Note.id.in_([row.note_id for row in rows]))
        )
    }
    boosters = {
        actor.id: actor
        for actor in await tx.scalars(
            select(Actor).where(Actor.id.in_([row.booster_id for row in rows if row.booster_id]))
        )
    }
    return [
        Entry(row.sort_id, *notes[row.note_id], boosters.get(row.booster_id) if row.booster_id else None)
        for row in rows
        if row.note_id in notes
    ]


async def public_of_actor(
    tx: Transaction, actor_id: int, *, before: int | None = None, limit: int = 20, works_only: bool = False
) -> list[Note]:
    """Return an actor's public and unlisted notes, newest first."""
    statement = select(Note).where(Note.actor_id == actor_id, Note.deleted_at.is_(None), Note.visibility.in_(PUBLIC))
    if works_only:
        statement = statement.join(Work, Work.note_id == Note.id)
    if before is not None:
        statement = statement.where(Note.id < before)
    return list(await tx.scalars(statement.order_by(Note.id.desc()).limit(limit)))


async def count_public(tx: Transaction, actor_id: int) -> int:
    return (
        await tx.scalar(
            select(func.count())
            .select_from(Note)
            .where(Note.actor_id == actor_id, Note.deleted_at.is_(None), Note.visibility.in_(PUBLIC))
        )
        or 0
    )


async def adopt_orphans(tx: Transaction, note: Note) -> None:
    """Attach replies that came before the note they answer."""
    await tx.execute(
        update(Note)
        .where(Note.in_reply_to_uri == note.uri, Note.in_reply_to_id.is_(None))
        .values(in_reply_to_id=note.id)
    )


async def erase(tx: Transaction, note: Note, *, at: datetime, tombstone: bytes) -> None:
    """Empty a note and everything that hangs on it; the row stays as its tombstone."""
    for table in (Attachment, Tag, Mention, Like, Boost, Notification):
        await tx.execute(delete(table).where(table.note_id == note.id))
    note.deleted_at = at
    note.pinned_at = None
    note.content = note.summary = ""
    note.document = tombstone
    note.rights = {}
    await tx.flush()


async def erase_all_of(tx: Transaction, actor_id: int, *, at: datetime) -> int:
    """Erase every note of a remote actor; returns how many."""
    found = list(await tx.scalars(select(Note).where(Note.actor_id == actor_id, Note.deleted_at.is_(None))))
    for note in found:
        await erase(tx, note, at=at, tombstone=b"{}")
    return len(found)


async def is_addressed(tx: Transaction, note_id: int, actor_uri: str) -> bool:
    return bool(await tx.scalar(select(exists().where(Mention.note_id == note_id, Mention.actor_uri == actor_uri))))


async def reply_uris(tx: Transaction, note_id: int, *, after: int, limit: int) -> list[tuple[int, str]]:
    """Return (id, uri) of the public replies from wherever, oldest first; page on with the last id."""
    rows = await tx.execute(
        select(Note.id, Note.uri)
        .where(
            Note.in_reply_to_id == note_id,
            Note.deleted_at.is_(None),
            Note.visibility.in_(PUBLIC),
            Note.id > after,
            ~is_from_blocked(),
        )
        .order_by(Note.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


async def find_by_url(tx: Transaction, url: str) -> Note | None:
    """Find a note by its page: what people copy from their browser."""
    return await tx.scalar(select(Note).where(Note.url == url).limit(1))
