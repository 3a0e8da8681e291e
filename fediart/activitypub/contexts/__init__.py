"""JSON-LD contexts as published by those who define them, bundled: a remote `@context` is never fetched."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

ACTIVITYSTREAMS = "https://www.w3.org/ns/activitystreams"
SECURITY = "https://w3id.org/security/v1"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
CID = "https://www.w3.org/ns/cid/v1"

_FILES = {
    ACTIVITYSTREAMS: "activitystreams",
    "http://www.w3.org/ns/activitystreams": "activitystreams",
    SECURITY: "security-v1",
    "https://w3id.org/security/data-integrity/v1": "data-integrity-v1",
    DATA_INTEGRITY: "data-integrity-v2",
    "https://w3id.org/security/multikey/v1": "multikey-v1",
    "https://w3id.org/identity/v1": "identity-v1",
    CID: "cid-v1",
    "https://www.w3.org/ns/did/v1": "did-v1",
    "https://gotosocial.org/ns": "gotosocial",  # Interop: Fedify 2.3 names it in every activity
}


def find(url: str) -> dict[str, Any] | None:
    """Return a bundled context document, None when we do not carry it."""
    name = _FILES.get(url.split("#", 1)[0])
    return _read(name) if name is not None else None


@cache
def _read(name: str) -> dict[str, Any]:
    text = resources.files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def loader() -> Callable[[str, dict[str, Any]], dict[str, Any]]:
    """Return a document loader for PyLD that knows the bundled contexts and refuses every other address.

    Raises (the loader): LookupError for a context we do not carry.
    """

    def load(url: str, _options: dict[str, Any]) -> dict[str, Any]:
        document = find(url)
        if document is None:
            raise LookupError(f"no bundled JSON-LD context for {url}")
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document}

    return load
