"""Deriving for the tests of this folder, with what holds for every published file checked by Pillow each time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import PIL.Image

from fediart import config
from fediart.media import intake
from fediart.media.derive import Derived, Rendition, derive

from .pictures import (
    CORNERS,
    LIMITS,
    corner_colours,
    is_near,
    opened,
)

_MADE_WITH = [b"SecretMaker", b"SERIAL-12345", b"secret place", b"Exif\x00\x00", b"GPS"]


def derive_checked(data: bytes, **changes: Any) -> Derived:
    limits = replace(LIMITS, **changes)
    derived = derive(data, intake.read_image(data, name="heron.png", limits=limits), limits=limits)
    for rendition in (derived.federated, *derived.gallery):
        _check(rendition, limits)
    return derived


def _check(rendition: Rendition, limits: config.Media) -> None:
    """What holds for every file that we publish, told by another decoder."""
    image = opened(rendition.data)
    assert PIL.Image.MIME[image.format or ""] == rendition.media_type
    assert image.size == (rendition.width, rendition.height)
    assert not dict(image.getexif())
    assert not {"exif", "xmp", "comment", "XML:com.adobe.xmp", "photoshop"} & set(image.info)
    assert not [secret for secret in _MADE_WITH if secret in rendition.data]
    if rendition.role == "federated":
        assert rendition.media_type in ("image/jpeg", "image/png", "image/gif")
        assert max(image.size) <= min(5000, limits.federated_max_px)
        assert len(rendition.data) <= limits.federated_max_bytes


def colours(rendition: Rendition) -> list[Any]:
    return corner_colours(opened(rendition.data))


def is_like_corners(rendition: Rendition, wanted: tuple[tuple[int, ...], ...] = CORNERS) -> bool:
    return all(is_near(found, colour) for found, colour in zip(colours(rendition), wanted, strict=True))
