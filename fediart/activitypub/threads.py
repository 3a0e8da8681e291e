"""What a fetched document asks for next: the parent of a reply, a thread's replies, the pages of a collection.

Pure: the addresses and items that come out of here are hints. Whatever they name is believed only where it lives, and
who fetches it decides whether it is wanted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from fediart.activitypub import origins, shapes
from fediart.activitypub.vocabulary import ACTIVITY_TYPES, OBJECT_TYPES

MOST_DEPTH: Final = 20
MOST_REPLIES: Final = 200
MOST_EARLIER: Final = 40
MOST_PAGES: Final = 10

# Interop: Mastodon 4.5 looks for replies when a post is five minutes old, and not again for a quarter of an hour.
_FIRST_LOOK: Final = timedelta(minutes=5)
_COOL_DOWN: Final = timedelta(minutes=15)
_LONGEST_COOL_DOWN: Final = timedelta(days=1)
_LOOKED_AT_FOR: Final = timedelta(days=7)


class Walk:
    """One way through a collection of `owner`: it stays on their host, ends somewhere, and takes each item once.

    Ask `next_` for the address to fetch, give what was found there to `take`, until there is no next.
    """

    def __init__(self, collection: object, *, owner: str, most_items: int, most_pages: int = MOST_PAGES) -> None:
        """Begin at a collection as a document names it: by its address, or embedded."""
        self._owner = owner
        self._most_items = most_items
        self._pages_left = most_pages
        self._seen: set[str] = set()
        self._items: dict[str, Any] = {}
        self.next_: str | None = None
        self._turn_to(collection)
        # Once more from its own address: what was embedded is as old as the document around it.
        if self.next_ is None and isinstance(collection, dict):
            self.take(collection)

    @property
    def items(self) -> list[Any]:
        """What was found, in order, as it was given."""
        return list(self._items.values())

    @property
    def ids(self) -> list[str]:
        """The addresses of what was found, in order."""
        return [id_ for id_ in map(shapes.normalized, self._items) if id_ is not None]

    def take(self, document: dict[str, Any]) -> None:
        """Take the items of a collection or of one of its pages, and see where it goes on.

        Interop: peers mix `items` and `orderedItems`, and write a single item without a list.
        """
        self.next_ = None
        for container in ("orderedItems", "items"):
            for item in shapes.as_list(document.get(container)):
                id_ = shapes.id_of(item)
                if id_ is not None and len(self._items) < self._most_items:
                    self._items.setdefault(id_, item)
        if len(self._items) >= self._most_items:
            return
        for onward in (document.get("first"), document.get("next")):
            page = next(iter(shapes.as_list(onward)), None)
            if isinstance(page, dict) and any(name in page for name in ("items", "orderedItems", "next")):
                self.take(page)
            elif page is not None:
                self._turn_to(page)
            if self.next_ is not None:
                return

    def _turn_to(self, value: object) -> None:
        address = shapes.web_reference_of(value)
        if address is None or address in self._seen or self._pages_left <= 0:
            return
        if origins.same_host(address, self._owner):
            self._seen.add(address)
            self._pages_left -= 1
            self.next_ = address


@dataclass(frozen=True, slots=True)
class Said:
    """Something that an outbox lists: the object's id, and the object when it is there in full."""

    id: str
    object: dict[str, Any] | None


def said_by(item: object, actor: str) -> Said | None:
    """Read an item of an outbox: what the actor created themselves, None for boosts and all else.

    Interop: GoToSocial 0.20 names the object of the Create only; some list the Notes bare.
    """
    if not isinstance(item, dict):
        return None
    if shapes.type_of(item, ACTIVITY_TYPES) is not None:
        if "Create" not in shapes.types_of(item) or shapes.reference_of(item.get("actor")) != actor:
            return None
        made = next(iter(shapes.as_list(item.get("object"))), None)
    else:
        made = item if shapes.type_of(item, OBJECT_TYPES) is not None else None
    id_ = shapes.web_reference_of(made)
    if id_ is None or not origins.same_host(id_, actor):
        return None
    return Said(id_, made if isinstance(made, dict) and shapes.type_of(made, OBJECT_TYPES) is not None else None)


def has_replies(document: dict[str, Any]) -> bool:
    """Say whether a Note tells where its replies are."""
    return bool(shapes.as_list(document.get("replies")))


def first_look_at(published: datetime, now: datetime) -> datetime | None:
    """Say when to look for the replies of a Note for the first time; None when it is too old for that."""
    if now - published >= _LOOKED_AT_FOR:
        return None
    return max(now, published + _FIRST_LOOK)


def next_look_at(published: datetime, now: datetime) -> datetime | None:
    """Say when to look again after a look: the older the Note, the later; None when that is enough."""
    at = now + max(_COOL_DOWN, 3 * (now - published))
    return at if at - published < _LOOKED_AT_FOR else None


def cool_down(published: datetime, now: datetime) -> timedelta:
    """Say how long to leave a Note's replies alone after a look, whatever happens in the thread."""
    return min(max(_COOL_DOWN, now - published), _LONGEST_COOL_DOWN)
