"""What a setting's value must look like, in words an admin can act on.

A dataclass field carries its rule as metadata; the reader asks the rule and prints its answer. The rules never read a
file or the environment, and a dataclass built in code is not checked: only what people type is.
"""

from __future__ import annotations

import ipaddress
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import Field, field
from typing import Any, TypeVar

N = TypeVar("N", int, float)
Rule = Callable[[Any], str | None]

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_AUTHORITY = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]*)(?::(?P<port>.*))?")
_DATABASE_SCHEMES = ("sqlite+aiosqlite:///", "postgresql://", "postgres://", "postgresql+asyncpg://")
_SHOWN_CHARACTERS = 60


def number(default: N, *, least: N, most: N) -> N:
    """Declare a number that must lie between two bounds, both allowed."""

    def rule(value: N) -> str | None:
        return None if least <= value <= most else f"must be from {least:,} to {most:,}, got {value:,}"

    return field(default=default, metadata={"rule": rule})


def numbers(default: tuple[int, ...], *, least: int, most: int) -> tuple[int, ...]:
    """Declare a list of at least one whole number, each between two bounds."""

    def rule(values: tuple[int, ...]) -> str | None:
        if not values:
            return "must have at least one number"
        return next((problem for value in values if (problem := _outside(value, least, most))), None)

    return field(default=default, metadata={"rule": rule})


def text(default: str = "", *, rule: Rule | None = None, lines: bool = False, secret: bool = False) -> str:
    """Declare a text; `lines` allows line breaks in it, `secret` keeps it out of every message and repr."""

    def checked(value: str) -> str | None:
        if any(_is_unprintable(character, lines) for character in value):
            return "must not contain control characters" + ("" if lines else " or line breaks")
        return rule(value) if rule else None

    return field(default=default, repr=not secret, metadata={"rule": checked, "secret": secret})


def choice(default: str, *choices: str) -> str:
    """Declare a text that must be one of a few words."""

    def rule(value: str) -> str | None:
        return None if value in choices else f"must be one of {', '.join(choices)}, got {show(value)}"

    return field(default=default, metadata={"rule": rule})


def problem_with(setting: Field[Any], value: object) -> str | None:
    """Return what is wrong with a value of the right type, or None."""
    rule: Rule | None = setting.metadata.get("rule")
    return rule(value) if rule else None


def domain(value: str) -> str | None:
    """Accept `host` or `host:port`, lower-case, international names in their ASCII form."""
    if not value:
        return "must not be empty: it is this server's public host name, such as art.example"
    if "/" in value:
        return f"must be a host name alone, such as art.example, without https:// and without a path, got {show(value)}"
    if not value.isascii():
        return f"must be written in its ASCII form{_ascii_hint(value)}, got {show(value)}"
    if value != value.lower():
        return f"must be lower-case: write {show(value.lower())}"
    match = _AUTHORITY.fullmatch(value)
    if not match or not _is_host(match["host"]):
        return f"must be a host name such as art.example, got {show(value)}"
    port = match["port"]
    if port is not None and not (re.fullmatch(r"[1-9][0-9]{0,4}", port) and int(port) <= 65_535):
        return f"must have a port from 1 to 65535 after the colon, got {show(value)}"
    return None


def listen_address(value: str) -> str | None:
    """Accept a host name or IP address to listen on; the port is a setting of its own."""
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return None if _is_host(value) else f"must be an IP address or a host name without a port, got {show(value)}"
    return None


def email(value: str) -> str | None:
    """Accept nothing or one plain address."""
    if not value or re.fullmatch(r"[^\s@<>\"]+@[^\s@<>\"]+", value):
        return None
    return f"must be one e-mail address, such as artist@art.example, got {show(value)}"


def language(value: str) -> str | None:
    """Accept a language tag of the usual shape. Spec: BCP 47, section 2.1."""
    if re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", value):
        return None
    return f"must be a language tag such as en or pt-BR, got {show(value)}"


def web_address(value: str) -> str | None:
    """Accept nothing or one http(s) address."""
    if not value or re.fullmatch(r"https?://[^\s/]\S*", value):
        return None
    return f"must be empty or an address that starts with https://, got {show(value)}"


def database_url(value: str) -> str | None:
    """Accept nothing or an address of a database that works here; the value may hold a password and is not shown."""
    if not value or value.startswith(_DATABASE_SCHEMES):
        return None
    return "must be empty or start with postgresql:// or sqlite+aiosqlite:///"


def not_empty(value: str) -> str | None:
    """Refuse an empty text."""
    return None if value else "must not be empty"


def show(value: object) -> str:
    """Print a value the way a TOML file would, cut when long."""
    if isinstance(value, str):
        shown = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, bool):
        shown = str(value).lower()
    elif isinstance(value, dict):
        shown = "a table"
    else:
        shown = str(value)
    return shown if len(shown) <= _SHOWN_CHARACTERS else shown[: _SHOWN_CHARACTERS - 1] + "…"


def one_line(text: str) -> str:
    """Return the text with its control characters and line breaks as escapes, safe to print on a terminal."""
    return "".join(
        character.encode("unicode_escape").decode() if _is_unprintable(character, lines=False) else character
        for character in text
    )


def _outside(value: int, least: int, most: int) -> str | None:
    return None if least <= value <= most else f"must hold numbers from {least:,} to {most:,}, got {value:,}"


def _is_unprintable(character: str, lines: bool) -> bool:
    if lines and character in "\n\t":
        return False
    # Cs: a lone surrogate is how undecodable bytes from the environment arrive; no encoder takes it.
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}


def _is_host(host: str) -> bool:
    if host.startswith("["):
        return _is_address(host[1:-1], ipaddress.IPv6Address) if host.endswith("]") else False
    labels = host.split(".")
    if labels[-1].isdigit():  # Spec: WHATWG URL, section 3.5: a host that ends in a number is an IPv4 address
        return _is_address(host, ipaddress.IPv4Address)
    return len(host) <= 253 and all(_LABEL.fullmatch(label) for label in labels)


def _is_address(text: str, kind: type[ipaddress.IPv4Address] | type[ipaddress.IPv6Address]) -> bool:
    try:
        kind(text)
    except ValueError:
        return False
    return True


def _ascii_hint(value: str) -> str:
    try:
        return f": write {show(value.encode('idna').decode())}"
    except UnicodeError:
        return " (xn--…)"
