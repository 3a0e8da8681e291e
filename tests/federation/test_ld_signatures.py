"""Linked data signatures on what we say in public, and on nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from fediart.activitypub import keys
from fediart.activitypub.signatures import linked_data, proofs
from tests.federation.conftest import OpenHome
from tests.federation.home import Home
from tests.federation.peer import Delivery, Peers
from tests.federation.people import Person, settle


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    return open_home()


@pytest.fixture(scope="module")
def follower(home: Home, peers: Peers) -> Person:
    person = settle(peers.open(), "lee")
    home.follow(person)
    return person


def require_both(home: Home, delivery: Delivery) -> dict[str, Any]:
    """Return an activity whose linked data signature and proof hold, and cover all that it says."""
    actor, activity = home.document(home.actor), delivery.activity
    assert linked_data.creator(activity) == actor["publicKey"]["id"]
    key = keys.read_public_pem(actor["publicKey"]["publicKeyPem"])
    assert isinstance(key, rsa.RSAPublicKey)
    linked_data.verify(activity, key=key, now=datetime.now(UTC))
    proofs.verify_proof(
        activity,
        key=keys.read_multikey(actor["assertionMethod"][0]["publicKeyMultibase"]),  # type: ignore[arg-type]
        now=datetime.now(UTC),
    )
    return activity


@pytest.mark.parametrize("visibility", ["public", "unlisted"])
def test_a_work_from_first_to_last(home: Home, follower: Person, visibility: str) -> None:
    work = home.publish("Low Tide", "--visibility", visibility, "--tag", "printmaking")
    created = require_both(home, follower.peer.wait_for("Create", about=work.uri))
    assert created["object"] == home.document(work.uri)
    assert "signature" not in created["object"]
    home.server.ok("edit", work.id, "--title", "High Tide")
    updated = require_both(home, follower.peer.wait_for("Update", about=work.uri))
    assert updated["object"] == home.document(work.uri)
    home.server.ok("delete", work.id)
    require_both(home, follower.peer.wait_for("Delete", about=work.uri))


def test_a_boost_and_its_end(home: Home, follower: Person) -> None:
    work = home.publish("Worth a boost")
    home.server.ok("boost", work.uri, "--as", home.artist)
    require_both(home, follower.peer.wait_for("Announce", about=work.uri))
    home.server.ok("unboost", work.uri, "--as", home.artist)
    require_both(home, follower.peer.wait_for("Undo", about=work.uri))


def test_what_is_between_few_has_none(home: Home, follower: Person) -> None:
    work = home.publish("For followers", "--visibility", "followers")
    home.server.ok("delete", work.id)
    follower.peer.wait_for("Delete", about=work.uri)
    home.server.ok("artist", "edit", home.artist, "--field", "Site=https://mira.example")
    follower.peer.wait_for("Update", about="mira.example")
    note = follower.note(inReplyTo=home.publish("Liked").uri)
    assert home.take(follower, follower.creates(note)).startswith("done")
    home.server.ok("like", note["id"], "--as", home.artist)
    follower.peer.wait_for("Like", about=note["id"])
    seen = {
        delivery.activity["type"]: delivery.activity
        for delivery in follower.peer.deliveries()
        if delivery.activity["type"] in ("Accept", "Like")
        or work.uri.encode() in delivery.body
        or b"mira.example" in delivery.body
    }
    assert seen.keys() == {"Accept", "Like", "Create", "Update", "Delete"}
    assert all("signature" not in activity and "proof" in activity for activity in seen.values())


def test_it_can_be_left_off(open_home: OpenHome, peers: Peers) -> None:
    home = open_home(federation__ld_signatures=False)
    person = settle(peers.open(), "kim")
    home.follow(person)
    work = home.publish("Only a proof")
    activity = person.peer.wait_for("Create", about=work.uri).activity
    assert "proof" in activity
    assert "signature" not in activity
