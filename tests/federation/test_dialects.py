"""Both dialects of HTTP signatures, outgoing: the draft first, the standard on a second knock, and what was learned."""

from __future__ import annotations

import pytest

from fediart.activitypub.signatures import HttpRequest
from tests.conftest import wait_for
from tests.federation.conftest import OpenHome
from tests.federation.home import Home
from tests.federation.peer import Answer, Delivery, Peers
from tests.federation.people import Person, settle


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    return open_home()


@pytest.fixture
def follower(home: Home, peers: Peers) -> Person:
    person = settle(peers.open(), "lee")
    home.follow(person)
    return person


def knocks(person: Person, uri: str) -> list[Delivery]:
    return person.peer.deliveries("Create", about=uri)


def remembered(home: Home, person: Person) -> str | None:
    rows = home.query("SELECT dialect FROM hosts WHERE name = ?", person.peer.host)
    return rows[0][0] if rows else None


def is_delivered(home: Home, person: Person, uri: str) -> bool:
    rows = home.query("SELECT state FROM deliveries WHERE host = ? AND subject = ?", person.peer.host, uri)
    return rows == [("delivered",)]


@pytest.mark.parametrize("status", [400, 401])
def test_a_second_knock_in_the_standard_and_the_next_begins_with_it(home: Home, follower: Person, status: int) -> None:
    follower.peer.answer("/inbox", Answer(status, b"no signature"), Answer())
    work = home.publish("Knock knock")
    wait_for(lambda: is_delivered(home, follower, work.uri))
    first, second = knocks(follower, work.uri)
    assert not first.is_rfc9421
    assert "content-digest" not in first.headers
    assert second.is_rfc9421
    assert not {"digest", "date"} & second.headers.keys()
    assert first.body == second.body
    second.verify()
    attempts = home.query(
        "SELECT attempts FROM deliveries WHERE host = ? AND subject = ?", follower.peer.host, work.uri
    )
    assert attempts == [(1,)]
    wait_for(lambda: remembered(home, follower) == "rfc9421")
    later = home.publish("It opened")
    assert follower.peer.wait_for("Create", about=later.uri).is_rfc9421
    assert len(knocks(follower, later.uri)) == 1


def test_what_was_learned_survives_a_restart_and_can_be_unlearned(open_home: OpenHome, peers: Peers) -> None:
    home = open_home()
    person = settle(peers.open(), "lee")
    home.follow(person)
    person.peer.answer("/inbox", Answer(401), Answer())
    work = home.publish("Before")
    person.peer.wait_for("Create", about=work.uri, count=2)
    wait_for(lambda: remembered(home, person) == "rfc9421")
    home.server.stop()
    home.server.start()
    person.peer.answer("/inbox", Answer(401), Answer())
    work = home.publish("After")
    person.peer.wait_for("Create", about=work.uri, count=2)
    assert [delivery.is_rfc9421 for delivery in knocks(person, work.uri)] == [True, False]
    wait_for(lambda: remembered(home, person) == "draft-cavage")


def test_refused_in_both_is_one_attempt_and_tried_again_later(home: Home, follower: Person) -> None:
    refusal = Answer(401, b"who are you?")
    follower.peer.answer("/inbox", refusal, Answer(400, b"what is that?"), Answer())
    work = home.publish("Who is there")
    follower.peer.wait_for("Create", about=work.uri, count=3)
    wait_for(lambda: is_delivered(home, follower, work.uri))
    assert [delivery.is_rfc9421 for delivery in knocks(follower, work.uri)] == [False, True, False]
    attempts = home.query(
        "SELECT attempts FROM deliveries WHERE host = ? AND subject = ?", follower.peer.host, work.uri
    )
    assert attempts == [(2,)]
    assert remembered(home, follower) is None


@pytest.mark.parametrize("stumble", [Answer(500), Answer(is_garbage=True)], ids=["error", "garbage"])
def test_a_peer_that_stumbles_over_the_second_knock_has_refused_the_first(
    home: Home, follower: Person, stumble: Answer
) -> None:
    follower.peer.answer("/inbox", Answer(400, b"not this"), stumble, Answer())
    work = home.publish("Stumbling")
    wait_for(
        lambda: home.query(
            "SELECT 1 FROM deliveries WHERE host = ? AND subject = ? AND state = 'dropped'"
            " AND last_error = 'refused: 400 not this'",
            follower.peer.host,
            work.uri,
        )
    )
    assert len(knocks(follower, work.uri)) == 2


def test_another_refusal_brings_no_second_knock(home: Home, follower: Person) -> None:
    follower.peer.answer("/inbox", Answer(403, b"go away"), Answer())
    work = home.publish("Not welcome")
    wait_for(lambda: home.query("SELECT 1 FROM deliveries WHERE state = 'dropped' AND subject = ?", work.uri))
    assert len(knocks(follower, work.uri)) == 1


def test_a_fetch_knocks_twice_too(home: Home, peers: Peers) -> None:
    peer = peers.open()
    person = settle(peer, "kim")
    path = f"/users/{person.name}"
    styles: list[str] = []

    def allow(request: HttpRequest) -> bool:
        styles.append("rfc9421" if "signature-input" in request.headers else "draft-cavage")
        return styles[-1] == "rfc9421"

    peer.guard(path, allow)
    assert home.take(person, person.says("Follow", home.actor)) == "done: accepted"
    assert styles == ["draft-cavage", "rfc9421"]
