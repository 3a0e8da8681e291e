"""Threads are filled in: missing parents above what is stored, and replies below what people here take part in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import wait_for
from tests.federation.conftest import OpenHome
from tests.federation.home import Home, Work
from tests.federation.peer import Peer, Peers
from tests.federation.people import CONTEXT, PUBLIC, Person, settle, timestamp

EARLIER = timedelta(minutes=-30)
Serve = Callable[..., str]


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    return open_home(federation__fetch_jitter_seconds=0)


@pytest.fixture(scope="module")
def work(home: Home) -> Work:
    return home.publish()


@pytest.fixture
def peer(peers: Peers) -> Peer:
    return peers.open()


@pytest.fixture
def other_peer(peers: Peers) -> Peer:
    return peers.open()


@pytest.fixture
def lee(peer: Peer) -> Person:
    return settle(peer)


def served(person: Person, content: str = "<p>said</p>", **more: Any) -> dict[str, Any]:
    """Let a person's server show a note of half an hour ago."""
    note = person.note(content, **{"published": timestamp(EARLIER), **more})
    person.peer.serve(path(person, note), {"@context": CONTEXT, **note})
    return note


def path(person: Person, note: dict[str, Any]) -> str:
    return str(note["id"]).removeprefix(person.peer.base)


def listing(person: Person, note: dict[str, Any], *pages: object) -> None:
    """Let a person's server list the replies to a note, in these pages."""
    address = f"{path(person, note)}/replies"
    collection = f"{person.peer.base}{address}"
    person.peer.serve(
        address,
        {"@context": CONTEXT, "id": collection, "type": "Collection", "first": f"{collection}?page=0"},
    )
    for number, items in enumerate(pages):
        page = {
            "@context": CONTEXT,
            "id": f"{collection}?page={number}",
            "type": "CollectionPage",
            "items": items,
            # The last page points at the first.
            "next": f"{collection}?page={(number + 1) % len(pages)}",
        }
        person.peer.serve(f"{address}?page={number}", page)
    person.peer.serve(path(person, note), {"@context": CONTEXT, **note, "replies": collection})
    note["replies"] = collection


def fetch_of(home: Home, uri: str, kind: str = "note") -> tuple[str, str]:
    """Return how a fetch ended, in a state and in words."""

    def look() -> tuple[str, str] | None:
        found = home.query("SELECT state, outcome FROM fetches WHERE uri = ? AND kind = ?", uri, kind)
        return found[0] if found and found[0][1] and (found[0][0] != "waiting" or kind == "replies") else None

    ended: tuple[str, str] = wait_for(look, message=f"{kind} {uri} was not fetched")
    return ended


def chain_above(home: Home, uri: str) -> list[str]:
    """Return what a note answers, upwards, as it is linked here."""
    found = [uri]
    while parent := home.query(
        "SELECT parent.uri FROM notes JOIN notes AS parent ON parent.id = notes.in_reply_to_id WHERE notes.uri = ?",
        found[-1],
    ):
        found.append(str(parent[0][0]))
        assert len(found) < 50
    return found[1:]


def test_missing_parents_are_fetched_up_to_the_first(home: Home, lee: Person, other_peer: Peer) -> None:
    ana, kim = settle(other_peer), settle(lee.peer)
    first = served(ana, "<p>first</p><script>alert(1)</script>")
    second = served(kim, "<p>second</p>", inReplyTo=first["id"])
    third = served(ana, "<p>third</p>", inReplyTo={"id": second["id"], "type": "Note"})
    last = lee.note("<p>last</p>", inReplyTo=third["id"], cc=[home.actor])
    assert home.take(lee, lee.creates(last)).startswith("done: stored")
    assert fetch_of(home, first["id"]) == ("done", "stored, proof none")
    assert chain_above(home, last["id"]) == [third["id"], second["id"], first["id"]]
    assert home.content_of(first["id"]) == "<p>first</p>"
    assert home.told(lee) == ["mention"]
    assert home.told(ana) == home.told(kim) == []


def test_a_thread_is_followed_up_for_twenty_steps(home: Home, lee: Person) -> None:
    notes = [served(lee, "<p>root</p>")]
    for number in range(24):
        notes.append(served(lee, f"<p>{number}</p>", inReplyTo=notes[-1]["id"]))
    last = lee.note(inReplyTo=notes[-1]["id"], cc=[home.actor])
    home.take(lee, lee.creates(last))
    assert fetch_of(home, notes[-20]["id"]) == ("done", "stored, proof none; the thread is followed no further")
    assert len(chain_above(home, last["id"])) == 20
    assert path(lee, notes[-21]) not in lee.peer.fetched


def test_a_circle_is_walked_once(home: Home, lee: Person) -> None:
    one = lee.note()
    two = served(lee, inReplyTo=one["id"])
    one = served(lee, id=one["id"], inReplyTo=two["id"])
    itself = lee.note()
    itself = served(lee, id=itself["id"], inReplyTo=itself["id"])
    for top in (one, itself):
        last = lee.note(inReplyTo=top["id"], cc=[home.actor])
        home.take(lee, lee.creates(last))
    for top in (two, itself):
        assert fetch_of(home, top["id"]) == ("done", "stored, proof none; the thread runs in a circle")
    for note in (one, two, itself):
        assert lee.peer.fetched.count(path(lee, note)) == 1


def test_a_parent_is_believed_from_its_origin_only(home: Home, lee: Person, other_peer: Peer) -> None:
    victim = settle(other_peer)
    forged = served(lee, attributedTo=victim.id)
    moved = lee.note()
    lee.peer.serve(path(lee, moved), {"@context": CONTEXT, **victim.note()})
    page = lee.note()
    lee.peer.serve(path(lee, page), b"<p>hello</p>", content_type="text/html")
    for parent, words in (
        (forged, "The note claims an author on another host"),
        (moved, f"{lee.peer.host} serves a document of another host"),
        (page, f"{lee.peer.host} did not answer with an ActivityPub document"),
    ):
        last = lee.note(inReplyTo=parent["id"], cc=[home.actor])
        assert home.take(lee, lee.creates(last)).startswith("done: stored")
        assert fetch_of(home, parent["id"]) == ("failed", words)
        assert home.content_of(parent["id"]) is None


def test_a_private_parent_is_not_kept(home: Home, lee: Person) -> None:
    private = served(lee, to=[f"{lee.id}/followers"], cc=[])
    home.take(lee, lee.creates(lee.note(inReplyTo=private["id"], cc=[home.actor])))
    assert fetch_of(home, private["id"]) == ("failed", "it is not public")
    assert home.content_of(private["id"]) is None


def test_nothing_of_ours_or_of_blocked_servers_is_fetched(home: Home, lee: Person, other_peer: Peer) -> None:
    blocked = served(settle(other_peer))
    home.server.ok("domain", "block", other_peer.host, "--severity", "silence")
    ours = f"{home.base}/objects/12345"
    for parent in (blocked["id"], ours, "tag:example.org,2026:1", f"{other_peer.base}/x y"):
        home.take(lee, lee.creates(lee.note(inReplyTo=parent, cc=[home.actor])))
    assert home.query("SELECT uri FROM fetches WHERE uri IN (?, ?)", blocked["id"], ours) == []
    assert other_peer.fetched == []


def test_what_is_not_there_is_asked_for_once_and_what_is_down_again(home: Home, lee: Person) -> None:
    gone, down = lee.note(), lee.note()
    lee.peer.serve(path(lee, gone), b"gone", status=410, content_type="text/plain")
    lee.peer.serve(path(lee, down), b"wait", status=503, content_type="text/plain")
    for parent in (gone, gone, down):
        home.take(lee, lee.creates(lee.note(inReplyTo=parent["id"], cc=[home.actor])))
    assert fetch_of(home, gone["id"]) == ("failed", f"{lee.peer.host} says it is gone (410)")
    assert lee.peer.fetched.count(path(lee, gone)) == 1

    def waits() -> list[Any]:
        return home.query(
            "SELECT 1 FROM fetches WHERE uri = ? AND attempts = 1 AND not_before > created_at AND outcome LIKE '%503%'",
            down["id"],
        )

    wait_for(waits, message="it was not put back")
    lee.peer.serve(path(lee, down), {"@context": CONTEXT, **down})
    home.write("UPDATE fetches SET not_before = created_at WHERE uri = ?", down["id"])
    assert fetch_of(home, down["id"]) == ("done", "stored, proof none")


def test_a_thread_below_a_work_is_filled_in(home: Home, lee: Person, other_peer: Peer, work: Work) -> None:
    ana, kim, bo = settle(other_peer), settle(other_peer), settle(lee.peer)
    answer = lee.note("<p>how blue</p>", inReplyTo=work.uri, published=timestamp(EARLIER))
    nested = served(ana, "<p>indeed</p>", inReplyTo=answer["id"])
    deeper = served(kim, "<p>and deep</p>", inReplyTo=nested["id"])
    direct = served(bo, "<p>to the work itself</p>", inReplyTo=work.uri)
    unrelated = served(bo, "<p>buy this</p>")
    elsewhere = served(bo, "<p>of another thread</p>", inReplyTo=f"{bo.peer.base}/notes/unknown")
    listing(
        lee,
        answer,
        [nested["id"]],
        {"id": direct["id"], "type": "Note", "content": "<p>forged</p>"},
        [{"type": "Link", "href": unrelated["id"]}, elsewhere["id"], None, 5, work.uri, nested["id"]],
    )
    listing(ana, nested, [deeper["id"]])
    assert home.take(lee, lee.creates(answer)).startswith("done: stored")
    assert fetch_of(home, answer["id"], "replies") == ("waiting", "5 replies listed, 4 new")
    assert fetch_of(home, deeper["id"]) == ("done", "stored, proof none")
    assert fetch_of(home, direct["id"]) == ("done", "stored, proof none")
    for other in (unrelated, elsewhere):
        assert fetch_of(home, other["id"]) == ("failed", "it answers nothing that is known here")
    assert chain_above(home, deeper["id"]) == [nested["id"], answer["id"], work.uri]
    assert home.content_of(direct["id"]) == "<p>to the work itself</p>"
    assert direct["id"] in home.replies(work)
    page = home.get(work.url, "text/html").body.decode()
    assert page.index("how blue") < page.index("indeed") < page.index("and deep")
    assert (home.told(bo), home.told(ana), home.told(kim)) == (["reply"], [], [])
    again = lee.peer.fetched.count(f"{path(lee, answer)}/replies?page=0")
    assert again == 1
    # What is sent after it was fetched is the same note, and nobody is told twice.
    assert home.take(bo, bo.creates(direct)) == "done: known already"
    assert home.told(bo) == ["reply"]


def test_a_mention_that_was_fetched_first_is_told_when_it_is_sent(home: Home, lee: Person, work: Work) -> None:
    answer = lee.note(inReplyTo=work.uri, published=timestamp(EARLIER))
    ana = settle(lee.peer, "ana")
    named = served(ana, inReplyTo=answer["id"], cc=[home.actor])
    listing(lee, answer, named["id"])
    home.take(lee, lee.creates(answer))
    assert fetch_of(home, named["id"])[0] == "done"
    assert home.told(ana) == []
    for _ in range(2):
        assert home.take(ana, ana.creates(named)) == "done: known already"
    assert home.told(ana) == ["mention"]


def test_replies_to_what_is_followed_are_looked_for_after_a_while(home: Home, lee: Person) -> None:
    follow(home, lee)
    note = lee.note(published=timestamp())
    answer = served(lee, inReplyTo=note["id"])
    listing(lee, note, [answer["id"]])
    assert home.take(lee, lee.creates(note)).startswith("done: stored")
    waiting = "SELECT unixepoch(not_before) - unixepoch(created_at) FROM fetches WHERE uri = ? AND kind = 'replies'"
    ((seconds,),) = home.query(waiting, note["id"])
    assert 280 <= seconds <= 300
    home.write("UPDATE fetches SET not_before = created_at WHERE uri = ?", note["id"])
    assert fetch_of(home, note["id"], "replies") == ("waiting", "1 replies listed, 1 new")
    assert fetch_of(home, answer["id"]) == ("done", "stored, proof none")
    ((seconds,),) = home.query(waiting, note["id"])
    assert seconds >= 890  # a quarter of an hour, whoever boosts or answers it meanwhile
    home.take(lee, lee.creates(lee.note(inReplyTo=note["id"], cc=[home.actor])))
    assert home.query(waiting, note["id"]) == [(seconds,)]


def follow(home: Home, person: Person) -> None:
    home.server.ok("follow", person.id, "--as", home.artist)
    asked = person.peer.wait_for("Follow", about=person.id).activity
    assert home.take(person, person.says("Accept", asked)) == "done: we follow now"


def test_strangers_threads_are_left_alone(home: Home, lee: Person) -> None:
    note = lee.note(cc=[home.actor], published=timestamp(EARLIER))
    listing(lee, note, [served(lee, inReplyTo=note["id"])["id"]])
    assert home.take(lee, lee.creates(note)).startswith("done: stored")
    assert home.query("SELECT 1 FROM fetches WHERE uri = ?", note["id"]) == []


def test_a_thread_has_a_budget(home: Home, lee: Person, work: Work) -> None:
    answer = lee.note(inReplyTo=home.publish().uri, published=timestamp(EARLIER))
    listing(lee, answer, [f"{lee.peer.base}/none/{number}" for number in range(150)])
    home.take(lee, lee.creates(answer))
    state, words = fetch_of(home, answer["id"], "replies")
    assert (state, words) == ("waiting", "150 replies listed, 99 new")
    wait_for(
        lambda: (
            not home.query("SELECT 1 FROM fetches WHERE uri LIKE ? AND state = 'waiting'", f"{lee.peer.base}/none/%")
        ),
        seconds=60,
    )
    assert len([one for one in lee.peer.fetched if one.startswith("/none/")]) == 99


def test_a_fetch_that_was_cut_off_is_made_again(open_home: OpenHome, lee: Person) -> None:
    home = open_home(federation__fetch_jitter_seconds=0)
    parent = lee.note(to=[PUBLIC])
    document = {"@context": CONTEXT, **parent}
    lee.peer.serve(path(lee, parent), document, delay_seconds=4)
    home.take(lee, lee.creates(lee.note(inReplyTo=parent["id"], cc=[home.actor])))
    wait_for(lambda: path(lee, parent) in lee.peer.fetched, message="it was not asked for")
    home.server.kill()
    lee.peer.serve(path(lee, parent), document)
    home.server.start()
    assert fetch_of(home, parent["id"]) == ("done", "stored, proof none")
