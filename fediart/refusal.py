"""The ASGI layer that turns AI crawlers away from pages and pictures.

A declaration asks; this refuses. What other servers and honest crawlers need is never refused: ActivityPub documents,
discovery, inboxes, and the files and pages that say what is reserved, so that whoever is turned away can read why.
"""

from __future__ import annotations

from collections.abc import Callable

from fediart import log
from fediart.front import App, Headers, Receive, Scope, Send
from fediart.rights import robots
from fediart.rights.crawlers import Category, Crawlers

_logger = log.get(__name__)
_ALWAYS_OPEN = (*robots.FEDERATION_PATHS, "/licences/", "/static/")
_OPEN_FILES = frozenset({"/robots.txt", "/license.xml", "/ai.txt", "/trust.txt", "/healthz"})
_ACTIVITY = (b"application/activity+json", b"application/ld+json")


class Refusal:
    """Wraps an ASGI application. `complete` adds the rights signals to an answer's headers, by its path."""

    def __init__(
        self,
        app: App,
        *,
        crawlers: Crawlers,
        categories: frozenset[Category],
        terms_url: str,
        complete: Callable[[bytes, Headers], Headers],
    ) -> None:
        self._app = app
        self._crawlers = crawlers
        self._categories = categories
        self._terms_url = terms_url
        self._complete = complete

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._categories or _is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        agent = accept = b""
        for name, value in scope["headers"]:
            if name == b"user-agent":
                agent = value
            elif name == b"accept":
                accept = value
        crawler = self._crawlers.find(agent.decode("latin-1")) if agent else None
        if crawler is None or crawler.category not in self._categories or any(each in accept for each in _ACTIVITY):
            await self._app(scope, receive, send)
            return
        _logger.info("turned away a crawler", crawler=crawler.token, method=scope["method"], path=scope["path"])
        body = (
            f"{crawler.token} may not take what is published here: the artists reserve it.\n"
            f"What is reserved, and whom to ask: {self._terms_url}\n"
        ).encode()
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"vary", b"User-Agent, Accept"),
            (b"x-content-type-options", b"nosniff"),
        ]
        path = scope["path"].encode()
        await send({"type": "http.response.start", "status": 403, "headers": self._complete(path, headers)})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _is_open(path: str) -> bool:
    return path.startswith(_ALWAYS_OPEN) or path in _OPEN_FILES
