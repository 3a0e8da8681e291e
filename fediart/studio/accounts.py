"""Leaving for good: an artist's account is deleted, here and wherever its works have been."""

from __future__ import annotations

from datetime import datetime

import orjson

from fediart.activitypub import addressing, build
from fediart.db import changes, ids, queries, tables
from fediart.db.engine import Transaction
from fediart.outbox.speaker import Audience, Speaker


async def delete(tx: Transaction, speaker: Speaker, username: str, *, now: datetime) -> tables.Actor:
    """Delete an artist: works and replies become Tombstones, the account answers 410, all who got anything are told.

    One Delete of the actor stands for all that they said. The name is never given again: peers know it as gone. The
    keys stay until nothing waits to be delivered, and the followers until the Delete is on its way to them.
    Spec: ActivityPub 7.4.
    Raises: NotFoundError.
    """
    actor, artist = await queries.actors.require_artist(tx, username)
    now = now.replace(microsecond=0)
    involved: dict[str, None] = {}
    for note in await queries.farewell.standing_notes(tx, actor.id):
        involved |= dict.fromkeys(mention.actor_uri for mention in await queries.notes.mentions(tx, note.id))
        involved |= dict.fromkeys(booster.uri for booster in await queries.reactions.boosters(tx, note.id))
        replies = await queries.notes.replies(tx, note.id, public_only=False)
        involved |= dict.fromkeys(author.uri for _, author in replies)
        tombstone = build.note.tombstone(note.uri, published=note.published, deleted=now)
        await queries.notes.erase(tx, note, at=now, tombstone=orjson.dumps(tombstone))
    known = await queries.actors.find_many(tx, involved)
    await queries.farewell.forget(tx, actor.id, at=now)
    await queries.actors.mark_gone(tx, actor, now)
    actor.also_known_as = []
    artist.email = artist.summary_text = artist.credit = ""
    artist.icon_key = artist.image_key = None
    await tx.flush()
    await speaker.say(
        tx,
        actor,
        build.activity.delete(id_=f"{actor.uri}#delete", actor=actor.uri, object_=actor.uri, to=[addressing.PUBLIC]),
        id_=ids.new_id(),
        subject=actor.uri,
        audience=Audience(followers=True, actors=[uri for uri, person in known.items() if person.gone_at is None]),
        at=now,
    )
    await changes.bump(tx)
    return actor
