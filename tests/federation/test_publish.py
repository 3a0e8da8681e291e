"""What leaves when an artist publishes, edits, deletes: the bytes, the proofs, the order, and to whom."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from fediart.activitypub import actors, keys
from fediart.activitypub.signatures import proofs
from fediart.activitypub.timestamps import read_timestamp
from tests.federation.conftest import OpenHome
from tests.federation.home import Home, Work
from tests.federation.peer import Answer, Peer, Peers
from tests.federation.people import PUBLIC, Person, settle

TITLE = "Ochre boats"


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    return open_home(federation__request_timeout_seconds=60)


@pytest.fixture(scope="module")
def big(peers: Peers, home: Home) -> Peer:
    """Return a peer with a shared inbox and three followers."""
    peer = peers.open()
    for name in ("lee", "kim", "ana"):
        home.follow(settle(peer, name))
    return peer


@pytest.fixture(scope="module")
def small(peers: Peers, home: Home) -> Person:
    """Return a follower on a peer without shared inbox."""
    person = settle(peers.open(), "zoe", endpoints=None)
    home.follow(person)
    return person


@pytest.fixture(scope="module")
def work(home: Home, big: Peer, small: Person) -> Work:
    """Return a work that has arrived at both peers."""
    work = home.publish(TITLE, "--tag", "ink", "--text", "A #blue day, “quoted” & 🎨", "--summary", "water")
    big.wait_for("Create", about=work.uri)
    small.peer.wait_for("Create", about=work.uri)
    return work


def verify_proof(home: Home, document: dict[str, object]) -> None:
    """Check a proof by the artist, with the key that their document lists."""
    actor = actors.read_actor(home.document(home.actor))
    entry = next(entry for entry in actor.keys if entry.id == proofs.verification_method(document))
    key = keys.read_multikey(entry.multibase or "")
    assert isinstance(key, keys.Ed25519PublicKey)
    proofs.verify_proof(document, key=key, now=datetime.now(UTC))


def test_the_note_and_the_create_carry_proofs_by_the_artist(home: Home, big: Peer, work: Work) -> None:
    create = big.wait_for("Create", about=work.uri)
    verify_proof(home, create.activity)
    verify_proof(home, create.object)
    assert create.object["attributedTo"] == create.activity["actor"] == home.actor


def test_the_note_by_id_is_byte_for_byte_what_was_delivered(home: Home, big: Peer, small: Person, work: Work) -> None:
    create = big.wait_for("Create", about=work.uri)
    assert home.get(work.uri).body in create.body
    assert home.get(create.activity["id"]).body == create.body
    assert small.peer.wait_for("Create", about=work.uri).body == create.body


def test_the_signature_is_over_the_exact_bytes(big: Peer, work: Work) -> None:
    create = big.wait_for("Create", about=work.uri)
    create.verify()
    assert "🎨".encode() in create.body
    assert create.headers["content-type"] == "application/activity+json"
    assert "signature-input" not in create.headers


def test_three_followers_behind_a_shared_inbox_get_one_copy(big: Peer, small: Person, work: Work) -> None:
    assert [delivery.target for delivery in big.deliveries("Create", about=work.uri)] == ["/inbox"]
    assert [delivery.target for delivery in small.peer.deliveries("Create", about=work.uri)] == [small.inbox]


def test_nothing_is_delivered_to_ourselves(home: Home, work: Work) -> None:
    home.server.ok("artist", "create", "nour", "--email", "nour@example.org")
    home.server.ok("follow", "--as", "nour", "mira")
    assert f"{home.base}/users/nour" in home.followers()
    second = home.publish("To a neighbour")
    home.server.ok("reply", "--as", "nour", second.id, "--text", "fine!")
    assert home.query("SELECT inbox FROM deliveries WHERE host = ?", home.server.host) == []
    assert len(home.replies(second)) == 1


def test_a_work_is_addressed_to_the_public_and_the_followers(big: Peer, work: Work) -> None:
    create = big.wait_for("Create", about=work.uri).activity
    for document in (create, create["object"]):
        assert document["to"] == [PUBLIC]
        assert document["cc"] == [f"{create['actor']}/followers"]


def test_a_work_for_followers_names_only_them(home: Home, big: Peer) -> None:
    private = home.publish("For you", "--visibility", "followers")
    create = big.wait_for("Create", about=private.uri).activity
    assert create["to"] == create["object"]["to"] == [f"{home.actor}/followers"]
    assert PUBLIC.encode() not in json.dumps([create["to"], create["cc"]]).encode()


def test_edits_have_their_own_ids_and_grow_newer(home: Home, big: Peer, work: Work) -> None:
    edited = home.publish("First title")
    created = big.wait_for("Create", about=edited.uri)
    for title in ("Second title", "Third title"):
        home.server.ok("edit", edited.id, "--title", title)
    updates = [big.wait_for("Update", about=edited.uri, count=n) for n in (1, 2)]
    times = [read_timestamp(update.object["updated"]) for update in updates]
    assert "updated" not in created.object
    assert times[0] is not None
    assert times[1] is not None
    assert times[0] < times[1]
    ids = [delivery.activity["id"] for delivery in (created, *updates)] + [edited.uri]
    assert len(set(ids)) == 4
    assert "Third title" in updates[1].object["content"]
    assert home.get(edited.uri).body in updates[1].body
    for update in updates:
        verify_proof(home, update.activity)
        verify_proof(home, update.object)
    unchanged = home.server.json("edit", edited.id, "--title", "Third title")
    assert unchanged["changed"] is False


def test_a_delete_leaves_a_tombstone_at_the_peers_and_here(home: Home, big: Peer, small: Person) -> None:
    gone = home.publish("Mistake")
    for peer in (big, small.peer):
        peer.wait_for("Create", about=gone.uri)
    page = home.get(gone.url, "text/html")
    assert page.status == 200
    home.server.ok("delete", gone.id)
    for peer in (big, small.peer):
        delete = peer.wait_for("Delete", about=gone.uri)
        assert delete.object["type"] == "Tombstone"
        assert delete.object["id"] == gone.uri
        verify_proof(home, delete.activity)
    answer = home.get(gone.uri)
    assert answer.status == 410
    assert (answer.json["type"], answer.json["id"]) == ("Tombstone", gone.uri)
    assert home.get(f"{gone.uri}/activity").status == 410
    assert home.get(gone.url, "text/html").status in (404, 410)


def test_a_delete_reaches_those_who_got_the_work_and_left(home: Home, peers: Peers) -> None:
    leaver = settle(peers.open(), "leaver")
    follow = home.follow(leaver)
    gone = home.publish("Seen by one who left")
    leaver.peer.wait_for("Create", about=gone.uri)
    home.take(leaver, leaver.says("Undo", follow))
    later = home.publish("Not for one who left")
    home.server.ok("delete", gone.id)
    leaver.peer.wait_for("Delete", about=gone.uri)
    assert leaver.peer.deliveries("Create", about=later.uri) == []


def test_a_delete_reaches_those_who_boosted_or_answered(home: Home, peers: Peers) -> None:
    fan, critic = settle(peers.open(), "fan"), settle(peers.open(), "critic")
    gone = home.publish("Boosted")
    home.take(fan, fan.says("Announce", gone.uri, to=[PUBLIC]))
    home.take(critic, critic.creates(critic.note(inReplyTo=gone.uri)))
    home.server.ok("delete", gone.id)
    for person in (fan, critic):
        person.peer.wait_for("Delete", about=gone.uri)
        assert person.peer.deliveries("Create", about=gone.uri) == []


def test_nothing_follows_the_delete_of_a_work_whose_create_hangs(home: Home, peers: Peers) -> None:
    slow = settle(peers.open(), "slow")
    home.follow(slow)
    slow.peer.answer("/inbox", Answer(is_hanging=True), Answer())
    gone = home.publish("Caught half-way")
    slow.peer.wait_for("Create", about=gone.uri)
    home.server.ok("edit", gone.id, "--title", "Never sent")
    home.server.ok("delete", gone.id)
    assert slow.peer.deliveries("Delete", about=gone.uri) == []
    slow.peer.release()
    slow.peer.wait_for("Delete", about=gone.uri)
    after = home.publish("And then")
    slow.peer.wait_for("Create", about=after.uri)
    types = [delivery.activity["type"] for delivery in slow.peer.deliveries(about=gone.uri)]
    assert types[-1] == "Delete"
    assert set(types) == {"Create", "Delete"}


def test_a_changed_profile_is_announced_with_all_of_it(home: Home, big: Peer) -> None:
    home.server.ok("artist", "edit", "mira", "--name", "Mira M.", "--field", "Site=https://mira.example")
    update = big.wait_for("Update", about="Mira M.")
    verify_proof(home, update.activity)
    assert update.object["id"] == home.actor
    assert update.object["publicKey"]["owner"] == home.actor
    assert {name: value for name, value in home.document(home.actor).items() if name != "@context"} == update.object


def test_a_reply_goes_to_its_reader_and_the_followers(home: Home, peers: Peers, big: Peer, work: Work) -> None:
    asker = settle(peers.open(), "asker")
    question = asker.note("<p>Which paper?</p>", inReplyTo=work.uri)
    home.take(asker, asker.creates(question))
    number = home.query("SELECT id FROM notes WHERE uri = ?", question["id"])[0][0]
    made = home.server.json("reply", "--as", "mira", str(number), "--text", "Cotton.")
    answer = asker.peer.wait_for("Create", about=made["uri"])
    assert answer.object["inReplyTo"] == question["id"]
    assert asker.id in answer.object["cc"]
    assert {"type": "Mention", "href": asker.id, "name": f"@{asker.name}@{asker.peer.host}"} in answer.object["tag"]
    verify_proof(home, answer.object)
    big.wait_for("Create", about=made["uri"])
