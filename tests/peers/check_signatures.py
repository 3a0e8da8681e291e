"""Check signatures with libraries that we did not write: JSON on stdin, a JSON verdict on stdout.

Runs in `.venv-peers`. Input, every member but `keys` optional: `keys`, an object from key id to PEM or multibase text;
`request`, `{method, url, headers: [[name, value], ...], body_base64}` as it came over the wire; `document`, a JSON
document that carries an eddsa-jcs-2022 proof. The verdict has a member for each of `request` and `document` that was
given. What does not verify is a verdict; only input that cannot be read is an error (exit code 2).
"""

from __future__ import annotations

import base64
import copy
import json
import sys
from types import SimpleNamespace
from typing import Any

import apsig  # type: ignore[import-not-found]
import apsig.draft.verify  # type: ignore[import-not-found]
import apsig.tools  # type: ignore[import-not-found]
import http_message_signatures  # type: ignore[import-not-found]
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from multiformats import multibase, multicodec  # type: ignore[import-not-found]

Json = dict[str, Any]


class UnknownKeyError(Exception):
    """The signature names a key that was not given."""


class GivenKeys(http_message_signatures.HTTPSignatureKeyResolver):  # type: ignore[misc]
    """The given keys, by the exact key id."""

    def __init__(self, keys: dict[str, str]) -> None:
        self._keys = keys

    def resolve_public_key(self, key_id: str) -> Any:
        """Find the public key of a key id."""
        text = self.find_text(key_id)
        if text.startswith("-----"):
            return load_pem_public_key(text.encode())
        codec, raw = multicodec.unwrap(multibase.decode(text))
        if codec.name != "ed25519-pub":
            raise UnknownKeyError(f"{key_id} is a {codec.name} key")
        return Ed25519PublicKey.from_public_bytes(raw)

    def find_text(self, key_id: str) -> str:
        """Find a key as it was given."""
        if key_id not in self._keys:
            raise UnknownKeyError(f"no key {key_id} was given")
        return self._keys[key_id]


def check_request(request: Json, keys: GivenKeys) -> Json:
    """Verify the HTTP signature of a captured request, in the dialect that it is written in."""
    names = {name.lower() for name, _ in request["headers"]}
    check = _check_rfc9421 if "signature-input" in names else _check_cavage
    try:
        return {"verified": True, "error": None, **check(request, keys)}
    except Exception as error:  # two libraries, and none of the many errors of what they use is part of their promise
        return {"verified": False, "error": _describe(error)}


def _check_cavage(request: Json, keys: GivenKeys) -> Json:
    headers = {name.lower(): value for name, value in request["headers"]}
    if "signature" not in headers:
        raise UnknownKeyError("the request is not signed")
    parts = apsig.tools.get_draft_signature_parts(headers["signature"])
    verifier = apsig.draft.verify.Verifier(
        keys.find_text(parts["keyId"]), request["method"], request["url"], headers, _body(request)
    )
    key_id = verifier.verify(raise_on_fail=True)
    return {"dialect": "draft-cavage", "by": "apsig", "key_id": key_id, "covered": parts["headers"].split()}


def _check_rfc9421(request: Json, keys: GivenKeys) -> Json:
    body = _body(request)
    message = SimpleNamespace(method=request["method"], url=request["url"], headers=dict(request["headers"]))
    verifier = http_message_signatures.HTTPMessageVerifier(
        signature_algorithm=http_message_signatures.algorithms.RSA_V1_5_SHA256, key_resolver=keys
    )
    (result,) = verifier.verify(message, body=body or None)
    covered = [name.strip('"') for name in result.covered_components if name != '"@signature-params"']
    key_id = result.parameters["keyid"]
    return {"dialect": "rfc9421", "by": "http-message-signatures", "key_id": key_id, "covered": covered}


def check_proof(document: Json, keys: GivenKeys) -> Json:
    """Verify the FEP-8b32 proof of a document."""
    try:
        if "proof" not in document:
            raise ValueError("the document carries no proof")
        proof = document["proof"]
        if proof["proofPurpose"] != "assertionMethod":
            raise ValueError(f"proofPurpose is {proof['proofPurpose']}")
        key_id = proof["verificationMethod"]
        # apsig changes what it is given. A linked data signature is added after the proof, which does not cover it.
        secured = {name: value for name, value in copy.deepcopy(document).items() if name != "signature"}
        apsig.ProofVerifier(keys.resolve_public_key(key_id)).verify(secured, raise_on_fail=True)
    except Exception as error:  # as above
        return {"verified": False, "error": _describe(error)}
    return {"verified": True, "error": None, "by": "apsig", "key_id": key_id}


def _body(request: Json) -> bytes:
    return base64.b64decode(request.get("body_base64", ""), validate=True)


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")


def main() -> None:
    """Read the input, print the verdict."""
    try:
        given = json.load(sys.stdin)
        keys = GivenKeys(given["keys"])
        request, document = given.get("request"), given.get("document")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        print(f"check_signatures: cannot read the input: {_describe(error)}", file=sys.stderr)
        sys.exit(2)
    verdict: Json = {}
    if request is not None:
        verdict["request"] = check_request(request, keys)
    if document is not None:
        verdict["document"] = check_proof(document, keys)
    json.dump(verdict, sys.stdout)


if __name__ == "__main__":
    main()
