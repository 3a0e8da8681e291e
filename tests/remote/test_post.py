"""POST: what is on the wire, what counts as an answer, and how connections are reused."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp import web

from fediart import clock
from fediart.activitypub import digests
from fediart.errors import RemoteError
from fediart.remote.session import Session
from fediart.remote.signer import Signer

from .conftest import Internet
from .test_fetch import verify

BODY = b'{"type":"Create"}'


async def test_a_delivery_is_signed_over_target_host_date_digest_and_type(
    internet: Internet, session: Session, signer: Signer
) -> None:
    url = internet.serve("peer.example", "/inbox", status=202)
    result = await session.post(url, BODY, signer=signer)
    assert (result.status, result.retry_after_seconds, result.reason) == (202, None, "")
    (seen,) = internet.seen
    assert (seen.method, seen.body) == ("POST", BODY)
    assert seen.headers["content-type"] == "application/activity+json"
    assert seen.headers["content-length"] == str(len(BODY))
    assert seen.headers["digest"] == digests.sha256_digest(BODY)
    assert 'keyId="https://art.example/actor#main-key"' in seen.headers["signature"]
    for covered in ("(request-target)", "host", "date", "digest", "content-type"):
        assert covered in seen.headers["signature"].partition('headers="')[2].partition('"')[0].split()
    verify(seen, signer)


@pytest.mark.parametrize(
    ("host", "target"),
    [
        ("peer.example", "/in?box=7&b=%2F"),
        ("a_b.peer.example", "/in"),
        ("peer.example", "/" + "p" * 300),
        ("peer.example", "/users/%C3%A9/in%20box"),
        ("xn--bcher-kva.example", "/in"),
    ],
)
async def test_unusual_inboxes_are_reached_as_written(
    internet: Internet, session: Session, signer: Signer, host: str, target: str
) -> None:
    url = internet.serve(host, target, status=202)
    assert (await session.post(url, BODY, signer=signer)).status == 202
    assert internet.seen[0].target == target
    assert internet.seen[0].headers["host"] == f"{host}:{internet.port}"
    verify(internet.seen[0], signer)


async def test_the_body_can_be_hashed_once_for_many(internet: Internet, session: Session, signer: Signer) -> None:
    digest = digests.sha256_digest(BODY)
    urls = [internet.serve(f"p{n}.example", "/in", status=202) for n in range(5)]
    results = await asyncio.gather(*(session.post(url, BODY, signer=signer, digest=digest) for url in urls))
    assert [result.status for result in results] == [202] * 5
    for seen in internet.seen:
        verify(seen, signer)


async def test_extra_headers_go_along_but_replace_none_of_ours(
    internet: Internet, session: Session, signer: Signer
) -> None:
    url = internet.serve("peer.example", "/in", status=202)
    extra = {"Collection-Synchronization": "x=1", "Host": "evil.example", "Digest": "SHA-256=AAAA"}
    await session.post(url, BODY, signer=signer, headers=extra, content_type="application/ld+json")
    (seen,) = internet.seen
    assert seen.headers["collection-synchronization"] == "x=1"
    assert seen.headers["content-type"] == "application/ld+json"
    verify(seen, signer)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_a_result_and_never_followed(
    internet: Internet, session: Session, signer: Signer, status: int
) -> None:
    internet.serve("peer.example", "/page", b"<h1>Welcome", status=200)
    url = internet.redirect("peer.example", "/inbox", "/page", status=status)
    assert (await session.post(url, BODY, signer=signer)).status == status
    assert internet.targets() == ["peer.example/inbox"]


async def test_a_pause_in_seconds(internet: Internet, session: Session, signer: Signer) -> None:
    url = internet.serve("peer.example", "/in", status=429, headers={"Retry-After": "120"})
    assert (await session.post(url, BODY, signer=signer)).retry_after_seconds == 120.0


async def test_a_pause_until_a_date(internet: Internet, session: Session, signer: Signer) -> None:
    at = format_datetime(clock.now() + timedelta(hours=1), usegmt=True)
    url = internet.serve("peer.example", "/in", status=503, headers={"Retry-After": at})
    pause = (await session.post(url, BODY, signer=signer)).retry_after_seconds
    assert pause is not None
    assert 3000 < pause <= 3600


async def test_the_reason_is_one_short_clean_line(internet: Internet, session: Session, signer: Signer) -> None:
    answer = b'{"error":\r\n\t"\x1b[31mno\x00"}\xff\xe2\x80\xae' + b"x" * 2000
    url = internet.serve("peer.example", "/in", answer, status=401)
    reason = (await session.post(url, BODY, signer=signer)).reason
    assert reason.startswith('{"error":   "[31mno"}\ufffdx')
    assert len(reason) == 300
    assert reason.isprintable()


async def test_short_answers_leave_the_connection_for_the_next_delivery(
    internet: Internet, session: Session, signer: Signer
) -> None:
    url = internet.serve("peer.example", "/in", b"sorry", status=503)
    for _ in range(5):
        assert (await session.post(url, BODY, signer=signer)).reason == "sorry"
    assert len(internet.connections) == 1


async def test_a_long_explanation_is_not_read_to_its_end(internet: Internet, session: Session, signer: Signer) -> None:
    async def pour(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=500)
        await response.prepare(request)
        while True:
            await response.write(b"why " * 4096)

    url = internet.handle("peer.example", "/in", pour)
    result = await session.post(url, BODY, signer=signer)
    assert (result.status, result.reason[:7]) == (500, "why why")


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 1000\r\n\r\nbroken off",
        b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nxyz",
        b"Transfer-Encoding: chunked\r\n\r\n400\r\nbroken off",
    ],
)
async def test_a_garbled_explanation_does_not_undo_the_delivery(
    raw_peer: Any, lan_session: Session, signer: Signer, rest: bytes
) -> None:
    requests: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        await reader.readexactly(len(BODY))
        writer.write(b"HTTP/1.1 202 Accepted\r\n" + rest)
        await writer.drain()

    assert (await lan_session.post(await raw_peer(talk), BODY, signer=signer)).status == 202
    assert len(requests) == 1


async def test_a_peer_that_restarts_between_two_deliveries_costs_nothing(
    raw_peer: Any, lan_session: Session, signer: Signer
) -> None:
    """The pooled connection dies with the second request on it; a third one, on a new connection, arrives."""
    connections = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(len(BODY))
        writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        await reader.readuntil(b"\r\n\r\n")

    url = await raw_peer(talk)
    for _ in range(2):
        assert (await lan_session.post(url, BODY, signer=signer)).status == 202
    assert connections == 2


async def test_a_peer_that_always_hangs_up_is_asked_twice(raw_peer: Any, lan_session: Session, signer: Signer) -> None:
    connections = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n")

    with pytest.raises(RemoteError, match="disconnected:"):
        await lan_session.post(await raw_peer(talk), BODY, signer=signer)
    assert connections == 2


async def test_no_answer_in_time(raw_peer: Any, lan_session: Session, signer: Signer) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    with pytest.raises(RemoteError, match="timed out:") as caught:
        await lan_session.post(await raw_peer(talk), BODY, signer=signer)
    assert caught.value.is_temporary


async def test_the_guard_holds_for_deliveries_too(internet: Internet, session: Session, signer: Signer) -> None:
    with pytest.raises(RemoteError, match="private address:"):
        await session.post(internet.url("127.0.0.1", "/in"), BODY, signer=signer)
    with pytest.raises(RemoteError, match="not usable"):
        await session.post("ftp://peer.example/in", BODY, signer=signer)
    assert internet.seen == []


async def test_a_host_sees_no_more_connections_than_agreed(
    internet: Internet, session: Session, signer: Signer
) -> None:
    busy = most = 0

    async def count(request: web.Request) -> web.Response:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0.005)
        busy -= 1
        return web.Response(status=202)

    url = internet.handle("peer.example", "/in", count)
    await asyncio.gather(*(session.post(url, BODY, signer=signer) for _ in range(20)))
    assert most == 4


async def test_an_explanation_that_never_comes_does_not_undo_the_delivery(
    raw_peer: Any, lan_session: Session, signer: Signer
) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\nwell,")
        await reader.read()
        await reader.read()

    result = await lan_session.post(await raw_peer(talk), BODY, signer=signer)
    assert (result.status, result.reason) == (202, "well,")
