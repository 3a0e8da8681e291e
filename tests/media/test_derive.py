from __future__ import annotations

import io

import blurhash
import PIL.Image
import PIL.ImageOps
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL.PngImagePlugin import PngInfo

from fediart.media import intake
from fediart.media.derive import derive
from fediart.media.refused import ImageRefusedError

from .pictures import (
    BLUE,
    LIMITS,
    RED,
    YELLOW,
    corner_colours,
    corners,
    encoded,
    exif,
    is_near,
    noise,
    opened,
    pixel,
    shades,
)
from .publishing import derive_checked, is_like_corners


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_version_is_upright(kind: str, orientation: int) -> None:
    data = encoded(corners(600, 400), kind, exif=exif(orientation))
    upright = PIL.ImageOps.exif_transpose(PIL.Image.open(io.BytesIO(data)))
    wanted = tuple(corner_colours(upright))
    derived = derive_checked(data, gallery_widths_px=(240, 480))
    assert (derived.width, derived.height) == upright.size
    for rendition in (derived.federated, *derived.gallery):
        assert is_like_corners(rendition, wanted)
        assert (rendition.width > rendition.height) is (orientation < 5)


def test_sizes_for_peers_and_pages() -> None:
    derived = derive_checked(encoded(shades(2600, 1300), "JPEG", quality=90), federated_max_px=2000)
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
    small = derive_checked(encoded(shades(300, 200), "JPEG"))
    assert (small.federated.width, small.federated.height) == (300, 200)
    assert [(r.role, r.width) for r in small.gallery] == [("gallery-300", 300)]
    middle = derive_checked(encoded(shades(700, 500), "JPEG"))
    assert [r.width for r in middle.gallery] == [480, 700]


def test_no_setting_sends_peers_a_side_over_5000() -> None:
    derived = derive_checked(encoded(PIL.Image.new("RGB", (6000, 300), BLUE), "PNG"), federated_max_px=20_000)
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
    derived = derive_checked(encoded(PIL.Image.new("RGB", (width, height), RED), "PNG"))
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
        derive_checked(data)


def test_painted_tones_go_out_as_jpeg_and_flat_art_as_png_without_loss() -> None:
    assert derive_checked(encoded(shades(900, 600), "PNG")).federated.media_type == "image/jpeg"
    flat = corners(900, 600)
    derived = derive_checked(encoded(flat, "PNG"))
    assert derived.federated.media_type == "image/png"
    assert opened(derived.federated.data).convert("RGB").tobytes() == flat.tobytes()
    assert opened(derived.gallery[-1].data).convert("RGB").tobytes() == flat.tobytes()


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_pixel_art_keeps_every_pixel(kind: str) -> None:
    art = noise(64, 64).quantize(32).convert("RGB")
    options = {"lossless": True} if kind == "WEBP" else {}
    derived = derive_checked(encoded(art.quantize(32) if kind == "GIF" else art, kind, **options))
    assert derived.federated.media_type == "image/png"
    for rendition in (derived.federated, *derived.gallery):
        assert opened(rendition.data).convert("RGB").tobytes() == art.tobytes()


def test_pixel_art_is_not_smoothed_when_made_smaller() -> None:
    art = noise(200, 200).quantize(8).convert("RGB")
    (shown,) = derive_checked(encoded(art, "PNG"), gallery_widths_px=(100,)).gallery
    palette = {colour for _, colour in art.getcolors(10_000) or []}
    assert {colour for _, colour in opened(shown.data).convert("RGB").getcolors(10_000) or []} <= palette


def test_quality_goes_down_before_size() -> None:
    data = encoded(noise(800, 600), "JPEG", quality=95)
    free = derive_checked(data)
    lower = derive_checked(data, federated_max_bytes=len(free.federated.data) * 2 // 3)
    assert (lower.federated.width, lower.federated.height) == (800, 600)
    smaller = derive_checked(data, federated_max_bytes=20_000)
    assert smaller.federated.width < 800
    assert abs(smaller.federated.width / smaller.federated.height - 800 / 600) < 0.05


def test_a_transparent_picture_shrinks_until_it_fits() -> None:
    image = noise(400, 300, "RGBA")
    derived = derive_checked(encoded(image, "PNG"), federated_max_bytes=100_000)
    assert derived.federated.media_type == "image/png"
    assert derived.federated.width < 400


def test_an_impossible_limit_is_said_plainly() -> None:
    with pytest.raises(ImageRefusedError, match=r"^heron\.png: cannot be made to fit the 50 bytes"):
        derive_checked(encoded(noise(100, 100), "PNG"), federated_max_bytes=50)


def test_the_blurhash_shows_the_picture() -> None:
    text = derive_checked(encoded(corners(3000, 2000), "PNG")).blurhash
    assert text is not None
    assert blurhash.components(text) == (4, 3)
    painted = blurhash.decode(text, 40, 40)
    assert painted[5][5][0] > painted[5][5][1]
    assert painted[5][35][1] > painted[5][35][0]
    assert painted[35][5][2] > painted[35][5][1]


def test_a_fully_transparent_picture_has_no_blurhash() -> None:
    derived = derive_checked(encoded(PIL.Image.new("RGBA", (300, 200), (9, 9, 9, 0)), "PNG"))
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
    derived = derive_checked(data, federated_max_px=150, gallery_widths_px=(50, 120))
    size = (height, width) if orientation == 6 else (width, height)
    assert (derived.width, derived.height) == size
    assert max(derived.federated.width, derived.federated.height) == min(150, max(size))
    assert derived.gallery[-1].width == min(120, size[0])
