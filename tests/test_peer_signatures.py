"""Our signatures against other people's verifiers, and theirs against ours, in both dialects, without our server."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from fediart.activitypub import keys
from fediart.activitypub.errors import SignatureError
from fediart.activitypub.signatures import HttpRequest, cavage, proofs, rfc9421
from tests.peers import fedify_peer, key_page, suites

pytestmark = pytest.mark.peer

SKEW = timedelta(hours=1)
SIGNERS = {fedify_peer.CAVAGE: key_page.KeyPage.sign_cavage, fedify_peer.RFC9421: key_page.KeyPage.sign_rfc9421}
dialects = pytest.mark.parametrize("dialect", SIGNERS)


@pytest.fixture(scope="module")
def kim() -> Iterator[fedify_peer.FedifyPeer]:
    with fedify_peer.run() as peer:
        yield peer


@pytest.fixture(scope="module")
def ada() -> Iterator[key_page.KeyPage]:
    with key_page.run() as page:
        yield page


@pytest.fixture(scope="module", params=SIGNERS)
def from_fedify(request: pytest.FixtureRequest, kim: fedify_peer.FedifyPeer) -> Iterator[tuple[Any, dict[str, str]]]:
    """A Create that Fedify sent in one dialect, and the keys of its sender."""
    with fedify_peer.run(first_knock=request.param) as sender:
        kim.act("follow", actor=sender.actor)
        sent = sender.act("publish", content="<p>Œuvre nº 7 — 墨</p>")
        create = kim.wait_for("Create", lambda activity: activity["id"] == sent["activity"])
        assert create["http_signature"]["dialect"] == request.param
        yield create, suites.read_keys(kim.act("fetch", url=sender.actor)["document"])


def post(
    kim: fedify_peer.FedifyPeer, ada: key_page.KeyPage, dialect: str, activity: dict[str, Any], *, damaged: bool = False
) -> fedify_peer.Delivery:
    """Send kim an activity signed with our code, perhaps with one character of the signature changed."""
    body = json.dumps(activity, ensure_ascii=False).encode()
    headers = SIGNERS[dialect](ada, urlsplit(kim.origin).netloc, "/inbox", body)
    if damaged:
        start = headers["signature"].index(":" if dialect == fedify_peer.RFC9421 else 'signature="') + 12
        headers["signature"] = _with_other_character(headers["signature"], start)
    return kim.post("/inbox", list(headers.items()), body)


def like(ada: key_page.KeyPage, kim: fedify_peer.FedifyPeer) -> dict[str, Any]:
    return {
        "@context": key_page.CONTEXT,
        "id": f"{ada.actor}#likes/1",
        "type": "Like",
        "actor": ada.actor,
        "to": [kim.actor],
        "object": f"{kim.origin}/notes/1",
        "content": "Œuvre nº 7 — 墨 \U0001f58c",
    }


@dialects
def test_fedify_verifies_our_requests(kim: fedify_peer.FedifyPeer, ada: key_page.KeyPage, dialect: str) -> None:
    report = post(kim, ada, dialect, like(ada, kim))
    expected = {"verified": True, "dialect": dialect, "key_id": ada.rsa_key_id, "reason": None}
    assert report["http_signature"] == expected
    assert report["status"] == 202


@dialects
def test_fedify_refuses_our_requests_once_damaged(
    kim: fedify_peer.FedifyPeer, ada: key_page.KeyPage, dialect: str
) -> None:
    report = post(kim, ada, dialect, like(ada, kim), damaged=True)
    assert report["http_signature"]["verified"] is False
    assert report["http_signature"]["reason"] == "invalidSignature"
    assert report["status"] == 401
    assert report["heard"] is None


@dialects
def test_the_libraries_verify_our_requests(kim: fedify_peer.FedifyPeer, ada: key_page.KeyPage, dialect: str) -> None:
    report = post(kim, ada, dialect, like(ada, kim))
    verdict = suites.check_signatures(ada.public_keys, request=report["request"])["request"]
    assert verdict["verified"] is True, verdict
    damaged = post(kim, ada, dialect, like(ada, kim), damaged=True)
    assert suites.check_signatures(ada.public_keys, request=damaged["request"])["request"]["verified"] is False


def test_fedify_and_apsig_verify_our_proofs(kim: fedify_peer.FedifyPeer, ada: key_page.KeyPage) -> None:
    document = ada.prove(like(ada, kim))
    assert kim.act("verify", document=document)["proof"] == {"present": True, "verified": True, "error": None}
    verdict = suites.check_signatures(ada.public_keys, document=document)["document"]
    assert verdict["verified"] is True, verdict


@pytest.mark.parametrize("member", ["object", "content", "proof"])
def test_fedify_and_apsig_refuse_our_proofs_once_damaged(
    kim: fedify_peer.FedifyPeer, ada: key_page.KeyPage, member: str
) -> None:
    document = ada.prove(like(ada, kim))
    if member == "proof":
        document["proof"]["proofValue"] = _with_other_character(document["proof"]["proofValue"], 20)
    else:
        document[member] = f"{document[member]}x"
    assert kim.act("verify", document=document)["proof"]["verified"] is False
    assert suites.check_signatures(ada.public_keys, document=document)["document"]["verified"] is False


def test_we_verify_the_requests_of_fedify(from_fedify: tuple[Any, dict[str, str]]) -> None:
    create, senders_keys = from_fedify
    verify_request(create, senders_keys, fedify_peer.body_of(create))


def test_we_refuse_the_requests_of_fedify_with_another_body(from_fedify: tuple[Any, dict[str, str]]) -> None:
    create, senders_keys = from_fedify
    with pytest.raises(SignatureError):
        verify_request(create, senders_keys, fedify_peer.body_of(create).replace(b"vre n", b"vre N"))


def test_we_verify_the_proofs_of_fedify(from_fedify: tuple[Any, dict[str, str]]) -> None:
    create, senders_keys = from_fedify
    verify_proof(create["activity"], senders_keys)


def test_we_refuse_the_proofs_of_fedify_once_damaged(from_fedify: tuple[Any, dict[str, str]]) -> None:
    create, senders_keys = from_fedify
    document = copy.deepcopy(create["activity"])
    document["object"]["content"] += " "
    with pytest.raises(SignatureError):
        verify_proof(document, senders_keys)


def verify_request(delivery: fedify_peer.Delivery, senders_keys: dict[str, str], body: bytes) -> None:
    """Verify a captured request as our inbox would."""
    captured = delivery["request"]
    url = urlsplit(captured["url"])
    headers = {name.lower(): value for name, value in captured["headers"]}
    request = HttpRequest(captured["method"], url.path, headers, body)
    now = datetime.now(UTC)
    if "signature-input" in headers:
        structured = rfc9421.parse(headers["signature-input"], headers["signature"])
        key = keys.read_public_pem(senders_keys[structured.key_id])
        rfc9421.verify(request, structured, key, host=url.netloc, now=now, skew=SKEW, scheme=url.scheme)
    else:
        signature = cavage.parse(headers["signature"])
        key = keys.read_public_pem(senders_keys[signature.key_id])
        cavage.verify(request, signature, key, host=url.netloc, now=now, skew=SKEW)


def verify_proof(document: dict[str, Any], senders_keys: dict[str, str]) -> None:
    """Verify a document as our inbox would."""
    key_id = proofs.verification_method(document)
    assert key_id is not None
    key = keys.read_multikey(senders_keys[key_id])
    assert isinstance(key, keys.Ed25519PublicKey)
    proofs.verify_proof(document, key=key, now=datetime.now(UTC))


def _with_other_character(text: str, at: int) -> str:
    return text[:at] + ("2" if text[at] != "2" else "3") + text[at + 1 :]
