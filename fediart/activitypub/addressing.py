"""Audiences: the Public collection in its spellings, and visibility read from and written to `to` and `cc`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

from fediart.activitypub import shapes

PUBLIC: Final = "https://www.w3.org/ns/activitystreams#Public"

_PUBLIC_SPELLINGS: Final = frozenset({PUBLIC, "as:Public", "Public"})


class Visibility(StrEnum):
    PUBLIC = "public"
    UNLISTED = "unlisted"
    FOLLOWERS = "followers"
    DIRECT = "direct"


def is_public(iri: str) -> bool:
    """Tell whether an address is the Public collection.

    Spec: ActivityPub, section 5.6 names the three spellings.
    """
    return iri in _PUBLIC_SPELLINGS


def read_audience(value: object) -> tuple[str, ...]:
    """Read a `to` or `cc` in any shape as normalised ids, with Public in its full spelling."""
    ids = (PUBLIC if is_public(iri) else shapes.normalized(iri) for iri in shapes.ids_of(value))
    return tuple(dict.fromkeys(iri for iri in ids if iri is not None))


def visibility(to: Iterable[str], cc: Iterable[str], followers: str | None) -> Visibility:
    """Say who may see an object from its addressing and its author's followers collection.

    Interop: Mastodon 4.5 takes followers in `cc` alone for a direct message, Misskey 2025.4 for followers-only. The
    author did address the followers, so followers-only it is.
    """
    to, cc = tuple(to), tuple(cc)
    if any(is_public(iri) for iri in to):
        return Visibility.PUBLIC
    if any(is_public(iri) for iri in cc):
        return Visibility.UNLISTED
    if followers is not None and (followers in to or followers in cc):
        return Visibility.FOLLOWERS
    return Visibility.DIRECT


def address(visibility: Visibility, *, followers: str, mentions: Sequence[str]) -> tuple[list[str], list[str]]:
    """Give the `to` and `cc` that every server reads as this visibility."""
    mentioned = list(dict.fromkeys(mentions))
    match visibility:
        case Visibility.PUBLIC:
            return [PUBLIC], [followers, *mentioned]
        case Visibility.UNLISTED:
            return [followers], [PUBLIC, *mentioned]
        case Visibility.FOLLOWERS:
            return [followers], mentioned
        case Visibility.DIRECT:
            return mentioned, []
