"""Blocking somebody elsewhere, and muting: what the other server is told, and what is shown and taken afterwards."""

from __future__ import annotations

import pytest

from tests.federation.conftest import OpenHome
from tests.federation.home import Home
from tests.federation.peer import Peer, Peers
from tests.federation.people import Person, settle


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    return open_home("kim")


@pytest.fixture(scope="module")
def peer(peers: Peers) -> Peer:
    return peers.open()


@pytest.fixture
def lee(peer: Peer) -> Person:
    return settle(peer)


def befriend(home: Home, person: Person) -> tuple[str, str]:
    """Let the two follow each other; returns the ids of mira's Follow and of theirs."""
    theirs = home.follow(person)["id"]
    home.server.ok("follow", "--as", "mira", person.id)
    follow = person.peer.wait_for("Follow", target=person.inbox).activity
    assert home.take(person, person.says("Accept", follow)) == "done: we follow now"
    return str(follow["id"]), str(theirs)


def refused(home: Home, *arguments: str) -> str:
    done = home.server.cli(*arguments)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_a_block_ends_both_relations_and_is_told(home: Home, lee: Person) -> None:
    ours, theirs = befriend(home, lee)
    assert home.server.ok("block", "--as", "mira", lee.id) == f"mira blocks @{lee.name}@{lee.peer.host}\n"
    block = lee.peer.wait_for("Block", target=lee.inbox).activity
    assert (block["actor"], block["object"], block["to"]) == (home.actor, lee.id, [lee.id])
    assert lee.peer.wait_for("Undo", target=lee.inbox).object["id"] == ours
    assert lee.peer.wait_for("Reject", target=lee.inbox).object["id"] == theirs
    assert lee.id not in home.followers()
    assert lee.id not in home.items(f"{home.actor}/following")
    assert home.get(block["id"]).status == 404, "a block is between two"
    (listed,) = [row for row in home.server.json("blocks", "--as", "mira") if row["uri"] == lee.id]
    assert listed["state"] == "blocked"
    assert "blocks @" in refused(home, "block", "--as", "mira", lee.id)
    assert "there is a block" in refused(home, "follow", "--as", "mira", lee.id)


def test_what_the_blocked_send_has_no_effect(home: Home, lee: Person) -> None:
    work = home.publish()
    home.server.ok("block", "--as", "mira", lee.id)
    follow = lee.says("Follow", home.actor)
    assert home.take(lee, follow) == "done: rejected"
    assert lee.peer.wait_for("Reject", target=lee.inbox).object["id"] == follow["id"]
    assert home.take(lee, lee.says("Like", work.uri)) == "ignored: blocked"
    assert home.take(lee, lee.says("Announce", work.uri)) == "ignored: blocked"
    assert home.take(lee, lee.creates(lee.note(inReplyTo=work.uri))) == "ignored: blocked"
    assert home.take(lee, lee.creates(lee.note(to=[home.actor], cc=[]))) == "ignored: blocked"
    assert [home.total(work, part) for part in ("likes", "shares", "replies")] == [0, 0, 0]
    assert home.told(lee) == []


def test_replies_of_the_blocked_are_hidden_until_the_block_is_taken_back(home: Home, lee: Person) -> None:
    work = home.publish()
    note = lee.note("<p>I was here before</p>", inReplyTo=work.uri)
    home.take(lee, lee.creates(note))
    answer = settle(lee.peer, "pat")
    home.take(answer, answer.creates(answer.note("<p>Me too</p>", inReplyTo=work.uri)))
    assert len(home.replies(work)) == 2
    home.server.ok("block", "--as", "mira", lee.id)
    assert note["id"] not in home.replies(work)
    assert home.total(work, "replies") == 1
    assert b"I was here before" not in home.get(work.url, "text/html").body
    assert b"Me too" in home.get(work.url, "text/html").body
    assert note["id"] not in [row["uri"] for row in home.server.json("replies", "--as", "mira")]
    assert lee.id not in [told["from"]["uri"] for told in home.server.json("notifications", "--as", "mira")]
    block = lee.peer.wait_for("Block", target=lee.inbox).activity
    assert home.server.ok("unblock", "--as", "mira", lee.id) == f"mira no longer blocks @{lee.name}@{lee.peer.host}\n"
    undo = lee.peer.wait_for("Undo", target=lee.inbox)
    assert undo.object == {"id": block["id"], "type": "Block", "actor": home.actor, "object": lee.id, "to": [lee.id]}
    assert note["id"] in home.replies(work)
    assert b"I was here before" in home.get(work.url, "text/html").body
    assert "does not block" in refused(home, "unblock", "--as", "mira", lee.id)
    home.follow(lee)


def test_a_block_of_one_artist_is_not_the_blocks_of_all(home: Home, lee: Person) -> None:
    home.server.ok("block", "--as", "mira", lee.id)
    follow = lee.says("Follow", f"{home.base}/users/kim")
    assert home.take(lee, follow) == "done: accepted"


def test_artists_of_one_house_can_block_each_other(home: Home) -> None:
    server, work = home.server, home.publish()
    server.ok("follow", "--as", "kim", "mira")
    server.ok("block", "--as", "mira", "kim")
    assert f"{home.base}/users/kim" not in home.followers()
    for arguments in (
        ("follow", "--as", "kim", "mira"),
        ("like", "--as", "kim", work.id),
        ("boost", "--as", "kim", work.id),
        ("reply", "--as", "kim", work.id, "--text", "Hello"),
    ):
        assert "there is a block between kim and @mira" in refused(home, *arguments)
    server.ok("unblock", "--as", "mira", "kim")
    server.ok("like", "--as", "kim", work.id)
    assert "nobody can block themselves" in refused(home, "block", "--as", "mira", "mira")
    assert "the server itself" in refused(home, "block", "--as", "mira", f"{home.base}/actor")


def test_a_mute_hides_and_tells_nobody(home: Home, lee: Person) -> None:
    befriend(home, lee)
    work = home.publish()
    note, reply = lee.note("<p>A loud one</p>"), lee.note(inReplyTo=work.uri)
    for said in (note, reply):
        home.take(lee, lee.creates(said))
    before = len(lee.peer.deliveries(target=lee.inbox))

    def timeline() -> list[str]:
        return [post["uri"] for post in home.server.json("timeline", "--as", "mira")]

    def told() -> list[str]:
        return [one["from"]["uri"] for one in home.server.json("notifications", "--as", "mira")]

    assert note["id"] in timeline()
    assert lee.id in told()
    assert home.server.ok("mute", "--as", "mira", lee.id) == f"mira mutes @{lee.name}@{lee.peer.host}\n"
    assert "mutes @" in refused(home, "mute", "--as", "mira", lee.id)
    assert note["id"] not in timeline()
    assert lee.id not in told()
    theirs = lee.says("Announce", work.uri)
    assert home.take(lee, theirs) == "done: boosted"
    assert work.uri in timeline(), "mira's own work stays"
    assert lee.id in home.followers(), "a mute ends nothing"
    assert reply["id"] in home.replies(work), "others may read it"
    assert len(lee.peer.deliveries(target=lee.inbox)) == before
    assert [row["state"] for row in home.server.json("blocks", "--as", "mira") if row["uri"] == lee.id] == ["muted"]
    assert home.server.ok("unmute", "--as", "mira", lee.id) == f"mira no longer mutes @{lee.name}@{lee.peer.host}\n"
    assert note["id"] in timeline()
    assert lee.id in told()
    assert "does not mute" in refused(home, "unmute", "--as", "mira", lee.id)
    assert "nobody can mute themselves" in refused(home, "mute", "--as", "mira", "mira")
