"""Multibase: bytes as text whose first character names the alphabet.

Only the two alphabets that Multikeys and proofs use live here; what the bytes mean is known to the caller. Base58
decoding is quadratic, so the length is bounded before anything is computed.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

import base58

from fediart.activitypub.errors import ProtocolError

# An RSA key of 8192 bits takes 1416 characters.
_MAX_LENGTH: Final = 2048
_BASE58 = re.compile(r"[1-9A-HJ-NP-Za-km-z]+")


def encode(data: bytes) -> str:
    """Write bytes as base58btc multibase, `z…`.

    Spec: Controlled Identifiers 1.0, section 2.4.
    """
    return "z" + base58.b58encode(data).decode("ascii")


def decode(text: str) -> bytes:
    """Read base58btc (`z…`) or base64url without padding (`u…`).

    Spec: Controlled Identifiers 1.0, section 2.4.
    Raises: ProtocolError.
    """
    if len(text) > _MAX_LENGTH:
        raise ProtocolError("The multibase text is too long")
    alphabet, payload = text[:1], text[1:]
    if alphabet == "z" and _BASE58.fullmatch(payload):
        return base58.b58decode(payload)
    if alphabet == "u" and payload and "=" not in payload:
        try:
            return base64.b64decode(payload + "=" * (-len(payload) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise ProtocolError("The multibase text is not base64url", detail=str(error)) from None
    raise ProtocolError("The multibase text is neither base58btc nor base64url")
