"""Where we may connect to: the addresses and the URLs that a peer can make us visit.

The address check sits at the socket that is about to be connected, not at the name: only there do DNS rebinding,
redirects and odd spellings (`http://2130706433/`, `http://127.1/`) all come out as the plain address they mean.
Reading what comes back is `session`'s; telling one host from another is `activitypub.origins`'.
"""

from __future__ import annotations

import errno
import functools
import ipaddress
import re
import socket
from typing import Any, Final
from urllib.parse import quote, urlsplit

import yarl

from fediart.activitypub import origins
from fediart.activitypub.errors import ProtocolError
from fediart.errors import RemoteError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_URL_CHARACTERS: Final = 2048

# IANA IPv4 Special-Purpose Address Registry, multicast, and one cloud's metadata service that hides in public space.
# Written out, because what `ipaddress.is_global` says has changed between Python patch releases.
_CLOSED_IPV4: Final = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "168.63.129.16/32",
    )
)
_GLOBAL_IPV6: Final = ipaddress.IPv6Network("2000::/3")
_CLOSED_IPV6: Final = tuple(
    ipaddress.IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarking
        "2001:db8::/32",
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
# An IPv6-only server reaches IPv4 peers through these: they are as open as the IPv4 address inside.
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")

_FORBIDDEN_CHARACTERS: Final = re.compile(r"[\x00-\x1f\x7f]")
# Everything a request target may hold stays as the peer wrote it: an id is fetched byte for byte.
_KEPT_CHARACTERS: Final = "%/?:@!$&'()*+,;=-._~[]"


class PrivateAddressError(OSError):
    """The name or number leads into a network that peers have no business in."""

    def __init__(self, address: str) -> None:
        # Equal texts, whatever the address: aiohappyeyeballs merges unequal ones into one error without a type.
        super().__init__(errno.EACCES, "private address")
        self.address = address


def is_public_address(ip: str | IPAddress) -> bool:
    """Tell whether a peer may make us connect to `ip`.

    Spec: IANA IPv4 and IPv6 Special-Purpose Address Registries; RFC 6890; RFC 6052 section 3.1 for NAT64.
    """
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in block for block in _CLOSED_IPV4)
    embedded = address.ipv4_mapped or address.sixtofour
    if embedded is None and address in _NAT64:
        embedded = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if embedded is not None:
        return is_public_address(embedded)
    return address in _GLOBAL_IPV6 and not any(address in block for block in _CLOSED_IPV6)


def open_socket(address_info: tuple[Any, ...]) -> socket.socket:
    """Create an unconnected socket for a `getaddrinfo` row, if that row is public.

    Raises: PrivateAddressError before any socket exists.
    """
    family, kind, protocol, _, address = address_info
    if not is_public_address(address[0]):
        raise PrivateAddressError(str(address[0]))
    return socket.socket(family=family, type=kind, proto=protocol)


@functools.lru_cache(maxsize=4096)
def read_url(text: str, *, plain_http: bool) -> yarl.URL:
    """Read an address to connect to: https (http with `plain_http`), no credentials; the fragment is dropped.

    Path and query stay as written (ports, underscores, long paths and all), the host becomes a lower-case A-label.

    Raises: RemoteError, not temporary, when nothing should be sent there.
    """
    if len(text) > MAX_URL_CHARACTERS:
        raise _unusable("longer than 2048 characters", text)
    if _FORBIDDEN_CHARACTERS.search(text):
        raise _unusable("control characters", text)
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise _unusable(str(error), text) from error
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https"):
        raise _unusable("neither https nor http", text)
    if scheme == "http" and not plain_http:
        raise _unusable("plain http is switched off", text)
    if "@" in parts.netloc:
        raise _unusable("a user name or password in it", text)
    try:
        path = _quoted(parts.path) or "/"
        query = f"?{_quoted(parts.query)}" if parts.query else ""
        host = _plain_number(origins.read_host(parts.netloc, scheme=scheme))
        return yarl.URL(f"{scheme}://{host}{path}{query}", encoded=True)
    except (ProtocolError, ValueError, OSError) as error:
        raise _unusable("no host that can be connected to", text) from error


def is_number(host: str) -> bool:
    """Tell whether a host, with or without port, is an address: the last label of a name is never a number.

    Spec: WHATWG URL, host parser, "ends in a number".
    """
    last = host.partition(":")[0].rpartition(".")[2]
    return host.startswith("[") or last.isdigit() or last.startswith("0x")


def _plain_number(host: str) -> str:
    """Write an IPv4 address in the one form that nobody misreads: `2130706433` and `0x7f.1` are 127.0.0.1."""
    if not is_number(host) or host.startswith("["):
        return host
    name, colon, port = host.partition(":")
    return f"{socket.inet_ntoa(socket.inet_aton(name))}{colon}{port}"


def _quoted(text: str) -> str:
    # `surrogateescape`: raw bytes in a `Location` header come in as lone surrogates and go out as they were.
    return quote(text, safe=_KEPT_CHARACTERS, errors="surrogateescape")


def _unusable(reason: str, text: str) -> RemoteError:
    return RemoteError(f"the address is not usable: {reason}", detail=repr(text[:200]), is_temporary=False)
