from __future__ import annotations

import copy
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given
from hypothesis import strategies as st

from fediart.activitypub import jcs, keys
from fediart.activitypub.errors import ProtocolError, SignatureError
from fediart.activitypub.signatures import proofs

VECTORS = Path(__file__).parent / "vectors"
# The key pair of the EdDSA cryptosuites' examples, which FEP-8b32 uses too.
SEED = base58.b58decode("3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq")[2:]
KEY = ed25519.Ed25519PrivateKey.from_private_bytes(SEED)
OTHER = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
METHOD = "https://server.example/users/alice#ed25519-key"
CREATED = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)
NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def _vector(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((VECTORS / name).read_text())
    return document


FEP = _vector("fep-8b32.json")
UNSIGNED = {name: value for name, value in FEP.items() if name != "proof"}


def _verify(document: dict[str, Any], *, key: ed25519.Ed25519PrivateKey = KEY, now: datetime = NOW) -> None:
    proofs.verify_proof(document, key=key.public_key(), now=now)


def _refusal(document: dict[str, Any], **options: Any) -> SignatureError:
    with pytest.raises(SignatureError) as caught:
        _verify(document, **options)
    assert caught.value.status == 401
    assert "\n" not in str(caught.value)
    return caught.value


def _signed(document: dict[str, Any], *, key: ed25519.Ed25519PrivateKey = KEY, **changes: Any) -> dict[str, Any]:
    """Sign by the text of FEP-8b32, with any members in the proof; None takes one away."""
    config = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": METHOD,
        "proofPurpose": "assertionMethod",
        "created": "2023-02-24T23:36:38Z",
        **changes,
    }
    config = {name: value for name, value in config.items() if value is not None}
    data = hashlib.sha256(jcs.canonicalize(config)).digest() + hashlib.sha256(jcs.canonicalize(document)).digest()
    return {**document, "proof": {**config, "proofValue": "z" + base58.b58encode(key.sign(data)).decode()}}


@pytest.mark.parametrize("name", ["fep-8b32.json", "vc-di-eddsa.json"])
def test_published_examples_verify(name: str):
    _verify(_vector(name))
    _refusal(_vector(name), key=OTHER)


def test_the_example_of_fep_8b32_is_what_we_sign():
    assert proofs.add_proof(UNSIGNED, key=KEY, verification_method=METHOD, created=CREATED) == FEP


def test_the_example_of_the_eddsa_cryptosuites_is_what_we_sign():
    expected = _vector("vc-di-eddsa.json")
    document = {name: value for name, value in expected.items() if name != "proof"}
    method = expected["proof"]["verificationMethod"]
    assert proofs.add_proof(document, key=KEY, verification_method=method, created=CREATED) == expected


def test_signing_leaves_the_document_as_it_was():
    document = copy.deepcopy(UNSIGNED)
    signed = proofs.add_proof(document, key=KEY, verification_method=METHOD, created=CREATED)
    assert document == UNSIGNED
    signed["proof"]["@context"].append("changed")
    signed["@context"].append("changed")
    assert document == UNSIGNED


def test_both_contexts_are_one_array():
    document = {**UNSIGNED, "@context": "https://www.w3.org/ns/activitystreams"}
    signed = proofs.add_proof(document, key=KEY, verification_method=METHOD, created=CREATED)
    assert signed["@context"] == signed["proof"]["@context"] == ["https://www.w3.org/ns/activitystreams"]
    _verify(signed)


def test_a_document_without_context_has_none_in_its_proof():
    document = {"type": "Note", "content": "x"}
    signed = proofs.add_proof(document, key=KEY, verification_method=METHOD, created=CREATED)
    assert "@context" not in signed
    assert "@context" not in signed["proof"]
    _verify(signed)


def test_signing_again_replaces_what_would_not_hold():
    signed = proofs.add_proof(
        {**FEP, "signature": {"type": "RsaSignature2017"}}, key=OTHER, verification_method=METHOD, created=CREATED
    )
    assert "signature" not in signed
    _verify(signed, key=OTHER)


def test_a_document_without_canonical_form_is_not_signed():
    with pytest.raises(ProtocolError):
        proofs.add_proof({"n": 2**60}, key=KEY, verification_method=METHOD, created=CREATED)


def test_a_linked_data_signature_is_no_part_of_it():
    _verify({**FEP, "signature": {"type": "RsaSignature2017", "signatureValue": "AAAA"}})


def test_a_proof_survives_json():
    _verify(json.loads(json.dumps(FEP, indent=3, sort_keys=True)))


# What breaks it


def _paths(value: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    paths = [at] if at else []
    if isinstance(value, dict):
        return paths + [path for key, inner in value.items() for path in _paths(inner, (*at, key))]
    if isinstance(value, list):
        return paths + [path for index, inner in enumerate(value) for path in _paths(inner, (*at, index))]
    return paths


# The document's `@context` is replaced by the proof's, which is covered, so both are changed through that one.
PATHS = [path for path in _paths(FEP) if path != ("proof",)]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ".".join(map(str, path)))
@pytest.mark.parametrize("change", ["replace", "remove"])
def test_any_changed_or_removed_member_breaks_it(path: tuple[str | int, ...], change: str):
    document = copy.deepcopy(FEP)
    parent: Any = document
    for step in path[:-1]:
        parent = parent[step]
    if change == "remove":
        del parent[path[-1]]
    else:
        parent[path[-1]] = "changed"
    _refusal(document)


@given(
    st.sampled_from([(), ("object",), ("object", "location"), ("proof",)]),
    st.text(),
    st.none() | st.text() | st.integers(0, 9),
)
def test_any_added_member_breaks_it(path: tuple[str, ...], name: str, value: object):
    document = copy.deepcopy(FEP)
    parent = document
    for step in path:
        parent = parent[step]
    if name in parent or (path == () and name == "signature"):
        return
    parent[name] = value
    _refusal(document)


@given(st.integers(0, 63), st.integers(1, 255))
def test_any_changed_byte_of_the_signature_breaks_it(at: int, flipped: int):
    raw = bytearray(base58.b58decode(FEP["proof"]["proofValue"][1:]))
    raw[at] ^= flipped
    _refusal({**FEP, "proof": {**FEP["proof"], "proofValue": "z" + base58.b58encode(bytes(raw)).decode()}})


# Contexts


CONTEXT = UNSIGNED["@context"]


def test_a_proof_without_context_covers_the_documents():
    # Interop: as Mitra writes it.
    _verify(_signed(UNSIGNED))
    _refusal({**_signed(UNSIGNED), "@context": CONTEXT[:1]})


def test_contexts_may_be_added_behind_those_of_the_proof():
    signed = _signed(UNSIGNED, **{"@context": CONTEXT})
    _verify({**signed, "@context": [*CONTEXT, "https://relay.example/ns"]})


@pytest.mark.parametrize(
    "context",
    [None, [], CONTEXT[0], CONTEXT[:1], CONTEXT[::-1], ["https://relay.example/ns", *CONTEXT], {"@vocab": "x"}],
)
def test_other_contexts_are_refused(context: object):
    signed = _signed(UNSIGNED, **{"@context": CONTEXT})
    assert "@context" in _refusal({**signed, "@context": context}).text


def test_an_empty_context_in_the_proof_is_refused():
    assert "@context" in _refusal(_signed({**UNSIGNED, "@context": []}, **{"@context": []})).text


def test_one_context_may_be_a_string():
    document = {**UNSIGNED, "@context": CONTEXT[0]}
    _verify(_signed(document, **{"@context": CONTEXT[0]}))
    _verify({**_signed(document, **{"@context": CONTEXT[0]}), "@context": [CONTEXT[0]]})


# The proof's members


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"proofPurpose": "authentication"}, "proofPurpose"),
        ({"proofPurpose": None}, "proofPurpose"),
        ({"expires": "2026-03-01T12:00:00Z"}, "expired"),
        ({"expires": "2023-02-24T23:36:39Z"}, "expired"),
        ({"expires": "soon"}, "not a date"),
        ({"expires": 1}, "not a date"),
        ({"type": "Ed25519Signature2020"}, "no eddsa-jcs-2022 proof"),
        ({"cryptosuite": "eddsa-rdfc-2022"}, "no eddsa-jcs-2022 proof"),
        ({"cryptosuite": None}, "no eddsa-jcs-2022 proof"),
        ({"verificationMethod": None}, "names its key"),
        ({"verificationMethod": {"id": METHOD}}, "names its key"),
    ],
)
def test_well_signed_proofs_that_are_refused(changes: dict[str, Any], reason: str):
    assert reason in _refusal(_signed(UNSIGNED, **changes)).text


def test_a_proof_that_has_not_expired():
    _verify(_signed(UNSIGNED, expires="2026-03-01T12:00:01Z"))


@pytest.mark.parametrize(
    "value",
    [
        None,
        1,
        "",
        "z",
        "u" + "A" * 86,
        FEP["proof"]["proofValue"][1:],
        FEP["proof"]["proofValue"] + " ",
        FEP["proof"]["proofValue"][:-3],
        "z" + "1" * 3000,
        "z0",
    ],
)
def test_values_that_are_no_signature(value: object):
    assert "proofValue" in _refusal({**FEP, "proof": {**FEP["proof"], "proofValue": value}}).text


def test_a_document_without_canonical_form_is_refused():
    assert "canonical" in _refusal({**FEP, "n": 2**60}).text


# Several proofs


def test_finding_the_proof():
    proof = FEP["proof"]
    assert proofs.find_proof(FEP) == proof
    assert proofs.verification_method(FEP) == METHOD
    assert proofs.find_proof(UNSIGNED) is None
    assert proofs.verification_method(UNSIGNED) is None
    other_suite = {**proof, "cryptosuite": "mldsa44-jcs-2024"}
    assert proofs.find_proof({**FEP, "proof": [None, "x", other_suite, proof]}) == proof
    assert proofs.find_proof({**FEP, "proof": [other_suite]}) is None


def test_any_proof_by_the_named_key_will_do():
    proof = FEP["proof"]
    spoiled = {**proof, "created": "2024-01-01T00:00:00Z"}
    _verify({**FEP, "proof": [{"type": "DataIntegrityProof", "cryptosuite": "ecdsa-jcs-2019"}, spoiled, proof]})
    assert "does not match" in _refusal({**FEP, "proof": [spoiled, spoiled]}).text


def test_a_proof_by_another_key_does_not_count():
    by_other = _signed(UNSIGNED, key=OTHER, verificationMethod="https://evil.example/key")["proof"]
    # Only the key of the first is vouched for by the caller.
    _refusal({**FEP, "proof": [{**FEP["proof"], "created": "x"}, by_other]}, key=OTHER)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
PROOF = st.fixed_dictionaries(
    {"type": st.just("DataIntegrityProof"), "cryptosuite": st.just("eddsa-jcs-2022")},
    optional={
        "verificationMethod": st.just(METHOD) | JSON,
        "proofPurpose": st.just("assertionMethod") | JSON,
        "proofValue": st.just(FEP["proof"]["proofValue"]) | JSON,
        "expires": JSON,
        "@context": JSON,
    },
)


@given(st.dictionaries(st.text(), JSON, max_size=3), JSON | PROOF | st.lists(PROOF | JSON, max_size=3), JSON)
def test_any_document_is_refused_without_surprise(document: dict[str, Any], proof: object, context: object):
    document = {"@context": context, **document, "proof": proof}
    method = proofs.verification_method(document)
    assert method is None or isinstance(method, str)
    _refusal(document)


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.integers(0, 9) | st.floats(0, 9) | st.booleans()))
def test_what_we_sign_verifies(members: dict[str, Any]):
    signed = proofs.add_proof({"@context": CONTEXT, **members}, key=OTHER, verification_method=METHOD, created=CREATED)
    proofs.verify_proof(signed, key=keys.read_multikey(keys.write_multikey(OTHER.public_key())), now=NOW)  # type: ignore[arg-type]
