"""The blurhash: a few characters that paint a blur until the picture has loaded."""

from __future__ import annotations

from typing import Any

import blurhash

_LONGEST_PX = 32
# Interop: Mastodon takes at most 5 x 5 components, Pixelfed at most 164 characters.
_ACROSS, _DOWN = 4, 3


def compute(image: Any) -> str | None:
    """Return the blurhash of an upright 8-bit image, computed on a tiny copy; None when there is nothing to see."""
    if image.hasalpha() and image[image.bands - 1].max() == 0:
        return None
    scale = min(1.0, _LONGEST_PX / max(image.width, image.height))
    tiny = image.resize(max(scale, 1 / image.width), vscale=max(scale, 1 / image.height))
    if tiny.hasalpha():
        tiny = tiny.flatten(background=255)
    tiny = tiny.colourspace("srgb").cast("uchar")
    width, height = tiny.width, tiny.height
    raw: bytes = tiny.write_to_memory()
    rows = [
        [list(raw[start : start + 3]) for start in range(row * width * 3, (row + 1) * width * 3, 3)]
        for row in range(height)
    ]
    text: str = blurhash.encode(rows, components_x=_ACROSS, components_y=_DOWN)
    return text
