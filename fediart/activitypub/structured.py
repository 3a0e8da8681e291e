"""Structured field values: the dictionaries of `Signature-Input`, `Signature` and `Content-Digest`.

Strict, as a signature needs it, and written back in the one canonical form. Only what these headers use is here, so no
dates and no display strings. What the members mean is not.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, TypeAlias

from fediart.activitypub.errors import ProtocolError


class Token(str):
    """A word that is written without quotes."""

    __slots__ = ()


BareItem: TypeAlias = bool | int | Decimal | str | Token | bytes
Parameters: TypeAlias = Mapping[str, BareItem]


@dataclass(frozen=True, slots=True)
class Item:
    """A value with its parameters."""

    value: BareItem
    params: Parameters = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InnerList:
    """Items in parentheses, with the parameters of the whole."""

    items: tuple[Item, ...]
    params: Parameters = field(default_factory=dict)


_MAX_LENGTH: Final = 16_384
_SPACES = re.compile(r"[ ]*+")
_WHITESPACE = re.compile(r"[ \t]*+")
_KEY = re.compile(r"[a-z*][a-z0-9_.*-]*+")
_NUMBER = re.compile(r"-?[0-9]++(?:\.[0-9]++)?")
_STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*+)"')
_ESCAPED = re.compile(r'\\(["\\])')
_TOKEN = re.compile(r"[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*+")
_BYTES = re.compile(r":([A-Za-z0-9+/]*+={0,2}):")


def parse_dictionary(text: str) -> dict[str, Item | InnerList]:
    """Read a dictionary. A repeated key is refused, where the standard takes the last: no two readers may differ.

    Spec: RFC 8941, section 4.2.2.
    Raises: ProtocolError.
    """
    if len(text) > _MAX_LENGTH:
        raise ProtocolError("The header is too long")
    return _Reader(text.strip(" ")).dictionary()


def render_inner_list(value: InnerList) -> str:
    """Write an inner list in its one canonical form.

    Spec: RFC 8941, section 4.1.1.1.
    """
    return f"({' '.join(render_item(item) for item in value.items)}){_render_params(value.params)}"


def render_item(item: Item) -> str:
    """Write an item in its one canonical form.

    Spec: RFC 8941, section 4.1.3.
    Raises: ValueError for text that cannot be a string of a header.
    """
    return _render_bare(item.value) + _render_params(item.params)


def _render_params(params: Parameters) -> str:
    return "".join(f";{key}" if value is True else f";{key}={_render_bare(value)}" for key, value in params.items())


def _render_bare(value: BareItem) -> str:
    if isinstance(value, bool):
        return "?1" if value else "?0"
    if isinstance(value, bytes):
        return f":{base64.b64encode(value).decode('ascii')}:"
    if isinstance(value, Token):
        return str(value)
    if isinstance(value, str):
        if not (value.isascii() and value.isprintable()):
            raise ValueError("a string in a header must be printable ASCII")
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, Decimal):
        whole, _, fraction = f"{value:f}".partition(".")
        return f"{whole}.{fraction.rstrip('0') or '0'}"
    return str(value)


class _Reader:
    """A text and how far it is read."""

    __slots__ = ("_at", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def dictionary(self) -> dict[str, Item | InnerList]:
        members: dict[str, Item | InnerList] = {}
        while self._at < len(self._text):
            key = self._require(_KEY, "a key")[0]
            if self._skip("="):
                value: Item | InnerList = self._inner_list() if self._text.startswith("(", self._at) else self._item()
            else:
                value = Item(True, self._params())
            if key in members:
                raise ProtocolError(f"The header names {key} twice")
            members[key] = value
            self._require(_WHITESPACE, "")
            if self._at == len(self._text):
                break
            if not self._skip(","):
                raise self._error("a comma")
            self._require(_WHITESPACE, "")
            if self._at == len(self._text):
                raise self._error("a key")
        return members

    def _inner_list(self) -> InnerList:
        self._skip("(")
        items: list[Item] = []
        while True:
            spaces = self._require(_SPACES, "")[0]
            if self._skip(")"):
                return InnerList(tuple(items), self._params())
            if items and not spaces:
                raise self._error("a space")
            items.append(self._item())

    def _item(self) -> Item:
        return Item(self._bare(), self._params())

    def _params(self) -> dict[str, BareItem]:
        params: dict[str, BareItem] = {}
        while self._skip(";"):
            self._require(_SPACES, "")
            key = self._require(_KEY, "a parameter")[0]
            value = self._bare() if self._skip("=") else True
            if key in params:
                raise ProtocolError(f"The header names {key} twice")
            params[key] = value
        return params

    def _bare(self) -> BareItem:
        first = self._text[self._at : self._at + 1]
        if first == '"':
            return _ESCAPED.sub(r"\1", self._require(_STRING, "a string")[1])
        if first == ":":
            try:
                return base64.b64decode(self._require(_BYTES, "bytes")[1], validate=True)
            except binascii.Error:
                raise self._error("base64") from None
        if first == "?":
            return self._boolean()
        if first == "-" or (first.isascii() and first.isdigit()):
            return self._number()
        return Token(self._require(_TOKEN, "a value")[0])

    def _boolean(self) -> bool:
        self._skip("?")
        if self._skip("1"):
            return True
        if self._skip("0"):
            return False
        raise self._error("a boolean")

    def _number(self) -> int | Decimal:
        text = self._require(_NUMBER, "a number")[0]
        whole, _, fraction = text.lstrip("-").partition(".")
        if len(whole) > (12 if fraction else 15) or len(fraction) > 3:
            raise self._error("a shorter number")
        return Decimal(text) if fraction else int(text)

    def _skip(self, character: str) -> bool:
        if self._text.startswith(character, self._at):
            self._at += 1
            return True
        return False

    def _require(self, pattern: re.Pattern[str], what: str) -> re.Match[str]:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise self._error(what)
        self._at = match.end()
        return match

    def _error(self, what: str) -> ProtocolError:
        return ProtocolError(f"The header is not a structured field: character {self._at + 1} should begin {what}")
