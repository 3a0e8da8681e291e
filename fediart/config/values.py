"""Between the types of TOML, the text of an environment variable and the types of the settings.

Only types here; bounds and shapes are the rules' business (`checks`).
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

_INTEGER = re.compile(r"\s*([+-]?[0-9](?:_?[0-9]){0,30})\s*")
_WORDS = {"true": True, "1": True, "false": False, "0": False}
_INTEGERS = tuple[int, ...]
_WANTED: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text in quotes",
    _INTEGERS: "a list of whole numbers, such as [480, 960]",
}


class WrongTypeError(Exception):
    """The value is not of the setting's type; its text says which type is wanted."""


def convert(kind: Any, value: object) -> object:
    """Return a TOML value as a setting of the given kind; a whole number may stand for any number.

    Raises: WrongTypeError.
    """
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return _finite(value)
    if kind == _INTEGERS:
        if isinstance(value, list | tuple) and all(type(item) is int for item in value):
            return tuple(value)
    elif type(value) is kind:
        return value
    raise WrongTypeError(_WANTED[kind])


def parse(kind: Any, text: str) -> object:
    """Return the text of an environment variable as a setting of the given kind.

    Raises: WrongTypeError.
    """
    if kind is str:
        return text
    if kind is bool and text.strip().lower() in _WORDS:
        return _WORDS[text.strip().lower()]
    if kind is int and (match := _INTEGER.fullmatch(text)):
        return int(match[1])
    if kind == _INTEGERS:
        items = [_INTEGER.fullmatch(item) for item in _list_items(text)]
        if items and all(items):
            return tuple(int(item[1]) for item in items if item)
    if kind is float:
        try:
            return _finite(float(text))
        except ValueError:
            pass
    raise WrongTypeError(_WANTED[kind])


def write(value: object) -> str:
    """Return a setting's value as it stands in a TOML file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return f"[{', '.join(write(item) for item in value)}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # JSON's escapes are all escapes of a TOML basic string
    return repr(value)


def _list_items(text: str) -> list[str]:
    """Split `480, 960` and `[480, 960]` alike."""
    inner = text.strip()
    if inner.startswith("[") and inner.endswith("]"):
        inner = inner[1:-1]
    return inner.strip().removesuffix(",").split(",")


def _finite(value: float) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise WrongTypeError(_WANTED[float])
    return number
