"""What every page works with, and what a page module exports."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from quart import Response

from fediart import config
from fediart.activitypub.urls import Urls
from fediart.db.engine import Database
from fediart.media.store import Store

LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Site:
    """One server's pages."""

    database: Database
    settings: config.Config
    urls: Urls
    store: Store

    @property
    def name(self) -> str:
        return self.settings.instance.name or self.settings.instance.domain


@dataclass(frozen=True, slots=True)
class Route:
    """An address and its view, `async view(site, **parts of the address)`."""

    rule: str
    view: Callable[..., Awaitable[Response]]
    methods: tuple[str, ...] = ("GET",)


def read_id(text: str | None) -> int | None:
    """Read the number of a note from an address, in its one spelling; None for anything else."""
    if not text or not text.isascii() or not text.isdecimal() or text.startswith("0") or len(text) > 19:
        return None
    number = int(text)
    return number if number <= LARGEST_ID else None
