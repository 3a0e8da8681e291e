"""Replies: an artist answers a work or another reply."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import orjson

from fediart import errors
from fediart.activitypub import addressing, build, html, tags
from fediart.activitypub.addressing import Visibility
from fediart.db import changes, ids, queries, tables
from fediart.db.engine import Transaction
from fediart.outbox import render
from fediart.outbox.speaker import Audience, Speaker
from fediart.studio import standing

MAX_TEXT_CHARACTERS = 5000
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
    others: Mapping[str, tables.Actor] | None = None,
) -> tables.Note:
    """Answer a note. The answer reaches no further than what it answers, and always names its author.

    `others` maps further handles written in the text (`@kim@host`, lower case) to actors.
    Raises: NotFoundError, InputError, ConflictError when the artist has moved, or there is a block.
    """
    actor, artist = await queries.actors.require_artist(tx, username)
    text = text.strip()
    if not text:
        raise errors.InputError("a reply needs words")
    if len(text) > MAX_TEXT_CHARACTERS:
        raise errors.InputError(f"the reply has {len(text)} characters, the limit is {MAX_TEXT_CHARACTERS}")
    if parent.deleted_at is not None:
        raise errors.NotFoundError("what you answer was deleted")
    author = await queries.actors.get(tx, parent.actor_id)
    standing.verify_active(actor)
    await standing.verify_welcome(tx, actor, author)
    is_own = author.id == actor.id
    widest = Visibility(parent.visibility) if is_own else _NARROWER[Visibility(parent.visibility)]
    order = list(Visibility)
    chosen = max(widest, visibility or widest, key=order.index)
    named: dict[str, tables.Actor] = {author.handle.lower(): author, **(others or {})}
    if is_own:  # going on with one's own words: to whom those were said
        del named[author.handle.lower()]
        earlier = await queries.notes.mentions(tx, parent.id)
        found = await queries.actors.find_many(tx, [mention.actor_uri for mention in earlier])
        named |= {person.handle.lower(): person for person in found.values() if person.gone_at is None}
    at = speaker.urls
    note_id = ids.new_id()
    now = now.replace(microsecond=0)
    written = {handle.lower() for handle in html.mentions_in(text)}
    missing = [person.handle for handle, person in named.items() if handle not in written]
    links = {handle: (person.url or person.uri, person.username or "") for handle, person in named.items()}
    note = tables.Note(
        id=note_id,
        uri=at.note(note_id),
        actor_id=actor.id,
        is_local=True,
        url=at.page(actor.username or "", note_id),
        visibility=chosen.value,
        content=html.from_text(" ".join([*missing, text]), mentions=links, tag_href=at.tag),
        summary=summary or parent.summary,
        sensitive=bool(summary or parent.summary),
        language=artist.language,
        in_reply_to_uri=parent.uri,
        in_reply_to_id=parent.id,
        conversation=parent.conversation or at.conversation(parent.id if parent.is_local else note_id),
        published=now,
        received_at=now,
        document=b"",
        proof="own",
    )
    tx.add(note)
    await tx.flush()
    labels: dict[str, str] = {}
    for name in html.hashtags_in(text):
        normal = tags.normalize_hashtag(name)
        if normal:
            labels.setdefault(normal.lower(), name)
    for position, (name, label) in enumerate(labels.items()):
        tx.add(tables.Tag(note_id=note_id, position=position, name=name, label=label))
    for person in {p.uri: p for p in named.values()}.values():
        tx.add(tables.Mention(note_id=note_id, actor_uri=person.uri, name=person.handle))
    await tx.flush()
    rendered = render.reply_note(
        at,
        actor=actor,
        note=note,
        hashtags=await queries.notes.tags(tx, note_id),
        mentions=await queries.notes.mentions(tx, note_id),
    )
    document = await speaker.sign(tx, actor, rendered, at=now)
    note.document = orjson.dumps(document)
    await speaker.say(
        tx,
        actor,
        build.activity.create(document, id_=f"{note.uri}/activity"),
        id_=ids.new_id(),
        subject=note.uri,
        audience=Audience(followers=chosen is not Visibility.DIRECT, actors=[person.uri for person in named.values()]),
        at=now,
        note_id=note_id,
        is_public=chosen.value in queries.notes.PUBLIC,
    )
    for person in named.values():
        if person.is_local and person.id != actor.id:
            type_ = "reply" if person.id == author.id else "mention"
            await queries.notifications.add(
                tx, artist_id=person.id, type_=type_, from_id=actor.id, note_id=note_id, at=now
            )
    await changes.bump(tx)
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
