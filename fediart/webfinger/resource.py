"""What a WebFinger query means: one of our artists, the server itself, or nobody. Pure."""

from __future__ import annotations

import re
from urllib.parse import unquote

from fediart.activitypub import handles
from fediart.activitypub.errors import ProtocolError
from fediart.activitypub.urls import Urls

INSTANCE = ""
_PROFILE = re.compile(r"/@([A-Za-z0-9_]{1,30})/?")


def read(resource: str, at: Urls) -> str | None:
    """Return the user name that `resource` asks for, `INSTANCE` for the server itself, None for somebody elsewhere.

    Accepts what peers send: `acct:` in any case, with a leading @ or percent-encoded, the actor's id, its page.
    Spec: RFC 7033 section 4.1; RFC 7565.
    Raises: ProtocolError (400) when it is no resource at all.
    """
    text = resource.strip()
    if text.startswith(("http:", "https:")):
        return _from_url(text, at)
    if re.match(r"[a-z][a-z0-9+.-]*:", text, re.IGNORECASE) and not re.match(r"acct(:|%3a)", text, re.IGNORECASE):
        if "@" not in text:
            raise ProtocolError("the resource must be an acct: or an address of this server")
        return None
    try:
        handle = handles.parse_handle(unquote(text))
    except ProtocolError as exc:
        raise ProtocolError("the resource must look like acct:name@host", detail=str(exc)) from exc
    if handle.host.lower() != at.host.lower():
        return None
    if handle.username.lower() == at.host.lower().split(":", 1)[0]:
        return INSTANCE
    return handle.username.lower()


def _from_url(url: str, at: Urls) -> str | None:
    if url.rstrip("/") in (at.base, at.instance_actor):
        return INSTANCE
    if not at.is_ours(url):
        return None
    username = at.username(url.rstrip("/"))
    if username is not None:
        return username
    match = _PROFILE.fullmatch(url.removeprefix(at.base))
    return match.group(1).lower() if match else None
