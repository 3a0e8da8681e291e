"""Likes and boosts by an artist."""

from __future__ import annotations

from datetime import datetime

from fediart import errors
from fediart.activitypub import addressing, build
from fediart.db import changes, ids, queries, tables
from fediart.db.engine import Transaction
from fediart.outbox.speaker import Audience, Speaker
from fediart.studio import standing


async def like(tx: Transaction, speaker: Speaker, username: str, note: tables.Note, *, now: datetime) -> None:
    """Like a note; its author is told.

    Raises: NotFoundError, ConflictError when it is liked already, or there is a block.
    """
    actor, _ = await queries.actors.require_artist(tx, username)
    author = await _author(tx, note)
    standing.verify_active(actor)
    await standing.verify_reader(tx, actor, note)
    await standing.verify_welcome(tx, actor, author)
    id_ = ids.new_id()
    uri = speaker.urls.activity(id_)
    if not await queries.reactions.add_like(tx, uri=uri, actor_id=actor.id, note_id=note.id, at=now):
        raise errors.ConflictError(f"{username} likes this already")
    if author.is_local:
        await _tell(tx, author, actor, note, "favourite", now)
        return
    await speaker.say(
        tx,
        actor,
        build.activity.simple("Like", id_=uri, actor=actor.uri, object_=note.uri, to=[author.uri]),
        id_=id_,
        subject=f"{actor.uri} likes {note.uri}",
        audience=Audience(actors=[author.uri]),
        at=now,
    )


async def unlike(tx: Transaction, speaker: Speaker, username: str, note: tables.Note, *, now: datetime) -> None:
    """Take a like back.

    Raises: NotFoundError when there is none.
    """
    actor, _ = await queries.actors.require_artist(tx, username)
    existing = await queries.reactions.find_like(tx, actor.id, note.id)
    if existing is None:
        raise errors.NotFoundError(f"{username} does not like this")
    author = await _author(tx, note)
    await queries.reactions.remove_like(tx, actor_id=actor.id, note_id=note.id)
    if author.is_local:
        await queries.notifications.remove(
            tx, artist_id=author.id, type_="favourite", from_id=actor.id, note_id=note.id
        )
        await changes.bump(tx)
        return
    original = build.activity.simple("Like", id_=existing.uri or "", actor=actor.uri, object_=note.uri, to=[author.uri])
    id_ = ids.new_id()
    await speaker.say(
        tx,
        actor,
        build.activity.undo(original, id_=speaker.urls.activity(id_)),
        id_=id_,
        subject=f"{actor.uri} likes {note.uri}",
        audience=Audience(actors=[author.uri]),
        at=now,
    )


async def boost(tx: Transaction, speaker: Speaker, username: str, note: tables.Note, *, now: datetime) -> None:
    """Pass a public note on to the artist's followers.

    Raises: NotFoundError, InputError when it is not public, ConflictError when it is boosted already.
    """
    actor, _ = await queries.actors.require_artist(tx, username)
    author = await _author(tx, note)
    standing.verify_active(actor)
    await standing.verify_welcome(tx, actor, author)
    if note.visibility not in queries.notes.PUBLIC:
        raise errors.InputError("only public and unlisted posts can be boosted")
    id_ = ids.new_id()
    uri = speaker.urls.activity(id_)
    if not await queries.reactions.add_boost(tx, uri=uri, actor_id=actor.id, note_id=note.id, at=now):
        raise errors.ConflictError(f"{username} has boosted this already")
    if author.is_local and author.id != actor.id:
        await _tell(tx, author, actor, note, "reblog", now)
    await speaker.say(
        tx,
        actor,
        build.activity.simple(
            "Announce",
            id_=uri,
            actor=actor.uri,
            object_=note.uri,
            to=[addressing.PUBLIC],
            cc=[author.uri, actor.followers or ""],
            published=now,
        ),
        id_=id_,
        subject=f"{actor.uri} boosts {note.uri}",
        audience=Audience(followers=True, actors=[author.uri]),
        at=now,
        is_public=True,
    )
    await changes.bump(tx)  # the outbox is public


async def unboost(tx: Transaction, speaker: Speaker, username: str, note: tables.Note, *, now: datetime) -> None:
    """Take a boost back.

    Raises: NotFoundError when there is none.
    """
    actor, _ = await queries.actors.require_artist(tx, username)
    existing = await queries.reactions.find_boost(tx, actor.id, note.id)
    if existing is None:
        raise errors.NotFoundError(f"{username} has not boosted this")
    author = await _author(tx, note)
    await queries.reactions.remove_boost(tx, actor_id=actor.id, note_id=note.id)
    if author.is_local:
        await queries.notifications.remove(tx, artist_id=author.id, type_="reblog", from_id=actor.id, note_id=note.id)
    original = build.activity.simple(
        "Announce",
        id_=existing.uri,
        actor=actor.uri,
        object_=note.uri,
        to=[addressing.PUBLIC],
        cc=[author.uri, actor.followers or ""],
    )
    earlier = await queries.activities.find(tx, existing.uri)
    if earlier is not None:
        earlier.is_public = False
    id_ = ids.new_id()
    await speaker.say(
        tx,
        actor,
        build.activity.undo(original, id_=speaker.urls.activity(id_)),
        id_=id_,
        subject=f"{actor.uri} boosts {note.uri}",
        audience=Audience(followers=True, actors=[author.uri]),
        at=now,
    )
    await changes.bump(tx)


async def _author(tx: Transaction, note: tables.Note) -> tables.Actor:
    if note.deleted_at is not None:
        raise errors.NotFoundError("that was deleted")
    return await queries.actors.get(tx, note.actor_id)


async def _tell(
    tx: Transaction, author: tables.Actor, actor: tables.Actor, note: tables.Note, type_: str, now: datetime
) -> None:
    await queries.notifications.add(tx, artist_id=author.id, type_=type_, from_id=actor.id, note_id=note.id, at=now)
    await changes.bump(tx)
