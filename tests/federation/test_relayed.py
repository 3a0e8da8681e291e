"""Activities that another than their actor delivers: proven, signed, looked up where they live, or dropped."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from fediart.activitypub import keys
from fediart.activitypub.signatures import linked_data, proofs
from tests.conftest import wait_for
from tests.federation.home import Home
from tests.federation.peer import Peer
from tests.federation.people import Person, ed25519_key, public_pem, rsa_key, settle, timestamp

Sign = Callable[..., dict[str, Any]]


def proven(person: Person, activity: dict[str, Any], *, age: timedelta = timedelta()) -> dict[str, Any]:
    return proofs.add_proof(
        activity,
        key=ed25519_key(),
        verification_method=f"{person.id}#ed25519-key",
        created=datetime.now(UTC) - age,
    )


def ld_signed(person: Person, activity: dict[str, Any], *, age: timedelta = timedelta()) -> dict[str, Any]:
    assert isinstance(person.key, rsa.RSAPrivateKey)
    return linked_data.sign(activity, key=person.key, creator=person.key_id, created=datetime.now(UTC) - age)


@pytest.fixture
def relay(other_peer: Peer) -> Person:
    """Return whoever passes things on, on another host than the authors."""
    return settle(other_peer, "relay")


@pytest.fixture
def reply(home: Home, lee: Person) -> dict[str, Any]:
    return lee.note("<p>Lovely light</p>", inReplyTo=home.publish("Relayed about").uri)


def pass_on(home: Home, relay: Person, activity: dict[str, Any]) -> None:
    assert relay.post(home.shared_inbox, activity).status == 202


@pytest.mark.parametrize("sign", [proven, ld_signed])
def test_what_its_author_signed_is_believed_from_anybody(
    home: Home, lee: Person, relay: Person, reply: dict[str, Any], sign: Sign
) -> None:
    created = sign(lee, lee.creates(reply))
    pass_on(home, relay, created)
    assert home.outcome(created).startswith("done: stored")
    assert home.query("SELECT relayed_by FROM received WHERE key = ?", f"{lee.id} {created['id']}") == [(relay.id,)]
    changed = reply | {"content": "<p>Lovely night</p>", "updated": timestamp(timedelta(seconds=2))}
    update = sign(lee, lee.says("Update", changed, to=reply["to"]))
    pass_on(home, relay, update)
    assert home.outcome(update).startswith("done: updated")
    assert home.content_of(reply["id"]) == "<p>Lovely night</p>"
    delete = sign(lee, lee.says("Delete", {"id": reply["id"], "type": "Tombstone"}, to=reply["to"]))
    pass_on(home, relay, delete)
    assert home.outcome(delete) == "done: note deleted"
    assert home.content_of(reply["id"]) is None


@pytest.mark.parametrize("sign", [proven, ld_signed])
def test_a_changed_word_is_not_believed(
    home: Home, lee: Person, relay: Person, reply: dict[str, Any], sign: Sign
) -> None:
    created = sign(lee, lee.creates(reply))
    created["object"]["content"] = "<p>Buy this</p>"
    lee.peer.serve(reply["id"].removeprefix(lee.peer.base), {"@context": lee.document["@context"], **reply})
    pass_on(home, relay, created)
    wait_for(lambda: home.content_of(reply["id"]), message="it was not looked up")
    assert home.content_of(reply["id"]) == "<p>Lovely light</p>"


@pytest.mark.parametrize("sign", [proven, ld_signed])
def test_a_key_of_another_proves_nothing(
    home: Home, lee: Person, relay: Person, reply: dict[str, Any], sign: Sign
) -> None:
    delete = sign(relay, lee.says("Delete", reply["id"]))
    pass_on(home, relay, delete)
    neighbour = settle(lee.peer, "neighbour")
    another = sign(neighbour, lee.says("Delete", reply["id"]))
    pass_on(home, relay, another)
    home.settle()
    assert not home.is_stored(delete)
    assert not home.is_stored(another)


def test_a_key_that_the_actor_changed_is_fetched_anew(
    home: Home, lee: Person, relay: Person, reply: dict[str, Any]
) -> None:
    assert home.take(lee, lee.says("Follow", home.actor)) == "done: accepted"
    lee.key = rsa_key("newer")
    lee.serve(publicKey=lee.document["publicKey"] | {"publicKeyPem": public_pem(lee.key)})
    created = ld_signed(lee, lee.creates(reply))
    pass_on(home, relay, created)
    assert home.outcome(created).startswith("done: stored")


def test_without_a_proof_the_object_is_fetched_from_its_origin(
    home: Home, lee: Person, relay: Person, reply: dict[str, Any]
) -> None:
    lee.peer.serve(reply["id"].removeprefix(lee.peer.base), {"@context": lee.document["@context"], **reply})
    forged = lee.creates(reply | {"content": "<p>Forged</p>"})
    pass_on(home, relay, forged)
    wait_for(lambda: home.content_of(reply["id"]), message="it was not fetched")
    assert home.content_of(reply["id"]) == "<p>Lovely light</p>"
    assert not home.is_stored(forged), "the id of what nobody proved must stay free for the real one"


def test_a_forged_object_that_its_origin_does_not_have(
    home: Home, lee: Person, relay: Person, reply: dict[str, Any]
) -> None:
    pass_on(home, relay, lee.creates(reply))
    rows = wait_for(
        lambda: home.query(
            "SELECT state, outcome FROM received WHERE key LIKE ? AND state != 'new'", f"hint Create {reply['id']}%"
        )
    )
    assert rows[0][0] == "ignored"
    assert reply["id"].removeprefix(lee.peer.base) in lee.peer.fetched
    assert home.content_of(reply["id"]) is None


@pytest.mark.parametrize("type_", ["Follow", "Like", "Block", "Accept", "Move", "Flag"])
def test_what_binds_people_is_taken_from_themselves_only(home: Home, lee: Person, relay: Person, type_: str) -> None:
    activity = proven(lee, lee.says(type_, home.actor))
    pass_on(home, relay, activity)
    home.settle()
    assert not home.is_stored(activity)


def test_an_old_activity_is_not_taken_at_its_word(home: Home, lee: Person, relay: Person) -> None:
    note = lee.note(inReplyTo=home.publish("Long ago").uri)
    assert home.take(lee, lee.creates(note)).startswith("done")
    for sign in (proven, ld_signed):
        delete = sign(lee, lee.says("Delete", note["id"]), age=timedelta(days=8))
        pass_on(home, relay, delete)
        home.settle()
        assert not home.is_stored(delete)
    assert home.content_of(note["id"])


def test_an_old_profile_brings_back_no_old_key(home: Home, lee: Person, relay: Person) -> None:
    assert home.take(lee, lee.says("Follow", home.actor)) == "done: accepted"
    old = proven(lee, lee.says("Update", {k: v for k, v in lee.document.items() if k != "@context"}))
    newer = rsa_key("newest")
    lee.serve(name="Lee the Newer", publicKey=lee.document["publicKey"] | {"publicKeyPem": public_pem(newer)})
    lee.key = newer
    pass_on(home, relay, old)
    assert home.outcome(old) == "done: profile updated"
    rows = home.query(
        "SELECT name, public_pem FROM actors JOIN keys ON actor_id = actors.id WHERE keys.id = ?", lee.key_id
    )
    assert rows == [("Lee the Newer", keys.write_public_pem(newer.public_key()))]


def test_an_undone_boost_by_its_id_only(home: Home, lee: Person, relay: Person) -> None:
    work = home.publish("Boosted twice")
    first, second = (lee.says("Announce", work.uri, to=["as:Public"]) for _ in range(2))
    assert home.take(lee, first) == "done: boosted"
    undo = proven(lee, lee.says("Undo", {k: v for k, v in first.items() if k != "@context"}))
    pass_on(home, relay, undo)
    assert home.outcome(undo) == "done: boost undone"
    assert home.take(lee, second) == "done: boosted"
    again = proven(lee, lee.says("Undo", {k: v for k, v in first.items() if k != "@context"}))
    pass_on(home, relay, again)
    assert home.outcome(again) == "done: nothing to undo yet; remembered"
    assert home.total(work, "shares") == 1


def test_our_own_words_from_elsewhere_are_dropped(home: Home, relay: Person) -> None:
    work = home.publish("Ours")
    create = home.document(f"{work.uri}/activity")
    pass_on(home, relay, create | {"id": f"{work.uri}/other"})
    home.settle()
    assert not home.is_stored({"id": f"{work.uri}/other"})


def test_a_stranger_can_make_us_fetch_only_so_often(home: Home, lee: Person, session_peers: Any) -> None:
    flood = settle(session_peers.open(), "flood")
    before = len(lee.peer.fetched)
    for _ in range(40):
        pass_on(home, flood, lee.creates(lee.note(inReplyTo=home.actor)))
    home.settle()
    fetched = [path for path in lee.peer.fetched[before:] if path.startswith("/notes/")]
    assert len(fetched) == 30


def test_a_signature_that_is_none(home: Home, lee: Person, relay: Person, reply: dict[str, Any]) -> None:
    shapes: list[Any] = [True, [], {"type": "RsaSignature2017"}, {"type": "RsaSignature2017", "creator": 5}]
    for broken in shapes:
        activity = lee.creates(reply) | {"signature": broken, "proof": broken}
        assert relay.post(home.shared_inbox, json.dumps(activity).encode()).status == 202
    home.settle()
    assert home.content_of(reply["id"]) is None


def test_a_bad_signature_makes_us_ask_for_a_known_key_once(home: Home, lee: Person, relay: Person) -> None:
    assert home.take(lee, lee.says("Follow", home.actor)) == "done: accepted"
    before = len(lee.peer.fetched)
    lee.key = rsa_key("never published")
    for _ in range(3):
        forged = ld_signed(lee, lee.says("Delete", f"{lee.peer.base}/notes/none"))
        pass_on(home, relay, forged)
        assert not home.is_stored(forged)
    asked = [path for path in lee.peer.fetched[before:] if path.startswith(f"/users/{lee.name}")]
    assert len(asked) == 1
