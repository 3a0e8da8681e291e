from __future__ import annotations

from dataclasses import replace
from typing import Any

import PIL.Image
import PIL.ImageDraw
import PIL.ImageSequence
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediart.media import gif, intake
from fediart.media.derive import Derived, derive

from .pictures import BLUE, GREEN, LIMITS, RED, encoded, is_near, noise, opened, pixel

_FLICKER = encoded(noise(200, 200, "L"), "GIF", save_all=True, append_images=[noise(200, 200, "L")])
_DELAYS = [100, 250, 400]


def _moving(kind: str, width: int = 300, height: int = 200, **options: Any) -> bytes:
    frames = [PIL.Image.new("RGB", (width, height), colour) for colour in (RED, GREEN, BLUE)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=_DELAYS, loop=2, **options)


def _derive(data: bytes, **changes: Any) -> Derived:
    limits = replace(LIMITS, **changes)
    return derive(data, intake.read_image(data, name="loop.gif", limits=limits), limits=limits)


def _timing(image: PIL.Image.Image) -> list[int]:
    durations = []
    for index in range(len(_DELAYS)):
        image.seek(index)
        image.load()
        durations.append(image.info["duration"])
    return durations


def _middles(image: PIL.Image.Image) -> list[Any]:
    frames = PIL.ImageSequence.Iterator(image)
    return [frame.convert("RGB").getpixel((frame.width // 2, frame.height // 2)) for frame in frames]


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_the_gallery_moves_with_the_same_timing(kind: str) -> None:
    derived = _derive(_moving(kind), gallery_widths_px=(120, 240))
    assert [(r.width, r.height) for r in derived.gallery] == [(120, 80), (240, 160)]
    for rendition in derived.gallery:
        image = opened(rendition.data)
        assert image.size == (rendition.width, rendition.height)
        assert _timing(image) == _DELAYS
        assert image.info["loop"] == opened(_moving(kind)).info["loop"] + (kind == "GIF")
        assert all(is_near(found, wanted) for found, wanted in zip(_middles(image), (RED, GREEN, BLUE), strict=True))


def test_frames_do_not_bleed_into_each_other() -> None:
    (rendition,) = _derive(_moving("GIF"), gallery_widths_px=(90,)).gallery
    image = opened(rendition.data)
    for index, colour in enumerate((RED, GREEN, BLUE)):
        image.seek(index)
        frame = image.convert("RGB")
        assert is_near(frame.getpixel((45, 0)), colour)
        assert is_near(frame.getpixel((45, frame.height - 1)), colour)


def test_a_gif_that_peers_animate_goes_out_frame_by_frame() -> None:
    data = _moving("GIF", comment=b"secret place")
    derived = _derive(data)
    assert (derived.federated.media_type, derived.federated.width, derived.federated.height) == ("image/gif", 300, 200)
    assert b"secret place" in data
    assert b"secret place" not in derived.federated.data
    sent, given_ = opened(derived.federated.data), opened(data)
    assert (_timing(sent), sent.info["loop"]) == (_DELAYS, given_.info["loop"])
    for ours, theirs in zip(PIL.ImageSequence.Iterator(sent), PIL.ImageSequence.Iterator(given_), strict=True):
        assert ours.convert("RGBA").tobytes() == theirs.convert("RGBA").tobytes()


def test_transparency_survives() -> None:
    frames = [PIL.Image.new("RGBA", (80, 80), (0, 0, 0, 0)) for _ in range(2)]
    for index, frame in enumerate(frames):
        PIL.ImageDraw.Draw(frame).ellipse((0, index * 40, 79, index * 40 + 39), fill=RED)
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100, disposal=2)
    for rendition in (_derive(data).federated, *_derive(data).gallery):
        image = opened(rendition.data)
        image.seek(1)
        shown = image.convert("RGBA")
        assert pixel(shown, 40, 20)[3] == 0
        assert is_near(shown.getpixel((40, 60)), (*RED, 255))


@pytest.mark.parametrize(
    ("data", "changes"),
    [
        (_moving("GIF", 1300, 720), {}),
        (_moving("GIF"), {"federated_max_px": 200}),
        (_FLICKER, {"federated_max_bytes": 50_000}),
        (_moving("WEBP"), {}),
    ],
    ids=["large area", "long side", "many bytes", "webp"],
)
def test_otherwise_peers_get_the_first_frame(data: bytes, changes: dict[str, int]) -> None:
    derived = _derive(data, **changes)
    assert derived.federated.media_type in ("image/png", "image/jpeg")
    assert getattr(opened(derived.federated.data), "n_frames", 1) == 1
    assert opened(derived.gallery[-1].data).n_frames > 1  # type: ignore[attr-defined]


def test_a_gif_of_one_frame_is_a_picture() -> None:
    assert _derive(encoded(PIL.Image.new("RGB", (300, 200), RED), "GIF")).federated.media_type == "image/png"


def test_stripping_keeps_only_what_is_drawn() -> None:
    plain = _moving("GIF")
    application = b"\x21\xff\x0bXMP DataXMP\x06secret\x00"
    head = 13 + (3 * 2 ** ((plain[10] & 7) + 1) if plain[10] & 0x80 else 0)
    told = plain[:head] + application + b"\x21\xfe\x05hello\x00" + plain[head:] + b"after the end"
    assert gif.strip(told) == gif.strip(plain)
    assert gif.strip(gif.strip(plain)) == gif.strip(plain)


@given(st.integers(0, 2000), st.binary(max_size=40))
def test_stripping_anything_ends_in_a_gif_or_a_valueerror(cut: int, rest: bytes) -> None:
    try:
        stripped = gif.strip(_moving("GIF", 8, 6)[:cut] + rest)
    except ValueError as error:
        assert "GIF" in str(error)
    else:
        assert stripped.endswith(b"\x3b")
