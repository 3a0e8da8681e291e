"""Requests as bytes on a wire: sent header by header, signed by a signer of our own, with any damage that a test wants.

The signing string is written here once more on purpose: a verifier tested with its own signer proves little.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from fediart.activitypub.signatures import HttpRequest, rfc9421

ACTIVITY_JSON = "application/activity+json"
LD_JSON = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
USUAL = ("(request-target)", "host", "date", "digest", "content-type")
MASTODON = ("host", "date", "digest", "content-type", "(request-target)")

PrivateKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A whole answer; names are in lower case. `lines` has every header line, `headers` the last of each name."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    lines: Sequence[tuple[str, str]] = ()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> str:
        """The reason that a refusal gives."""
        return str(self.json["error"])


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | Sequence[bytes] | None = None,
    host: str | None = None,
) -> HttpAnswer:
    """Send one request; a body in several parts goes chunked, without Content-Length."""
    parts = urlsplit(url)
    assert parts.hostname
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.putrequest(method, target or "/", skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", host or parts.netloc)
        for name, value in (headers or {}).items():
            connection.putheader(name, value.encode("latin-1"))
        if isinstance(body, bytes):
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
        elif body is not None:
            connection.putheader("Transfer-Encoding", "chunked")
            connection.endheaders(iter(body), encode_chunked=True)
        else:
            connection.endheaders()
        response = connection.getresponse()
        lines = [(name.lower(), value) for name, value in response.getheaders()]
        return HttpAnswer(response.status, dict(lines), response.read(), lines)
    finally:
        connection.close()


def digest_of(body: bytes) -> str:
    return "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()


def http_date(offset: timedelta = timedelta()) -> str:
    return format_datetime(datetime.now(UTC).replace(microsecond=0) + offset, usegmt=True)


@dataclass(frozen=True, slots=True)
class Cavage:
    """How to sign in the old dialect; every default is what a healthy peer does."""

    covered: Sequence[str] = USUAL
    algorithm: str | None = "rsa-sha256"
    date: timedelta = timedelta()
    created: timedelta | None = None
    expires: timedelta | None = None
    digest: str | None = None
    signed_target: str | None = None
    content_type: str = ACTIVITY_JSON
    layout: str = 'keyId="{key_id}",{algorithm}{created}headers="{headers}",signature="{signature}"'

    def headers(self, url: str, body: bytes, *, key: PrivateKey, key_id: str) -> dict[str, str]:
        """Return the headers of a signed POST."""
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        sent = {
            "date": http_date(self.date),
            "digest": digest_of(body) if self.digest is None else self.digest,
            "content-type": self.content_type,
        }
        if "user-agent" in self.covered:
            sent["user-agent"] = "peer/1.0"
        created = _seconds(self.created)
        values = {
            **sent,
            "host": parts.netloc,
            "content-length": str(len(body)),
            "(request-target)": f"post {self.signed_target or target}",
            "(created)": created,
            "(expires)": _seconds(self.expires),
        }
        lines = "\n".join(f"{name.lower()}: {values[name.lower()]}" for name in self.covered)
        numbers = f"created={created}," if created else ""
        if self.expires is not None:
            numbers += f"expires={_seconds(self.expires)},"
        sent["signature"] = self.layout.format(
            key_id=key_id,
            algorithm=f'algorithm="{self.algorithm}",' if self.algorithm else "",
            created=numbers,
            headers=" ".join(self.covered),
            signature=base64.b64encode(_sign(lines.encode("latin-1"), key)).decode(),
        )
        return sent


def signed_get(url: str, *, key: PrivateKey, key_id: str, date: timedelta = timedelta()) -> dict[str, str]:
    """Return the headers of a signed GET, as Mastodon makes it."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    at = http_date(date)
    text = f"(request-target): get {target}\nhost: {parts.netloc}\ndate: {at}"
    signature = base64.b64encode(_sign(text.encode("latin-1"), key)).decode()
    covered = "(request-target) host date"
    return {
        "Date": at,
        "Signature": f'keyId="{key_id}",algorithm="rsa-sha256",headers="{covered}",signature="{signature}"',
    }


def rfc9421_headers(url: str, body: bytes, *, key: PrivateKey, key_id: str, **options: Any) -> dict[str, str]:
    """Return the headers of a POST (or another `method`) that is signed in the new dialect."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    headers = {"host": parts.netloc} | ({"content-type": ACTIVITY_JSON} if body else {})
    request = HttpRequest(method=options.pop("method", "POST"), target=target, headers=headers, body=body)
    created = options.pop("created", datetime.now(UTC))
    added = rfc9421.sign(request, key=key, key_id=key_id, created=created, scheme=parts.scheme, **options)
    return {**({"content-type": ACTIVITY_JSON} if body else {}), **added}


def _seconds(offset: timedelta | None) -> str:
    return "" if offset is None else str(int((datetime.now(UTC) + offset).timestamp()))


def _sign(text: bytes, key: PrivateKey) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(text, padding.PKCS1v15(), SHA256())
    return key.sign(text)
