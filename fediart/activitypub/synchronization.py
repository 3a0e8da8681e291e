"""Followers synchronisation: how two servers find out that they disagree on who follows whom.

The digest of a list of followers, and the header that carries it. Which followers count, and what is done about a
difference, is for whoever holds the lists.

Spec: FEP-8fcf.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from fediart.activitypub import origins
from fediart.activitypub.errors import ProtocolError

HEADER: Final = "Collection-Synchronization"

_MAX_LENGTH: Final = 8192
_PARAMETER = re.compile(r'[ \t]*+([A-Za-z][A-Za-z0-9_-]*+)[ \t]*+=[ \t]*+"([^"\\]*+)"[ \t]*+(,|\Z)')
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Synchronization:
    """A digest of that part of the collection `collection_id` that lives on the receiving server; `url` lists it."""

    collection_id: str
    url: str
    digest: str


def digest(ids: Iterable[str]) -> str:
    """Return the digest of a set of ids, in whatever order they come.

    Spec: FEP-8fcf: the SHA-256 of each, XORed, in lower-case hexadecimal.
    """
    mixed = 0
    for id_ in set(ids):
        mixed ^= int.from_bytes(hashlib.sha256(id_.encode()).digest())
    return f"{mixed:064x}"


def digests_by_origin(ids: Iterable[str]) -> dict[str, str]:
    """Return {origin: digest} of the ids that live there. Ids without an origin belong to nobody's part."""
    by_authority: dict[str, list[str]] = {}
    for id_ in ids:
        by_authority.setdefault("/".join(id_.split("/", 3)[:3]), []).append(id_)
    by_origin: dict[str, list[str]] = {}
    for authority, members in by_authority.items():
        try:
            by_origin.setdefault(origins.origin_of(authority), []).extend(members)
        except ProtocolError:
            continue
    return {origin: digest(members) for origin, members in by_origin.items()}


def read_header(value: str) -> Synchronization:
    """Read the header; further parameters are for others.

    Raises: ProtocolError when it is no list of quoted parameters, or lacks one of the three.
    """
    if len(value) > _MAX_LENGTH:
        raise ProtocolError(f"The {HEADER} header is too long")
    found: dict[str, str] = {}
    at = 0
    while at < len(value) or not found:
        match = _PARAMETER.match(value, at)
        if match is None:
            raise ProtocolError(f"The {HEADER} header cannot be read", detail=f"at character {at + 1}")
        name, text, comma = match.groups()
        if name in found:
            raise ProtocolError(f"The {HEADER} header names {name[:80]} twice")
        found[name] = text
        at = match.end()
        if comma and at == len(value):
            raise ProtocolError(f"The {HEADER} header cannot be read", detail="it ends with a comma")
    missing = [name for name in ("collectionId", "url", "digest") if not found.get(name)]
    if missing:
        raise ProtocolError(f"The {HEADER} header has no {missing[0]}")
    if not _DIGEST.fullmatch(found["digest"].lower()):
        raise ProtocolError(f"The digest of the {HEADER} header is not a SHA-256 in hexadecimal")
    return Synchronization(found["collectionId"], found["url"], found["digest"].lower())


def write_header(synchronization: Synchronization) -> str:
    """Write the header as Mastodon 4.5 does.

    Raises: ValueError for addresses that it cannot carry.
    """
    members = {
        "collectionId": synchronization.collection_id,
        "url": synchronization.url,
        "digest": synchronization.digest,
    }
    for text in members.values():
        if not (text.isascii() and text.isprintable()) or '"' in text or "\\" in text:
            raise ValueError(f"this cannot be written into a header: {text!r}")
    return ", ".join(f'{name}="{text}"' for name, text in members.items())
