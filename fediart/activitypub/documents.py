"""Bytes to one JSON object, safe to walk: bounded depth, finite numbers, text that a database takes.

Only the outer form is judged here; what the members mean is read by the modules named after the things.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final, NoReturn

import orjson

from fediart.activitypub.errors import ProtocolError
from fediart.activitypub.negotiation import has_activity_profile, read_media_type
from fediart.activitypub.vocabulary import CONTENT_TYPE

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
# Possessive, and content with a string that never ends: linear on any input.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_BRACKETS: Final = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNFIT_FOR_KEY = re.compile("[\x00\ud800-\udfff]")
_INT64: Final = range(-(2**63), 2**64)


def read_json(body: bytes, *, max_depth: int = 32) -> dict[str, Any]:
    """Read a JSON object as peers send it.

    The depth is measured before anything is parsed, in linear time. U+0000 is removed and a lone surrogate replaced:
    no text column takes them. Of a repeated key the last value counts.
    Spec: RFC 8259. NaN, infinities and numbers beyond a double are refused; integers beyond 64 bits become doubles.
    Raises: ProtocolError when the body is not a JSON object, not UTF-8, or nested deeper than `max_depth`.
    """
    body = body.removeprefix(_BYTE_ORDER_MARK)
    _verify_depth(body, max_depth)
    try:
        document: Any = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        document = _read_with_surrogates(body, error)
    if not isinstance(document, dict):
        raise ProtocolError("The body must be a JSON object")
    if b"\\u0000" in body or b"\\ud" in body or b"\\uD" in body:
        return _clean_members(document)
    return document


def is_activity_media_type(content_type: str) -> bool:
    """Tell whether a fetched document is served as ActivityStreams.

    Spec: ActivityPub, section 3.2. Nothing else counts: a host that lets people upload files serves those as
    `application/json` or `text/plain` and did not vouch for them.
    """
    media_type = read_media_type(content_type)
    return media_type.name == CONTENT_TYPE or (
        media_type.name == "application/ld+json" and has_activity_profile(media_type)
    )


def is_inbox_media_type(content_type: str) -> bool:
    """Tell whether a delivery is of a type we read: the sender is proven by the signature, so plain JSON will do."""
    return read_media_type(content_type).name in {CONTENT_TYPE, "application/ld+json", "application/json"}


def _verify_depth(body: bytes, max_depth: int) -> None:
    if body.count(b"[") + body.count(b"{") <= max_depth:
        return
    brackets = _STRING.sub(b"", body).translate(_BRACKETS, _NOT_BRACKETS)
    for _ in range(max_depth):
        if not brackets:
            return
        # Takes away every innermost pair, so exactly one level.
        brackets = brackets.replace(b"[]", b"")
    if brackets:
        raise ProtocolError(f"The JSON is not balanced, or nested deeper than {max_depth} levels")


def _read_with_surrogates(body: bytes, error: orjson.JSONDecodeError) -> Any:
    r"""Read once more what the strict parser refused, when the reason may be an escape such as `\ud800`."""
    text = f"The body is not valid JSON: line {error.lineno} column {error.colno}"
    if b"\\ud" not in body and b"\\uD" not in body:
        raise ProtocolError(text, detail=error.msg) from None
    try:
        return json.loads(
            body.decode("utf-8"), parse_int=_read_int, parse_float=_read_float, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as second:
        raise ProtocolError(text, detail=str(second)) from None


def _read_int(text: str) -> int | float:
    # 64 bits are at most 20 digits; Python itself refuses thousands of them.
    if len(text) <= 21 and (number := int(text)) in _INT64:
        return number
    return _read_float(text)


def _read_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("number is infinity when parsed as double")
    return number


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value.replace("\x00", ""))
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return _clean_members(value)
    return value


def _clean_members(members: dict[str, Any]) -> dict[str, Any]:
    # A key is dropped, not repaired: repairing could turn "id\u0000" into a second "id".
    return {key: _clean(item) for key, item in members.items() if not _UNFIT_FOR_KEY.search(key)}
