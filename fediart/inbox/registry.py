"""The handlers, found by their folder: each module exports one `HANDLER`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from functools import cache

from fediart import errors
from fediart.activitypub.activities import Activity
from fediart.activitypub.actors import RemoteActor
from fediart.activitypub.errors import ProtocolError
from fediart.activitypub.notes import RemoteNote
from fediart.activitypub.urls import Urls
from fediart.db import tables
from fediart.db.engine import Transaction
from fediart.outbox.speaker import Speaker


class Kind(Enum):
    ACTOR = "actor"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Need:
    """Something of another server that the handler wants to see.

    `is_fresh`: even when we know it already. `if_followed`: only when somebody here follows this actor, so that no
    stranger can make us fetch from third servers.
    """

    kind: Kind
    uri: str
    is_fresh: bool = False
    if_followed: str | None = None


@dataclass(slots=True)
class Fetched:
    """What the needs brought: documents by the id that was asked for, and why something is missing."""

    actors: dict[str, RemoteActor] = field(default_factory=dict)
    notes: dict[str, RemoteNote] = field(default_factory=dict)
    failures: dict[str, errors.RemoteError | ProtocolError] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """What a handler acts on. Trust: `sender` signed `activity`, or a proof in it shows that they said it."""

    tx: Transaction
    speaker: Speaker
    activity: Activity
    sender: tables.Actor
    recipient: str | None
    fetched: Fetched
    now: datetime
    fetch_jitter: timedelta = timedelta()
    is_quiet: bool = False  # nobody is told

    @property
    def urls(self) -> Urls:
        return self.speaker.urls


class Ignored(Exception):
    """The activity asks for nothing that we do; the reason is kept with it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _nothing(_activity: Activity, _urls: Urls) -> Sequence[Need]:
    return ()


@dataclass(frozen=True, slots=True)
class Handler:
    """One activity type: what it needs (pure), and what it does (one transaction, returns the outcome in words)."""

    type: str
    act: Callable[[Context], Awaitable[str]]
    needs: Callable[[Activity, Urls], Sequence[Need]] = _nothing


@cache
def handlers() -> dict[str, Handler]:
    """Return every handler by activity type."""
    from fediart.inbox import handlers as folder

    found = {}
    for module in pkgutil.iter_modules(folder.__path__):
        if not module.name.startswith("_"):
            handler = importlib.import_module(f"{folder.__name__}.{module.name}").HANDLER
            found[handler.type] = handler
    return found
