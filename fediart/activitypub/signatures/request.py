"""A request as both dialects of HTTP signatures see it, and the hosts that it may have been signed for.

Header text is Latin-1, as it is on the wire; targets are never decoded or normalised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fediart.activitypub.errors import SignatureError

_METHODS_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What is signed: `target` is the raw path with `?query`, `headers` have lower-case names and joined values."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def has_body(self) -> bool:
        """Whether a digest has to be signed, as for every POST, even an empty one."""
        return bool(self.body) or self.method.upper() in _METHODS_WITH_BODY

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]


def own_hosts(request: HttpRequest, host: str) -> tuple[str, ...]:
    """Return the values of Host that name us, the likeliest first; `host` is our public host, with a port if not 443.

    What came counts if it is ours. If it is not, a reverse proxy may have rewritten it, so what was signed can only
    have been our public host. Interop: Mastodon 4.5 leaves out a port that is not the default.
    """
    name, colon, port = host.rpartition(":")
    bare = name if colon and port.isdigit() else host
    received = request.headers.get("host", "").strip()
    if received.lower() in {host.lower(), bare.lower(), f"{bare.lower()}:443"}:
        return (received,)
    return (host,) if bare == host else (host, bare)


def foreign_host(request: HttpRequest, host: str) -> str | None:
    """Return the Host that came if it is not ours: worth a try, only to tell what is wrong."""
    received = request.headers.get("host", "").strip()
    return received if received and received not in own_hosts(request, host) else None


def wrong_host(received: str, host: str) -> SignatureError:
    """Say that a signature is good, but for another host."""
    return SignatureError(
        "The request is signed for another host",
        detail=f"received Host {received!r}, expected {host!r}: does the reverse proxy pass Host unchanged, "
        "and is this server's address configured as the world sees it?",
    )


def encode(lines: str) -> bytes:
    """Return the bytes of what is signed.

    Raises: SignatureError for text that no header can carry.
    """
    try:
        return lines.encode("latin-1")
    except UnicodeEncodeError:
        raise SignatureError("A signed header is not Latin-1 text") from None
