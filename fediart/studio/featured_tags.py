"""Featured tags: the hashtags that an artist shows on the profile, here and at the servers of the followers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fediart import errors
from fediart.activitypub import build
from fediart.db import changes, ids, queries, tables
from fediart.db.engine import Transaction
from fediart.outbox.speaker import Audience, Speaker
from fediart.studio import standing, words

MAX_FEATURED_TAGS = 10  # Interop: Mastodon 4.5 lets its own users feature as many


async def change(
    tx: Transaction, speaker: Speaker, username: str, *, add: Sequence[str], remove: Sequence[str], now: datetime
) -> bool:
    """Feature tags, and others no more; says whether anything changed. What is so already is left as it is.

    Raises: NotFoundError, also when a tag to be removed is not featured; InputError; ConflictError when there would be
    too many, or the artist has moved.
    """
    actor, _ = await queries.actors.require_artist(tx, username)
    changed = False
    for name in remove:
        normal, label = words.read_hashtag(name)
        removed = await queries.featured.remove_tag(tx, actor_id=actor.id, name=normal)
        if removed is None:
            raise errors.NotFoundError(f"{username} does not feature #{label}")
        await _tell(tx, speaker, actor, "Remove", normal, removed, now)
        changed = True
    if add:
        standing.verify_active(actor)
    for name in add:
        normal, label = words.read_hashtag(name)
        if not await queries.featured.add_tag(tx, actor_id=actor.id, name=normal, label=label, at=now):
            continue
        featured = await queries.featured.tags(tx, actor.id)
        if len(featured) > MAX_FEATURED_TAGS:
            others = ", ".join(f"#{tag.label}" for tag in featured if tag.name != normal)
            raise errors.ConflictError(
                f"{MAX_FEATURED_TAGS} tags are featured, and no more can be: remove one of {others} first"
            )
        await _tell(tx, speaker, actor, "Add", normal, label, now)
        changed = True
    if changed:
        await changes.bump(tx)
    return changed


async def _tell(
    tx: Transaction, speaker: Speaker, actor: tables.Actor, verb: str, name: str, label: str, now: datetime
) -> None:
    id_ = ids.new_id()
    await speaker.say(
        tx,
        actor,
        build.featured.change(
            verb,
            build.note.Hashtag(name=label, href=speaker.urls.tag(name)),
            id_=speaker.urls.activity(id_),
            actor=actor.uri,
            target=actor.featured or "",
            followers=actor.followers,
        ),
        id_=id_,
        subject=f"{actor.uri} features #{name}",
        audience=Audience(followers=True),
        at=now,
    )
