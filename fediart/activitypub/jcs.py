"""The canonical bytes of JSON, which object proofs are made over.

Only the RFC 8785 form lives here; what is left out of a document before it is hashed is known to the proofs.
"""

from __future__ import annotations

from typing import Any, cast

import rfc8785

from fediart.activitypub.errors import ProtocolError


def canonicalize(value: object) -> bytes:
    """Write a JSON value in its canonical form.

    Integers beyond 2**53 are refused, not rounded as ECMAScript would: two documents that differ must not be one.
    Spec: RFC 8785; RFC 7493, section 2.2.
    Raises: ProtocolError for what has no canonical form: NaN, infinities, such integers, lone surrogates, other types.
    """
    try:
        return rfc8785.dumps(cast("Any", value))
    except (ValueError, TypeError, RecursionError) as error:
        raise ProtocolError("The JSON has no canonical form", detail=str(error)) from None
