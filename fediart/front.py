"""The ASGI layer in front of Quart: a name for each request, the right host, and answers from memory.

The cache obeys what an answer says of itself (`Cache-Control: public`, `Vary: Accept`) and the database's generation of
public documents, so that it is exact across processes: a deleted work is gone with the commit. Quart, or any other
server of this application, need not know that it exists.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fediart import log

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_logger = log.get(__name__)
_MOST_ENTRIES = 4096
_MOST_BYTES = 32 * 1024 * 1024
_LARGEST_BYTES = 512 * 1024
_SECONDS = 60.0


@dataclass(slots=True)
class _Kept:
    status: int
    headers: Headers
    body: bytes
    etag: bytes
    generation: int
    until: float


class Front:
    """Wraps an ASGI application. `generation` tells the current state of public documents; below 0, nothing is kept.

    `may_refuse` is asked about `Signature` and `Signature-Input`: whom the application may refuse what is public gets
    nothing from memory. Without it, no signed request does. `complete` adds to an answer's headers, by its path, what
    every answer carries.
    """

    def __init__(
        self,
        app: App,
        *,
        host: str,
        generation: Callable[[], int],
        may_refuse: Callable[[str, str | None], Awaitable[bool]] | None = None,
        complete: Callable[[bytes, Headers], Headers] = lambda _, headers: headers,
    ) -> None:
        self._app = app
        self._host = host.lower().encode()
        self._generation = generation
        self._may_refuse = may_refuse
        self._complete = complete
        self._kept: OrderedDict[tuple[bytes, bytes, bytes], _Kept] = OrderedDict()
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        accept = host = b""
        if_none_match: bytes | None = None
        is_personal = False
        signature: str | None = None
        signature_input: str | None = None
        for name, value in scope["headers"]:
            if name == b"accept":
                accept = value
            elif name == b"host":
                host = value
            elif name == b"if-none-match":
                if_none_match = value
            elif name == b"signature":
                signature = value.decode("latin-1")
            elif name == b"signature-input":
                signature_input = value.decode("latin-1")
            elif name in (b"authorization", b"cookie", b"range"):
                is_personal = True
        path = scope.get("raw_path") or scope["path"].encode()
        if host.lower() != self._host and path != b"/healthz":
            await self._refuse_host(host, path, send)
            return
        if scope["method"] not in ("GET", "HEAD") or is_personal:
            await self._pass(scope, receive, send)
            return
        if signature is not None and (self._may_refuse is None or await self._may_refuse(signature, signature_input)):
            await self._pass(scope, receive, send)
            return
        key = (path, scope.get("query_string", b""), accept)
        kept = self._kept.get(key)
        generation = self._generation()
        if kept is not None:
            if kept.generation == generation >= 0 and kept.until > time.monotonic():
                self._kept.move_to_end(key)
                await _answer(kept, if_none_match, scope["method"] == "HEAD", send)
                return
            self._drop(key)
        if generation < 0 or scope["method"] != "GET":
            await self._pass(scope, receive, send)
            return
        await self._pass(scope, receive, self._watching(key, generation, if_none_match, send))

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = log.new_id()
        scope["fediart.request_id"] = request_id
        started = time.perf_counter()
        status = 0

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = self._complete(scope["path"].encode(), list(message["headers"]))
                message = {**message, "headers": [*headers, (b"x-request-id", request_id.encode())]}
            await send(message)

        with log.bind(request_id=request_id):
            await self._app(scope, receive, named)
            _logger.info(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                seconds=round(time.perf_counter() - started, 4),
            )

    def _watching(
        self, key: tuple[bytes, bytes, bytes], generation: int, if_none_match: bytes | None, send: Send
    ) -> Send:
        """Return a `send` that keeps a whole, public, small answer, and turns it into 304 when the client has it."""
        start: Message | None = None
        parts: list[bytes] = []

        async def watched(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                if _may_keep(message):
                    start = message
                    return
                await send(message)
                return
            if start is None:
                await send(message)
                return
            parts.append(message.get("body", b""))
            size = sum(map(len, parts))
            if message.get("more_body") and size <= _LARGEST_BYTES:
                return
            held, start = start, None
            if message.get("more_body") or size > _LARGEST_BYTES:
                await send(held)
                await send({**message, "body": b"".join(parts)})
                return
            kept = _Kept(
                held["status"],
                [(n.lower(), v) for n, v in held["headers"] if n.lower() != b"x-request-id"],
                b"".join(parts),
                dict(held["headers"]).get(b"etag", b""),
                generation,
                time.monotonic() + _SECONDS,
            )
            self._keep(key, kept)
            await _answer(kept, if_none_match, False, send, held["headers"])

        return watched

    def _keep(self, key: tuple[bytes, bytes, bytes], kept: _Kept) -> None:
        self._drop(key)
        self._kept[key] = kept
        self._bytes += len(kept.body) + 1024
        while len(self._kept) > _MOST_ENTRIES or self._bytes > _MOST_BYTES:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: tuple[bytes, bytes, bytes]) -> None:
        old = self._kept.pop(key, None)
        if old is not None:
            self._bytes -= len(old.body) + 1024

    async def _refuse_host(self, host: bytes, path: bytes, send: Send) -> None:
        """A request for another name gets no page of ours: ids and links are the configured ones, whoever asks."""
        shown = host.decode("latin-1")[:200]
        _logger.warning("refused: other host", received=shown, expected=self._host.decode())
        body = (
            f"This server answers for {self._host.decode()} only. If you run it: the reverse proxy must pass the Host "
            "header unchanged.\n"
        ).encode()
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": 421, "headers": self._complete(path, headers)})
        await send({"type": "http.response.body", "body": body})


def _may_keep(message: Message) -> bool:
    if message["status"] != 200:
        return False
    cache_control = vary = content_type = b""
    for name, value in message["headers"]:
        lower = name.lower()
        if lower == b"cache-control":
            cache_control = value
        elif lower == b"vary":
            vary = value
        elif lower == b"content-type":
            content_type = value
        elif lower == b"set-cookie":
            return False
    return (
        b"public" in cache_control
        and vary.strip().lower() in (b"", b"accept")
        and not content_type.startswith((b"image/", b"video/", b"audio/"))
    )


async def _answer(
    kept: _Kept, if_none_match: bytes | None, is_head: bool, send: Send, headers: Headers | None = None
) -> None:
    headers = headers or kept.headers
    if if_none_match is not None and kept.etag and (kept.etag in if_none_match or if_none_match.strip() == b"*"):
        shown = [(n, v) for n, v in headers if n.lower() not in (b"content-length", b"content-type")]
        await send({"type": "http.response.start", "status": 304, "headers": shown})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": kept.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if is_head else kept.body})
