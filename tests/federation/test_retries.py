"""Inboxes that fail: retried, given up, told to the admin, and never in the way of those that work."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

import pytest

from tests.conftest import wait_for
from tests.federation.conftest import OpenHome
from tests.federation.home import Home
from tests.federation.peer import Answer, Peers
from tests.federation.people import Person, settle


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    return open_home(federation__request_timeout_seconds=60)


@pytest.fixture
def follower(home: Home, peers: Peers) -> Person:
    """Return a follower on a host of their own."""
    person = settle(peers.open(), "lee")
    home.follow(person)
    return person


def waiting(home: Home, person: Person) -> list[dict[str, Any]]:
    """What `fediart queue list` shows for a person's host."""
    listed: list[dict[str, Any]] = home.server.json("queue", "list", "--host", person.peer.host)["waiting"]
    return listed


def state(home: Home, person: Person, uri: str) -> list[tuple[str, str]]:
    """The state of a work's deliveries to a person's host, and the reason."""
    return home.query(
        "SELECT deliveries.state, coalesce(last_error, '') FROM deliveries WHERE host = ? AND subject = ?",
        person.peer.host,
        uri,
    )


def is_delivered(home: Home, person: Person, uri: str) -> bool:
    return state(home, person, uri) == [("delivered", "")]


def test_a_retry_is_the_same_activity_signed_anew(home: Home, follower: Person) -> None:
    follower.peer.answer("/inbox", Answer(503, b"come back later"), Answer(503, delay_seconds=1.1), Answer())
    work = home.publish("Twice refused")
    first, second, third = (follower.peer.wait_for("Create", about=work.uri, count=n) for n in (1, 2, 3))
    assert [delivery.status for delivery in (first, second, third)] == [503, 503, 202]
    assert first.body == second.body == third.body
    assert parsedate_to_datetime(third.headers["date"]) > parsedate_to_datetime(first.headers["date"])
    assert third.headers["signature"] != first.headers["signature"]
    third.verify()
    wait_for(partial(is_delivered, home, follower, work.uri), message="it was not settled")


def test_retry_after_is_obeyed(home: Home, peers: Peers) -> None:
    people = {status: settle(peers.open(), "lee") for status in (429, 503)}
    for status, person in people.items():
        home.follow(person)
        person.peer.answer("/inbox", Answer(status, headers={"Retry-After": "3"}), Answer())
    work = home.publish("Slow down")
    for person in people.values():
        first = person.peer.wait_for("Create", about=work.uri)
        second = person.peer.wait_for("Create", about=work.uri, count=2)
        assert (second.at - first.at).total_seconds() >= 2.9


def test_gone_ends_the_followership(home: Home, follower: Person) -> None:
    kim = settle(follower.peer, "kim")
    home.follow(kim)
    follower.peer.answer("/inbox", Answer(410))
    work = home.publish("To nobody")
    follower.peer.wait_for("Create", about=work.uri)
    wait_for(lambda: not {follower.id, kim.id} & set(home.followers()), message="the followers stayed")
    later = home.publish("To nobody at all")
    wait_for(
        lambda: home.query("SELECT 1 FROM activities WHERE subject = ? AND fanned_out_at IS NOT NULL", later.uri),
        message="it was not fanned out",
    )
    assert state(home, follower, later.uri) == []
    assert len(follower.peer.deliveries("Create", about=work.uri)) == 1


def test_a_refusal_is_final_but_the_follower_stays(home: Home, peers: Peers) -> None:
    statuses = (400, 403, 404, 405, 413, 501)
    people = {status: settle(peers.open(), "lee") for status in statuses}
    for status, person in people.items():
        home.follow(person)
        refusal = Answer(status, b"we do not want this")
        # 400 may mean the signature's dialect, so it is asked twice.
        person.peer.answer("/inbox", *[refusal] * (2 if status == 400 else 1), Answer())
    unwanted, wanted = home.publish("Unwanted"), home.publish("Wanted")
    followers = home.followers()
    for status, person in people.items():
        person.peer.wait_for("Create", about=wanted.uri)
        assert state(home, person, unwanted.uri) == [("dropped", f"refused: {status} we do not want this")]
        assert len(person.peer.deliveries("Create", about=unwanted.uri)) == (2 if status == 400 else 1)
        assert person.id in followers


def test_a_redirect_is_not_followed(home: Home, follower: Person) -> None:
    target = f"{follower.peer.base}/elsewhere"
    follower.peer.answer("/inbox", Answer(307, headers={"Location": target}), Answer())
    work = home.publish("Not elsewhere")
    follower.peer.wait_for("Create", about=work.uri, count=2)
    assert follower.peer.deliveries(target="/elsewhere") == []


def test_what_may_heal_is_tried_again(home: Home, peers: Peers) -> None:
    answers = (Answer(is_garbage=True), Answer(401, b"clock"), Answer(500), Answer(408), Answer(502), Answer(425))
    people = [(answer, settle(peers.open(), "lee")) for answer in answers]
    for answer, person in people:
        home.follow(person)
        person.peer.answer("/inbox", answer, answer, Answer())
    work = home.publish("Again")
    for answer, person in people:
        wait_for(partial(is_delivered, home, person, work.uri), message=f"{answer}: no delivery")
        assert len({delivery.body for delivery in person.peer.deliveries("Create", about=work.uri)}) == 1
        assert len(person.peer.deliveries("Create", about=work.uri)) >= 3


def test_a_healthy_host_waits_for_no_dead_hanging_or_babbling_one(home: Home, peers: Peers) -> None:
    dead, hanging, babbling, healthy = (
        settle(peers.open(), name) for name in ("dead", "hanging", "babbling", "healthy")
    )
    for person in (dead, hanging, babbling, healthy):
        home.follow(person)
    dead.peer.close()
    hanging.peer.answer("/inbox", Answer(is_hanging=True))
    babbling.peer.answer("/inbox", Answer(500, b"x" * 2_000_000))
    works = [home.publish(f"Number {number}") for number in range(4)]
    arrived = [healthy.peer.wait_for("Create", about=work.uri, seconds=30) for work in works]
    assert [delivery.object["id"] for delivery in arrived] == [work.uri for work in works]
    assert hanging.peer.deliveries("Create")
    hanging.peer.answer("/inbox", Answer())
    hanging.peer.release()
    babbling.peer.answer("/inbox", Answer())
    dead.peer.listen()
    for person in (dead, hanging, babbling):
        for work in works:
            person.peer.wait_for("Create", about=work.uri, seconds=40)


def test_the_queue_tells_the_host_the_attempts_and_the_reason(home: Home, follower: Person) -> None:
    follower.peer.answer("/inbox", Answer(503, b"the database is on fire", headers={"Retry-After": "3600"}), Answer())
    work = home.publish("Waiting")
    follower.peer.wait_for("Create", about=work.uri)
    wait_for(lambda: "fire" in state(home, follower, work.uri)[0][1], message="no reason was kept")
    (entry,) = waiting(home, follower)
    assert entry["host"] == follower.peer.host
    assert entry["inbox"] == f"{follower.peer.base}/inbox"
    assert entry["type"] == "Create"
    assert entry["activity"] == f"{work.uri}/activity"
    assert entry["attempts"] == 1
    assert "503" in entry["last_error"]
    assert "the database is on fire" in entry["last_error"]
    assert entry["next_attempt_at"] > entry["since"]
    assert "1 waiting" in home.server.cli("queue", "list", "--host", follower.peer.host).stderr
    assert "1 deliveries" in home.server.ok("queue", "retry", entry["id"])
    follower.peer.wait_for("Create", about=work.uri, count=2)
    wait_for(lambda: waiting(home, follower) == [], message="it still waits")


def test_the_queue_is_retried_for_a_whole_host(home: Home, follower: Person) -> None:
    follower.peer.answer("/inbox", Answer(429, headers={"Retry-After": "3600"}), Answer())
    first = home.publish("One")
    follower.peer.wait_for("Create", about=first.uri)
    wait_for(lambda: state(home, follower, first.uri)[0][1], message="no reason was kept")
    second = home.publish("Two")
    wait_for(lambda: state(home, follower, second.uri), message="it was not fanned out")
    assert follower.peer.deliveries("Create", about=second.uri) == []
    home.server.ok("queue", "retry", "--host", follower.peer.host)
    for work in (first, second):
        wait_for(partial(is_delivered, home, follower, work.uri), message="it was not delivered")


def test_the_queue_can_be_dropped(home: Home, follower: Person) -> None:
    follower.peer.answer("/inbox", Answer(503, headers={"Retry-After": "3600"}))
    work = home.publish("Dropped")
    follower.peer.wait_for("Create", about=work.uri)
    wait_for(lambda: state(home, follower, work.uri)[0][1], message="no reason was kept")
    assert "dropped 1" in home.server.ok("queue", "drop", "--host", follower.peer.host)
    assert waiting(home, follower) == []
    assert state(home, follower, work.uri) == [("dropped", "dropped by the admin")]
    nothing = home.server.cli("queue", "drop", "--host", follower.peer.host)
    assert nothing.returncode == 1
    assert nothing.stderr.count("\n") == 1


def test_a_delivery_is_given_up_after_its_time(open_home: OpenHome, peers: Peers) -> None:
    impatient = open_home(federation__retry_for_seconds=1.5)
    person = settle(peers.open(), "lee")
    impatient.follow(person)
    person.peer.answer("/inbox", Answer(500, b"never"))
    work = impatient.publish("Never")
    wait_for(lambda: (state(impatient, person, work.uri) or [("", "")])[0][0] == "dropped", message="it still waits")
    assert "gave up" in state(impatient, person, work.uri)[0][1]
    before = len(person.peer.deliveries("Create"))
    time.sleep(1.0)
    assert len(person.peer.deliveries("Create")) == before


def test_a_failure_counts_for_the_host_also_when_the_delivery_is_given_up(open_home: OpenHome, peers: Peers) -> None:
    hasty = open_home(federation__retry_for_seconds=0.01)
    lee = settle(peers.open(), "lee")
    hasty.follow(lee)
    lee.peer.answer("/inbox", Answer(503, b"never"))
    work = hasty.publish("Given up at once")
    wait_for(lambda: [s for s, _ in state(hasty, lee, work.uri)] == ["dropped"], message="it was not given up")
    failures, retry_at = hasty.query("SELECT failures, retry_at FROM hosts WHERE name = ?", lee.peer.host)[0]
    assert failures == 1
    assert retry_at is not None
