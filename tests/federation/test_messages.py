"""Direct messages, both ways: for those whom they name, and to be found nowhere by anybody else."""

from __future__ import annotations

import pytest

from tests.federation.conftest import OpenHome
from tests.federation.home import Home
from tests.federation.peer import Peer, Peers
from tests.federation.people import Person, settle
from tests.federation.test_mentions import handle, reachable


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    return open_home("kim")


@pytest.fixture(scope="module")
def peer(peers: Peers) -> Peer:
    return peers.open()


@pytest.fixture
def lee(peer: Peer) -> Person:
    return reachable(peer)


def send(home: Home, *options: str) -> dict[str, str]:
    sent: dict[str, str] = home.server.json("message", "--as", "mira", *options)
    return sent


def test_a_message_goes_to_whom_it_names_and_to_nobody_else(home: Home, lee: Person, peer: Peer) -> None:
    follower = settle(peer)
    home.follow(follower)
    sent = send(home, handle(lee), "--text", "The crate is on its way.")
    delivery = peer.wait_for("Create", about=sent["uri"])
    note = delivery.object
    assert delivery.target == lee.inbox
    assert (delivery.activity["to"], delivery.activity["cc"]) == (note["to"], note["cc"]) == ([lee.id], [])
    assert [(tag["type"], tag["href"]) for tag in note["tag"]] == [("Mention", lee.id)]
    assert "signature" not in delivery.activity
    work = home.publish("Marker")
    peer.wait_for("Create", about=work.uri)
    assert [d.target for d in peer.deliveries(about=sent["uri"])] == [lee.inbox]


def test_nobody_finds_a_message(home: Home, lee: Person, peers: Peers) -> None:
    sent = send(home, handle(lee), "--text", "Unfindable words.")
    lee.peer.wait_for("Create", about=sent["uri"])
    stranger = settle(peers.open())
    for part in ("", "/activity", "/replies"):
        assert home.get(f"{sent['uri']}{part}").status == 404
        assert stranger.get(f"{sent['uri']}{part}").status == 404
        assert lee.get(f"{sent['uri']}{part}").status == 200
    for address in (sent["conversation"], f"{home.actor}/outbox?page=true", f"/@mira/{sent['id']}", "/@mira", "/"):
        for accept in ("application/activity+json", "text/html"):
            assert "Unfindable" not in home.get(address, accept).body.decode()
    assert home.get(f"/@mira/{sent['id']}", "text/html").status == 404
    assert home.get(sent["conversation"]).status == 404


def test_a_message_that_comes_in_is_shown_to_its_addressee_only(home: Home, lee: Person) -> None:
    note = lee.tells(home.actor, content="<p>For Mira's eyes</p>")
    assert home.take(lee, lee.creates(note)).startswith("done: stored")
    assert home.told(lee) == ["mention"]
    assert home.server.json("messages", "--as", "mira")[0]["last"]["uri"] == note["id"]
    assert not [m for m in home.server.json("messages", "--as", "kim") if m["last"]["uri"] == note["id"]]
    number = home.server.json("messages", "--as", "mira")[0]["id"]
    refused = home.server.cli("reply", "--as", "kim", number, "--text", "I read that")
    assert (refused.returncode, refused.stderr) == (1, f"fediart: there is no post {number} for kim\n")
    assert home.server.cli("like", "--as", "kim", number).returncode == 1
    assert "wrote to you" in home.server.ok("notifications", "--as", "mira")


def test_a_message_about_a_work_is_not_shown_to_its_artist_unless_it_is_for_them(home: Home, lee: Person) -> None:
    work = home.publish("Talked about")
    note = lee.tells(f"{home.base}/users/kim", content="<p>between us</p>", inReplyTo=work.uri)
    assert home.take(lee, lee.creates(note)).startswith("done: stored")
    assert not [r for r in home.server.json("replies", "--as", "mira") if r["uri"] == note["id"]]
    told = home.query(
        "SELECT actors.username, notifications.type FROM notifications JOIN actors ON actors.id = artist_id"
        " JOIN notes ON notes.id = note_id WHERE notes.uri = ?",
        note["id"],
    )
    assert told == [("kim", "mention")]
    assert home.replies(work) == []
    assert home.items(home.document(work.uri)["conversation"]) == [work.uri]
    assert "between us" not in home.get(work.url, "text/html").body.decode()


def test_a_conversation_both_ways(home: Home, lee: Person) -> None:
    sent = send(home, handle(lee), "--text", "Blue or green?", "--summary", "colours")
    asked = lee.peer.wait_for("Create", about=sent["uri"]).object
    assert (asked["summary"], asked["sensitive"]) == ("colours", True)
    # Interop: Misskey names no conversation; what the answer answers is enough.
    answer = lee.tells(home.actor, content="<p>Blue.</p>", inReplyTo=sent["uri"])
    home.take(lee, lee.creates(answer))
    reply = home.server.json("reply", "--as", "mira", answer["id"], "--text", "Blue it is.")
    last = lee.peer.wait_for("Create", about=reply["uri"]).object
    assert (last["to"], last["cc"], last["inReplyTo"]) == ([lee.id], [], answer["id"])
    shown = home.server.json("messages", "--as", "mira", reply["id"])
    assert [m["uri"] for m in shown["messages"]] == [sent["uri"], answer["id"], reply["uri"]]
    assert [person["uri"] for person in shown["people"]] == [lee.id]
    first = home.server.json("messages", "--as", "mira", "--limit", "1")
    assert [(c["id"], c["count"]) for c in first] == [(reply["id"], 3)]
    text = home.server.ok("messages", "--as", "mira", sent["id"])
    assert text.index("[colours]") < text.index("Blue.") < text.index("Blue it is.")


def test_a_message_to_an_inbox_that_names_nobody_is_for_whose_inbox_it_is(home: Home, lee: Person) -> None:
    blind = lee.note("<p>blind copy</p>", to=[], cc=[])
    assert home.take(lee, lee.creates(blind), shared=False).startswith("done: stored")
    assert home.server.json("messages", "--as", "mira")[0]["last"]["uri"] == blind["id"]
    elsewhere = lee.note("<p>to whom?</p>", to=[f"{lee.id}x"], cc=[])
    assert home.take(lee, lee.creates(elsewhere)) == "ignored: a message to nobody here"


def test_artists_of_one_house_write_to_each_other(home: Home) -> None:
    sent = send(home, "@kim", "--text", "Coffee?")
    assert home.server.json("messages", "--as", "kim")[0]["last"]["uri"] == sent["uri"]
    assert home.server.json("notifications", "--as", "kim")[0]["type"] == "mention"
    reply = home.server.json("reply", "--as", "kim", sent["id"], "--text", "At four.")
    assert home.server.json("messages", "--as", "mira")[0]["id"] == reply["id"]


@pytest.mark.parametrize(
    ("who", "text", "says"),
    [
        ("@mira", "Hello me", "a message needs somebody to go to, other than its author"),
        ("@kim", "  ", "a message needs words"),
        ("@nobody", "Hello", "there is no artist “nobody” here (there is: kim, mira)"),
    ],
)
def test_what_cannot_be_sent_says_why(home: Home, who: str, text: str, says: str) -> None:
    done = home.server.cli("message", "--as", "mira", who, "--text", text)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"fediart: {says}\n")


def test_a_withdrawn_message_is_taken_back_from_its_addressee_only(home: Home, lee: Person) -> None:
    sent = send(home, handle(lee), "--text", "Never mind.")
    lee.peer.wait_for("Create", about=sent["uri"])
    home.server.ok("delete", sent["id"])
    delete = lee.peer.wait_for("Delete", about=sent["uri"]).activity
    assert delete["to"] == [lee.id]
    assert not [c for c in home.server.json("messages", "--as", "mira") if c["id"] == sent["id"]]


def test_a_blocked_person_writes_to_nobody(home: Home, lee: Person) -> None:
    home.server.ok("block", "--as", "mira", handle(lee))
    assert home.take(lee, lee.creates(lee.tells(home.actor))) == "ignored: blocked"
    done = home.server.cli("message", "--as", "mira", handle(lee), "--text", "x")
    assert done.stderr == f"fediart: there is a block between mira and {handle(lee)}\n"
