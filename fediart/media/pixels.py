"""From a file to upright 8-bit pixels of the wanted size, in one streaming pass.

Colour: CMYK and profiled grey become sRGB; 16-bit becomes 8-bit; an RGB profile (Display P3, Adobe RGB) stays
with its pixel values. Nothing here encodes.
"""

from __future__ import annotations

import math
from typing import Any

from fediart.media import vips
from fediart.media.intake import TURNED, Source

PIXEL_ART_PX = 256
_PROFILE = "icc-profile-data"
_EIGHT_BIT = {"rgb16": "srgb", "grey16": "b-w"}
_PLAIN = ("srgb", "b-w")


def is_pixel_art(source: Source) -> bool:
    """Tell whether the picture is so small that each pixel counts: kept lossless and never smoothed."""
    return max(source.width, source.height) <= PIXEL_ART_PX and source.media_type != "image/jpeg"


def decode(data: bytes, source: Source, *, scale: float) -> Any:
    """Decode the (first frame of the) picture at `scale` (at most 1) into memory, upright.

    Raises: pyvips.Error when the data is damaged.
    """
    shrink = vips.jpeg_shrink(scale, min(source.width, source.height))
    image = to_plain_colour(vips.open_image(data, source.media_type, shrink=shrink))
    turn = image.get("orientation") if image.get_typeof("orientation") else 1
    width, height = (source.height, source.width) if turn in TURNED else (source.width, source.height)
    image = resize(image, *scaled(width, height, scale), smooth=not is_pixel_art(source))
    image = image.copy_memory()
    if turn != 1:
        # Turning needs all pixels at hand, so it comes after the picture has become small.
        image = image.autorot().copy_memory()
    return drop_opaque_alpha(image)


def scaled(width: int, height: int, scale: float) -> tuple[int, int]:
    """Return the size at `scale`; a side never vanishes."""
    return max(1, round(width * scale)), max(1, round(height * scale))


def resize(image: Any, width: int, height: int, *, smooth: bool = True) -> Any:
    """Shrink to exactly this size. Colours are weighted by opacity, so that edges do not pick up hidden colours."""
    if (image.width, image.height) == (width, height):
        return image
    kernel = "lanczos3" if smooth else "nearest"
    # Half a pixel of slack either way would make libvips round differently than `scaled` does.
    across, down = width / image.width, height / image.height
    if not image.hasalpha():
        return _exactly(image.resize(across, vscale=down, kernel=kernel), width, height)
    weighted = image.premultiply().resize(across, vscale=down, kernel=kernel).unpremultiply()
    return _exactly(weighted.cast(image.format), width, height)


def to_plain_colour(image: Any) -> Any:
    """Return the image as 8-bit sRGB-like or grey, with its profile only where that still describes the pixels.

    A profile that is none, or is for another kind of pixels, never gets this far: libvips drops it.
    """
    profiled = image.get_typeof(_PROFILE) != 0
    if image.interpretation == "cmyk" or (profiled and image.interpretation in ("b-w", "grey16")):
        # WebP has no grey and browsers disagree on grey profiles; sRGB shows the same everywhere.
        image = image.icc_transform("srgb", embedded=profiled, input_profile="cmyk", intent="perceptual")
        image = _without_profile(image)
    if image.interpretation in _EIGHT_BIT and image.format == "ushort":
        image = image.cast("uchar", shift=True).copy(interpretation=_EIGHT_BIT[image.interpretation])
    if image.interpretation not in _PLAIN or image.format != "uchar":
        image = image.colourspace("b-w" if image.bands <= 2 else "srgb").cast("uchar")
    return image


def drop_opaque_alpha(image: Any) -> Any:
    """Remove an alpha channel that hides nothing (many programs write one always), so that JPEG is open again."""
    if image.hasalpha() and image[image.bands - 1].min() == 255:
        return image[: image.bands - 1] if image.bands > 2 else image[0]
    return image


def _without_profile(image: Any) -> Any:
    if not image.get_typeof(_PROFILE):
        return image
    image = image.copy()
    image.remove(_PROFILE)
    return image


def _exactly(image: Any, width: int, height: int) -> Any:
    if (image.width, image.height) == (width, height):
        return image
    return image.gravity("centre", width, height, extend="copy")


def fitting_scale(width: int, height: int, *, longest_px: int, area_px: int | None = None) -> float:
    """Return the largest scale (at most 1) that keeps both limits."""
    scale = min(1.0, longest_px / max(width, height))
    if area_px is not None:
        scale = min(scale, math.sqrt(area_px / (width * height)))
    return scale
