"""libvips, set up once: which decoders exist for us, how it uses the machine, how it opens a file of a known kind.

The only module that imports pyvips. Every loader is blocked and then six are let in again, so that no call anywhere
in the process can reach a decoder for SVG, PDF or anything that libvips may learn later.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyvips

from fediart.media.refused import ImageRefusedError

Image = pyvips.Image
INT = pyvips.GValue.gint_type

_LOADERS = {
    "image/jpeg": "jpegload_buffer",
    "image/png": "pngload_buffer",
    "image/webp": "webpload_buffer",
    "image/gif": "gifload_buffer",
    "image/avif": "heifload_buffer",
    "image/tiff": "tiffload_buffer",
}
_LOADER_CLASSES = ("Jpeg", "Png", "Webp", "Nsgif", "Heif", "Tiff")
ANIMATED = frozenset({"image/gif", "image/webp"})


def _set_up() -> None:
    # Every picture is seen once: a cache would only hold memory. Two threads a picture, so that a batch of uploads
    # leaves the web something to run on.
    pyvips.cache_set_max(0)
    pyvips.concurrency_set(2)
    pyvips.operation_block_set("VipsForeignLoad", True)
    for name in _LOADER_CLASSES:
        pyvips.operation_block_set(f"VipsForeignLoad{name}", False)


_set_up()


def jpeg_shrink(scale: float, shortest_px: int) -> int:
    """Return how much a JPEG may shrink while decoding, on the way to `scale`.

    The decoder's own shrinking is coarse: at least a factor of two is left to the resampler.
    """
    shrink = 1
    while shrink < 8 and scale * shrink * 4 <= 1 and shortest_px >= shrink * 2:
        shrink *= 2
    return shrink


def open_image(data: bytes, media_type: str, *, shrink: int = 1, pages: int = 1) -> Any:
    """Open bytes of a known kind for one pass from top to bottom. Only the header is read before pixels are asked for.

    `shrink` (1, 2, 4, 8) is done while decoding and only a JPEG can; `pages` is -1 for all frames.
    Raises: pyvips.Error (wrap the use in `refusing`).
    """
    options: dict[str, Any] = {"access": "sequential", "fail_on": "error"}
    if media_type == "image/jpeg":
        options["shrink"] = shrink
    if media_type in ANIMATED and pages != 1:
        options["n"] = pages
    return getattr(Image, _LOADERS[media_type])(data, **options)


@contextmanager
def refusing(name: str, reason: str = "damaged or incomplete, it cannot be read as a picture") -> Iterator[None]:
    """Turn what libvips says inside into one line for the artist, with its own words as the detail."""
    try:
        yield
    except pyvips.Error as error:
        raise ImageRefusedError(name, reason, detail=" ".join(str(error).split())) from error
