from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import blurhash
import PIL.Image
import PIL.ImageOps
import pytest
import pyvips
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL.PngImagePlugin import PngInfo

from fediart import config
from fediart.media import intake
from fediart.media.derive import Derived, Rendition, derive
from fediart.media.refused import ImageRefusedError

from .pictures import (
    BLUE,
    CORNERS,
    GREEN,
    LIMITS,
    RED,
    YELLOW,
    corner_colours,
    corners,
    encoded,
    exif,
    is_near,
    linear_grey_profile,
    noise,
    opened,
    pixel,
    shades,
    swapped_rgb_profile,
)

_MADE_WITH = [b"SecretMaker", b"SERIAL-12345", b"secret place", b"Exif\x00\x00", b"GPS"]


def _derive(data: bytes, **changes: Any) -> Derived:
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


def _colours(rendition: Rendition) -> list[Any]:
    return corner_colours(opened(rendition.data))


def _is_like_corners(rendition: Rendition, wanted: tuple[tuple[int, ...], ...] = CORNERS) -> bool:
    return all(is_near(found, colour) for found, colour in zip(_colours(rendition), wanted, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_version_is_upright(kind: str, orientation: int) -> None:
    data = encoded(corners(600, 400), kind, exif=exif(orientation))
    upright = PIL.ImageOps.exif_transpose(PIL.Image.open(io.BytesIO(data)))
    wanted = tuple(corner_colours(upright))
    derived = _derive(data, gallery_widths_px=(240, 480))
    assert (derived.width, derived.height) == upright.size
    for rendition in (derived.federated, *derived.gallery):
        assert _is_like_corners(rendition, wanted)
        assert (rendition.width > rendition.height) is (orientation < 5)


def test_sizes_for_peers_and_pages() -> None:
    derived = _derive(encoded(shades(2600, 1300), "JPEG", quality=90), federated_max_px=2000)
    assert (derived.width, derived.height) == (2600, 1300)
    assert (derived.federated.media_type, derived.federated.width, derived.federated.height) == (
        "image/jpeg",
        2000,
        1000,
    )
    assert [(r.role, r.width, r.height, r.media_type) for r in derived.gallery] == [
        ("gallery-480", 480, 240, "image/webp"),
        ("gallery-960", 960, 480, "image/webp"),
        ("gallery-1920", 1920, 960, "image/webp"),
    ]


def test_nothing_is_enlarged() -> None:
    small = _derive(encoded(shades(300, 200), "JPEG"))
    assert (small.federated.width, small.federated.height) == (300, 200)
    assert [(r.role, r.width) for r in small.gallery] == [("gallery-300", 300)]
    middle = _derive(encoded(shades(700, 500), "JPEG"))
    assert [r.width for r in middle.gallery] == [480, 700]


def test_no_setting_sends_peers_a_side_over_5000() -> None:
    derived = _derive(encoded(PIL.Image.new("RGB", (6000, 300), BLUE), "PNG"), federated_max_px=20_000)
    assert (derived.federated.width, derived.federated.height) == (5000, 250)


@pytest.mark.parametrize(
    ("width", "height", "federated", "gallery"),
    [
        (1, 1, (1, 1), [(1, 1)]),
        (10_000, 20, (3840, 8), [(480, 1), (960, 2), (1920, 4)]),
        (20, 10_000, (8, 3840), [(20, 10_000)]),
        (100, 20_000, (19, 3840), [(82, 16_383)]),
    ],
)
def test_odd_shapes(width: int, height: int, federated: tuple[int, int], gallery: list[tuple[int, int]]) -> None:
    derived = _derive(encoded(PIL.Image.new("RGB", (width, height), RED), "PNG"))
    assert (derived.federated.width, derived.federated.height) == federated
    assert [(r.width, r.height) for r in derived.gallery] == gallery
    assert is_near(pixel(opened(derived.federated.data).convert("RGB"), 0, 0), RED)
    assert derived.blurhash


def test_place_maker_and_words_are_left_out_everywhere() -> None:
    notes = PngInfo()
    notes.add_text("Comment", "secret place")
    notes.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>secret place</x:xmpmeta>")
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>secret place</x:xmpmeta>"
    for data in (
        encoded(shades(500, 400), "JPEG", exif=exif(3), comment=b"secret place", xmp=xmp),
        encoded(shades(500, 400), "PNG", exif=exif(3), pnginfo=notes),
        encoded(corners(500, 400).convert("RGBA"), "PNG", exif=exif(), pnginfo=notes),
        encoded(shades(500, 400), "WEBP", exif=exif(), xmp=xmp),
        encoded(shades(500, 400), "AVIF", exif=exif(), xmp=xmp),
        encoded(corners(300, 300), "GIF", comment=b"secret place"),
    ):
        assert b"secret place" in data or b"SERIAL-12345" in data
        _derive(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_an_rgb_profile_stays_with_unconverted_pixels(kind: str) -> None:
    profile = swapped_rgb_profile()
    derived = _derive(encoded(corners(600, 400), kind, icc_profile=profile, quality=95))
    for rendition in (derived.federated, *derived.gallery):
        assert opened(rendition.data).info["icc_profile"] == profile
        assert _is_like_corners(rendition)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize(
    "profile", [b"not a profile", b"x" * 3000, linear_grey_profile()], ids=["short", "junk", "grey"]
)
def test_a_profile_that_does_not_fit_is_dropped(profile: bytes, kind: str) -> None:
    derived = _derive(encoded(corners(600, 400), kind, icc_profile=profile))
    for rendition in (derived.federated, *derived.gallery):
        assert "icc_profile" not in opened(rendition.data).info
        assert _is_like_corners(rendition)


def test_cmyk_and_grey_with_a_profile_that_does_not_fit() -> None:
    for mode in ("CMYK", "L"):
        for profile in (b"x" * 3000, swapped_rgb_profile()):
            derived = _derive(encoded(PIL.Image.new(mode, (300, 200)), "JPEG", icc_profile=profile))
            assert "icc_profile" not in opened(derived.federated.data).info


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
@pytest.mark.parametrize("profiled", [False, True])
def test_cmyk_becomes_rgb(kind: str, profiled: bool) -> None:
    options = {"icc_profile": bytes(pyvips.Image.profile_load("cmyk"))} if profiled else {}
    image = PIL.Image.new("CMYK", (300, 200), (0, 230, 230, 0))
    derived = _derive(encoded(image, kind, **options))
    for rendition in (derived.federated, *derived.gallery):
        published = opened(rendition.data)
        assert published.mode == "RGB"
        assert "icc_profile" not in published.info
        red, green, blue = _colours(rendition)[0]
        assert red > 180
        assert max(green, blue) < 110


def test_grey_stays_grey_and_its_profile_is_applied() -> None:
    plain = _derive(encoded(PIL.Image.new("L", (300, 300), 55), "PNG"))
    assert is_near(_colours(plain.gallery[0])[0], (55, 55, 55), 2)
    assert opened(plain.federated.data).mode == "L"
    profiled = _derive(encoded(PIL.Image.new("L", (300, 300), 55), "PNG", icc_profile=linear_grey_profile()))
    for rendition in (profiled.federated, *profiled.gallery):
        assert "icc_profile" not in opened(rendition.data).info
        assert is_near(_colours(rendition)[0], (128, 128, 128), 4)


def test_grey_with_alpha() -> None:
    image = PIL.Image.new("LA", (300, 200), (90, 0))
    image.paste((90, 255), (0, 0, 150, 200))
    derived = _derive(encoded(image, "PNG"))
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
    derived = _derive(_sixteen_bit(suffix))
    for rendition in (derived.federated, *derived.gallery):
        assert opened(rendition.data).mode in ("RGB", "P")
        assert _is_like_corners(rendition)


@pytest.mark.parametrize("depth", [8, 10])
def test_avif_of_both_depths(depth: int) -> None:
    data = _sixteen_bit(".avif", bitdepth=depth, Q=80)
    derived = _derive(data)
    for rendition in (derived.federated, *derived.gallery):
        assert _is_like_corners(rendition)


def test_avif_with_alpha_becomes_png() -> None:
    image = corners(400, 300).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 200, 150))
    derived = _derive(encoded(image, "AVIF"))
    assert derived.federated.media_type == "image/png"
    assert pixel(opened(derived.federated.data).convert("RGBA"), 50, 50)[3] < 20


def test_float_and_bilevel_tiff() -> None:
    assert _derive(encoded(PIL.Image.new("1", (300, 200), 1), "TIFF")).federated.media_type == "image/png"
    assert _derive(encoded(PIL.Image.new("F", (300, 200), 128.0), "TIFF")).federated.width == 300


def test_alpha_that_hides_nothing_does_not_prevent_jpeg() -> None:
    image = shades(600, 400)
    image.putalpha(255)
    assert _derive(encoded(image, "PNG")).federated.media_type == "image/jpeg"
    image.putalpha(254)
    assert _derive(encoded(image, "PNG")).federated.media_type == "image/png"


def test_hidden_colours_do_not_bleed_into_the_edge() -> None:
    image = PIL.Image.new("RGBA", (2000, 100), (*GREEN, 0))
    image.paste((*RED, 255), (0, 0, 1000, 100))
    shown = opened(_derive(encoded(image, "PNG"), gallery_widths_px=(333,)).gallery[0].data).convert("RGBA")
    edge = [pixel(shown, x, 8) for x in range(160, 172)]
    assert all(green < 90 for _, green, _, alpha in edge if alpha > 60)


def test_painted_tones_go_out_as_jpeg_and_flat_art_as_png_without_loss() -> None:
    assert _derive(encoded(shades(900, 600), "PNG")).federated.media_type == "image/jpeg"
    flat = corners(900, 600)
    derived = _derive(encoded(flat, "PNG"))
    assert derived.federated.media_type == "image/png"
    assert opened(derived.federated.data).convert("RGB").tobytes() == flat.tobytes()
    assert opened(derived.gallery[-1].data).convert("RGB").tobytes() == flat.tobytes()


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_pixel_art_keeps_every_pixel(kind: str) -> None:
    art = noise(64, 64).quantize(32).convert("RGB")
    options = {"lossless": True} if kind == "WEBP" else {}
    derived = _derive(encoded(art.quantize(32) if kind == "GIF" else art, kind, **options))
    assert derived.federated.media_type == "image/png"
    for rendition in (derived.federated, *derived.gallery):
        assert opened(rendition.data).convert("RGB").tobytes() == art.tobytes()


def test_pixel_art_is_not_smoothed_when_made_smaller() -> None:
    art = noise(200, 200).quantize(8).convert("RGB")
    (shown,) = _derive(encoded(art, "PNG"), gallery_widths_px=(100,)).gallery
    palette = {colour for _, colour in art.getcolors(10_000) or []}
    assert {colour for _, colour in opened(shown.data).convert("RGB").getcolors(10_000) or []} <= palette


def test_quality_goes_down_before_size() -> None:
    data = encoded(noise(800, 600), "JPEG", quality=95)
    free = _derive(data)
    lower = _derive(data, federated_max_bytes=len(free.federated.data) * 2 // 3)
    assert (lower.federated.width, lower.federated.height) == (800, 600)
    smaller = _derive(data, federated_max_bytes=20_000)
    assert smaller.federated.width < 800
    assert abs(smaller.federated.width / smaller.federated.height - 800 / 600) < 0.05


def test_a_transparent_picture_shrinks_until_it_fits() -> None:
    image = noise(400, 300, "RGBA")
    derived = _derive(encoded(image, "PNG"), federated_max_bytes=100_000)
    assert derived.federated.media_type == "image/png"
    assert derived.federated.width < 400


def test_an_impossible_limit_is_said_plainly() -> None:
    with pytest.raises(ImageRefusedError, match=r"^heron\.png: cannot be made to fit the 50 bytes"):
        _derive(encoded(noise(100, 100), "PNG"), federated_max_bytes=50)


def test_the_blurhash_shows_the_picture() -> None:
    text = _derive(encoded(corners(3000, 2000), "PNG")).blurhash
    assert text is not None
    assert blurhash.components(text) == (4, 3)
    painted = blurhash.decode(text, 40, 40)
    assert painted[5][5][0] > painted[5][5][1]
    assert painted[5][35][1] > painted[5][35][0]
    assert painted[35][5][2] > painted[35][5][1]


def test_a_fully_transparent_picture_has_no_blurhash() -> None:
    derived = _derive(encoded(PIL.Image.new("RGBA", (300, 200), (9, 9, 9, 0)), "PNG"))
    assert derived.blurhash is None
    assert pixel(opened(derived.federated.data).convert("RGBA"), 10, 10)[3] == 0


def test_damage_found_late_is_a_refusal_too() -> None:
    data = encoded(noise(300, 200), "JPEG")
    source = intake.read_image(data, name="a.jpg", limits=LIMITS)
    with pytest.raises(ImageRefusedError, match=r"^a\.jpg: damaged"):
        derive(data[: len(data) // 2], source, limits=LIMITS)


@given(st.integers(1, 400), st.integers(1, 400), st.sampled_from([1, 6]), st.sampled_from(["JPEG", "PNG", "WEBP"]))
@settings(max_examples=40)
def test_any_size_keeps_the_promises(width: int, height: int, orientation: int, kind: str) -> None:
    data = encoded(PIL.Image.new("RGB", (width, height), YELLOW), kind, exif=exif(orientation))
    derived = _derive(data, federated_max_px=150, gallery_widths_px=(50, 120))
    size = (height, width) if orientation == 6 else (width, height)
    assert (derived.width, derived.height) == size
    assert max(derived.federated.width, derived.federated.height) == min(150, max(size))
    assert derived.gallery[-1].width == min(120, size[0])
