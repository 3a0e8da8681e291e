"""Who sees a work that is not for everybody: followers and those whom it names, by a signed GET; nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.conftest import wait_for
from tests.federation import wire
from tests.federation.conftest import OpenHome
from tests.federation.home import Home, Work
from tests.federation.peer import Peer, Peers
from tests.federation.people import Person, rsa_key, settle, unique

PARTS = ("", "/activity", "/replies", "/likes", "/shares")


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    return open_home()


@pytest.fixture(scope="module")
def peer(peers: Peers) -> Peer:
    return peers.open()


@pytest.fixture(scope="module")
def follower(home: Home, peer: Peer) -> Person:
    person = settle(peer)
    home.follow(person)
    return person


@pytest.fixture(scope="module")
def private(home: Home, follower: Person) -> Work:
    return home.publish("For followers", "--visibility", "followers")


def instance_actor(peer: Peer) -> Person:
    return settle(peer, "instance", type="Application")


def assert_hidden(answer: wire.HttpAnswer) -> None:
    assert answer.status == 404, answer
    assert "For followers" not in answer.body.decode()


def test_a_follower_fetches_what_is_for_followers(home: Home, follower: Person, private: Work) -> None:
    for part in PARTS:
        answer = follower.get(f"{private.uri}{part}")
        assert answer.status == 200, (part, answer)
        assert answer.json["id"] == f"{private.uri}{part}"
        assert "no-store" in answer.headers["cache-control"]
        assert "private" in answer.headers["cache-control"]
        assert {name.strip().lower() for name in answer.headers["vary"].split(",")} >= {"accept", "signature"}
    note = follower.get(private.uri)
    assert note.json["to"] == [f"{home.actor}/followers"]
    assert note.headers["tdm-reservation"] == "1"
    # What the follower was shown is not shown to the next one who asks.
    for part in PARTS:
        assert_hidden(home.get(f"{private.uri}{part}"))


def test_the_fetched_work_is_the_delivered_one(follower: Person, peer: Peer, private: Work) -> None:
    delivered = peer.wait_for("Create", about=private.uri).activity
    assert follower.get(f"{private.uri}/activity").json == delivered
    assert follower.get(private.uri).json == delivered["object"]


def test_the_instance_actor_of_a_followers_server_may_fetch(peer: Peer, private: Work) -> None:
    assert instance_actor(peer).get(private.uri).status == 200


def test_gotosocial_names_its_instance_actor_like_its_host(peer: Peer, private: Work) -> None:
    person = settle(peer, "instance", type="Service", preferredUsername=peer.host.partition(":")[0])
    assert person.get(private.uri).status == 200


def test_neighbours_of_a_follower_see_nothing(peer: Peer, follower: Person, private: Work) -> None:
    neighbour = settle(peer)
    for part in PARTS:
        assert_hidden(neighbour.get(f"{private.uri}{part}"))


def test_strangers_see_nothing(home: Home, peers: Peers, private: Work) -> None:
    elsewhere = peers.open()
    for stranger in (settle(elsewhere), instance_actor(elsewhere)):
        for part in PARTS:
            assert_hidden(stranger.get(f"{private.uri}{part}"))
        missing = stranger.get(f"{home.base}/objects/5")
        hidden = stranger.get(private.uri)
        assert (missing.status, missing.body) == (hidden.status, hidden.body)


def test_a_follow_that_was_not_accepted_or_is_over_counts_nothing(home: Home, peers: Peers, private: Work) -> None:
    person = settle(peers.open())
    follow = home.follow(person)
    assert person.get(private.uri).status == 200
    assert home.take(person, person.says("Undo", follow)).startswith("done")
    assert_hidden(person.get(private.uri))
    assert_hidden(instance_actor(person.peer).get(private.uri))


def test_a_bad_signature_is_401_and_tells_nothing(home: Home, follower: Person, private: Work) -> None:
    for address in (private.uri, f"{home.base}/objects/5"):
        assert follower.get(address, key=rsa_key("another")).status == 401
        assert follower.get(address, date=timedelta(days=-1)).status == 401
        garbled = home.get(address, Signature="garbage")
        assert (garbled.status, garbled.headers["content-type"]) == (401, "application/json")
        assert garbled.error
    # A signature for one document opens no other.
    signed = wire.signed_get(f"{home.base}/objects/5", key=follower.key, key_id=follower.key_id)
    assert home.get(private.uri, **signed).status == 401


def test_a_key_that_cannot_be_had_now_is_503(home: Home, peers: Peers, private: Work) -> None:
    person = settle(peers.open())
    person.vanish(503)
    answer = person.get(private.uri)
    assert (answer.status, answer.headers["retry-after"]) == (503, "60")


def test_a_direct_reply_is_for_those_it_names(home: Home, follower: Person, peers: Peers) -> None:
    person = settle(peers.open(), unique("ana"))
    note = person.note("<p>Only us two?</p>", to=[home.actor], cc=[], tag=[{"type": "Mention", "href": home.actor}])
    assert home.take(person, person.creates(note)).startswith("done")
    home.server.ok("reply", note["id"], "--text", "Only us two.", "--as", "mira", "--visibility", "direct")
    said = person.peer.wait_for("Create", about="Only us two.").object
    assert person.get(said["id"]).json == said
    for other in (follower, settle(person.peer), instance_actor(person.peer)):
        assert other.get(said["id"]).status == 404
    assert home.get(said["id"]).status == 404


def test_a_deleted_work_is_gone_for_followers_and_unknown_to_others(home: Home, follower: Person) -> None:
    work = home.publish("For followers, briefly", "--visibility", "followers")
    home.server.ok("delete", work.id)
    answer = follower.get(work.uri)
    assert (answer.status, answer.json["type"]) == (410, "Tombstone")
    assert home.get(work.uri).status == 404


def test_a_signature_changes_nothing_for_public_works(home: Home, peers: Peers) -> None:
    work = home.publish("Public")
    person = settle(peers.open())
    fetched = len(person.peer.fetched)
    for signing in ({}, {"key": rsa_key("another")}, {"date": timedelta(days=-9)}):
        answer = person.get(work.uri, **signing)
        assert (answer.status, answer.json["id"]) == (200, work.uri)
        assert answer.headers["cache-control"].startswith("public")
    assert home.get(work.uri, Signature="garbage").status == 200
    # What is in memory serves signed requests too: a crowd of servers that fetch one work costs little.
    assert "x-request-id" not in person.get(work.uri).headers
    person.vanish(503)
    assert person.get(home.actor).status == 200
    assert len(person.peer.fetched) == fetched  # nobody's key was asked for


def test_an_artist_who_blocks_somebody_shows_them_nothing(home: Home, peers: Peers) -> None:
    work = home.publish("Public, but")
    person = settle(peers.open())
    home.follow(person)
    ours, theirs = (home.query("SELECT id FROM actors WHERE uri = ?", uri)[0][0] for uri in (home.actor, person.id))
    home.write(
        "INSERT INTO blocks (id, uri, actor_id, target_id, created_at) VALUES (?, '', ?, ?, '2026-01-01 00:00:00')",
        theirs,
        ours,
        theirs,
    )
    assert home.get(work.uri).status == 200  # now in memory, where the blocked one must not get it from
    wait_for(lambda: person.get(work.uri).status == 403, message="the blocked one still sees the work")
    for path in (work.uri, home.actor, f"{home.actor}/outbox", f"{home.actor}/followers", f"{work.uri}/activity"):
        answer = person.get(path)
        assert (answer.status, answer.headers["content-type"]) == (403, "application/json"), path
    assert person.get(work.uri, accept="text/html").status in (302, 403)
    assert person.get(work.url, accept="text/html").status == 200
    assert home.get(work.uri).status == 200
    assert settle(person.peer).get(work.uri).status == 200
