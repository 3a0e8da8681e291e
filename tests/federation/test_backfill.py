"""What was there before: the earlier works of somebody who is followed now, and a post that is fetched by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import wait_for
from tests.federation.conftest import OpenHome
from tests.federation.home import Home
from tests.federation.peer import Peer, Peers
from tests.federation.people import CONTEXT, Person, settle, timestamp
from tests.federation.test_threads import fetch_of, listing, path, served


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    return open_home(federation__fetch_jitter_seconds=0)


@pytest.fixture
def peer(peers: Peers) -> Peer:
    return peers.open()


def earlier(person: Person, content: str, days: int, **more: Any) -> dict[str, Any]:
    return served(person, content, published=timestamp(timedelta(days=-days)), **more)


def outbox(person: Person, *pages: list[Any]) -> None:
    address = f"{person.id}/outbox".removeprefix(person.peer.base)
    base = f"{person.peer.base}{address}"
    person.peer.serve(
        address, {"@context": CONTEXT, "id": base, "type": "OrderedCollection", "first": f"{base}?page=0"}
    )
    for number, items in enumerate(pages):
        page = {
            "@context": CONTEXT,
            "id": f"{base}?page={number}",
            "type": "OrderedCollectionPage",
            "orderedItems": items,
        }
        if number + 1 < len(pages):
            page["next"] = f"{base}?page={number + 1}"
        person.peer.serve(f"{address}?page={number}", page)


def follow(home: Home, person: Person) -> None:
    home.server.ok("follow", "--as", home.artist, person.id)
    sent = person.peer.wait_for("Follow", target=person.inbox)
    assert home.take(person, person.says("Accept", sent.activity)) == "done: we follow now"


def timeline(home: Home) -> list[str]:
    return [entry["uri"] for entry in home.server.json("timeline", "--as", home.artist, "--json")]


def test_earlier_works_come_in_their_order_and_nobody_is_told(home: Home, peer: Peer) -> None:
    lee, ana = settle(peer), settle(peer, "ana")
    old = earlier(lee, "<p>old</p>", 30)
    middle = earlier(lee, "<p>middle</p>", 20)
    new = earlier(lee, f"<p>hello {home.actor}</p>", 10, cc=[home.actor])
    private = lee.note("<p>secret</p>", to=[f"{lee.id}/followers"], cc=[])
    foreign = earlier(ana, "<p>by ana</p>", 5)
    outbox(
        lee,
        [lee.creates(new), lee.says("Announce", foreign["id"]), {**lee.creates(middle), "object": middle["id"]}],
        [
            lee.creates(foreign),
            lee.creates(private),
            {**lee.creates(old), "object": {**old, "content": "<p>forged</p>"}},
        ],
    )
    follow(home, lee)
    for note in (old, middle, new):
        assert fetch_of(home, note["id"])[0] == "done"
    assert [uri for uri in timeline(home) if uri.startswith(lee.peer.base)] == [new["id"], middle["id"], old["id"]]
    assert home.content_of(old["id"]) == "<p>old</p>", "what the outbox says of a note is not believed"
    assert not home.query("SELECT 1 FROM notes WHERE uri IN (?, ?)", foreign["id"], private["id"])
    assert home.told(lee) == ["follow_accepted"]


def test_a_second_follow_doubles_nothing(home: Home, peer: Peer) -> None:
    lee = settle(peer)
    only = earlier(lee, "<p>only</p>", 3)
    outbox(lee, [lee.creates(only)])
    follow(home, lee)
    assert fetch_of(home, only["id"])[0] == "done"
    home.server.ok("unfollow", "--as", home.artist, lee.id)
    home.server.ok("follow", "--as", home.artist, lee.id)
    wait_for(lambda: len(lee.peer.deliveries("Follow", target=lee.inbox)) == 2, message="no second Follow came")
    again = lee.peer.deliveries("Follow", target=lee.inbox)[-1]
    assert home.take(lee, lee.says("Accept", again.activity)) == "done: we follow now"
    home.settle()
    assert timeline(home).count(only["id"]) == 1


def test_a_post_is_fetched_by_hand_with_its_thread(home: Home, peer: Peer) -> None:
    lee, ana = settle(peer), settle(peer, "ana")
    above = served(ana, "<p>above</p>")
    post = served(lee, "<p>the post</p>", inReplyTo=above["id"])
    below = served(ana, "<p>below</p>", inReplyTo=post["id"])
    listing(lee, post, [below["id"]])
    found = home.server.json("fetch", post["id"], "--json")
    assert (found["uri"], found["content"]) == (post["id"], "the post")
    assert (found["ancestors"], found["replies"]) == ([above["id"]], [below["id"]])
    said = home.server.ok("fetch", found["id"])
    assert "here are also: 1 above it in the thread, 1 direct replies" in said
    assert path(lee, post) in lee.peer.fetched
    assert home.told(lee) == []


def test_what_cannot_be_fetched_is_said_in_one_line(home: Home, peer: Peer) -> None:
    for what in (f"{peer.base}/notes/nothing", "12", f"{home.base}/objects/1", "no address"):
        refused = home.server.cli("fetch", what)
        assert refused.returncode == 1
        assert refused.stderr.startswith("fediart: ")
        assert len(refused.stderr.splitlines()) == 1
