"""A small internet on loopback.

Names resolve and public addresses route to one real HTTP server, so that the address guard can stay switched on.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

from fediart import config
from fediart.remote.session import Session
from fediart.remote.signer import Signer

PUBLIC_ADDRESS = "93.184.215.14"
USER_AGENT = "FediArt/0.1.0 (+https://art.example/)"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Seen:
    method: str
    host: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Internet:
    port: int = 0
    names: dict[str, list[str]] = field(default_factory=dict)
    handlers: dict[tuple[str, str], Handler] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)

    def url(self, host: str, target: str = "/") -> str:
        return f"http://{host}:{self.port}{target}"

    def handle(self, host: str, target: str, handler: Handler) -> str:
        """Answer `target` (path and query) of `host`; the host resolves to a public address."""
        self.names.setdefault(host, [PUBLIC_ADDRESS])
        self.handlers[f"{host}:{self.port}", target] = handler
        return self.url(host, target)

    def serve(
        self,
        host: str,
        target: str,
        body: object = b"",
        *,
        status: int = 200,
        content_type: str = "application/activity+json",
        headers: Mapping[str, str] | None = None,
    ) -> str:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()

        async def answer(request: web.Request) -> web.Response:
            return web.Response(status=status, body=raw, headers={"Content-Type": content_type, **(headers or {})})

        return self.handle(host, target, answer)

    def redirect(self, host: str, target: str, location: str, *, status: int = 302) -> str:
        return self.serve(host, target, status=status, headers={"Location": location})

    def targets(self, method: str | None = None) -> list[str]:
        return [f"{seen.host}{seen.target}" for seen in self.seen if method in (None, seen.method)]

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        host = request.headers["Host"]
        body = await request.read()
        headers: dict[str, str] = {}
        for name, value in request.headers.items():
            lower = name.lower()
            headers[lower] = f"{headers[lower]}, {value}" if lower in headers else value
        self.seen.append(Seen(request.method, host.rpartition(":")[0], request.raw_path, headers, body))
        self.connections.add(request.transport)
        handler = self.handlers.get((host, request.raw_path))
        return web.Response(status=404, text="nothing here") if handler is None else await handler(request)  # type: ignore[arg-type]


@pytest.fixture
async def internet(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Internet]:
    net = Internet()
    loop = asyncio.get_running_loop()
    system_lookup, system_connect = socket.getaddrinfo, loop.sock_connect

    def look_up(host: Any, port: Any, *args: Any, **kwargs: Any) -> list[Any]:
        name = host.decode() if isinstance(host, bytes) else host
        if name in net.names:
            return [row for address in net.names[name] for row in system_lookup(address, port, type=socket.SOCK_STREAM)]
        if isinstance(name, str) and name.endswith(".example"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return system_lookup(host, port, *args, **kwargs)

    async def connect(sock: socket.socket, address: Any) -> None:
        await system_connect(sock, ("127.0.0.1", address[1]) if address[0] == PUBLIC_ADDRESS else address)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(loop, "sock_connect", connect)
    runner = web.ServerRunner(web.Server(net.answer), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    net.port = runner.addresses[0][1]
    yield net
    await runner.cleanup()


RawHandler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
async def raw_peer() -> AsyncIterator[Callable[[RawHandler], Awaitable[str]]]:
    """Start a server that speaks whatever bytes a test wants; gives its base address on loopback."""
    servers: list[asyncio.Server] = []

    async def start(handler: RawHandler) -> str:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await handler(reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        servers.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    yield start
    for server in servers:
        server.close()


def settings(**changes: Any) -> config.Federation:
    return config.Federation(**{"plain_http": True, **changes})


@pytest.fixture
async def session() -> AsyncIterator[Session]:
    """Guard on, as in production, save that plain http is allowed."""
    async with Session(settings(), user_agent=USER_AGENT) as opened:
        yield opened


@pytest.fixture
async def lan_session() -> AsyncIterator[Session]:
    """Guard off and short limits, for raw servers on loopback."""
    async with Session(
        settings(
            allow_private_addresses=True,
            connect_timeout_seconds=0.3,
            request_timeout_seconds=0.5,
            max_document_bytes=50_000,
        ),
        user_agent=USER_AGENT,
    ) as opened:
        yield opened


@pytest.fixture(scope="session")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def signer(rsa_key: rsa.RSAPrivateKey) -> Signer:
    return Signer(key_id="https://art.example/actor#main-key", key=rsa_key)
