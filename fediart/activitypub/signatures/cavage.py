"""HTTP signatures as the fediverse speaks them: draft-cavage-http-signatures-12.

Signing and verifying one request with one key. Finding the key and judging who may use it is the caller's.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from fediart.activitypub import digests, keys
from fediart.activitypub.errors import SignatureError
from fediart.activitypub.signatures import dates
from fediart.activitypub.signatures.request import HttpRequest, encode, foreign_host, own_hosts, wrong_host

REQUEST_TARGET: Final = "(request-target)"
CREATED: Final = "(created)"
EXPIRES: Final = "(expires)"

_MAX_LENGTH: Final = 16_384
_MAX_COVERED: Final = 64
_PARAMETER = re.compile(
    r'[ \t]*+([A-Za-z][A-Za-z0-9_-]*+)[ \t]*+=[ \t]*+(?:"((?:[^"\\]|\\.)*+)"|([^\s",]++))[ \t]*+(,|\Z)'
)
_ESCAPED = re.compile(r"\\(.)")
_TIMESTAMP = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")
_SIGNED_IF_PRESENT: Final = ("host", "date", "digest", "content-type", "collection-synchronization")


@dataclass(frozen=True, slots=True)
class Signature:
    """A `Signature` header, read; `headers` are the names that it covers, in lower case and in order."""

    key_id: str
    algorithm: str | None
    headers: tuple[str, ...]
    value: bytes
    created: float | None = None
    expires: float | None = None


def parse(header: str) -> Signature:
    """Read a `Signature` header in any layout: other order, spaces, a leading scheme, numbers in quotes or without.

    Spec: draft-cavage-http-signatures-12, section 2.1.
    Raises: SignatureError.
    """
    params = _parse_parameters(header)
    key_id = params.get("keyId")
    encoded = params.get("signature")
    if not key_id or not encoded:
        raise SignatureError("The Signature header needs keyId and signature")
    try:
        value = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise SignatureError("The signature is not base64") from None
    covered = tuple(params.get("headers", CREATED).lower().split())
    if not covered or len(covered) > _MAX_COVERED:
        raise SignatureError("The Signature header lists no headers, or too many")
    return Signature(
        key_id=key_id,
        algorithm=params.get("algorithm"),
        headers=covered,
        value=value,
        created=_read_timestamp(params.get("created")),
        expires=_read_timestamp(params.get("expires")),
    )


def sign(request: HttpRequest, *, key: keys.RsaPrivateKey, key_id: str) -> str:
    """Return the value of the `Signature` header for a request.

    Covers the target with its query, and host, date, digest, content-type and collection-synchronization, those that
    the request has. Interop: the label is rsa-sha256, since Misskey 2025.4 needs one and everybody knows this one.
    Spec: draft-cavage-http-signatures-12, section 3.1.
    Raises: ValueError for a key id that the header cannot carry.
    """
    if '"' in key_id or "\\" in key_id:
        raise ValueError("a key id must not hold quotes or backslashes")
    covered = (REQUEST_TARGET, *(name for name in _SIGNED_IF_PRESENT if name in request.headers))
    lines = _signing_string(covered, request, target=request.target, host=request.headers.get("host", ""))
    value = base64.b64encode(keys.sign(encode(lines), key=key)).decode("ascii")
    return f'keyId="{key_id}",algorithm="rsa-sha256",headers="{" ".join(covered)}",signature="{value}"'


def verify(
    request: HttpRequest, signature: Signature, key: keys.PublicKey, *, host: str, now: datetime, skew: timedelta
) -> None:
    """Check that the holder of `key` signed this request for us, lately, and with its body.

    Trust: `host` is our public host, with its port if that is not the default; nothing that a proxy says replaces it.
    Spec: draft-cavage-http-signatures-12, sections 2.1, 2.3 and 2.5.
    Raises: SignatureError, each with its own reason.
    """
    _verify_algorithm(signature, key)
    _verify_covered(request, signature)
    _verify_times(request, signature, now=now, skew=skew)
    if "digest" in signature.headers:
        digests.verify_digest(request.headers["digest"], request.body)
    if any(_is_valid(request, signature, key, host=name) for name in own_hosts(request, host)):
        return
    received = foreign_host(request, host)
    if received is not None and "host" in signature.headers and _is_valid(request, signature, key, host=received):
        raise wrong_host(received, host)
    raise SignatureError(
        "The signature does not match the request and the key",
        detail=f"keyId {signature.key_id}, covers {' '.join(signature.headers)}",
    )


def _parse_parameters(header: str) -> dict[str, str]:
    if len(header) > _MAX_LENGTH:
        raise SignatureError("The Signature header is too long")
    text = header.strip()
    if text[:10].lower() == "signature ":
        text = text[10:]
    params: dict[str, str] = {}
    at = 0
    while at < len(text):
        match = _PARAMETER.match(text, at)
        if match is None:
            raise SignatureError(
                "The Signature header cannot be read", detail=f"at character {at + 1}: {text[at : at + 40]!r}"
            )
        name, quoted, bare, _ = match.groups()
        if name in params:
            raise SignatureError(f"The Signature header names {name} twice")
        params[name] = bare if quoted is None else _ESCAPED.sub(r"\1", quoted)
        at = match.end()
    return params


def _read_timestamp(text: str | None) -> float | None:
    if text is None:
        return None
    if not _TIMESTAMP.fullmatch(text):
        raise SignatureError("The signature's created or expires is not a number of seconds")
    return float(text)


def _verify_algorithm(signature: Signature, key: keys.PublicKey) -> None:
    """The key decides; the label must only not contradict it. Interop: hs2019 means SHA-256 all over the fediverse."""
    label = (signature.algorithm or "hs2019").lower()
    if label != "hs2019" and label != ("rsa-sha256" if isinstance(key, keys.RsaPublicKey) else "ed25519"):
        raise SignatureError(
            "The signature's algorithm is not supported for this key", detail=f"algorithm {label[:80]!r}"
        )


def _verify_covered(request: HttpRequest, signature: Signature) -> None:
    covered = signature.headers
    if "date" not in covered and CREATED not in covered:
        raise SignatureError("The signature must cover date or (created)")
    if REQUEST_TARGET not in covered and "digest" not in covered:
        raise SignatureError("The signature must cover (request-target) or digest")
    if request.has_body:
        if "digest" not in request.headers:
            raise SignatureError("The request has no Digest header")
        if "digest" not in covered:
            raise SignatureError("The signature must cover digest")
    elif "host" not in covered:
        raise SignatureError("The signature must cover host")
    if CREATED in covered or EXPIRES in covered:
        if signature.algorithm is not None and signature.algorithm.lower() != "hs2019":
            raise SignatureError("Only an hs2019 signature can cover (created) or (expires)")
        if CREATED in covered and signature.created is None:
            raise SignatureError("The signature covers (created) without giving it")
        if EXPIRES in covered and signature.expires is None:
            raise SignatureError("The signature covers (expires) without giving it")
    for name in covered:
        if name not in request.headers and name not in {REQUEST_TARGET, CREATED, EXPIRES, "date"}:
            raise SignatureError(f"The signature covers {name[:80]}, which the request does not have")


def _verify_times(request: HttpRequest, signature: Signature, *, now: datetime, skew: timedelta) -> None:
    is_limited = EXPIRES in signature.headers
    if signature.expires is not None:
        dates.verify_expires(signature.expires, now=now)
    if "date" in signature.headers:
        dates.verify_date(request.headers.get("date"), now=now, skew=skew, is_limited=is_limited)
    if CREATED in signature.headers and signature.created is not None:
        dates.verify_time(signature.created, now=now, skew=skew, is_limited=is_limited)


def _is_valid(request: HttpRequest, signature: Signature, key: keys.PublicKey, *, host: str) -> bool:
    # Interop: Misskey 2025.4, Pixelfed 0.12 and Mitra 4 sign the path alone, for POST too.
    targets = (request.target,) if request.path == request.target else (request.target, request.path)
    if REQUEST_TARGET not in signature.headers:
        targets = targets[:1]
    return any(
        keys.is_signature_of(
            signature.value,
            encode(_signing_string(signature.headers, request, target=target, host=host, signature=signature)),
            key=key,
        )
        for target in targets
    )


def _signing_string(
    covered: Sequence[str], request: HttpRequest, *, target: str, host: str, signature: Signature | None = None
) -> str:
    lines: list[str] = []
    for name in covered:
        if name == REQUEST_TARGET:
            value = f"{request.method.lower()} {target}"
        elif name == "host":
            value = host
        elif signature is not None and name == CREATED:
            value = _write_timestamp(signature.created)
        elif signature is not None and name == EXPIRES:
            value = _write_timestamp(signature.expires)
        else:
            value = request.headers[name].strip(" \t")
        lines.append(f"{name}: {value}")
    return "\n".join(lines)


def _write_timestamp(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return str(int(seconds)) if seconds.is_integer() else repr(seconds)
