"""Which key a request says it was signed with, before anything is verified.

A claim is good for refusing (nobody gains by posing as somebody who is refused) and for nothing else.
"""

from __future__ import annotations

from fediart.activitypub.errors import ProtocolError
from fediart.activitypub.signatures import cavage, rfc9421
from fediart.activitypub.signatures.request import HttpRequest


def read_key_id(request: HttpRequest) -> str | None:
    """Return the key's id, None when there is no signature that can be read."""
    header = request.headers.get("signature")
    if header is None:
        return None
    try:
        if "signature-input" in request.headers:
            return rfc9421.parse(request.headers["signature-input"], header).key_id
        return cavage.parse(header).key_id
    except ProtocolError:
        return None
