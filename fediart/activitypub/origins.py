"""Who may speak for which address: hosts and ids in one comparable form, and the rule of the same origin.

Ids are compared as text, hosts as lower-case A-labels, so that one person is never two. Nothing is looked up here;
whether an owner on the same host is the stored owner is for whoever holds the store.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final

import idna

from fediart.activitypub.errors import ProtocolError

if TYPE_CHECKING:
    from fediart.activitypub.activities import Activity

MAX_ID_CHARACTERS: Final = 2048

_MAX_HOST_CHARACTERS: Final = 253
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_ABSOLUTE = re.compile(r"(https?)://([^/?#\\]*)(.*)", re.IGNORECASE | re.DOTALL)
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:@%]+)(?::([0-9]{0,5}))?")
_PLAIN_HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
# Space, controls, and the invisible characters that make two addresses look like one.
_UNFIT_FOR_ID = re.compile(
    "[\x00-\x20\x7f-\xa0\u1680\u2000-\u200b\u200e\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\udfff\ufeff]"
)


def host_of(url: str) -> str:
    """Give the host of an http(s) address as lower-case A-label, with its port when that is not the default.

    Raises: ProtocolError when there is no host that the DNS could know.
    """
    return _split(url)[1]


def origin_of(url: str) -> str:
    """Give scheme, host and port of an http(s) address.

    Spec: RFC 6454, section 6.2 (with A-labels).
    Raises: ProtocolError when there is no usable host.
    """
    scheme, host, _ = _split(url)
    return f"{scheme}://{host}"


def read_host(text: str, *, scheme: str = "https") -> str:
    """Read `host` or `host:port` and give it as lower-case A-label, without the default port of `scheme`.

    Emoji, underscores and one dot at the end are taken as the DNS takes them.
    Raises: ProtocolError when the DNS cannot know such a host.
    """
    match = _AUTHORITY.fullmatch(text)
    if match is None:
        raise ProtocolError("This address has no usable host", detail=repr(text[:200]))
    name, port_text = match.groups()
    host = _read_address(name) if name.startswith("[") else _read_name(name)
    if not port_text:
        return host
    port = int(port_text)
    if not 0 < port <= 65535:
        raise ProtocolError("This address has an impossible port", detail=repr(text[:200]))
    return host if port == _DEFAULT_PORTS[scheme] else f"{host}:{port}"


def same_host(a: str, b: str) -> bool:
    """Tell whether two addresses are served by the same host; what has no host is the same as nothing."""
    try:
        return host_of(a) == host_of(b)
    except ProtocolError:
        return False


def normalize_id(url: str) -> str:
    """Write scheme and host of an address in their one form and leave the rest, which only its owner understands.

    Raises: ProtocolError when it is not an http(s) address with a usable host.
    """
    scheme, host, rest = _split(url)
    return f"{scheme}://{host}{rest}"


def is_acceptable_id(url: str, *, plain_http: bool) -> bool:
    """Tell whether a text can serve as an id: absolute http(s), not endless, no credentials, spaces or controls."""
    try:
        scheme, _, _ = _split(url)
    except ProtocolError:
        return False
    return scheme == "https" or plain_http


def verify_activity_origin(activity: Activity) -> None:
    """Check that the actor may say this: ids on the actor's host, and nobody else's words or deeds.

    Spec: ActivityPub, section 7 and B.1; FEP-fe34.
    Raises: ProtocolError (403) when another host or another actor is spoken for, (400) when the object is missing.
    Trust: the caller has proven that the activity comes from `activity.actor`.
    """
    if activity.id is not None and not same_host(activity.id, activity.actor):
        raise _forbidden("The id of the activity is on another host than its actor", activity, activity.id)
    if activity.type in {"Create", "Update"}:
        _verify_authorship(activity)
    elif activity.type in {"Delete", "Undo"}:
        _verify_on_host(activity)
        if activity.object is not None and any(owner != activity.actor for owner in activity.object_owners):
            raise _forbidden(f"{activity.type} of what somebody else did", activity, *activity.object_owners)


def _verify_authorship(activity: Activity) -> None:
    _verify_on_host(activity)
    if activity.object is None or activity.object_id == activity.actor:
        return
    if activity.object_is_actor:
        raise _forbidden(f"{activity.type} of another actor", activity, activity.object_id or "")
    if activity.actor not in activity.object_owners:
        raise _forbidden("The actor is not among the authors of the object", activity, *activity.object_owners)


def _verify_on_host(activity: Activity) -> None:
    # Interop: an Undo of a Like often embeds it without id; actor and object of the Like are enough to find it.
    if activity.object_id is None and not (activity.type == "Undo" and activity.object is not None):
        raise ProtocolError(f"{activity.type} needs an object with an id")
    for object_id in activity.objects:
        if not same_host(object_id, activity.actor):
            raise _forbidden("The object is on another host than the actor", activity, object_id)


def _forbidden(text: str, activity: Activity, *others: str) -> ProtocolError:
    return ProtocolError(text, status=403, detail=f"{activity.actor} against {', '.join(others)[:500]}")


def _split(url: str) -> tuple[str, str, str]:
    """Give scheme, host[:port] and the rest of an absolute http(s) address that has the form of an id."""
    if len(url) > MAX_ID_CHARACTERS or _UNFIT_FOR_ID.search(url):
        raise ProtocolError("This is not a usable address", detail=repr(url[:200]))
    match = _ABSOLUTE.fullmatch(url)
    # A backslash ends the authority for browsers but not for RFC 3986: whoever sends one wants two readings.
    if match is None or match[3].startswith("\\"):
        raise ProtocolError("This is not an absolute http(s) address", detail=repr(url[:200]))
    scheme = match[1].lower()
    return scheme, read_host(match[2], scheme=scheme), match[3]


def _read_address(text: str) -> str:
    try:
        return f"[{ipaddress.IPv6Address(text[1:-1]).compressed}]"
    except ValueError:
        raise ProtocolError("This address has an impossible host", detail=repr(text)) from None


def _read_name(text: str) -> str:
    name = text.lower() if text.isascii() else _read_unicode_name(text)
    name = name.removesuffix(".")
    if len(name) > _MAX_HOST_CHARACTERS or not _PLAIN_HOST.fullmatch(name):
        raise ProtocolError("This address has an impossible host", detail=repr(text[:200]))
    return name


def _read_unicode_name(text: str) -> str:
    """Map as UTS 46 does and write each label in Punycode.

    The strict IDNA 2008 encoder refuses the emoji domains on which real instances live.
    """
    if len(text) > _MAX_HOST_CHARACTERS:
        raise ProtocolError("This address has an impossible host", detail=repr(text[:200]))
    try:
        labels = idna.uts46_remap(text, std3_rules=False).split(".")
        return ".".join(x if x.isascii() else "xn--" + x.encode("punycode").decode("ascii") for x in labels)
    except UnicodeError:
        raise ProtocolError("This address has an impossible host", detail=repr(text)) from None
