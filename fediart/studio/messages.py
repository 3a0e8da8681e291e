"""Direct messages: words for the people whom they name, and for nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fediart import errors
from fediart.activitypub.addressing import Visibility
from fediart.db import queries, tables
from fediart.db.engine import Transaction
from fediart.outbox.speaker import Speaker
from fediart.studio import mentions, posts

_READ_AT_MOST = 2000


@dataclass(frozen=True, slots=True)
class Conversation:
    """Messages that answer each other, oldest first; `people` are all who took part but the artist, by their ids."""

    people: dict[str, tables.Actor | None]
    messages: list[tuple[tables.Note, tables.Actor]]

    @property
    def handles(self) -> list[str]:
        return [person.handle if person else uri for uri, person in self.people.items()]


async def send(
    tx: Transaction,
    speaker: Speaker,
    username: str,
    to: Sequence[tables.Actor],
    text: str,
    *,
    now: datetime,
    people: mentions.People | None = None,
    summary: str = "",
    language: str | None = None,
) -> tables.Note:
    """Write to people; whom the text names (of `people`, by handle) gets it too, since a mention is an address.

    Raises: NotFoundError, InputError, ConflictError when the artist has moved, or there is a block.
    """
    actor, artist = await queries.actors.require_artist(tx, username)
    if not text.strip():
        raise errors.InputError("a message needs words")
    others = [person for person in to if person.id != actor.id]
    if not others:
        raise errors.InputError("a message needs somebody to go to, other than its author")
    note, named = await posts.say(
        tx,
        speaker,
        actor,
        artist,
        posts.Post(
            text=text,
            visibility=Visibility.DIRECT,
            people={**{person.handle.lower(): person for person in others}, **(people or {})},
            others=others,
            summary=summary,
            language=language,
        ),
        now=now,
    )
    await mentions.tell(tx, actor, note.id, named, now=now)
    return note


async def conversations(tx: Transaction, actor: tables.Actor) -> list[Conversation]:
    """Return an artist's conversations, the one with the newest message first.

    Interop: Misskey 2025.4 names no conversation: there what a message answers tells where it belongs.
    """
    rows = await queries.messages.of_actor(tx, actor, limit=_READ_AT_MOST)
    rows.reverse()
    groups: dict[str, list[tuple[tables.Note, tables.Actor]]] = {}
    belongs: dict[str, str] = {}
    for note, author in rows:
        names = [name for name in (note.uri, note.conversation, note.in_reply_to_uri) if name]
        known = list(dict.fromkeys(belongs[name] for name in names if name in belongs))
        key = known[0] if known else note.uri
        for other in known[1:]:
            groups[key] += groups.pop(other)
            belongs |= {name: key for name, group in belongs.items() if group == other}
        belongs |= dict.fromkeys(names, key)
        groups.setdefault(key, []).append((note, author))
    addressed = await queries.messages.addressees(tx, [note.id for note, _ in rows])
    found = await queries.actors.find_many(tx, {row.actor_uri for named in addressed.values() for row in named})
    found |= {author.uri: author for _, author in rows}
    made = []
    for messages in groups.values():
        messages.sort(key=lambda row: row[0].id)
        uris = dict.fromkeys(
            uri for note, author in messages for uri in (author.uri, *(row.actor_uri for row in addressed[note.id]))
        )
        made.append(Conversation({uri: found.get(uri) for uri in uris if uri != actor.uri}, messages))
    return sorted(made, key=lambda conversation: conversation.messages[-1][0].id, reverse=True)


async def conversation_of(tx: Transaction, actor: tables.Actor, note_id: int) -> Conversation:
    """Return the conversation in which a message stands.

    Raises: NotFoundError.
    """
    for conversation in await conversations(tx, actor):
        if any(note.id == note_id for note, _ in conversation.messages):
            return conversation
    raise errors.NotFoundError(f"{actor.username} has no message {note_id}: `fediart messages` lists them")
