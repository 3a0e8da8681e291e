from __future__ import annotations

from typing import Any

import PIL.Image
import PIL.ImageOps
import pytest
import pyvips

from .pictures import (
    GREEN,
    RED,
    corners,
    encoded,
    is_near,
    linear_grey_profile,
    opened,
    pixel,
    shades,
    swapped_rgb_profile,
)
from .publishing import colours, derive_checked, is_like_corners


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_an_rgb_profile_stays_with_unconverted_pixels(kind: str) -> None:
    profile = swapped_rgb_profile()
    derived = derive_checked(encoded(corners(600, 400), kind, icc_profile=profile, quality=95))
    for rendition in (derived.federated, *derived.gallery):
        assert opened(rendition.data).info["icc_profile"] == profile
        assert is_like_corners(rendition)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize(
    "profile", [b"not a profile", b"x" * 3000, linear_grey_profile()], ids=["short", "junk", "grey"]
)
def test_a_profile_that_does_not_fit_is_dropped(profile: bytes, kind: str) -> None:
    derived = derive_checked(encoded(corners(600, 400), kind, icc_profile=profile))
    for rendition in (derived.federated, *derived.gallery):
        assert "icc_profile" not in opened(rendition.data).info
        assert is_like_corners(rendition)


def test_cmyk_and_grey_with_a_profile_that_does_not_fit() -> None:
    for mode in ("CMYK", "L"):
        for profile in (b"x" * 3000, swapped_rgb_profile()):
            derived = derive_checked(encoded(PIL.Image.new(mode, (300, 200)), "JPEG", icc_profile=profile))
            assert "icc_profile" not in opened(derived.federated.data).info


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
@pytest.mark.parametrize("profiled", [False, True])
def test_cmyk_becomes_rgb(kind: str, profiled: bool) -> None:
    options = {"icc_profile": bytes(pyvips.Image.profile_load("cmyk"))} if profiled else {}
    image = PIL.Image.new("CMYK", (300, 200), (0, 230, 230, 0))
    derived = derive_checked(encoded(image, kind, **options))
    for rendition in (derived.federated, *derived.gallery):
        published = opened(rendition.data)
        assert published.mode == "RGB"
        assert "icc_profile" not in published.info
        red, green, blue = colours(rendition)[0]
        assert red > 180
        assert max(green, blue) < 110


def test_grey_stays_grey_and_its_profile_is_applied() -> None:
    plain = derive_checked(encoded(PIL.Image.new("L", (300, 300), 55), "PNG"))
    assert is_near(colours(plain.gallery[0])[0], (55, 55, 55), 2)
    assert opened(plain.federated.data).mode == "L"
    profiled = derive_checked(encoded(PIL.Image.new("L", (300, 300), 55), "PNG", icc_profile=linear_grey_profile()))
    for rendition in (profiled.federated, *profiled.gallery):
        assert "icc_profile" not in opened(rendition.data).info
        assert is_near(colours(rendition)[0], (128, 128, 128), 4)


def test_grey_with_alpha() -> None:
    image = PIL.Image.new("LA", (300, 200), (90, 0))
    image.paste((90, 255), (0, 0, 150, 200))
    derived = derive_checked(encoded(image, "PNG"))
    assert derived.federated.media_type == "image/png"
    assert pixel(opened(derived.federated.data).convert("RGBA"), 250, 100)[3] == 0
    assert is_near(pixel(opened(derived.gallery[0].data).convert("RGBA"), 50, 100), (90, 90, 90, 255), 3)


def _sixteen_bit(suffix: str, **options: Any) -> bytes:
    """Corners with all of 16 bits in use; Pillow cannot write these."""
    image = pyvips.Image.new_from_memory(corners(600, 400).tobytes(), 600, 400, 3, "uchar")
    deep = (image.cast("ushort") * 257).cast("ushort").copy(interpretation="rgb16")
    data: bytes = deep.write_to_buffer(suffix, **options)
    return data


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_sixteen_bits_become_eight(suffix: str) -> None:
    derived = derive_checked(_sixteen_bit(suffix))
    for rendition in (derived.federated, *derived.gallery):
        assert opened(rendition.data).mode in ("RGB", "P")
        assert is_like_corners(rendition)


@pytest.mark.parametrize("depth", [8, 10])
def test_avif_of_both_depths(depth: int) -> None:
    data = _sixteen_bit(".avif", bitdepth=depth, Q=80)
    derived = derive_checked(data)
    for rendition in (derived.federated, *derived.gallery):
        assert is_like_corners(rendition)


def test_avif_with_alpha_becomes_png() -> None:
    image = corners(400, 300).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 200, 150))
    derived = derive_checked(encoded(image, "AVIF"))
    assert derived.federated.media_type == "image/png"
    assert pixel(opened(derived.federated.data).convert("RGBA"), 50, 50)[3] < 20


def test_float_and_bilevel_tiff() -> None:
    assert derive_checked(encoded(PIL.Image.new("1", (300, 200), 1), "TIFF")).federated.media_type == "image/png"
    assert derive_checked(encoded(PIL.Image.new("F", (300, 200), 128.0), "TIFF")).federated.width == 300


def test_alpha_that_hides_nothing_does_not_prevent_jpeg() -> None:
    image = shades(600, 400)
    image.putalpha(255)
    assert derive_checked(encoded(image, "PNG")).federated.media_type == "image/jpeg"
    image.putalpha(254)
    assert derive_checked(encoded(image, "PNG")).federated.media_type == "image/png"


def test_hidden_colours_do_not_bleed_into_the_edge() -> None:
    image = PIL.Image.new("RGBA", (2000, 100), (*GREEN, 0))
    image.paste((*RED, 255), (0, 0, 1000, 100))
    shown = opened(derive_checked(encoded(image, "PNG"), gallery_widths_px=(333,)).gallery[0].data).convert("RGBA")
    edge = [pixel(shown, x, 8) for x in range(160, 172)]
    assert all(green < 90 for _, green, _, alpha in edge if alpha > 60)
