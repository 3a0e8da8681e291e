"""Object integrity proofs, FEP-8b32 with the cryptosuite eddsa-jcs-2022: a signature that stays with its document.

Adding and verifying with one key. That the key is the author's, and listed in their `assertionMethod`, is the caller's
to check. An embedded object that has no `@context` is signed in its parent's: callers hand it over with that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from fediart.activitypub import jcs, keys, multibase
from fediart.activitypub.errors import ProtocolError, SignatureError
from fediart.activitypub.timestamps import read_timestamp, write_timestamp

_TYPE: Final = "DataIntegrityProof"
_CRYPTOSUITE: Final = "eddsa-jcs-2022"
_PURPOSE: Final = "assertionMethod"
_SIGNATURE_BYTES: Final = 64
_MAX_PROOFS: Final = 8
# A linked data signature is added after the proof and is not covered by it.
_UNPROVEN: Final = frozenset({"proof", "signature"})


def add_proof(
    document: dict[str, Any], *, key: keys.Ed25519PrivateKey, verification_method: str, created: datetime
) -> dict[str, Any]:
    """Return a copy of a document with a proof by `key`, whose id is `verification_method`.

    The proof repeats the document's `@context`, and both are arrays. Interop: Mastodon 4.7 wants an array, Mitra 4
    wants them equal. A proof or linked data signature that the document had is left out: it would not hold any more.
    Spec: FEP-8b32; Data Integrity EdDSA Cryptosuites 1.0, section 3.3.1.
    Raises: ProtocolError for a document that has no canonical form.
    """
    signed = {name: value for name, value in document.items() if name not in _UNPROVEN}
    proof: dict[str, Any] = {
        "type": _TYPE,
        "cryptosuite": _CRYPTOSUITE,
        "verificationMethod": verification_method,
        "proofPurpose": _PURPOSE,
        "created": write_timestamp(created),
    }
    if "@context" in signed:
        signed["@context"] = list(_listed(signed["@context"]))
        proof["@context"] = list(signed["@context"])
    proof["proofValue"] = multibase.encode(keys.sign(_hash_data(proof, signed), key=key))
    signed["proof"] = proof
    return signed


def find_proof(document: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the first eddsa-jcs-2022 proof of a document, alone or in a list."""
    return next(iter(_find_proofs(document)), None)


def verification_method(document: Mapping[str, Any]) -> str | None:
    """Return the id of the key that made the proof which `find_proof` finds.

    Trust: only a claim, until `verify_proof` has succeeded with this very key.
    """
    proof = find_proof(document)
    method = proof.get("verificationMethod") if proof is not None else None
    return method if isinstance(method, str) and method else None


def verify_proof(document: Mapping[str, Any], *, key: keys.Ed25519PublicKey, now: datetime) -> None:
    """Check that the holder of `key` made a proof of this document.

    Of several proofs, any by the key that `verification_method` names will do.
    Spec: FEP-8b32; Data Integrity EdDSA Cryptosuites 1.0, section 3.3.2.
    Raises: SignatureError, each with its own reason.
    """
    method = verification_method(document)
    if method is None:
        raise SignatureError("The document has no eddsa-jcs-2022 proof that names its key")
    last: SignatureError | None = None
    for proof in _find_proofs(document):
        if proof.get("verificationMethod") != method:
            continue
        try:
            _verify(document, proof, key=key, now=now)
        except SignatureError as error:
            last = error
        else:
            return
    raise last or SignatureError("The proof does not match the document and the key")


def _verify(document: Mapping[str, Any], proof: dict[str, Any], *, key: keys.Ed25519PublicKey, now: datetime) -> None:
    if proof.get("proofPurpose") != _PURPOSE:
        raise SignatureError("The proof's proofPurpose is not assertionMethod")
    if "expires" in proof:
        expires = read_timestamp(proof["expires"])
        if expires is None:
            raise SignatureError("The proof's expires is not a date")
        if now >= expires:
            raise SignatureError("The proof has expired")
    signed = {name: value for name, value in document.items() if name not in _UNPROVEN}
    if "@context" in proof:
        _verify_context(document.get("@context"), proof["@context"])
        signed["@context"] = proof["@context"]
    try:
        hash_data = _hash_data(proof, signed)
    except ProtocolError as error:
        raise SignatureError(
            "The proof cannot be checked: the document has no canonical form", detail=error.detail
        ) from None
    if not keys.is_signature_of(_read_value(proof.get("proofValue")), hash_data, key=key):
        raise SignatureError("The proof does not match the document and the key")


def _verify_context(of_document: object, of_proof: object) -> None:
    """What the proof was made in must be what the document begins with; contexts added behind it may only add terms."""
    wanted, given = _listed(of_proof), _listed(of_document)
    if not wanted or given[: len(wanted)] != wanted:
        raise SignatureError("The proof's @context is not the document's")


def _read_value(value: object) -> bytes:
    if not isinstance(value, str) or not value.startswith("z"):
        raise SignatureError("The proof's proofValue is not base58btc")
    try:
        signature = multibase.decode(value)
    except ProtocolError as error:
        raise SignatureError("The proof's proofValue cannot be read", detail=error.text) from None
    if len(signature) != _SIGNATURE_BYTES:
        raise SignatureError("The proof's proofValue is not an Ed25519 signature")
    return signature


def _hash_data(proof: Mapping[str, Any], document: Mapping[str, Any]) -> bytes:
    config = {name: value for name, value in proof.items() if name != "proofValue"}
    return hashlib.sha256(jcs.canonicalize(config)).digest() + hashlib.sha256(jcs.canonicalize(document)).digest()


def _find_proofs(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        proof
        for proof in _listed(document.get("proof"))[:_MAX_PROOFS]
        if isinstance(proof, dict) and proof.get("type") == _TYPE and proof.get("cryptosuite") == _CRYPTOSUITE
    ]


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
