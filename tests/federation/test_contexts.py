"""A conversation as a collection: what was said publicly below a work of ours, by whomever, in order."""

from __future__ import annotations

from typing import Any

from tests.federation.home import Home
from tests.federation.peer import Peer
from tests.federation.people import Person, settle


def say(home: Home, person: Person, parent: str, **more: Any) -> str:
    note = person.note(inReplyTo=parent, **more)
    assert home.take(person, person.creates(note)).startswith("done")
    return str(note["id"])


def test_a_conversation_is_the_public_thread_in_order(home: Home, peer: Peer, other_peer: Peer) -> None:
    work = home.publish("Talked about")
    address = str(home.document(work.uri)["conversation"])
    assert home.items(address) == [work.uri]
    lee, ana = settle(peer), settle(other_peer)
    home.server.ok("follow", ana.id, "--as", "mira")  # so that what she answers to others comes here too
    asked = ana.peer.wait_for("Follow", about=ana.id).activity
    assert home.take(ana, ana.says("Accept", asked)).startswith("done")
    first = say(home, lee, work.uri, conversation=address)
    second = say(home, ana, first, conversation=address)
    hidden = say(home, ana, work.uri, to=[home.actor], cc=[])
    third = say(home, ana, hidden)
    home.server.ok("reply", second, "--text", "Thank you both.", "--as", "mira")
    head = home.document(address)
    assert (head["id"], head["type"], head["totalItems"]) == (address, "OrderedCollection", 5)
    found = home.items(address)
    assert found[:4] == [work.uri, first, second, third]
    assert hidden not in found
    ours = home.document(found[4])
    assert (ours["attributedTo"], ours["conversation"]) == (home.actor, address)
    assert home.take(lee, lee.says("Delete", first)).startswith("done")
    assert first not in home.items(address)
    assert second in home.items(address)


def test_a_long_conversation_comes_in_pages(home: Home, lee: Person) -> None:
    work = home.publish("Much talked about")
    address = f"{home.base}/contexts/{work.id}"
    said = [say(home, lee, work.uri) for _ in range(22)]
    page = home.document(f"{address}?page=true")
    assert (page["type"], page["partOf"], len(page["orderedItems"])) == ("OrderedCollectionPage", address, 20)
    assert home.items(address) == [work.uri, *said]


def test_a_conversation_that_is_not_public_is_not_there(home: Home) -> None:
    private = home.publish("For followers", "--visibility", "followers")
    for number in (private.id, "5", "0", str(10**30), "x"):
        assert home.get(f"{home.base}/contexts/{number}").status == 404
