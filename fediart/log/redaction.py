"""Takes secrets out of a log line: by the name they stand under, and by their look inside any text.

The result holds only what JSON can hold, so that no object is written with fields that nobody chose. It is a safety
net: what is secret should not be logged in the first place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any

REDACTED = "[redacted]"

_SECRET_WORDS = frozenset(
    {"password", "passwd", "passphrase", "token", "pem", "authorization", "signature", "cookie", "secret", "body"}
    | {"credential", "apikey", "privatekey"}
)
_SECRET_PAIRS = frozenset({("private", "key"), ("api", "key")})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_MAX_DEPTH = 8

_SECRET_TEXT = re.compile(
    r"-----BEGIN [A-Z0-9 ]+-----.*?(?:-----END [A-Z0-9 ]+-----|\Z)"
    r"|(?P<scheme>\bbearer\s+)[A-Za-z0-9._~+/-]{8,}=*"
    r"|(?P<header>\b(?:authorization|(?:set-)?cookie)\b['\"]?\s*[:=,]\s*)[^\r\n]+"
    r"|(?P<signature>\bsignature=\\?\")[A-Za-z0-9+/=]+"
    r"|(?P<address>://[^\s/:@]*:)[^\s/@]+(?=@)"
    r"|(?P<field>\b(?:access_token|refresh_token|client_secret|code_verifier|password|token)=)[^&\s\"']+",
    re.DOTALL | re.IGNORECASE,
)
# One cheap look before the full search: nearly every text of a log line has none of these.
_HINT = re.compile(
    r"-----BEGIN|bearer|authorization|cookie|signature=|://[^\s/]*@|token=|secret=|verifier=|password=", re.I
)


def redact(value: object, depth: int = 0) -> Any:
    """Return a copy made of dicts, lists, texts, numbers and None in which every secret is replaced."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, bytes | bytearray):
        return redact_text(value.decode("utf-8", "replace"))
    if depth >= _MAX_DEPTH:
        return "…"
    if isinstance(value, Mapping):
        return {_key(key): redact_named(_key(key), item, depth + 1) for key, item in value.items()}
    if isinstance(value, tuple | list) and len(value) == 2 and isinstance(value[0], str | bytes):
        # Headers travel as pairs of a name and a value.
        name = _key(value[0])
        return [redact_text(name), redact_named(name, value[1], depth + 1)]
    if isinstance(value, tuple | list | set | frozenset):
        return [redact(item, depth + 1) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    try:
        return redact_text(str(value))
    except Exception as error:  # a __str__ that fails must not cost the line
        return f"<{type(value).__name__}: {type(error).__name__}>"


def redact_named(name: str, value: object, depth: int = 0) -> Any:
    """Return the value, or a mark in its place when the name says that it is secret; counts and flags stay."""
    if is_secret_name(name) and value is not None and not isinstance(value, bool | int | float):
        return REDACTED
    return redact(value, depth)


def redact_text(text: str) -> str:
    """Return the text without keys, bearer tokens, passwords of addresses and signatures, and encodable as UTF-8."""
    if not text.isascii():
        text = text.encode("utf-8", "backslashreplace").decode()
    return _SECRET_TEXT.sub(_kept, text) if _HINT.search(text) else text


@lru_cache(maxsize=1024)
def is_secret_name(name: str) -> bool:
    """Say whether a name such as `client_secret`, `Set-Cookie` or `privateKeyPem` stands for a secret."""
    words = [word.lower() for word in _WORD.findall(name)]
    singular = {word.removesuffix("s") for word in words} | set(words)
    return not singular.isdisjoint(_SECRET_WORDS) or any(pair in _SECRET_PAIRS for pair in pairwise(words))


def _kept(match: re.Match[str]) -> str:
    return (match[match.lastgroup] if match.lastgroup else "") + REDACTED


def _key(key: object) -> str:
    return key.decode("utf-8", "replace") if isinstance(key, bytes) else str(key)
