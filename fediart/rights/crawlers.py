"""Which crawlers collect for AI, as dated data: `crawlers.json` beside this file.

A curated list, not everything that is called a bot: a name in it is matched against every visitor, so a broad one would
shut out people and other servers. Interop: of the public lists, `Code`, `Spider`, `Operator` and `facebookexternalhit`
are left out for that; the last makes the link previews of Meta's products.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from importlib import resources
from typing import Any, Final


class Category(StrEnum):
    """What a crawler collects for."""

    TRAIN = "train"
    DATASET = "dataset"
    SEARCH = "search"  # an index that an AI answers from
    USER = "user"  # one page, because a person asked for it
    ASSISTANT = "assistant"  # pages on its own, on behalf of a person


BLOCKED_BY_DEFAULT: Final = frozenset({Category.TRAIN, Category.DATASET})
# The words of the setting, and whom each means.
REFUSED: Final = {"none": frozenset[Category](), "training": BLOCKED_BY_DEFAULT, "all": frozenset(Category)}

_RESPECT = ("yes", "no", "unclear")
_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9._-]*(?: [A-Za-z0-9._-]+)*")
_SHORTEST_TOKEN, _LONGEST_TOKEN, _LONGEST_TEXT, _MOST, _MOST_BYTES = 4, 64, 300, 2000, 1_000_000
_LONGEST_USER_AGENT = 1024
# A server's name or an address of its admin says nothing about who asks: there may be a https://ccbot.example.
_ADDRESS = re.compile(r"\+?\b(?:https?://|mailto:)[^\s;,)>]*|(?<![\w.+-])[\w.+-]++@[\w.-]+", re.IGNORECASE)
# What people, search engines and other servers call themselves.
_INNOCENT = """
mozilla gecko applewebkit webkit chrome chromium safari firefox edge opera mobile compatible windows linux
android macintosh iphone ipad code spider crawler robot http https html python requests aiohttp httpx curl wget
java okhttp node fetch undici axios scrapy cursor operator googlebot bingbot duckduckbot facebookexternalhit
twitterbot mastodon hometown glitch pixelfed pleroma akkoma misskey sharkey firefish calckey iceshrimp foundkey
cherrypick gotosocial friendica hubzilla streams peertube lemmy kbin mbin piefed wordpress activitypub
writefreely bookwyrm funkwhale mobilizon owncast castopod gancio takahe epicyon snac honk bonfire ktistec mitra
fediart fedify hackers.pub vernissage loops flipboard threads bridgy discourse nodebb ghost smithereen wafrn
fedifetcher
"""
_NEVER = frozenset(_INNOCENT.split())


@dataclass(frozen=True, slots=True)
class Crawler:
    """One crawler. `crawls` is False for a token that only robots.txt knows, such as Google-Extended."""

    token: str
    operator: str
    category: Category
    respect: str
    source: str
    crawls: bool = True


@dataclass(frozen=True)
class Crawlers:
    """A list of one date."""

    updated: date
    source: str
    crawlers: tuple[Crawler, ...]

    def tokens(self, categories: Iterable[Category] = BLOCKED_BY_DEFAULT) -> list[str]:
        """Return the robots.txt tokens of these categories, in the order of the list."""
        wanted = frozenset(categories)
        return [crawler.token for crawler in self.crawlers if crawler.category in wanted]

    def find(self, user_agent: str) -> Crawler | None:
        """Return the crawler that a `User-Agent` names as a whole word outside addresses, None for everybody else."""
        match = self._pattern.search(_ADDRESS.sub(" ", user_agent[:_LONGEST_USER_AGENT]))
        return self._by_token[match[0].lower()] if match else None

    @cached_property
    def _by_token(self) -> dict[str, Crawler]:
        return {crawler.token.lower(): crawler for crawler in self.crawlers if crawler.crawls}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._by_token, key=len, reverse=True)
        tokens = "|".join(re.escape(token) for token in longest_first) or r"(?!)"
        return re.compile(rf"(?<![\w.-])(?:{tokens})(?![\w-])", re.IGNORECASE | re.ASCII)


@cache
def bundled() -> Crawlers:
    """Return the list of this release."""
    return parse(resources.files(__package__ or "fediart.rights").joinpath("crawlers.json").read_bytes())


def find(user_agent: str) -> Crawler | None:
    """Return the crawler of the bundled list that a `User-Agent` names."""
    return bundled().find(user_agent)


def parse(body: bytes) -> Crawlers:
    """Read a list in the form of `crawlers.json`.

    Raises: ValueError in one line, for a list that is malformed, or names what people and other servers call
    themselves.
    """
    if len(body) > _MOST_BYTES:
        raise ValueError(f"the list of crawlers is larger than {_MOST_BYTES:,} bytes")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("the list of crawlers is not JSON") from None
    if not isinstance(document, dict):
        raise ValueError("the list of crawlers is not a JSON object")
    entries = document.get("crawlers")
    if not isinstance(entries, list) or not 1 <= len(entries) <= _MOST:
        raise ValueError(f"`crawlers` must be a list of 1 to {_MOST} entries")
    crawlers = tuple(_crawler(number, entry) for number, entry in enumerate(entries, start=1))
    seen: set[str] = set()
    for crawler in crawlers:
        if crawler.token.lower() in seen:
            raise ValueError(f"{crawler.token} is in the list of crawlers twice")
        seen.add(crawler.token.lower())
    try:
        updated = date.fromisoformat(document.get("updated", ""))
    except (TypeError, ValueError):
        raise ValueError("`updated` of the list of crawlers must be a date such as 2026-11-25") from None
    return Crawlers(updated, _text(document, "source", "the list of crawlers"), crawlers)


def _crawler(number: int, entry: object) -> Crawler:
    where = f"crawler {number}"
    if not isinstance(entry, dict):
        raise ValueError(f"{where} is not a JSON object")
    token = _text(entry, "token", where)
    if not (_TOKEN.fullmatch(token) and _SHORTEST_TOKEN <= len(token) <= _LONGEST_TOKEN):
        raise ValueError(f"{where}: {token!r} cannot be a robots.txt token")
    if token.lower() in _NEVER:
        raise ValueError(f"{where}: {token} would shut out people, search engines or other servers")
    category, respect, crawls = entry.get("category"), entry.get("respect"), entry.get("crawls", True)
    if category not in tuple(Category):
        raise ValueError(f"{where}: `category` must be one of {', '.join(Category)}")
    if respect not in _RESPECT:
        raise ValueError(f"{where}: `respect` must be one of {', '.join(_RESPECT)}")
    if not isinstance(crawls, bool):
        raise ValueError(f"{where}: `crawls` must be true or false")
    operator, source = _text(entry, "operator", where), _text(entry, "source", where)
    return Crawler(token, operator, Category(category), str(respect), source, crawls)


def _text(entry: dict[str, Any], name: str, where: str) -> str:
    value = entry.get(name)
    if not isinstance(value, str) or not value.isprintable() or not 1 <= len(value) <= _LONGEST_TEXT:
        raise ValueError(f"{where}: `{name}` must be one line of text")
    return value
