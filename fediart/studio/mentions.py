"""Whom a text names: rows, links and notices. Who a handle is was found out before, by the caller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from fediart import errors
from fediart.activitypub import html
from fediart.db import queries, tables
from fediart.db.engine import Transaction
from fediart.studio import standing

MAX_MENTIONS = 50

# By handle in lower case, `@lee@host`, or `@lee` of an artist here.
People = Mapping[str, tables.Actor]


def written_in(text: str, people: People) -> dict[str, tables.Actor]:
    """Return those of `people` whom a text names.

    Raises: InputError when they are too many.
    """
    handles = dict.fromkeys(handle.lower() for handle in html.mentions_in(text))
    found = {handle: people[handle] for handle in handles if handle in people}
    if len({person.uri for person in found.values()}) > MAX_MENTIONS:
        raise errors.InputError(f"a text names at most {MAX_MENTIONS} people")
    return found


def links(people: People) -> dict[str, tuple[str, str]]:
    """Return where each handle leads and what is shown of it, as `html.from_text` takes it."""
    found = {}
    for handle, person in people.items():
        target = (person.url or person.uri, person.username or "")
        found[handle.lower()] = target
        if person.is_local:
            found |= {person.handle.lower(): target, f"@{person.username}".lower(): target}
    return found


def by_every_name(people: People) -> dict[str, tables.Actor]:
    """Add the short handles of artists here to those that are stored."""
    short = {f"@{person.username}".lower(): person for person in people.values() if person.is_local}
    return {**short, **people}


async def verify_welcome(tx: Transaction, actor: tables.Actor, people: Iterable[tables.Actor]) -> None:
    """Raise NotFoundError for an account that is gone, ConflictError for one with which there is a block."""
    for person in people:
        if person.gone_at is not None:
            raise errors.NotFoundError(f"{person.handle} has deleted the account")
        await standing.verify_welcome(tx, actor, person)


def add(tx: Transaction, note_id: int, people: People) -> None:
    """Store whom a note names, each once."""
    names: dict[str, str] = {}
    for handle, person in people.items():
        # A handle at another host than the actor's is as true as its WebFinger; a short one is for this server only.
        names.setdefault(person.uri, handle if handle.count("@") == 2 and not person.is_local else person.handle)
        if person.handle.lower() == names[person.uri].lower():
            names[person.uri] = person.handle
    for uri, name in names.items():
        tx.add(tables.Mention(note_id=note_id, actor_uri=uri, name=name))


async def known(tx: Transaction, note_id: int) -> dict[str, tables.Actor]:
    """Return whom a stored note names, by handle."""
    rows = await queries.notes.mentions(tx, note_id)
    found = await queries.actors.find_many(tx, [row.actor_uri for row in rows])
    return {row.name.lower(): found[row.actor_uri] for row in rows if row.actor_uri in found}


async def tell(
    tx: Transaction, actor: tables.Actor, note_id: int, people: Iterable[tables.Actor], *, now: datetime
) -> None:
    """Tell the artists of this server that they are named, each once."""
    for person in {person.uri: person for person in people}.values():
        if person.is_local and person.id != actor.id:
            await queries.notifications.add(
                tx, artist_id=person.id, type_="mention", from_id=actor.id, note_id=note_id, at=now
            )
