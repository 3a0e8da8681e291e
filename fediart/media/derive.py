"""What is published of a picture: one copy for peers, a few widths for our own pages, a blurhash.

The picture is decoded once, at the largest size that any of these needs; an animation is decoded again for each
width, so that its frames never lie in memory at full size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fediart import config
from fediart.media import animation, encode, fingerprint, gif, pixels, placeholder, vips
from fediart.media.intake import Source
from fediart.media.refused import ImageRefusedError, shown_size

# Interop: Pixelfed drops a post with a side over 5000; Mastodon does not show more than 7680 x 4320 pixels, nor an
# animated GIF over 1280 x 720.
LONGEST_SIDE_PX = 5000
LARGEST_AREA_PX = 33_177_600
LARGEST_GIF_AREA_PX = 1280 * 720
_WEBP_LONGEST_PX = 16_383
_LOWEST_QUALITY = 70
_SMALLEST_PX = 16
_LOSSLESS_SOURCES = frozenset({"image/png", "image/gif", "image/tiff"})


@dataclass(frozen=True, slots=True)
class Rendition:
    """One encoded file. `role` is "federated" or "gallery-<width>"."""

    role: str
    media_type: str
    width: int
    height: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Derived:
    """Everything made from one picture. `width` and `height` are those of the upright original."""

    federated: Rendition
    gallery: tuple[Rendition, ...]
    blurhash: str | None
    look: fingerprint.Look
    width: int
    height: int


def derive(data: bytes, source: Source, *, limits: config.Media) -> Derived:
    """Make all published versions of a picture that `intake.read_image` has accepted.

    Raises: ImageRefusedError (422) when it turns out to be damaged, or cannot be made small enough.
    """
    sizes = _gallery_sizes(source, limits.gallery_widths_px)
    federated_scale = pixels.fitting_scale(
        source.width,
        source.height,
        longest_px=min(limits.federated_max_px, LONGEST_SIDE_PX),
        area_px=LARGEST_AREA_PX,
    )
    with vips.refusing(source.name):
        master = pixels.decode(data, source, scale=max(federated_scale, *(w / source.width for w, _ in sizes)))
        fitted = pixels.resize(master, *pixels.scaled(source.width, source.height, federated_scale))
        federated = _animated_gif(data, source, limits) or _federate(fitted, source, limits)
        is_flat = not master.hasalpha() and federated.media_type == "image/png"
        return Derived(
            federated=federated,
            gallery=tuple(_gallery(data, source, master, sizes, limits, lossless=is_flat)),
            blurhash=placeholder.compute(master),
            look=fingerprint.measure(master),
            width=source.width,
            height=source.height,
        )


def _gallery_sizes(source: Source, widths_px: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return the sizes for our pages, smallest first; never larger than the picture, whose own width ends the list."""
    sizes: list[tuple[int, int]] = []
    for width in sorted({min(width, source.width) for width in widths_px}):
        scale = min(width / source.width, _WEBP_LONGEST_PX / source.height)
        size = pixels.scaled(source.width, source.height, scale)
        if size not in sizes:
            sizes.append(size)
    return sizes


def _gallery(
    data: bytes, source: Source, master: Any, sizes: list[tuple[int, int]], limits: config.Media, *, lossless: bool
) -> Iterator[Rendition]:
    is_small = pixels.is_pixel_art(source)
    for width, height in sizes:
        if source.is_animated:
            image = animation.decode(data, source, width=width, height=height)
        else:
            image = pixels.resize(master, width, height, smooth=not is_small)
        encoded = encode.write_webp(image, limits.webp_quality, lossless=lossless or is_small)
        yield Rendition(f"gallery-{width}", "image/webp", width, height, encoded)


def _animated_gif(data: bytes, source: Source, limits: config.Media) -> Rendition | None:
    """Return a GIF as the artist made it when peers will animate it, else None."""
    if source.media_type != "image/gif" or not source.is_animated:
        return None
    is_small = source.width * source.height <= LARGEST_GIF_AREA_PX
    if not is_small or max(source.width, source.height) > min(limits.federated_max_px, LONGEST_SIDE_PX):
        return None
    try:
        stripped = gif.strip(data)
    except ValueError as error:
        reason = "damaged or incomplete, it cannot be read as a picture"
        raise ImageRefusedError(source.name, reason, detail=str(error)) from error
    if len(stripped) > limits.federated_max_bytes:
        return None
    return Rendition("federated", "image/gif", source.width, source.height, stripped)


def _federate(image: Any, source: Source, limits: config.Media) -> Rendition:
    """Encode for peers within the byte limit: first at lower quality, then at a smaller size."""
    while True:
        for media_type, encoded in _encodings(image, source, limits.jpeg_quality):
            if len(encoded) <= limits.federated_max_bytes:
                return Rendition("federated", media_type, image.width, image.height, encoded)
        if max(image.width, image.height) <= _SMALLEST_PX:
            limit = shown_size(limits.federated_max_bytes)
            raise ImageRefusedError(source.name, f"cannot be made to fit the {limit} that peers are sent")
        image = pixels.resize(image, *pixels.scaled(image.width, image.height, 0.8))


def _encodings(image: Any, source: Source, quality: int) -> Iterator[tuple[str, bytes]]:
    """Yield the ways to encode this size, best first; PNG where it is needed (alpha), or lossless for no more bytes."""
    if image.hasalpha() or pixels.is_pixel_art(source):
        yield "image/png", encode.write_png(image)
        return
    jpeg = encode.write_jpeg(image, quality)
    if source.media_type in _LOSSLESS_SOURCES:
        png = encode.write_png(image)
        if len(png) <= len(jpeg):
            yield "image/png", png
    yield "image/jpeg", jpeg
    for lower in range(quality - 5, _LOWEST_QUALITY - 1, -5):
        yield "image/jpeg", encode.write_jpeg(image, lower)
