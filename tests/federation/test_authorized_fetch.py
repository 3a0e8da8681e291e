"""A server that wants a signature on every GET: what it shows to whom, and what stays open so that others can sign."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.federation import wire
from tests.federation.conftest import OpenHome
from tests.federation.home import Home, Work
from tests.federation.peer import Peers
from tests.federation.people import Person, rsa_key, settle


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    return open_home(federation__authorized_fetch=True)


@pytest.fixture(scope="module")
def work(home: Home) -> Work:
    return home.publish("Public")


@pytest.fixture
def stranger(peers: Peers) -> Person:
    return settle(peers.open())


def closed(home: Home, work: Work) -> list[str]:
    parts = ("", "/activity", "/replies", "/replies?page=true", "/likes", "/shares")
    collections = ("", "/outbox", "/outbox?page=true", "/followers", "/following", "/featured")
    return [*(f"{work.uri}{part}" for part in parts), *(f"{home.actor}{part}" for part in collections)]


def test_without_a_signature_it_is_401(home: Home, work: Work) -> None:
    for address in (*closed(home, work), f"{home.base}/objects/5", f"{home.base}/activities/5"):
        answer = home.get(address)
        assert (answer.status, answer.headers["content-type"]) == (401, "application/json"), address
        assert "signature" in answer.error
        assert answer.headers["cache-control"] == "private, no-store"


def test_any_good_signature_reads_what_is_public(home: Home, work: Work, stranger: Person) -> None:
    for address in closed(home, work):
        answer = stranger.get(address)
        assert (answer.status, answer.json["id"]) == (200, address)
        assert answer.headers["cache-control"] == "private, no-store"
        assert "signature" in answer.headers["vary"].lower()
        assert home.get(address).status == 401  # the answer was for the signer alone
    signed = wire.rfc9421_headers(home.actor, b"", key=stranger.key, key_id=stranger.key_id, method="GET")
    assert home.get(home.actor, **signed).status == 200


def test_a_bad_signature_is_401(home: Home, work: Work, stranger: Person) -> None:
    assert stranger.get(work.uri, key=rsa_key("another")).status == 401
    assert stranger.get(work.uri, date=timedelta(days=-1)).status == 401
    assert home.get(work.uri, Signature="garbage").status == 401
    elsewhere = wire.signed_get(home.actor, key=stranger.key, key_id=stranger.key_id)
    assert home.get(work.uri, **elsewhere).status == 401
    stranger.vanish(404)
    lost = settle(stranger.peer)
    lost.vanish(404)
    assert lost.get(work.uri).status == 401
    lost.vanish(503)
    assert lost.get(work.uri).status in (401, 503)


def test_what_others_need_to_sign_and_to_find_us_is_open(home: Home) -> None:
    assert home.get("/actor").json["publicKey"]["id"] == f"{home.base}/actor#main-key"
    assert home.get("/actor").headers["cache-control"].startswith("public")
    for path in (
        "/actor/outbox",
        f"/.well-known/webfinger?resource=acct:mira@{home.server.host}",
        "/.well-known/nodeinfo",
        "/nodeinfo/2.1",
        "/.well-known/host-meta",
    ):
        assert home.get(path, "*/*").status == 200, path


def test_pages_stay_open(home: Home, work: Work) -> None:
    for page, id_ in ((work.url, work.uri), (f"{home.base}/@mira", home.actor)):
        assert home.get(page, "text/html").status == 200
        sent = home.get(id_, "text/html")
        assert (sent.status, sent.headers["location"]) == (302, page)


def test_two_servers_that_both_want_signatures_meet(open_home: OpenHome, home: Home, work: Work) -> None:
    other = open_home(federation__authorized_fetch=True)
    other.server.ok("follow", f"@mira@{home.server.host}", "--as", "mira")
    home.settle()
    other.server.ok("like", work.uri, "--as", "mira")
    assert other.query("SELECT 1 FROM notes WHERE uri = ?", work.uri)
    assert home.query("SELECT 1 FROM actors WHERE uri = ?", other.actor)
