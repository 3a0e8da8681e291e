"""Replies: an artist answers a work or another reply."""

from __future__ import annotations

from datetime import datetime

from fediart import errors
from fediart.activitypub import addressing
from fediart.activitypub.addressing import Visibility
from fediart.db import queries, tables
from fediart.db.engine import Transaction
from fediart.outbox.speaker import Speaker
from fediart.studio import mentions, posts, standing

_NARROWER = {
    Visibility.PUBLIC: Visibility.PUBLIC,
    Visibility.UNLISTED: Visibility.UNLISTED,
    Visibility.FOLLOWERS: Visibility.DIRECT,  # the other's followers are not ours to reach
    Visibility.DIRECT: Visibility.DIRECT,
}


async def reply(
    tx: Transaction,
    speaker: Speaker,
    username: str,
    parent: tables.Note,
    text: str,
    *,
    now: datetime,
    visibility: Visibility | None = None,
    summary: str = "",
    others: mentions.People | None = None,
) -> tables.Note:
    """Answer a note. The answer reaches no further than what it answers, and always names its author.

    `others` maps further handles written in the text (`@kim@host`, lower case) to actors.
    Raises: NotFoundError, InputError, ConflictError when the artist has moved, or there is a block.
    """
    actor, artist = await queries.actors.require_artist(tx, username)
    if not text.strip():
        raise errors.InputError("a reply needs words")
    await standing.verify_reader(tx, actor, parent)
    author = await queries.actors.get(tx, parent.actor_id)
    await standing.verify_welcome(tx, actor, author)
    is_own = author.id == actor.id
    widest = Visibility(parent.visibility) if is_own else _NARROWER[Visibility(parent.visibility)]
    order = list(Visibility)
    addressed = [author]
    if is_own:  # going on with one's own words: to whom those were said
        earlier = await mentions.known(tx, parent.id)
        addressed = [person for person in earlier.values() if person.gone_at is None]
    note, named = await posts.say(
        tx,
        speaker,
        actor,
        artist,
        posts.Post(
            text=text,
            visibility=max(widest, visibility or widest, key=order.index),
            people={author.handle.lower(): author, **(others or {})},
            others=addressed,
            summary=summary or parent.summary,
            parent=parent,
        ),
        now=now,
    )
    if author.is_local and not is_own:
        await queries.notifications.add(
            tx, artist_id=author.id, type_="reply", from_id=actor.id, note_id=note.id, at=now
        )
    await mentions.tell(tx, actor, note.id, [person for person in named if person.id != author.id], now=now)
    return note


async def delete(tx: Transaction, speaker: Speaker, note: tables.Note, *, now: datetime) -> None:
    """Withdraw a reply."""
    from fediart.studio import artworks

    await artworks.withdraw(tx, speaker, await queries.actors.get(tx, note.actor_id), note, now=now)


def is_visible(note: tables.Note) -> bool:
    """Say whether a stranger may read the note."""
    return note.deleted_at is None and addressing.Visibility(note.visibility) in (
        Visibility.PUBLIC,
        Visibility.UNLISTED,
    )
