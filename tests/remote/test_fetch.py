"""GET: redirects, the address guard, limits, and errors that name their kind."""

from __future__ import annotations

import asyncio
import gzip
import socket
import tracemalloc
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from fediart import clock
from fediart.activitypub import signatures
from fediart.activitypub.signatures import cavage
from fediart.errors import RemoteError
from fediart.remote.session import Session
from fediart.remote.signer import Signer

from .conftest import PUBLIC_ADDRESS, USER_AGENT, Internet, Seen, settings

ACCEPT = "application/activity+json"


def verify(seen: Seen, signer: Signer) -> None:
    request = signatures.HttpRequest(method=seen.method, target=seen.target, headers=seen.headers, body=seen.body)
    cavage.verify(
        request,
        cavage.parse(seen.headers["signature"]),
        signer.key.public_key(),
        host=seen.headers["host"],
        now=clock.now(),
        skew=timedelta(minutes=5),
    )


async def fetch_error(session: Session, url: str, **options: Any) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        await session.fetch(url, accept=ACCEPT, signer=None, **options)
    assert "\n" not in caught.value.text
    return caught.value


async def test_the_whole_answer_comes_back(internet: Internet, session: Session) -> None:
    url = internet.serve("peer.example", "/a?b=%20c", b"\xff\x00", status=410, headers={"X-Note": "1"})
    response = await session.fetch(url + "#part", accept=ACCEPT, signer=None)
    assert (response.url, response.status, response.body) == (url, 410, b"\xff\x00")
    assert response.content_type == "application/activity+json"
    assert response.headers["x-note"] == "1"
    (seen,) = internet.seen
    assert seen.headers["accept"] == ACCEPT
    assert seen.headers["user-agent"] == USER_AGENT
    assert "signature" not in seen.headers
    assert "cookie" not in seen.headers


async def test_cookies_are_never_sent_back(internet: Internet, session: Session) -> None:
    url = internet.serve("peer.example", "/", headers={"Set-Cookie": "track=1; Path=/"})
    for _ in range(2):
        await session.fetch(url, accept=ACCEPT, signer=None)
    assert all("cookie" not in seen.headers for seen in internet.seen)


async def test_every_hop_is_signed_for_its_own_host_and_path(
    internet: Internet, session: Session, signer: Signer
) -> None:
    end = internet.serve("other.example", "/users/lee?page=1", b"{}")
    start = internet.redirect("peer.example", "/a", end, status=301)
    response = await session.fetch(start, accept=ACCEPT, signer=signer)
    assert (response.url, response.body) == (end, b"{}")
    assert internet.targets() == ["peer.example/a", "other.example/users/lee?page=1"]
    for seen in internet.seen:
        verify(seen, signer)
    assert internet.seen[0].headers["signature"] != internet.seen[1].headers["signature"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_relative_redirects_of_every_kind(internet: Internet, session: Session, status: int) -> None:
    internet.serve("peer.example", "/users/b?x=1", b"here")
    start = internet.redirect("peer.example", "/users/a", "b?x=1#frag", status=status)
    response = await session.fetch(start, accept=ACCEPT, signer=None)
    assert response.body == b"here"
    assert response.url == internet.url("peer.example", "/users/b?x=1")


async def test_a_redirect_with_raw_bytes_and_spaces(internet: Internet, session: Session) -> None:
    internet.serve("peer.example", "/caf%C3%A9%20x", b"here")
    start = internet.redirect("peer.example", "/a", "/café x")
    assert (await session.fetch(start, accept=ACCEPT, signer=None)).body == b"here"


async def test_redirects_end(internet: Internet, session: Session) -> None:
    url = internet.redirect("peer.example", "/loop", "/loop")
    error = await fetch_error(session, url)
    assert "too many redirects" in error.text
    assert len(internet.seen) == settings().max_redirects + 1


async def test_a_redirect_to_nowhere_is_an_answer(internet: Internet, session: Session) -> None:
    url = internet.serve("peer.example", "/", b"moved", status=302)
    assert (await session.fetch(url, accept=ACCEPT, signer=None)).status == 302


@pytest.mark.parametrize("location", ["file:///etc/passwd", "http://[", "http://lee:pw@peer.example/"])
async def test_a_redirect_to_an_unusable_address(internet: Internet, session: Session, location: str) -> None:
    error = await fetch_error(session, internet.redirect("peer.example", "/", location))
    assert "not usable" in error.text
    assert not error.is_temporary


async def test_a_redirect_down_to_plain_http_is_refused() -> None:
    async with Session(settings(plain_http=False), user_agent=USER_AGENT) as session:
        assert "plain http" in (await fetch_error(session, "http://peer.example/")).text


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "127.1", "0x7f000001", "017700000001", "[::ffff:127.0.0.1]"]
)
async def test_loopback_is_refused_in_every_spelling(internet: Internet, session: Session, host: str) -> None:
    error = await fetch_error(session, internet.url(host, "/secret"))
    assert error.text.startswith("private address:")
    assert internet.seen == []
    assert error.is_temporary == (host == "localhost")


async def test_a_name_that_points_inward_is_refused(internet: Internet, session: Session) -> None:
    internet.names["rebound.example"] = ["127.0.0.1", "::1", "10.0.0.1"]
    error = await fetch_error(session, internet.url("rebound.example", "/secret"))
    assert error.text.startswith("private address:")
    assert "127.0.0.1" not in error.text
    assert internet.seen == []


async def test_a_public_address_beside_a_private_one_is_used(internet: Internet, session: Session) -> None:
    internet.serve("mixed.example", "/", b"ok")
    internet.names["mixed.example"] = ["10.0.0.1", PUBLIC_ADDRESS]
    assert (await session.fetch(internet.url("mixed.example"), accept=ACCEPT, signer=None)).body == b"ok"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433"])
async def test_a_redirect_inward_is_refused(internet: Internet, session: Session, host: str) -> None:
    start = internet.redirect("peer.example", "/", internet.url(host, "/secret"))
    error = await fetch_error(session, start)
    assert error.text.startswith("private address:")
    assert internet.targets() == ["peer.example/"]


async def test_private_networks_are_a_choice(internet: Internet, lan_session: Session) -> None:
    response = await lan_session.fetch(internet.url("127.0.0.1"), accept=ACCEPT, signer=None)
    assert response.status == 404


async def test_a_dead_ipv6_address_falls_back_to_ipv4(
    internet: Internet, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    internet.serve("peer.example", "/", b"ok")
    internet.names["peer.example"] = ["2606:4700::1", PUBLIC_ADDRESS]
    loop = asyncio.get_running_loop()
    connect = loop.sock_connect

    async def connect_but_never_over_ipv6(sock: socket.socket, address: Any) -> None:
        if sock.family == socket.AF_INET6:
            await asyncio.Event().wait()
        await connect(sock, address)

    monkeypatch.setattr(loop, "sock_connect", connect_but_never_over_ipv6)
    assert (await session.fetch(internet.url("peer.example"), accept=ACCEPT, signer=None)).body == b"ok"


async def test_a_name_that_does_not_resolve(internet: Internet, session: Session) -> None:
    error = await fetch_error(session, "http://nobody.example/")
    assert error.text == "DNS: nobody.example has no address"
    assert error.is_temporary


async def test_a_silent_name_server(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    error = await fetch_error(session, "http://peer.example/")
    assert error.text == "DNS: the name server for peer.example does not answer"
    assert error.is_temporary


@pytest.mark.parametrize("label", ["a" * 64, "-", "_"])
async def test_a_name_that_dns_cannot_know(session: Session, label: str) -> None:
    error = await fetch_error(session, f"http://{label}.invalid/")
    assert error.text.startswith(("DNS:", "the address is not usable"))


async def test_a_closed_port(lan_session: Session) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        error = await fetch_error(lan_session, f"http://127.0.0.1:{port}/")
    assert error.text == f"refused: nothing listens at 127.0.0.1:{port}"
    assert error.is_temporary


async def test_an_answer_may_be_as_large_as_the_limit(internet: Internet, session: Session) -> None:
    url = internet.serve("peer.example", "/", b"x" * 1000)
    assert len((await session.fetch(url, accept=ACCEPT, signer=None, max_bytes=1000)).body) == 1000
    error = await fetch_error(session, url, max_bytes=999)
    assert error.text.startswith("too large:")
    assert not error.is_temporary


async def test_an_endless_answer_is_cut(internet: Internet, lan_session: Session) -> None:
    async def pour(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 16_384)

    internet.handle("peer.example", "/", pour)
    error = await fetch_error(lan_session, internet.url("peer.example"))
    assert error.text.startswith("too large:")


async def test_a_packed_answer_is_unpacked(internet: Internet, session: Session) -> None:
    url = internet.serve("peer.example", "/", gzip.compress(b"{}" * 500), headers={"Content-Encoding": "gzip"})
    assert (await session.fetch(url, accept=ACCEPT, signer=None)).body == b"{}" * 500
    assert "gzip" in internet.seen[0].headers["accept-encoding"]


async def test_a_bomb_is_cut_before_it_fills_the_memory(internet: Internet, session: Session) -> None:
    bomb = gzip.compress(bytes(200_000_000), compresslevel=1)
    assert len(bomb) < 1_000_000
    url = internet.serve("peer.example", "/", bomb, headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        error = await fetch_error(session, url)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert error.text.startswith("too large:")
    assert peak_bytes < 20_000_000


async def test_what_only_claims_to_be_packed(internet: Internet, session: Session) -> None:
    url = internet.serve("peer.example", "/", b"not gzip at all", headers={"Content-Encoding": "gzip"})
    assert (await fetch_error(session, url)).text.startswith("cut short:")


RAW_ANSWERS = [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort", "cut short:"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nshort", "too large:"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nshort", "not HTTP:"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "not HTTP:"),
    (b"SSH-2.0-OpenSSH_9.6\r\n", "not HTTP:"),
    (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", "not HTTP:"),
    (b"", "disconnected:"),
]


@pytest.mark.parametrize(("answer", "kind"), RAW_ANSWERS)
async def test_broken_answers(raw_peer: Any, lan_session: Session, answer: bytes, kind: str) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    error = await fetch_error(lan_session, await raw_peer(talk))
    assert error.text.startswith(kind)


async def test_a_body_longer_than_declared_is_not_mixed_into_the_next_answer(
    raw_peer: Any, lan_session: Session
) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
            )
            await writer.drain()

    url = await raw_peer(talk)
    for _ in range(3):
        assert (await lan_session.fetch(url, accept=ACCEPT, signer=None)).body == b"ok"


@pytest.mark.parametrize("preamble", [b"HTTP/1.1 200 ", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
async def test_a_drip_of_status_headers_or_body_is_cut(raw_peer: Any, lan_session: Session, preamble: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(preamble)
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    error = await fetch_error(lan_session, await raw_peer(talk))
    assert error.text.startswith("timed out:")
    assert error.is_temporary


async def test_the_time_limit_counts_all_hops_together(internet: Internet, lan_session: Session) -> None:
    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(0.3)
        return web.Response(status=302, headers={"Location": "/again"})

    internet.handle("peer.example", "/", slow)
    internet.handle("peer.example", "/again", slow)
    error = await fetch_error(lan_session, internet.url("peer.example"))
    assert error.text.startswith("timed out:")
    assert len(internet.seen) == 2


async def test_a_session_serves_inside_its_block_only(signer: Signer) -> None:
    session = Session(settings(), user_agent=USER_AGENT)
    with pytest.raises(RuntimeError, match="not open"):
        await session.fetch("http://peer.example/", accept=ACCEPT, signer=None)
