"""Pictures as pages need them: which files, how large, and the style rules that keep their proportions.

A strict Content-Security-Policy allows no `style` attribute, so each picture gets a class and each page one style
element with a rule for each class; its hash stands in the policy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fediart.activitypub.urls import Urls
from fediart.db import tables

_BASE83 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
_NARROWEST, _WIDEST = 0.45, 3.6  # beyond, a tile would be a sliver: the picture then stands whole inside it
_LONGEST_TILE_ALT = 300
_OPAQUE = "image/jpeg"
_SMALL_PX = 256  # drawn pixel by pixel, and shown so


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture on a page. `ratio` is width by height; `colour` its mean colour where nothing shines through."""

    css: str
    src: str
    srcset: str
    alt: str
    width: int
    height: int
    ratio: float
    colour: str | None
    federated: str

    @property
    def tile_alt(self) -> str:
        return self.alt if len(self.alt) <= _LONGEST_TILE_ALT else f"{self.alt[: _LONGEST_TILE_ALT - 1]}…"

    @property
    def tile_ratio(self) -> float:
        return min(max(self.ratio, _NARROWEST), _WIDEST)

    @property
    def classes(self) -> str:
        return f"{self.css} pixels" if max(self.width, self.height) <= _SMALL_PX else self.css

    @property
    def sizes(self) -> str:
        """On its own page: as wide as the window, but never higher than most of it."""
        return f"min(100vw, calc(86vh * {self.ratio:.3f}))"


def read(at: Urls, attachment: tables.Attachment, *, css: str, title: str, of: int = 1) -> Picture:
    """Make a page's picture from its row. `of` is how many pictures the work has."""
    width, height = attachment.width or 1, attachment.height or 1
    files = [item for item in attachment.gallery if item.get("key") and item.get("width")]
    # A path, not an address: the page works the same behind any name that leads to it.
    sources = [(f"/media/{item['key']}", int(item["width"])) for item in files]
    federated = f"/media/{attachment.federated_key}" if attachment.federated_key else attachment.url
    place = f", picture {attachment.position + 1} of {of}" if of > 1 else ""
    return Picture(
        css=css,
        src=sources[-1][0] if sources else federated,
        srcset=", ".join(f"{source} {wide}w" for source, wide in sources),
        alt=attachment.description or f"{title}{place} (not described)",
        width=width,
        height=height,
        ratio=width / height,
        colour=mean_colour(attachment.blurhash) if attachment.media_type == _OPAQUE else None,
        federated=federated,
    )


def rules(shown: Sequence[Picture]) -> str:
    """Return the style rules for a page's pictures: numbers and colours only, nothing that anybody wrote."""
    parts = []
    for picture in shown:
        # What shines through stands on the same light ground by day and by night.
        ground = picture.colour or "var(--mat)"
        parts.append(f".{picture.css}{{--r:{picture.tile_ratio:.4f};--c:{ground}}}")
    return "".join(parts)


def mean_colour(blurhash: str | None) -> str | None:
    """Read the mean colour out of a blurhash, as `#rrggbb`; None when there is none."""
    if not blurhash or len(blurhash) < 6:
        return None
    number = 0
    for character in blurhash[2:6]:
        digit = _BASE83.find(character)
        if digit < 0:
            return None
        number = number * 83 + digit
    return f"#{number:06x}" if number <= 0xFFFFFF else None
