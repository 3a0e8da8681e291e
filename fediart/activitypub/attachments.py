"""The pictures, sounds and films of a remote post, each read on its own so that one broken item costs only itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from fediart.activitypub import shapes
from fediart.activitypub.vocabulary import LINK_TYPES, MEDIA_TYPES

# Of several renditions the first of these kinds is taken: browsers show them without help.
SHOWN_MEDIA_TYPES: Final = frozenset(
    {"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"}
    | {"video/mp4", "video/webm", "video/ogg", "video/quicktime"}
    | {"audio/mpeg", "audio/ogg", "audio/flac", "audio/wav", "audio/mp4", "audio/webm"}
)

_MAX_DESCRIPTION_CHARACTERS: Final = 10_000
_BLURHASH_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
_MULTIBASE = re.compile(r"[A-Za-z0-9+/=_-]{2,256}")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture, sound or film. `focal` runs from -1 to 1, right and up; a `blurhash` is well-formed."""

    url: str
    media_type: str | None = None
    description: str | None = None
    width: int | None = None
    height: int | None = None
    blurhash: str | None = None
    focal: tuple[float, float] | None = None
    digest_multibase: str | None = None
    rights: dict[str, Any] = field(default_factory=dict)


def attachments_of(doc: dict[str, Any], *, language: str | None = None) -> Iterator[Attachment]:
    """Give the attachments of an object, and first the file that it is itself when its type says so."""
    if shapes.type_of(doc, MEDIA_TYPES) is not None and (own := _own_file(doc, language)) is not None:
        yield own
    for item in shapes.as_list(doc.get("attachment")):
        # Interop: Mastodon 4.7 attaches preview cards as Links with `href`; they are no media.
        if not isinstance(item, dict) or "href" in item or shapes.type_of(item, LINK_TYPES) is not None:
            continue
        link = shapes.link_of(item.get("url"), prefer=SHOWN_MEDIA_TYPES)
        if link is not None:
            yield _read_attachment(item, link, language)


def is_blurhash(text: str) -> bool:
    """Tell whether a text is a BlurHash: its alphabet, and the length that its first digit announces."""
    if len(text) < 6 or any(digit not in _BLURHASH_DIGITS for digit in text):
        return False
    components = _BLURHASH_DIGITS.index(text[0])
    across, down = components % 9 + 1, components // 9 + 1
    return down <= 9 and len(text) == 4 + 2 * across * down


def _own_file(doc: dict[str, Any], language: str | None) -> Attachment | None:
    """An Image or Video carries its file in `url`, often beside the page about it."""
    link = shapes.link_of(doc.get("url"), prefer=SHOWN_MEDIA_TYPES)
    if link is None or (link.media_type or shapes.media_type_of(doc.get("mediaType"))) not in SHOWN_MEDIA_TYPES:
        return None
    return _read_attachment(doc, link, language)


def _read_attachment(node: dict[str, Any], link: shapes.Link, language: str | None) -> Attachment:
    description = shapes.text_of(node, "summary", language)[0] or shapes.text_of(node, "name", language)[0]
    blurhash, digest = node.get("blurhash"), node.get("digestMultibase")
    return Attachment(
        url=link.href,
        media_type=link.media_type or shapes.media_type_of(node.get("mediaType")),
        description=description[:_MAX_DESCRIPTION_CHARACTERS] if description else None,
        width=link.width or shapes.int_of(node.get("width"), low=1, high=shapes.MAX_SIDE_PX),
        height=link.height or shapes.int_of(node.get("height"), low=1, high=shapes.MAX_SIDE_PX),
        blurhash=blurhash if isinstance(blurhash, str) and is_blurhash(blurhash) else None,
        focal=_focal_of(node.get("focalPoint")),
        digest_multibase=digest if isinstance(digest, str) and _MULTIBASE.fullmatch(digest) else None,
        rights=shapes.rights_of(node),
    )


def _focal_of(value: object) -> tuple[float, float] | None:
    numbers = [shapes.number_of(item) for item in shapes.as_list(value)]
    match numbers:
        case [float(x), float(y)] if -1 <= x <= 1 and -1 <= y <= 1:
            return x, y
    return None
