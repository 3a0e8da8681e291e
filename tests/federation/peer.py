"""Scripted servers of our own, on loopback: documents, and inboxes that keep what they got and answer as told.

Each peer is a host of its own (its port makes it one). All run in one thread, beside the tests.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
import time
from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, TypeVar

from aiohttp import web

from fediart.activitypub import actors, keys, origins
from fediart.activitypub.signatures import HttpRequest, cavage, rfc9421
from tests.federation import wire

Result = TypeVar("Result")
_numbers = itertools.count(1)
_seen_keys: dict[str, actors.PublicKeyEntry] = {}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer says to a request. Garbage is bytes that are no HTTP; a hanging answer never comes."""

    status: int = 202
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0
    is_hanging: bool = False
    is_garbage: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """One POST as it arrived. `number` gives the order over all peers; `status` is what it was answered."""

    number: int
    at: datetime
    host: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    status: int

    @property
    def activity(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed

    @property
    def object(self) -> dict[str, Any]:
        embedded: dict[str, Any] = self.activity["object"]
        return embedded

    def verify(self) -> None:
        """Check the HTTP signature over these very bytes with the key that its owner publishes.

        Raises: SignatureError.
        """
        request = HttpRequest("POST", self.target, self.headers, self.body)
        if self.is_rfc9421:
            assert "digest" not in self.headers
            given = rfc9421.parse(self.headers["signature-input"], self.headers["signature"])
            key = self._published_key(given.key_id)
            limits: Any = {"host": self.host, "now": self.at, "skew": timedelta(minutes=5)}
            rfc9421.verify(request, given, key, scheme="http", **limits)
            return
        signature = cavage.parse(self.headers["signature"])
        key = self._published_key(signature.key_id)
        cavage.verify(request, signature, key, host=self.host, now=self.at, skew=timedelta(minutes=5))
        assert set(wire.USUAL) <= set(signature.headers)

    @property
    def is_rfc9421(self) -> bool:
        return "signature-input" in self.headers

    @property
    def signer(self) -> str:
        """The id of the key that the HTTP signature names."""
        if self.is_rfc9421:
            return rfc9421.parse(self.headers["signature-input"], self.headers["signature"]).key_id
        return cavage.parse(self.headers["signature"]).key_id

    def _published_key(self, key_id: str) -> keys.PublicKey:
        owner = wire.send("GET", key_id.partition("#")[0], headers={"Accept": wire.ACTIVITY_JSON})
        if owner.status != 410:  # a deleted account is known by the key that it had
            found = (entry for entry in actors.read_actor(owner.json).keys if entry.id == key_id)
            _seen_keys[key_id] = next(found)
        entry = _seen_keys[key_id]
        actor = str(self.activity["actor"])
        # What is passed on keeps its author, and is signed by whoever passes it on.
        assert entry.owner == actor or not origins.same_host(str(entry.owner), actor)
        return keys.read_public_pem(entry.pem or "")


class Peer:
    """One scripted host."""

    def __init__(self, run: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
        self._run = run
        self._site: web.TCPSite | None = None
        self._runner: web.ServerRunner | None = None
        self._released = asyncio.Event()
        self._documents: dict[str, tuple[bytes, Answer]] = {}
        self._scripts: dict[str, list[Answer]] = {}
        self._deliveries: list[Delivery] = []
        self._guards: dict[str, Callable[[HttpRequest], bool]] = {}
        self._signed_only: dict[str, int] = {}
        self.fetched: list[str] = []
        self.port = 0
        self.listen()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def base(self) -> str:
        return f"http://{self.host}"

    def listen(self) -> None:
        """Answer, at the same address as before."""
        self._run(self._listen())

    def close(self) -> None:
        """Stop answering: connections to this host are refused from now on."""
        self._run(self._close())

    def release(self) -> None:
        """End every hanging answer, without a word."""
        self._run(self._release())

    def serve(
        self,
        path: str,
        document: object,
        *,
        status: int = 200,
        content_type: str = wire.ACTIVITY_JSON,
        headers: Mapping[str, str] | None = None,
        delay_seconds: float = 0.0,
    ) -> str:
        """Answer GETs of a path; returns its address."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        answer = Answer(status, body, {"Content-Type": content_type, **(headers or {})}, delay_seconds)
        self._documents[path] = (body, answer)
        return f"{self.base}{path}"

    def guard(self, path: str, allow: Callable[[HttpRequest], bool]) -> None:
        """Answer 401 to the GETs of a path that `allow` does not let through."""
        self._guards[path] = allow

    def demand_signature(self, path: str, status: int = 401) -> None:
        """Answer unsigned GETs of a path with this status from now on."""
        self._signed_only[path] = status

    def answer(self, path: str, *answers: Answer) -> None:
        """Answer POSTs to a path one after the other like this; the last answer stays."""
        self._scripts[path] = list(answers)

    def deliveries(self, type_: str | None = None, *, target: str | None = None, about: str = "") -> list[Delivery]:
        """Return what arrived: of this type, at this path, with this text in it."""
        return [
            delivery
            for delivery in list(self._deliveries)
            if (type_ is None or delivery.activity.get("type") == type_)
            and (target is None or delivery.target == target)
            and about.encode() in delivery.body
        ]

    def wait_for(
        self, type_: str, *, target: str | None = None, about: str = "", count: int = 1, seconds: float = 20
    ) -> Delivery:
        """Return the `count`-th delivery of a kind, once it is there."""
        until = time.monotonic() + seconds
        while True:
            found = self.deliveries(type_, target=target, about=about)
            if len(found) >= count:
                return found[count - 1]
            if time.monotonic() > until:
                got = [(d.activity.get("type"), d.target, d.status) for d in self.deliveries()]
                raise AssertionError(f"no {type_} number {count} about {about!r} at {self.host}; got {got}")
            time.sleep(0.03)

    async def _listen(self) -> None:
        self._runner = web.ServerRunner(web.Server(self._take, access_log=None), shutdown_timeout=0.1)
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await self._site.start()
        self.port = self._runner.addresses[0][1]

    async def _close(self) -> None:
        self._released.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _release(self) -> None:
        self._released.set()
        self._released = asyncio.Event()

    async def _take(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        headers: dict[str, str]
        if request.method == "POST":
            script = self._scripts.get(request.raw_path, [Answer()])
            answer = script.pop(0) if len(script) > 1 else script[0]
            headers = {}
            for name, value in request.headers.items():
                lower = name.lower()
                headers[lower] = f"{headers[lower]}, {value}" if lower in headers else value
            status = 0 if answer.is_hanging or answer.is_garbage else answer.status
            self._deliveries.append(
                Delivery(next(_numbers), datetime.now(UTC), self.host, request.raw_path, headers, body, status)
            )
        else:
            self.fetched.append(request.raw_path)
            _, answer = self._documents.get(request.raw_path, (b"", Answer(404, b"nothing here")))
            allow = self._guards.get(request.raw_path)
            headers = {name.lower(): value for name, value in request.headers.items()}
            if allow is not None and not allow(HttpRequest("GET", request.raw_path, headers)):
                answer = Answer(401, b"not signed well")
            if request.raw_path in self._signed_only and "signature" not in request.headers:
                answer = Answer(self._signed_only[request.raw_path], b"sign it")
        if answer.delay_seconds:
            await asyncio.sleep(answer.delay_seconds)
        if answer.is_hanging:
            await self._released.wait()
        if answer.is_hanging or answer.is_garbage:
            if request.transport is not None:
                request.transport.write(b"\x16\x03 this is no HTTP\r\n\r\n" if answer.is_garbage else b"")
                request.transport.close()
            raise asyncio.CancelledError
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)


class Peers:
    """The thread in which peers run."""

    running: ClassVar[list[Peers]] = []

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="peers", daemon=True)
        self._thread.start()
        self._open: list[Peer] = []
        self.running.append(self)

    def open(self) -> Peer:
        """Start a peer on a port of its own."""
        peer = Peer(self._run)
        self._open.append(peer)
        return peer

    @classmethod
    def verify_all_from(cls, servers: Collection[str]) -> None:
        """Check the signature of everything that any peer got from these servers, while they show their keys."""
        for peers in cls.running:
            for peer in peers._open:
                for delivery in peer.deliveries():
                    said_by = (delivery.signer, str(delivery.activity["actor"]))
                    if any(who.startswith(tuple(servers)) for who in said_by):
                        delivery.verify()

    def close(self) -> None:
        self.running.remove(self)
        for peer in self._open:
            peer.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)
