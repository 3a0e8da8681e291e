"""Animated pictures at gallery size: each frame is scaled alone, then they become one animation again."""

from __future__ import annotations

from typing import Any

from fediart.media import pixels, vips
from fediart.media.intake import Source


def decode(data: bytes, source: Source, *, width: int, height: int) -> Any:
    """Return all frames at this size, stacked as libvips wants an animation, with delays and loop count.

    Raises: pyvips.Error when the data is damaged.
    """
    stacked = vips.open_image(data, source.media_type, pages=-1)
    smooth = not pixels.is_pixel_art(source)
    frames = [
        # Scaled as a whole, a frame would bleed into the next one at the edge.
        pixels.resize(stacked.crop(0, index * source.height, source.width, source.height), width, height, smooth=smooth)
        for index in range(source.pages)
    ]
    animation = vips.Image.arrayjoin(frames, across=1).copy()
    animation.set_type(vips.INT, "page-height", height)
    return animation
