"""Words without an artwork: what replies and messages have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from fediart import errors
from fediart.activitypub import build, html, tags
from fediart.activitypub.addressing import Visibility
from fediart.activitypub.urls import Urls
from fediart.db import changes, ids, queries, tables
from fediart.db.engine import Transaction
from fediart.outbox import render
from fediart.outbox.speaker import Audience, Speaker
from fediart.studio import mentions, standing, words

MAX_TEXT_CHARACTERS = 5000
MAX_SUMMARY_CHARACTERS = 500  # Interop: Misskey 2025.4 stores a content warning in a column of 512


@dataclass(frozen=True, slots=True)
class Post:
    """What is to be said. `people` are written in the text, by handle; `others` are put before it."""

    text: str
    visibility: Visibility
    people: mentions.People = field(default_factory=dict)
    others: Sequence[tables.Actor] = ()
    summary: str = ""
    language: str | None = None
    parent: tables.Note | None = None


async def say(
    tx: Transaction, speaker: Speaker, actor: tables.Actor, artist: tables.Artist, post: Post, *, now: datetime
) -> tuple[tables.Note, list[tables.Actor]]:
    """Say it, to whom its visibility and its mentions reach; returns the note and whom it names.

    Raises: InputError, NotFoundError, ConflictError when the artist has moved, or there is a block.
    """
    standing.verify_active(actor)
    _verify(post.text, post.summary, post.language)
    at, parent = speaker.urls, post.parent
    written = mentions.written_in(post.text, post.people)
    there = {person.uri for person in written.values()}
    missing = {person.handle.lower(): person for person in post.others if person.uri not in there}
    named = {**missing, **written}
    everybody = list({person.uri: person for person in named.values()}.values())
    await mentions.verify_welcome(tx, actor, everybody)
    note_id = ids.new_id()
    now = now.replace(microsecond=0)
    note = tables.Note(
        id=note_id,
        uri=at.note(note_id),
        actor_id=actor.id,
        is_local=True,
        url=at.page(actor.username or "", note_id),
        visibility=post.visibility.value,
        content=_content(at, post.text, named, missing),
        summary=post.summary,
        sensitive=bool(post.summary),
        language=post.language or artist.language,
        in_reply_to_uri=parent.uri if parent else None,
        in_reply_to_id=parent.id if parent else None,
        conversation=_conversation(at, parent, note_id),
        published=now,
        received_at=now,
        document=b"",
        proof="own",
    )
    tx.add(note)
    await tx.flush()
    _add_tags(tx, note_id, post.text)
    mentions.add(tx, note_id, named)
    await tx.flush()
    document = await sign(tx, speaker, actor, note, at=now)
    await speaker.say(
        tx,
        actor,
        build.activity.create(document, id_=f"{note.uri}/activity"),
        id_=ids.new_id(),
        subject=note.uri,
        audience=Audience(
            followers=post.visibility is not Visibility.DIRECT, actors=[person.uri for person in everybody]
        ),
        at=now,
        note_id=note_id,
        is_public=note.visibility in queries.notes.PUBLIC,
    )
    await changes.bump(tx)
    return note, everybody


async def edit(
    tx: Transaction,
    speaker: Speaker,
    note: tables.Note,
    *,
    text: str | None = None,
    people: mentions.People | None = None,
    summary: str | None = None,
    language: str | None = None,
    now: datetime,
) -> bool:
    """Change a reply or message and tell everybody who got it; says whether anything changed.

    Whom it was said to stays: they are named before the text when the new words do not name them.
    Raises: NotFoundError, InputError, ConflictError when there is a block.
    """
    actor = await queries.actors.get(tx, note.actor_id)
    artist = await queries.actors.get_artist(tx, note.actor_id)
    if note.deleted_at is not None:
        raise errors.NotFoundError(f"{note.id} was deleted on {note.deleted_at:%Y-%m-%d}")
    _verify(text, summary, language)
    before = await rendered(tx, speaker.urls, actor, note)
    newly: list[tables.Actor] = []
    if text is not None:
        earlier = await mentions.known(tx, note.id)
        written = mentions.written_in(text, {**mentions.by_every_name(earlier), **(people or {})})
        there = {person.uri for person in written.values()}
        addressed = await _addressed(tx, note, earlier)
        missing = {person.handle.lower(): person for person in addressed if person.uri not in there}
        named = {**missing, **written}
        newly = [person for person in named.values() if person.uri not in {old.uri for old in earlier.values()}]
        await mentions.verify_welcome(tx, actor, newly)
        note.content = _content(speaker.urls, text, named, missing)
        await queries.notes.remove_tags(tx, note.id)
        await queries.notes.remove_mentions(tx, note.id)
        _add_tags(tx, note.id, text)
        mentions.add(tx, note.id, named)
    if summary is not None:
        note.summary, note.sensitive = summary, bool(summary)
    if language is not None:
        note.language = language or artist.language
    await tx.flush()
    if await rendered(tx, speaker.urls, actor, note) == before:
        return False
    now = max(now.replace(microsecond=0), (note.updated or note.published) + timedelta(seconds=1))
    note.updated = now
    document = await sign(tx, speaker, actor, note, at=now)
    await tell_changed(tx, speaker, actor, note, document, now=now)
    await mentions.tell(tx, actor, note.id, newly, now=now)
    return True


async def tell_changed(
    tx: Transaction,
    speaker: Speaker,
    actor: tables.Actor,
    note: tables.Note,
    document: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    """Send a note of ours as it is now to all who got it, and to whom it names."""
    id_ = ids.new_id()
    named = [mention.actor_uri for mention in await queries.notes.mentions(tx, note.id)]
    await speaker.say(
        tx,
        actor,
        build.activity.update(document, id_=f"{note.uri}#updates/{id_}", actor=actor.uri, at=now),
        id_=id_,
        subject=note.uri,
        audience=Audience(followers=note.visibility != Visibility.DIRECT, actors=named),
        at=now,
        note_id=note.id,
    )
    await changes.bump(tx)


async def rendered(tx: Transaction, at: Urls, actor: tables.Actor, note: tables.Note) -> dict[str, Any]:
    """Return the Note without its proof."""
    return render.reply_note(
        at,
        actor=actor,
        note=note,
        hashtags=await queries.notes.tags(tx, note.id),
        mentions=await queries.notes.mentions(tx, note.id),
    )


async def sign(
    tx: Transaction, speaker: Speaker, actor: tables.Actor, note: tables.Note, *, at: datetime
) -> dict[str, Any]:
    """Render the Note, sign it and keep the bytes."""
    document = await speaker.sign(tx, actor, await rendered(tx, speaker.urls, actor, note), at=at)
    note.document = orjson.dumps(document)
    await tx.flush()
    return document


async def _addressed(tx: Transaction, note: tables.Note, earlier: mentions.People) -> list[tables.Actor]:
    """Return whom a note must go on naming: everybody of a direct one, whom it answers of any other."""
    if note.visibility == Visibility.DIRECT:
        return list(earlier.values())
    parent = await queries.notes.get(tx, note.in_reply_to_id) if note.in_reply_to_id is not None else None
    return [person for person in earlier.values() if parent is not None and person.id == parent.actor_id]


def _content(at: Urls, text: str, named: mentions.People, missing: mentions.People) -> str:
    first = " ".join(person.handle for person in missing.values())
    whole = f"{first} {text.strip()}" if first else text.strip()
    return html.from_text(whole, mentions=mentions.links(named), tag_href=at.tag)


def _conversation(at: Urls, parent: tables.Note | None, note_id: int) -> str:
    if parent is None:
        return at.conversation(note_id)
    return parent.conversation or at.conversation(parent.id if parent.is_local else note_id)


def _verify(text: str | None, summary: str | None, language: str | None) -> None:
    if text is not None:
        if not text.strip():
            raise errors.InputError("there are no words in it")
        words.verify_length("the text", text.strip(), MAX_TEXT_CHARACTERS)
    words.verify_length("the content warning", summary or "", MAX_SUMMARY_CHARACTERS)
    if language:
        words.verify_language(language)


def _add_tags(tx: Transaction, note_id: int, text: str) -> None:
    labels: dict[str, str] = {}
    for name in html.hashtags_in(text):
        normal = tags.normalize_hashtag(name)
        if normal:
            labels.setdefault(normal.lower(), name)
    for position, (name, label) in enumerate(labels.items()):
        tx.add(tables.Tag(note_id=note_id, position=position, name=name, label=label))
