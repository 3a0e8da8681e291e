"""Replies to our works reach the followers of the artist, in their author's bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import wait_for
from tests.federation.conftest import OpenHome
from tests.federation.home import Home
from tests.federation.peer import Answer, Peer, Peers
from tests.federation.people import AS2, Person, settle, timestamp
from tests.federation.test_relayed import Sign, ld_signed, proven


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    return open_home()


@pytest.fixture(scope="module")
def followers(home: Home, peers: Peers) -> list[Person]:
    """Return two followers on two hosts."""
    people = [settle(peers.open(), name) for name in ("ana", "ben")]
    for person in people:
        home.follow(person)
    return people


@pytest.fixture
def author(home: Home, peers: Peers, followers: list[Person]) -> Person:
    """Return somebody on a third host, where another follower lives."""
    person = settle(peers.open(), "cleo")
    home.follow(settle(person.peer, "neighbour"))
    return person


def forwarded(peer: Peer, activity: dict[str, Any]) -> list[bytes]:
    return [delivery.body for delivery in peer.deliveries(activity["type"], about=activity["id"])]


def is_forwarded(home: Home, activity: dict[str, Any]) -> bool:
    return bool(home.query("SELECT 1 FROM activities WHERE uri = ?", activity["id"]))


@pytest.mark.parametrize("sign", [proven, ld_signed])
def test_a_reply_its_change_and_its_end(home: Home, followers: list[Person], author: Person, sign: Sign) -> None:
    note = author.note("<p>Where is this?</p>", inReplyTo=home.publish("Asked about").uri)
    created = sign(author, author.creates(note))
    body = json.dumps(created, indent=1).encode()
    assert author.post(home.shared_inbox, body).status == 202
    changed = note | {"content": "<p>Where was this?</p>", "updated": timestamp()}
    for person in followers:
        assert person.peer.wait_for("Create", about=created["id"]).body == body
    update = sign(author, author.says("Update", changed, to=note["to"], cc=note["cc"]))
    assert home.take(author, update)
    delete = sign(author, author.says("Delete", {"id": note["id"], "type": "Tombstone"}, to=note["to"]))
    for person in followers:
        person.peer.wait_for("Update", about=update["id"])
    assert home.take(author, delete) == "done: note deleted"
    for person in followers:
        delivery = person.peer.wait_for("Delete", about=delete["id"])
        delivery.verify()
        assert f'keyId="{home.actor}#main-key"' in delivery.headers["signature"]
    assert author.post(home.shared_inbox, body).status == 202
    home.settle()
    for activity in (created, update, delete):
        assert [len(forwarded(person.peer, activity)) for person in followers] == [1, 1]
        assert forwarded(author.peer, activity) == []
    assert created["id"] not in [item["id"] for item in home.items(f"{home.actor}/outbox")]


def test_to_the_artists_followers_alone(home: Home, followers: list[Person], author: Person) -> None:
    note = author.note(inReplyTo=home.publish("For them").uri, to=[f"{home.actor}/followers"], cc=[home.actor])
    created = proven(author, author.creates(note))
    assert home.take(author, created).startswith("done")
    for person in followers:
        person.peer.wait_for("Create", about=created["id"])


def test_what_is_not_passed_on(home: Home, author: Person, peers: Peers) -> None:
    work = home.publish("Not this")
    to_artist: dict[str, Any] = {"to": [home.actor], "cc": []}
    unsigned = author.creates(author.note(inReplyTo=work.uri))
    private = proven(author, author.creates(author.note(inReplyTo=work.uri, **to_artist)))
    mention = proven(author, author.creates(author.note(tag=[{"type": "Mention", "href": home.actor}])))
    for activity in (unsigned, private, mention):
        assert home.take(author, activity).startswith("done: stored")
        assert not is_forwarded(home, activity)
    relayed = proven(author, author.creates(author.note(inReplyTo=work.uri)))
    assert settle(peers.open(), "relay").post(home.shared_inbox, relayed).status == 202
    assert home.outcome(relayed).startswith("done: stored")
    assert not is_forwarded(home, relayed)
    like = proven(author, author.says("Like", work.uri, to=[f"{AS2}#Public"]))
    assert home.take(author, like).startswith("done")
    assert not is_forwarded(home, like)


def test_a_forward_is_soon_given_up(home: Home, author: Person, peers: Peers) -> None:
    follower = settle(peers.open(), "dora")
    home.follow(follower)
    work = home.publish("Tried three times")
    follower.peer.wait_for("Create", about=work.uri)
    created = proven(author, author.creates(author.note(inReplyTo=work.uri)))
    follower.peer.answer("/inbox", Answer(408, b"later"))
    assert home.take(author, created).startswith("done")
    wait_for(
        lambda: home.query(
            "SELECT 1 FROM deliveries JOIN activities ON activities.id = activity_id WHERE uri = ? AND host = ?"
            " AND state = 'dropped' AND last_error LIKE 'gave up after 3 attempts%'",
            created["id"],
            follower.peer.host,
        )
    )
    assert len(forwarded(follower.peer, created)) == 3
