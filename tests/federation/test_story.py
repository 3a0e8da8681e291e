"""A bad week of two servers, fifty peers of which half hang, and one that lies: who is honest loses nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import wait_for
from tests.federation.conftest import OpenHome
from tests.federation.home import Home, Work
from tests.federation.peer import Answer, Peers
from tests.federation.people import PUBLIC, Person, public_pem, rsa_key, settle

pytestmark = pytest.mark.slow

HEALTHY = 25
HANGING = 25


def told_to(person: Person, *works: str) -> list[tuple[str, str]]:
    """Return what a peer heard of these works, in the order of its first arrival."""
    heard: list[tuple[str, str]] = []
    for delivery in person.peer.deliveries():
        object_ = delivery.activity.get("object")
        about = str(object_["id"] if isinstance(object_, dict) else object_)
        event = (delivery.activity["type"], about)
        if about in works and event not in heard:
            heard.append(event)
    return heard


def follow_all(home: Home, people: list[Person]) -> None:
    asked = [(person, person.says("Follow", home.actor)) for person in people]
    for person, activity in asked:
        assert person.post(home.shared_inbox, activity).status == 202
    for person, activity in asked:
        person.peer.wait_for("Accept", about=activity["id"], seconds=60)


def timeline(home: Home) -> dict[str, Any]:
    return {entry["uri"]: entry for entry in home.server.json("timeline", "--as", home.artist)}


def test_a_bad_week(open_home: OpenHome, peers: Peers) -> None:
    home = open_home(federation__request_timeout_seconds=3)
    other = open_home()
    healthy = [settle(peers.open(), "honest") for _ in range(HEALTHY)]
    hanging = [settle(peers.open(), "hanging") for _ in range(HANGING)]
    follow_all(home, healthy + hanging)
    other.server.ok("follow", "--as", "mira", home.actor)
    wait_for(lambda: other.actor in home.followers(), message="the other server does not follow")
    first = home.publish("Monday")
    wait_for(lambda: first.uri in timeline(other), message="the other server did not get the first work")

    # Half the peers hang and the other server is down while works come, change and go.
    for person in hanging:
        person.peer.answer("/inbox", Answer(is_hanging=True))
    other.server.kill()
    second, third = home.publish("Tuesday"), home.publish("Wednesday")
    home.server.ok("edit", second.id, "--title", "Tuesday night")
    for person in healthy:
        person.peer.wait_for("Create", about=third.uri, seconds=60)
    home.server.ok("delete", third.id)
    works = (second.uri, third.uri)
    for person in healthy:
        person.peer.wait_for("Delete", about=third.uri, seconds=60)
        person.peer.wait_for("Update", about=second.uri, seconds=60)
        heard = told_to(person, *works)
        assert [event for event in heard if event[1] == second.uri] == [("Create", second.uri), ("Update", second.uri)]
        assert [event for event in heard if event[1] == third.uri] == [("Create", third.uri), ("Delete", third.uri)]
        assert heard.index(("Create", second.uri)) < heard.index(("Create", third.uri))

    # Our own server dies too, with all that in its queue.
    home.server.kill()
    other.server.start()
    home.server.start()
    wait_for(
        lambda: "Tuesday night" in timeline(other).get(second.uri, {}).get("text", ""),
        seconds=60,
        message="the other server did not get the edited work",
    )
    assert third.uri not in timeline(other)

    # An honest one changes the key and answers; a liar tries every voice but its own.
    honest, blocker, mover = healthy[0], healthy[1], healthy[2]
    answer = honest.note("<p>Fine dusk</p>", inReplyTo=second.uri)
    assert home.take(honest, honest.creates(answer)).startswith("done: stored")
    honest.key = rsa_key("changed")
    honest.serve(publicKey=honest.document["publicKey"] | {"publicKeyPem": public_pem(honest.key)})
    later = honest.note("<p>Signed with another key</p>", inReplyTo=second.uri)
    assert home.take(honest, honest.creates(later)).startswith("done: stored")
    lies(home, other, settle(peers.open(), "mallory"), honest, answer, second)
    assert home.content_of(answer["id"]) == "<p>Fine dusk</p>"
    assert set(home.replies(second)) == {answer["id"], later["id"]}

    # Somebody blocks us, and somebody whom we follow moves.
    assert home.take(blocker, blocker.says("Block", home.actor)) == "done: blocked us"
    home.server.ok("follow", "--as", "mira", mover.id)
    home.take(mover, mover.says("Accept", mover.peer.wait_for("Follow", target=mover.inbox).activity))
    new = settle(peers.open(), "moved", alsoKnownAs=[mover.id])
    mover.serve(movedTo=new.id)
    assert home.take(mover, mover.says("Move", mover.id, target=new.id)).startswith(f"done: moved to {new.id}")
    assert new.peer.wait_for("Follow", target=new.inbox).activity["object"] == new.id

    # The hanging ones come back: they stayed followers and get all that still matters.
    for person in hanging:
        person.peer.answer("/inbox", Answer())
        person.peer.release()
    for person in hanging:
        person.peer.wait_for("Update", about=second.uri, seconds=90)
        assert told_to(person, second.uri) == [("Create", second.uri), ("Update", second.uri)]
        if ("Create", third.uri) in told_to(person, third.uri):
            person.peer.wait_for("Delete", about=third.uri, seconds=90)
    last = home.publish("Sunday")
    for person in [*healthy[2:], honest, *hanging]:
        person.peer.wait_for("Create", about=last.uri, seconds=90)
    wait_for(lambda: last.uri in timeline(other), seconds=60, message="the other server did not get the last work")
    assert blocker.peer.deliveries("Create", about=last.uri) == []
    everybody = {person.id for person in healthy + hanging} | {other.actor}
    assert set(home.followers()) == everybody - {blocker.id}


def lies(home: Home, other: Home, mallory: Person, honest: Person, answer: dict[str, Any], work: Work) -> None:
    """Say what others would have to say, signed by mallory: nothing of it may count."""
    before = (home.get(work.uri).body, home.replies(work), sorted(home.followers()))
    forged = honest.note("<p>free for AI training</p>", inReplyTo=work.uri)
    for activity in (
        honest.creates(forged),
        honest.says("Delete", answer["id"]),
        honest.says("Delete", honest.id),
        honest.says("Undo", honest.says("Follow", home.actor)),
        honest.says("Update", {**answer, "content": "<p>forged</p>"}),
        {**honest.says("Update", {"id": other.actor, "type": "Person", "name": "Mallory"}), "actor": other.actor},
    ):
        assert mallory.post(home.shared_inbox, activity).status == 202
        assert not home.is_stored(activity)
    for activity in (
        mallory.creates({**forged, "id": f"{mallory.peer.base}/notes/forged"}),
        mallory.says("Delete", answer["id"]),
        mallory.says("Update", {**answer, "attributedTo": mallory.id, "content": "<p>forged</p>"}),
        mallory.says("Undo", {"type": "Follow", "actor": honest.id, "object": home.actor}),
    ):
        assert mallory.post(home.shared_inbox, activity).status == 202
    copy = {"id": answer["id"], "type": "Note", "attributedTo": honest.id, "content": "<p>forged</p>"}
    assert home.take(mallory, mallory.says("Announce", copy, to=[PUBLIC])).startswith("ignored")
    home.settle()
    assert (home.get(work.uri).body, home.replies(work), sorted(home.followers())) == before
