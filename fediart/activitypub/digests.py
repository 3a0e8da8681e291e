"""Digests of bytes as headers and documents carry them.

Always over the bytes as sent or received, never over JSON written again. Whether a signature covers a digest is decided
where signatures are verified.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from fediart.activitypub import multibase, structured
from fediart.activitypub.errors import ProtocolError, SignatureError

_ALGORITHMS: Final[Mapping[str, Callable[[bytes], Any]]] = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}
# Multihash: sha2-256, 32 bytes.
_SHA2_256: Final = b"\x12\x20"


def sha256_digest(body: bytes) -> str:
    """Return the value of the `Digest` header of a body: `SHA-256=<base64>`.

    Spec: RFC 3230, section 4.3.2. Interop: Misskey 2025.4 takes nothing but one SHA-256.
    """
    return "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode("ascii")


def verify_digest(value: str, body: bytes) -> None:
    """Check a `Digest` header: at least one SHA-256 or SHA-512, in any letter case, and none that is wrong.

    Spec: RFC 3230, section 4.3.2.
    Raises: SignatureError.
    """
    is_known = False
    for member in value.split(","):
        name, _, encoded = member.strip().partition("=")
        algorithm = _ALGORITHMS.get(name.lower())
        if algorithm is None:
            continue
        if encoded != base64.b64encode(algorithm(body).digest()).decode("ascii"):
            raise SignatureError("The Digest header does not match the body")
        is_known = True
    if not is_known:
        raise SignatureError("The Digest header has no SHA-256 digest")


def content_digest(body: bytes) -> str:
    """Return the value of the `Content-Digest` header of a body: `sha-256=:<base64>:`.

    Spec: RFC 9530, section 2.
    """
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode('ascii')}:"


def verify_content_digest(value: str, body: bytes) -> None:
    """Check a `Content-Digest` header: at least one SHA-256 or SHA-512, and none that is wrong.

    Spec: RFC 9530, sections 2 and 5.
    Raises: SignatureError.
    """
    try:
        members = structured.parse_dictionary(value)
    except ProtocolError as error:
        raise SignatureError("The Content-Digest header cannot be read", detail=str(error)) from None
    known = members.keys() & _ALGORITHMS.keys()
    if not known:
        raise SignatureError("The Content-Digest header has no SHA-256 digest")
    for name in known:
        member = members[name]
        if not isinstance(member, structured.Item) or member.value != _ALGORITHMS[name](body).digest():
            raise SignatureError("The Content-Digest header does not match the body")


def digest_multibase(sha256: bytes) -> str:
    """Return a SHA-256 as the `digestMultibase` of an attachment: `zQm…`.

    Spec: Verifiable Credential Data Integrity 1.0, section 2.6; the bytes are a multihash.
    """
    if len(sha256) != hashlib.sha256().digest_size:
        raise ValueError("a SHA-256 has 32 bytes")
    return multibase.encode(_SHA2_256 + sha256)
