"""Media types as peers write them, and which form of a resource an `Accept` header asks for.

Two forms exist: the ActivityStreams document and the page for people. The choice is made here once, so that a route
and its cache key can never disagree.
"""

from __future__ import annotations

import re
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple

from fediart.activitypub.vocabulary import AS_NAMESPACE

_MAX_HEADER_CHARACTERS: Final = 4096
# What stands in quotes does not separate. The closing quote may be missing: the rest then belongs to the string.
_ENTRY = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*+"?)++', re.DOTALL)
_PARAMETER = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*+"?)++', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_QVALUE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{0,9})?|\.[0-9]{1,9}")


class Form(StrEnum):
    ACTIVITY = "activity"
    HTML = "html"


class MediaType(NamedTuple):
    """`name` is `type/subtype`, lower-case; the names of the parameters are lower-case, their values as written."""

    name: str
    parameters: dict[str, str]


def read_media_type(text: str) -> MediaType:
    """Read one media type with its parameters, quoted or not.

    Spec: RFC 9110, section 8.3.1. What makes no sense is left out; of a repeated parameter the first counts.
    """
    name, _, rest = text[:_MAX_HEADER_CHARACTERS].partition(";")
    parameters: dict[str, str] = {}
    for parameter in _PARAMETER.findall(rest):
        key, _, value = parameter.partition("=")
        parameters.setdefault(key.strip().lower(), _unquote(value.strip()))
    return MediaType(name.strip().lower(), parameters)


def has_activity_profile(media_type: MediaType) -> bool:
    """Tell whether the `profile` parameter names ActivityStreams, alone or among others."""
    return AS_NAMESPACE in media_type.parameters.get("profile", "").lower().split()


def preferred(accept: str | None, *, default: Form) -> Form:
    """Choose the form that an `Accept` header asks for; `default` when there is none or it accepts neither.

    Spec: RFC 9110, section 12.5.1. The highest quality wins; among equals a form named outright comes before
    `application/json`, that before a wildcard, and then what is listed first.
    Interop: Mastodon 4.5 sends `application/ld+json` without the profile and means ActivityStreams.
    """
    wishes: dict[Form, dict[_Level, _Wish]] = {Form.ACTIVITY: {}, Form.HTML: {}}
    for position, entry in enumerate(_ENTRY.findall((accept or "")[:_MAX_HEADER_CHARACTERS])):
        media_type = read_media_type(entry)
        for form, level, rank in _meanings_of(media_type):
            wish = _Wish(_quality_of(media_type), -rank, -position)
            wishes[form][level] = max(wish, wishes[form].get(level, wish))
    # What is named is not also covered by a wildcard: `text/html;q=0, */*` does not want HTML.
    answers = [(levels[min(levels)], form) for form, levels in wishes.items() if levels]
    best, form = max(answers, default=(_Wish(0.0, 0, 0), default))
    return form if best.quality > 0 else default


class _Level(IntEnum):
    """How precisely an entry names a form."""

    NAMED = 0
    SUBTYPE_WILDCARD = 1
    WILDCARD = 2


class _Wish(NamedTuple):
    quality: float
    minus_rank: int
    minus_position: int


_NOTHING: Final = ()
_ACTIVITY: Final = ((Form.ACTIVITY, _Level.NAMED, 0),)
_HTML: Final = ((Form.HTML, _Level.NAMED, 0),)
_MEANINGS: Final = {
    "application/activity+json": _ACTIVITY,
    "text/html": _HTML,
    "application/xhtml+xml": _HTML,
    "application/json": ((Form.ACTIVITY, _Level.NAMED, 1),),
    "application/*": ((Form.ACTIVITY, _Level.SUBTYPE_WILDCARD, 2),),
    "text/*": ((Form.HTML, _Level.SUBTYPE_WILDCARD, 2),),
    # Whoever takes anything is most likely a person's program.
    "*/*": ((Form.HTML, _Level.WILDCARD, 3), (Form.ACTIVITY, _Level.WILDCARD, 4)),
}


def _meanings_of(media_type: MediaType) -> tuple[tuple[Form, _Level, int], ...]:
    """Give the forms that an entry accepts, each with the level and the rank of its claim (low is better)."""
    if media_type.name == "application/ld+json":
        is_ours = "profile" not in media_type.parameters or has_activity_profile(media_type)
        return _ACTIVITY if is_ours else _NOTHING
    return _MEANINGS.get(media_type.name, _NOTHING)


def _quality_of(media_type: MediaType) -> float:
    """An unreadable weight counts as none given: the peer did ask for the type."""
    text = media_type.parameters.get("q", "1").strip()
    return min(float(text), 1.0) if _QVALUE.fullmatch(text) else 1.0


def _unquote(value: str) -> str:
    return _ESCAPE.sub(r"\1", value[1:].removesuffix('"')) if value.startswith('"') else value
