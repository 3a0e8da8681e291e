"""Handles in the words of a work: who is named is addressed, gets it, and is linked; whoever nobody is stays text."""

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
    return reachable(peer)


def reachable(peer: Peer) -> Person:
    """Return somebody whose handle WebFinger knows."""
    person = settle(peer)
    link = {"rel": "self", "type": "application/activity+json", "href": person.id}
    subject = f"acct:{person.name}@{peer.host}"
    path = f"/.well-known/webfinger?resource=acct%3A{person.name}%40{peer.host.replace(':', '%3A')}"
    for spelling in (path, f"/.well-known/webfinger?resource=acct:{person.name}@{peer.host}"):
        peer.serve(spelling, {"subject": subject, "links": [link]}, content_type="application/jrd+json")
    return person


def handle(person: Person) -> str:
    return f"@{person.name}@{person.peer.host}"


def test_a_stranger_who_is_named_gets_the_work(home: Home, lee: Person) -> None:
    work = home.publish("Named", "--text", f"With {handle(lee)}, who lent me a boat.")
    delivery = lee.peer.wait_for("Create", about=work.uri)
    note = delivery.object
    assert delivery.activity["cc"] == note["cc"] == [f"{home.actor}/followers", lee.id]
    assert {"type": "Mention", "name": handle(lee), "href": lee.id} in note["tag"]
    assert f'<a href="{lee.id}" class="u-url mention">@<span>{lee.name}</span></a>' in note["content"]
    assert f">{lee.name}<" in home.get(work.url, "text/html").body.decode()


def test_an_edit_names_others_and_those_from_before_still_hear_of_it(home: Home, lee: Person, peer: Peer) -> None:
    work = home.publish("Named once", "--text", f"For {handle(lee)}.")
    peer.wait_for("Create", about=work.uri)
    ann = reachable(peer)
    home.server.ok("edit", work.id, "--text", f"For {handle(ann)}.")
    update = peer.wait_for("Update", about=work.uri).object
    assert [tag["href"] for tag in update["tag"] if tag["type"] == "Mention"] == [ann.id]
    assert ann.id in update["cc"]
    assert lee.id not in update["cc"]
    # Whoever was named before must not keep a version that nobody else has.
    assert {d.target for d in peer.deliveries("Update", about=work.uri)} == {"/inbox"}


def test_a_change_that_leaves_the_words_alone_keeps_whom_they_name(home: Home, lee: Person, peer: Peer) -> None:
    work = home.publish("Kept", "--text", f"For {handle(lee)}.")
    peer.wait_for("Create", about=work.uri)
    home.server.ok("edit", work.id, "--title", "Kept well")
    update = peer.wait_for("Update", about=work.uri).object
    assert [tag["href"] for tag in update["tag"]] == [lee.id]
    assert f"@<span>{lee.name}</span>" in update["content"]


def test_somebody_whom_nobody_knows_stays_text_and_the_artist_is_told(home: Home, peer: Peer) -> None:
    done = home.server.cli(
        "publish", home.picture, "--as", "mira", "--title", "X", "--alt", "x", "--text", f"@nobody@{peer.host} and @ann"
    )
    assert done.returncode == 0
    lines = done.stderr.splitlines()
    assert lines[0].startswith(f"fediart: @nobody@{peer.host} stays plain text: ")
    assert lines[1].startswith("fediart: @ann stays plain text: there is no artist “ann” here")
    note = home.document(f"/objects/{done.stdout.split()[1]}")
    assert f"@nobody@{peer.host} and @ann" in note["content"]
    assert note["tag"] == []


def test_an_artist_of_the_same_house_is_named_in_short(home: Home) -> None:
    work = home.publish("House", "--text", "After @kim. Not kim@kim.example, nor https://x.example/@kim/1")
    note = home.document(work.uri)
    assert note["tag"] == [
        {"type": "Mention", "name": f"@kim@{home.server.host}", "href": f"{home.base}/users/kim"},
    ]
    assert note["content"].count("h-card") == 1
    told = home.server.json("notifications", "--as", "kim")
    assert [(entry["type"], entry["note"]["uri"]) for entry in told] == [("mention", work.uri)]
    home.server.ok("edit", work.id, "--text", "After @kim, again.")
    assert len(home.server.json("notifications", "--as", "kim")) == 1


def test_a_reply_names_its_author_and_can_be_edited(home: Home, lee: Person, peer: Peer) -> None:
    work = home.publish("Answered")
    asked = lee.note("<p>Oil?</p>", inReplyTo=work.uri)
    home.take(lee, lee.creates(asked))
    reply = home.server.json("reply", "--as", "mira", asked["id"], "--text", "Watercolour.")
    first = peer.wait_for("Create", about=reply["uri"]).object
    home.server.ok("edit", reply["id"], "--text", "Gouache, #really.", "--summary", "paint")
    update = peer.wait_for("Update", about=reply["uri"]).object
    assert "Watercolour" in first["content"]
    assert "Gouache" in update["content"]
    assert (update["summary"], update["inReplyTo"]) == ("paint", asked["id"])
    assert {tag["type"] for tag in update["tag"]} == {"Mention", "Hashtag"}
    assert lee.id in update["cc"]
    assert home.document(reply["uri"]) == update
    refused = home.server.cli("edit", reply["id"], "--title", "x")
    assert refused.returncode == 2
    assert "is no work: only its --text, --summary and --language can be changed" in refused.stderr


def test_nobody_is_named_over_a_block(home: Home, lee: Person) -> None:
    home.take(lee, lee.says("Block", home.actor))
    done = home.server.cli(
        "publish", home.picture, "--as", "mira", "--title", "X", "--alt", "x", "--text", f"Hello {handle(lee)}"
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"fediart: there is a block between mira and {handle(lee)}\n"
