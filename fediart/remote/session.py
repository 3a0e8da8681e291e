"""The one way out: signed GET and POST over pooled connections.

Guards every hop, signs every attempt afresh, bounds bytes and time, and turns whatever goes wrong into a `RemoteError`
that names the kind. What an answer means (a document, a key, a delivery that is over) is decided elsewhere.
"""

from __future__ import annotations

import asyncio
import ssl
import string
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self
from urllib.parse import urljoin

import aiohttp
import yarl

from fediart import clock, config
from fediart.activitypub import digests
from fediart.errors import RemoteError, UsageError
from fediart.remote import dialects, failures, guard, resolver, retry_after
from fediart.remote.dialects import Dialect, Dialects
from fediart.remote.signer import Signer

ACTIVITY_JSON: Final = "application/activity+json"
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
# Beside the deliveries', so that a fan-out to a hundred slow hosts does not keep the inbox from fetching a key.
_FETCH_CONNECTIONS: Final = 20
_REASON_BYTES: Final = 4096
_REASON_SECONDS: Final = 2.0
_REASON_CHARACTERS: Final = 300
_SPACES: Final = str.maketrans(dict.fromkeys(string.whitespace, " "))


@dataclass(frozen=True, slots=True)
class Response:
    """A complete answer to a GET, whatever its status. `url` is the address it came from, after redirects."""

    url: str
    status: int
    content_type: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class PostResult:
    """What a peer said to a POST. `reason` is the start of its answer, fit to log and to show to an admin."""

    status: int
    retry_after_seconds: float | None
    reason: str


class Session:
    """Connections to peers, one pool a process. Use as `async with Session(...) as session`."""

    def __init__(
        self,
        settings: config.Federation,
        *,
        user_agent: str,
        is_suspended: Callable[[str], Awaitable[bool]] | None = None,
    ) -> None:
        """Read the trusted certificates; connect to nothing yet. From hosts that `is_suspended` nothing is fetched.

        Raises: UsageError when `ca_file` cannot be read.
        """
        self._settings = settings
        self._user_agent = user_agent
        self.dialects = Dialects()
        self._is_suspended = is_suspended
        self._tls = _tls_context(settings.ca_file)
        self._client: aiohttp.ClientSession | None = None
        self._resolver: resolver.Resolver | None = None

    async def __aenter__(self) -> Self:
        settings = self._settings
        self._resolver = resolver.Resolver()
        connector = aiohttp.TCPConnector(
            ssl=self._tls,
            limit=settings.delivery_concurrency + _FETCH_CONNECTIONS,
            limit_per_host=settings.delivery_per_host,
            keepalive_timeout=30,
            ttl_dns_cache=60,
            resolver=self._resolver,
            socket_factory=None if settings.allow_private_addresses else guard.open_socket,
        )
        self._client = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._user_agent},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=settings.connect_timeout_seconds),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()
        if self._resolver is not None:
            await self._resolver.close()

    async def fetch(self, url: str, *, accept: str, signer: Signer | None, max_bytes: int | None = None) -> Response:
        """GET `url`, following at most `max_redirects`; each hop is guarded, and signed for its own host and path.

        Units: `max_bytes` counts unpacked bytes; None means the configured document limit.
        Raises: RemoteError when no complete answer arrives; an error status is an answer.
        """
        limit_bytes = self._settings.max_document_bytes if max_bytes is None else max_bytes
        target = guard.read_url(url, plain_http=self._settings.plain_http)
        host = target.host_port_subcomponent or ""
        try:
            async with asyncio.timeout(self._settings.request_timeout_seconds):
                for _ in range(self._settings.max_redirects + 1):
                    host = target.host_port_subcomponent or ""
                    if self._is_suspended is not None and await self._is_suspended(host):
                        raise RemoteError(f"{host} is suspended here", is_temporary=False)
                    answer = await self._get(target, accept=accept, signer=signer, max_bytes=limit_bytes)
                    if isinstance(answer, Response):
                        return answer
                    target = guard.read_url(_join(target, answer), plain_http=self._settings.plain_http)
        except (aiohttp.ClientError, OSError) as error:
            raise failures.remote_error(host, error) from error
        raise RemoteError(f"too many redirects: {host} never arrives", detail=f"from {url}", is_temporary=False)

    async def post(
        self,
        url: str,
        body: bytes,
        *,
        signer: Signer,
        content_type: str = ACTIVITY_JSON,
        headers: Mapping[str, str] | None = None,
        digest: str | None = None,
        synchronization: str | None = None,
    ) -> PostResult:
        """POST `body`, signed now; redirects are not followed, their status is the result.

        Give `digest` (`digests.sha256_digest(body)`) when one body goes to many inboxes. Extra `headers` go unsigned;
        `synchronization`, the value of Collection-Synchronization, is signed too.
        A connection that the peer closes before answering is tried once more, since a pooled connection may have been
        closed while idle; peers drop the second copy by the activity's id. An answer of 400 or 401 brings a second
        knock in the other dialect of HTTP signatures, within the same time; the next begins with what a host took.

        Raises: RemoteError when there is no answer.
        """
        target = guard.read_url(url, plain_http=self._settings.plain_http)
        host = target.host_port_subcomponent or ""
        digest = digest or digests.sha256_digest(body)
        extra = {name.lower(): value for name, value in headers.items()} if headers else {}
        first: PostResult | None = None

        async def attempt(dialect: Dialect, limit: asyncio.Timeout) -> PostResult:
            signed = dialects.signed_headers(
                "POST",
                target,
                dialect=dialect,
                signer=signer,
                body=body,
                content_type=content_type,
                digest=digest,
                synchronization=synchronization,
            )
            async with self._open("POST", target, extra | signed, body) as response:
                # Answered. The explanation has a limit of its own, so that a slow one does not undo the delivery.
                limit.reschedule(None)
                return await _read_result(response)

        dialect = self.dialects.of(host)
        try:
            async with asyncio.timeout(self._settings.request_timeout_seconds) as limit:
                until = limit.when()
                try:
                    first = await attempt(dialect, limit)
                except (aiohttp.ClientError, OSError) as error:
                    if not failures.is_broken_off(error):
                        raise
                    first = await attempt(dialect, limit)
                if dialects.is_worth_another_knock(first.status):
                    limit.reschedule(until)
                    second = await attempt(dialects.other(dialect), limit)
                    if dialects.is_better(second.status):
                        self._learn(host, dialects.other(dialect), second.status)
                        return second
                return first
        except (aiohttp.ClientError, OSError) as error:
            if first is not None:
                return first
            raise failures.remote_error(host, error) from error

    def _learn(self, host: str, dialect: Dialect, status: int) -> None:
        if status < 300:
            self.dialects.learn(host, dialect)

    async def _get(self, target: yarl.URL, *, accept: str, signer: Signer | None, max_bytes: int) -> Response | str:
        """Return the answer, or the `Location` that it names instead of one."""
        if signer is None:
            return await self._get_once(target, {"Accept": accept}, max_bytes)
        host = target.host_port_subcomponent or ""
        dialect = self.dialects.of(host)
        signed = dialects.signed_headers("GET", target, dialect=dialect, signer=signer)
        first = await self._get_once(target, {"Accept": accept} | signed, max_bytes)
        if isinstance(first, str) or not dialects.is_worth_another_knock(first.status):
            return first
        dialect = dialects.other(dialect)
        signed = dialects.signed_headers("GET", target, dialect=dialect, signer=signer)
        try:
            second = await self._get_once(target, {"Accept": accept} | signed, max_bytes)
        except (aiohttp.ClientError, OSError, RemoteError):
            return first
        if isinstance(second, str):
            return second
        if not dialects.is_better(second.status):
            return first
        self._learn(host, dialect, second.status)
        return second

    async def _get_once(self, target: yarl.URL, headers: Mapping[str, str], max_bytes: int) -> Response | str:
        async with self._open("GET", target, headers) as response:
            location = response.headers.get("Location")
            if response.status in REDIRECTS and location is not None:
                return location
            return Response(
                url=str(target),
                status=response.status,
                content_type=response.headers.get("Content-Type", ""),
                headers=_plain_headers(response),
                body=await _read_body(response, target.host_port_subcomponent or "", max_bytes),
            )

    def _open(
        self, method: str, target: yarl.URL, headers: Mapping[str, str], body: bytes | None = None
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        if self._client is None:
            raise RuntimeError("the session is not open")
        return self._client.request(method, target, headers=headers, data=body, allow_redirects=False)


def _tls_context(ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ValueError) as error:
            raise UsageError(f"federation.ca_file: no certificates in {ca_file}", detail=str(error)) from error
    return context


def _join(target: yarl.URL, location: str) -> str:
    try:
        return urljoin(str(target), location)
    except ValueError:
        return location


def _plain_headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in response.headers.items():
        lower = name.lower()
        joined[lower] = f"{joined[lower]}, {value}" if lower in joined else value
    return joined


async def _read_body(response: aiohttp.ClientResponse, host: str, max_bytes: int) -> bytes:
    if (response.content_length or 0) > max_bytes:
        raise failures.too_large(host, max_bytes)
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > max_bytes:
            raise failures.too_large(host, max_bytes)
    return bytes(body)


async def _read_result(response: aiohttp.ClientResponse) -> PostResult:
    pause = retry_after.read_retry_after(_plain_headers(response), clock.now()) if response.status >= 300 else None
    return PostResult(response.status, pause, _clean(await _read_start(response)))


async def _read_start(response: aiohttp.ClientResponse) -> bytes:
    """Read a few kilobytes: a short answer to its end, so that the connection serves again; the rest goes unread."""
    start = bytearray()
    if response.content.at_eof():
        return b""
    try:
        async with asyncio.timeout(_REASON_SECONDS):
            async for chunk in response.content.iter_any():
                start += chunk
                if len(start) >= _REASON_BYTES:
                    break
    except (aiohttp.ClientError, OSError):
        # The status has arrived, and it alone decides: a delivery must not be repeated for a garbled explanation.
        response.close()
    return bytes(start[:_REASON_BYTES])


def _clean(start: bytes) -> str:
    text = start.decode("utf-8", "replace").translate(_SPACES)
    return "".join(letter for letter in text if letter.isprintable())[:_REASON_CHARACTERS].strip()
