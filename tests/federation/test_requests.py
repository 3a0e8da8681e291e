"""An artist who approves followers by hand: who waits, what the answer says, and how a follower is removed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.conftest import wait_for
from tests.federation.conftest import OpenHome
from tests.federation.home import Home
from tests.federation.peer import Peer, Peers
from tests.federation.people import Person, settle


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    home = open_home("kim", "ann")
    home.server.ok("artist", "edit", "mira", "--locked")
    return home


@pytest.fixture(scope="module")
def peer(peers: Peers) -> Peer:
    return peers.open()


@pytest.fixture
def lee(peer: Peer) -> Person:
    return settle(peer)


@contextmanager
def unlocked(home: Home) -> Iterator[None]:
    home.server.ok("artist", "edit", "mira", "--open")
    try:
        yield
    finally:
        home.server.ok("artist", "edit", "mira", "--locked")


def ask(home: Home, person: Person, **more: Any) -> dict[str, Any]:
    follow = person.says("Follow", home.actor, **more)
    assert home.take(person, follow) == "done: waits for approval"
    return follow


def waiting(home: Home) -> list[str]:
    return [row["uri"] for row in home.server.json("requests", "--as", "mira")]


def refused(home: Home, *arguments: str) -> str:
    done = home.server.cli(*arguments)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_a_request_waits_and_is_accepted_in_its_own_words(home: Home, lee: Person) -> None:
    follow = ask(home, lee, id=f"{lee.peer.base}/f/%7Eabc?x={lee.name}")
    assert waiting(home) == [lee.id]
    assert home.told(lee) == ["follow_request"]
    assert lee.id not in home.followers()
    assert lee.peer.deliveries(about=follow["id"]) == []
    assert home.document(home.actor)["manuallyApprovesFollowers"] is True
    said = home.server.ok("requests", "--as", "mira", "accept", lee.id)
    assert said == f"@{lee.name}@{lee.peer.host} follows mira\n"
    accept = lee.peer.wait_for("Accept", target=lee.inbox)
    assert accept.object == {"id": follow["id"], "type": "Follow", "actor": lee.id, "object": home.actor}
    assert accept.activity["actor"] == home.actor
    assert lee.id in home.followers()
    assert waiting(home) == []
    assert home.told(lee) == []
    assert "follows mira already" in refused(home, "requests", "accept", "--as", "mira", lee.id)


def test_a_request_is_rejected_and_may_be_made_again(home: Home, lee: Person) -> None:
    follow = ask(home, lee)
    home.server.ok("requests", "reject", "--as", "mira", lee.id)
    reject = lee.peer.wait_for("Reject", target=lee.inbox)
    assert reject.object == {"id": follow["id"], "type": "Follow", "actor": lee.id, "object": home.actor}
    assert waiting(home) == []
    assert "has not asked to follow mira" in refused(home, "requests", "reject", "--as", "mira", lee.id)
    again = ask(home, lee)
    home.server.ok("requests", "accept", "--as", "mira", lee.id)
    lee.peer.wait_for("Accept", about=again["id"])


def test_the_last_of_several_requests_is_the_one_that_is_answered(home: Home, lee: Person) -> None:
    ask(home, lee)
    second = ask(home, lee)
    assert waiting(home) == [lee.id]
    assert home.told(lee) == ["follow_request"]
    home.server.ok("requests", "accept", "--as", "mira", lee.id)
    assert lee.peer.wait_for("Accept", target=lee.inbox).object["id"] == second["id"]


def test_a_request_is_taken_back(home: Home, lee: Person) -> None:
    follow = ask(home, lee)
    assert home.take(lee, lee.says("Undo", follow)) == "done: follow undone"
    assert waiting(home) == []
    assert home.told(lee) == []


def test_opening_the_account_accepts_nobody_until_they_ask_again(home: Home, lee: Person) -> None:
    follow = ask(home, lee)
    with unlocked(home):
        assert waiting(home) == [lee.id]
        assert lee.id not in home.followers()
        again = lee.says("Follow", home.actor)
        assert home.take(lee, again) == "done: accepted"
    lee.peer.wait_for("Accept", about=again["id"])
    assert lee.peer.deliveries(about=follow["id"]) == []
    assert home.told(lee) == ["follow"]
    assert home.take(lee, lee.says("Follow", home.actor)) == "done: accepted again", "a follower stays one"


def test_a_follower_is_removed_by_a_reject_of_their_follow(home: Home, lee: Person) -> None:
    with unlocked(home):
        follow = home.follow(lee)
    said = home.server.ok("remove-follower", "--as", "mira", lee.id)
    assert said == f"@{lee.name}@{lee.peer.host} no longer follows mira\n"
    reject = lee.peer.wait_for("Reject", target=lee.inbox)
    assert reject.object == {"id": follow["id"], "type": "Follow", "actor": lee.id, "object": home.actor}
    assert lee.id not in home.followers()
    assert "does not follow mira" in refused(home, "remove-follower", "--as", "mira", lee.id)


def test_who_is_not_let_in_gets_nothing(home: Home, peers: Peers) -> None:
    lee = settle(peers.open())
    friend = settle(lee.peer, "friend")
    ask(home, lee)
    with unlocked(home):
        home.follow(friend)
    work = home.publish("For friends", "--visibility", "followers")
    created = lee.peer.wait_for("Create", about=work.uri)
    assert created.target == "/inbox", "the friend's"
    home.server.ok("remove-follower", "--as", "mira", friend.id)
    lee.peer.wait_for("Reject", target=friend.inbox)
    second = home.publish("For nobody", "--visibility", "followers")
    home.server.ok("requests", "reject", "--as", "mira", lee.id)
    lee.peer.wait_for("Reject", target=lee.inbox)
    wait_for(lambda: not home.query("SELECT 1 FROM activities WHERE fanned_out_at IS NULL"))
    assert lee.peer.deliveries(about=second.uri) == []


def test_an_artist_of_the_same_house_waits_too(home: Home) -> None:
    server = home.server
    assert server.ok("follow", "--as", "kim", "mira") == f"kim asked to follow @mira@{server.host}\n"
    assert "has asked to follow" in refused(home, "follow", "--as", "kim", "mira")
    kim = f"{home.base}/users/kim"
    assert waiting(home) == [kim]
    server.ok("requests", "accept", "--as", "mira", "kim")
    assert kim in home.followers()
    assert [told["type"] for told in server.json("notifications", "--as", "kim")] == ["follow_accepted"]
    server.ok("remove-follower", "--as", "mira", "kim")
    assert kim not in home.followers()
    server.ok("follow", "--as", "ann", "mira")
    server.ok("unfollow", "--as", "ann", "mira")
    assert waiting(home) == []
    assert not any(told["from"]["uri"].endswith("ann") for told in server.json("notifications", "--as", "mira"))


def test_what_is_wrong_is_said(home: Home) -> None:
    for arguments in (("requests",), ("requests", "accept", "kim")):
        done = home.server.cli(*arguments)
        assert done.returncode == 2
        assert "Missing option '--as'" in done.stderr
    assert "there is no artist “nobody”" in refused(home, "requests", "--as", "nobody")
    assert "@kim" in refused(home, "requests", "--as", "mira", "accept", "kim")
