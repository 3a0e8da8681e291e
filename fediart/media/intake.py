"""The door for pictures: what is it, how large is it, is it whole, and does it keep to the limits.

Nothing is changed or stored here. Sizes are checked on the header, before any pixel is decoded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fediart import config
from fediart.media import kinds, vips
from fediart.media.refused import ImageRefusedError, shown_size

# The EXIF orientations of a picture that is stored lying on its side.
TURNED = (5, 6, 7, 8)


@dataclass(frozen=True, slots=True)
class Source:
    """What an accepted file is. `width` and `height` are those of the upright picture; `pages` counts frames."""

    name: str
    media_type: str
    width: int
    height: int
    pages: int
    has_alpha: bool
    icc: bool
    size_bytes: int

    @property
    def is_animated(self) -> bool:
        return self.pages > 1 and self.media_type in vips.ANIMATED


def read_image(data: bytes, *, name: str, limits: config.Media) -> Source:
    """Identify a picture by its content and read it through once.

    Raises: ImageRefusedError: 413 over `max_file_bytes`, 415 not a kind we take, 422 empty, damaged, incomplete or
    over `max_pixels` (all frames together). Each names the file.
    """
    if not data:
        raise ImageRefusedError(name, "the file is empty")
    if len(data) > limits.max_file_bytes:
        size, limit = shown_size(len(data)), shown_size(limits.max_file_bytes)
        raise ImageRefusedError(name, f"{size} is more than the {limit} that a picture may have", status=413)
    kind = kinds.sniff(data)
    if kind.media_type is None:
        reason = f"{kind.words}; use {kinds.TAKEN_TEXT}"
        raise ImageRefusedError(name, reason, status=415)
    with vips.refusing(name):
        header = vips.open_image(data, kind.media_type)
        source = _source(header, data, name=name, media_type=kind.media_type)
        _require_pixels(source, limits.max_pixels)
        _decode(data, source)
    return source


def _source(header: Any, data: bytes, *, name: str, media_type: str) -> Source:
    width, height = header.width, header.height
    if header.get_typeof("orientation") and header.get("orientation") in TURNED:
        width, height = height, width
    return Source(
        name=name,
        media_type=media_type,
        width=width,
        height=height,
        pages=header.get("n-pages") if header.get_typeof("n-pages") else 1,
        has_alpha=bool(header.hasalpha()),
        icc=header.get_typeof("icc-profile-data") != 0,
        size_bytes=len(data),
    )


def _require_pixels(source: Source, max_pixels: int) -> None:
    frames = source.pages if source.is_animated else 1
    if source.width * source.height * frames <= max_pixels:
        return
    size = f"{source.width} x {source.height} pixels" + (f" in {frames} frames" if frames > 1 else "")
    raise ImageRefusedError(source.name, f"{size} are more than the {max_pixels / 1e6:g} million that we can work on")


def _decode(data: bytes, source: Source) -> None:
    """Read every pixel once, so that a broken file is refused now and not while it is being published."""
    pages = -1 if source.is_animated else 1
    shrink = vips.jpeg_shrink(0, min(source.width, source.height))
    vips.open_image(data, source.media_type, shrink=shrink, pages=pages).avg()
