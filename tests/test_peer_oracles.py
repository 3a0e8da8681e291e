"""The peers themselves: Fedify, apsig and http-message-signatures accept what Fedify signed and refuse it once changed.

Nothing of FediArt takes part. What these tests show is that a verdict of a peer means something.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.peers import fedify_peer, suites

pytestmark = pytest.mark.peer

Peers = tuple[fedify_peer.FedifyPeer, fedify_peer.FedifyPeer]


@pytest.fixture(scope="module", params=[fedify_peer.RFC9421, fedify_peer.CAVAGE])
def peers(request: pytest.FixtureRequest) -> Iterator[Peers]:
    """A sender that prefers one signature dialect, and a receiver."""
    with fedify_peer.run(first_knock=request.param) as sender, fedify_peer.run() as receiver:
        receiver.act("follow", actor=sender.actor)
        yield sender, receiver


@pytest.fixture(scope="module")
def create(peers: Peers) -> fedify_peer.Delivery:
    sender, receiver = peers
    sent = sender.act("publish", content="<p>A woodcut, still wet.</p>")
    return receiver.wait_for("Create", lambda activity: activity["id"] == sent["activity"])


def sender_keys(peers: Peers) -> dict[str, str]:
    sender, receiver = peers
    return suites.read_keys(receiver.act("fetch", url=sender.actor)["document"])


def test_a_delivery_is_verified(peers: Peers, create: fedify_peer.Delivery) -> None:
    sender, _ = peers
    assert create["http_signature"]["verified"] is True
    assert create["http_signature"]["key_id"] == f"{sender.actor}#main-key"
    assert create["proof"] == {"present": True, "verified": True, "error": None}
    assert create["status"] == 202
    assert create["heard"]["object"]["content"] == "<p>A woodcut, still wet.</p>"


def test_the_python_libraries_agree_with_fedify(peers: Peers, create: fedify_peer.Delivery) -> None:
    verdict = suites.check_signatures(sender_keys(peers), request=create["request"], document=create["activity"])
    assert verdict["request"]["verified"] is True, verdict
    assert verdict["document"]["verified"] is True, verdict
    libraries = {fedify_peer.RFC9421: "http-message-signatures", fedify_peer.CAVAGE: "apsig"}
    assert verdict["request"]["by"] == libraries[create["http_signature"]["dialect"]]


def test_the_python_libraries_refuse_another_body(peers: Peers, create: fedify_peer.Delivery) -> None:
    document = copy.deepcopy(create["activity"])
    document["to"] = "https://elsewhere.example/users/lee"
    request = create["request"] | {"body_base64": "e30="}
    verdict = suites.check_signatures(sender_keys(peers), request=request, document=document)
    assert verdict["request"]["verified"] is False
    assert verdict["document"]["verified"] is False


def test_the_python_libraries_refuse_an_unknown_key(create: fedify_peer.Delivery) -> None:
    verdict = suites.check_signatures({}, request=create["request"], document=create["activity"])
    assert "no key" in verdict["request"]["error"]
    assert "no key" in verdict["document"]["error"]


def test_a_fetched_note_carries_a_proof_of_its_own(peers: Peers, create: fedify_peer.Delivery) -> None:
    _, receiver = peers
    fetched = receiver.act("fetch", url=create["activity"]["object"]["id"])
    assert fetched["proof"] == {"present": True, "verified": True, "error": None}
    assert fetched["object"]["content"] == "<p>A woodcut, still wet.</p>"


@pytest.mark.parametrize("member", ["content", "attributedTo", "proof"])
def test_fedify_refuses_a_changed_note(peers: Peers, create: fedify_peer.Delivery, member: str) -> None:
    _, receiver = peers
    note = receiver.act("fetch", url=create["activity"]["object"]["id"])["document"]
    if member == "proof":
        note["proof"]["proofValue"] = _change_one_character(note["proof"]["proofValue"])
    elif member == "content":
        note["content"] = "<p>A woodcut, quite dry.</p>"
    else:
        note["attributedTo"] = receiver.actor
    assert receiver.act("verify", document=note)["proof"]["verified"] is False


def test_fedify_refuses_a_changed_body(peers: Peers, create: fedify_peer.Delivery) -> None:
    _, receiver = peers
    body = fedify_peer.body_of(create).replace(b"still wet", b"quite dry")
    report = receiver.repeat(create, body=body)
    assert report["http_signature"]["verified"] is False
    assert report["proof"]["verified"] is False
    assert report["status"] == 401
    assert report["heard"] is None


def test_fedify_refuses_a_changed_http_signature(peers: Peers, create: fedify_peer.Delivery) -> None:
    """With neither a proof nor a linked data signature, the HTTP signature is all that Fedify has to go by."""
    _, receiver = peers
    document: dict[str, Any] = {k: v for k, v in create["activity"].items() if k not in ("proof", "signature")}
    report = receiver.repeat(create, body=json.dumps(document).encode())
    assert report["http_signature"]["verified"] is False
    assert report["proof"]["present"] is False
    assert report["status"] == 401


def test_an_unchanged_delivery_passes_twice(peers: Peers, create: fedify_peer.Delivery) -> None:
    """So a refusal above is due to the change, not to the repetition."""
    _, receiver = peers
    report = receiver.repeat(create, body=fedify_peer.body_of(create))
    assert report["http_signature"]["verified"] is True
    assert report["proof"]["verified"] is True
    assert report["status"] == 202


def test_verify_actor_passes_fedify(peers: Peers) -> None:
    sender, _ = peers
    verdict = suites.verify_actor(sender.actor)
    assert verdict["webfinger"] is True
    assert verdict["actors"]["bob"] == {"get_actor": True, "post_inbox": True}
    assert verdict["actors"]["alice"] == {"get_actor": True, "post_inbox": False}


def test_activitypub_testing_passes_fedify(peers: Peers) -> None:
    sender, _ = peers
    outcomes = {result["slug"]: result["outcome"] for result in suites.run_activitypub_testing(sender.actor)["results"]}
    assert outcomes["actor-objects-must-have-inbox-outbox-properties"] == "passed"
    assert "failed" not in outcomes.values()


def _change_one_character(text: str) -> str:
    return text[:-1] + ("2" if text[-1] != "2" else "3")
