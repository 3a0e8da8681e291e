"""Moving: an artist leaves for another account, arrives from one, or follows somebody who moves."""

from __future__ import annotations

import pytest

from tests.federation.conftest import OpenHome
from tests.federation.home import Home
from tests.federation.peer import Peer, Peers
from tests.federation.people import Person, settle


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    return open_home("kim", "ann")


@pytest.fixture(scope="module")
def peer(peers: Peers) -> Peer:
    return peers.open()


@pytest.fixture
def lee(peer: Peer) -> Person:
    return settle(peer)


def refused(home: Home, *arguments: str) -> str:
    done = home.server.cli(*arguments)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    return done.stderr


def follow(home: Home, artist: str, person: Person) -> None:
    actor = f"{home.base}/users/{artist}"
    home.server.ok("follow", "--as", artist, person.id)
    asked = person.peer.wait_for("Follow", about=actor, target=person.inbox).activity
    assert home.take(person, person.says("Accept", asked)) == "done: we follow now"


def following(home: Home, artist: str) -> dict[str, str]:
    return {row["uri"]: row["state"] for row in home.server.json("following", "--as", artist)}


def test_an_alias_is_in_the_document_and_told(home: Home, lee: Person) -> None:
    fan = settle(lee.peer, "fan")
    kim = Home(home.server, home.picture, "kim")
    kim.follow(fan)
    home.server.ok("artist", "edit", "kim", "--also-known-as", lee.id)
    assert home.document(kim.actor)["alsoKnownAs"] == [lee.id]
    update = fan.peer.wait_for("Update", about=lee.id)
    assert update.object["alsoKnownAs"] == [lee.id]
    assert home.server.json("artist", "show", "kim")["also_known_as"] == [lee.id]
    assert "not an alias of itself" in refused(home, "artist", "edit", "kim", "--also-known-as", "kim")
    home.server.ok("artist", "edit", "kim", "--also-known-as", "none")
    assert "alsoKnownAs" not in home.document(kim.actor)


def test_somebody_followed_here_moves(home: Home, lee: Person, peers: Peers) -> None:
    follow(home, "kim", lee)
    new = settle(peers.open(), "new", alsoKnownAs=[lee.id])
    lee.serve(movedTo=new.id)
    assert (
        home.take(lee, lee.says("Move", lee.id, target=new.id)) == f"done: moved to {new.id}, 1 followers here go along"
    )
    assert new.peer.wait_for("Follow", target=new.inbox).activity["actor"] == f"{home.base}/users/kim"
    lee.peer.wait_for("Undo", target=lee.inbox)
    assert following(home, "kim").get(new.id) == "requested"
    assert lee.id not in following(home, "kim")
    again = settle(peers.open(), "again", alsoKnownAs=[lee.id])
    lee.serve(movedTo=again.id)
    assert home.take(lee, lee.says("Move", lee.id, target=again.id)) == "ignored: moved less than a week ago"
    assert "has moved to" in refused(home, "follow", "--as", "ann", lee.id)


def test_a_move_that_is_not_confirmed_is_ignored(home: Home, lee: Person) -> None:
    follow(home, "kim", lee)
    new = settle(lee.peer, "new")
    assert "movedTo" in home.take(lee, lee.says("Move", lee.id, target=new.id))
    lee.serve(movedTo=new.id)
    assert "alsoKnownAs" in home.take(lee, lee.says("Move", lee.id, target=new.id))
    new.serve(alsoKnownAs=[lee.id], movedTo=f"{lee.peer.base}/users/further")
    assert "has moved on itself" in home.take(lee, lee.says("Move", lee.id, target=new.id))
    assert "only itself" in home.take(new, new.says("Move", lee.id, target=new.id))
    assert lee.id in following(home, "kim")
    new.serve(movedTo=None)
    assert home.take(lee, lee.says("Move", lee.id, target=new.id)).startswith("done: moved")


def test_somebody_moves_to_an_artist_here(home: Home, lee: Person) -> None:
    follow(home, "ann", lee)
    home.server.ok("artist", "edit", "kim", "--also-known-as", lee.id)
    kim = f"{home.base}/users/kim"
    lee.serve(movedTo=kim)
    assert home.take(lee, lee.says("Move", lee.id, target=kim)).startswith("done: moved")
    assert following(home, "ann")[kim] == "accepted"


def test_an_artist_moves_away(home: Home, lee: Person) -> None:
    """The last one: afterwards mira says nothing any more."""
    home.follow(lee)
    work = home.publish()
    home.server.ok("follow", "--as", "ann", "mira")
    new = settle(lee.peer, "mira")
    assert "does not name" in refused(home, "move", "--as", "mira", "--to", new.id)
    new.serve(alsoKnownAs=[home.actor], movedTo=lee.id)
    assert "has itself moved on" in refused(home, "move", "--as", "mira", "--to", new.id)
    assert "cannot move to itself" in refused(home, "move", "--as", "mira", "--to", "mira")
    new.serve(movedTo=None)
    said = home.server.ok("move", "--as", "mira", "--to", new.id)
    assert said.startswith(f"mira has moved to @{new.name}@{new.peer.host}")
    move = lee.peer.wait_for("Move", about=home.actor)
    assert (move.activity["actor"], move.activity["object"], move.activity["target"]) == (
        home.actor,
        home.actor,
        new.id,
    )
    assert move.activity["to"] == [f"{home.actor}/followers"]
    update = lee.peer.wait_for("Update", about=new.id)
    assert update.object["movedTo"] == new.id
    assert update.number < move.number
    assert home.document(home.actor)["movedTo"] == new.id
    assert new.peer.wait_for("Follow", target=new.inbox).activity["actor"] == f"{home.base}/users/ann"
    assert f"{home.base}/users/mira" not in following(home, "ann")
    assert "other servers take another move from" in refused(home, "move", "--as", "mira", "--to", new.id)
    for arguments in (
        ("publish", str(home.picture), "--as", "mira", "--title", "More", "--alt", "Boats"),
        ("reply", "--as", "mira", work.id, "--text", "More"),
        ("like", "--as", "mira", work.id),
        ("boost", "--as", "mira", work.id),
        ("follow", "--as", "mira", lee.id),
    ):
        assert "mira has moved to" in refused(home, *arguments)
    assert home.document(work.uri)["id"] == work.uri, "what is here stays"
    late = settle(lee.peer, "late")
    assert home.take(late, late.says("Follow", home.actor)) == "done: rejected"
    late.peer.wait_for("Reject", target=late.inbox)
