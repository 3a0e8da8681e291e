from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fediart.media import intake, kinds
from fediart.media.refused import ImageRefusedError, shown_name

from .pictures import LIMITS, corners, encoded, exif, noise


def _refusal(data: bytes, name: str = "heron.png", **limits: Any) -> ImageRefusedError:
    with pytest.raises(ImageRefusedError) as caught:
        intake.read_image(data, name=name, limits=replace(LIMITS, **limits))
    assert caught.value.text.startswith(shown_name(name) + ": ")
    assert "\n" not in caught.value.text
    return caught.value


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "TIFF"])
@pytest.mark.parametrize("name", ["heron.jpg", "heron.svg", "heron", ""])
def test_a_picture_is_known_by_its_content_alone(kind: str, name: str) -> None:
    data = encoded(corners(), kind)
    source = intake.read_image(data, name=name, limits=LIMITS)
    assert source.media_type == f"image/{kind.lower()}"
    assert (source.width, source.height, source.pages, source.size_bytes) == (120, 80, 1, len(data))
    assert not source.is_animated


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_is_that_of_the_upright_picture(kind: str, orientation: int) -> None:
    source = intake.read_image(encoded(corners(), kind, exif=exif(orientation)), name="a", limits=LIMITS)
    assert (source.width, source.height) == ((120, 80) if orientation < 5 else (80, 120))


def test_alpha_profile_and_frames_are_seen() -> None:
    clear = intake.read_image(encoded(corners().convert("RGBA"), "PNG"), name="a", limits=LIMITS)
    assert clear.has_alpha
    assert not clear.icc
    frames = [corners(), corners().rotate(180), corners().rotate(180).convert("L").convert("RGB")]
    moving = intake.read_image(
        encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]), name="a", limits=LIMITS
    )
    assert (moving.pages, moving.is_animated) == (3, True)
    paper = encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    assert not intake.read_image(paper, name="a", limits=LIMITS).is_animated


def _zip(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", content)
    return buffer.getvalue()


def _ftyp(major: bytes, *brands: bytes) -> bytes:
    box = major + bytes(4) + b"".join(brands)
    return struct.pack(">I", 8 + len(box)) + b"ftyp" + box + b"\x00\x00\x00\x08mdat"


def _camera_tiff() -> bytes:
    """A TIFF whose first image is declared a preview, as cameras write."""
    return b"II*\x00\x08\x00\x00\x00" + struct.pack("<HHHII", 1, 254, 4, 1, 1) + bytes(4)


_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><foreignObject/></svg>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (_SVG, "SVG"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + _SVG, "SVG"),
        (b"<!-- drawn by hand -->\n<svg:svg xmlns:svg='http://www.w3.org/2000/svg'/>", "SVG"),
        (_SVG.decode().encode("utf-16"), "SVG"),
        (gzip.compress(_SVG, mtime=0), "archive"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "HTML"),
        (b"  <html><body>", "HTML"),
        (b"8BPS\x00\x01" + bytes(40), "PSD"),
        (b"%PDF-1.7\n", "PDF"),
        (_ftyp(b"heic", b"mif1", b"heic"), "HEIC"),
        (_ftyp(b"mif1", b"mif1", b"heic", b"hevc"), "HEIC"),
        (_ftyp(b"avis", b"avis", b"msf1"), "animated AVIF"),
        (_ftyp(b"isom", b"mp41"), "video"),
        (_ftyp(b"crx ", b"crx "), "raw"),
        (_camera_tiff(), "raw"),
        (b"\xff\x0a" + bytes(20), "JPEG XL"),
        (encoded(corners(), "BMP"), "BMP"),
        (encoded(corners(), "ICO"), "ICO"),
        (_zip(b"application/x-krita"), "Krita"),
        (_zip(b"image/openraster"), "OpenRaster"),
        (_zip(b"anything"), "ZIP"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "sound"),
        (b"Just a shopping list: ultramarine, ochre", "text"),
        ("héron cendré ".encode() * 800, "text"),
        (bytes(range(256)), "not a kind of picture"),
        (encoded(corners(), "PNG", save_all=True, append_images=[corners().rotate(180)]), "animated PNG"),
    ],
)
def test_another_kind_is_refused_by_its_name(data: bytes, words: str) -> None:
    refusal = _refusal(data, "heron.jpg")
    assert refusal.status == 415
    assert words in refusal.text
    assert kinds.TAKEN_TEXT in refusal.text


def test_an_empty_file_says_so() -> None:
    assert (_refusal(b"").text, _refusal(b"").status) == ("heron.png: the file is empty", 422)


def test_one_byte_over_the_limit() -> None:
    data = encoded(corners(), "PNG")
    assert intake.read_image(data, name="a", limits=replace(LIMITS, max_file_bytes=len(data))).size_bytes == len(data)
    refusal = _refusal(data, max_file_bytes=len(data) - 1)
    assert refusal.status == 413
    assert f"{len(data):,} bytes" in refusal.text
    assert f"{len(data) - 1:,} bytes" in refusal.text
    assert "100,000,001 bytes is more than the 100 MB" in _refusal(bytes(100_000_001)).text


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "TIFF"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused(kind: str, share: float) -> None:
    data = encoded(noise(200, 150), kind)
    refusal = _refusal(data[: int(len(data) * share)])
    assert refusal.status == 422
    assert "incomplete" in refusal.text
    assert "vips" not in refusal.text.lower()


def test_a_truncated_animation_is_refused() -> None:
    data = encoded(noise(90, 60), "WEBP", save_all=True, append_images=[noise(90, 60), noise(90, 60)])
    assert _refusal(data[: len(data) * 2 // 3]).status == 422


def _declaring(width: int, height: int) -> bytes:
    """A PNG whose header declares a size that its few bytes would have to grow to."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def test_a_bomb_is_refused_by_its_header() -> None:
    refusal = _refusal(_declaring(100_000, 90_000))
    assert refusal.status == 422
    assert "100000 x 90000 pixels" in refusal.text
    assert "200 million" in refusal.text


def test_all_frames_count_together() -> None:
    frames = [noise(50, 40, "L") for _ in range(5)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert intake.read_image(data, name="a", limits=replace(LIMITS, max_pixels=10_000)).pages == 5
    assert "5 frames" in _refusal(data, max_pixels=9_999).text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/x.png", "x.png"),
        ("C:\\Users\\mira\\heron.png", "heron.png"),
        ("été 絵.png", "été 絵.png"),
        ("e\u0301te\u0301.png", "été.png"),
        ('a"b\r\nX-Evil: 1.png', 'a"b X-Evil: 1.png'),
        ("gpj.\u202exe.png", "gpj.xe.png"),
        (".hidden", ".hidden"),
        ("con.png", "con.png"),
        ("\x00", "unnamed file"),
        ("", "unnamed file"),
        ("folder/", "unnamed file"),
    ],
)
def test_names_are_shown_on_one_line_without_folders(name: str, shown: str) -> None:
    assert _refusal(b"", name).text == f"{shown}: the file is empty"


def test_a_long_name_keeps_its_ends() -> None:
    text = _refusal(b"", "heron" + "x" * 300 + "final.png").text
    assert len(text) < 110
    assert text.startswith("heron")
    assert "final.png: " in text


@given(st.text())
def test_any_name_is_one_printable_line(name: str) -> None:
    shown = shown_name(name)
    assert shown
    assert len(shown) <= 80
    assert shown.isprintable()


_starts = st.sampled_from(
    [
        b"",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"RIFFxxxxWEBP",
        b"II*\x00",
        b"MM\x00*",
        b"\x00\x00\x00\x18ftypavif",
        b"<svg",
    ]
)


@given(_starts, st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_garbage_is_always_a_refusal(start: bytes, rest: bytes) -> None:
    assert _refusal(start + rest).status in (415, 422)


@given(st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "TIFF"]), st.data())
@settings(max_examples=60)
def test_a_damaged_picture_is_read_or_refused_but_never_an_accident(kind: str, data: st.DataObject) -> None:
    picture = bytearray(encoded(corners(40, 30), kind))
    for position in data.draw(st.lists(st.integers(0, len(picture) - 1), min_size=1, max_size=6)):
        picture[position] ^= data.draw(st.integers(1, 255))
    try:
        source = intake.read_image(bytes(picture), name="a", limits=LIMITS)
    except ImageRefusedError as refusal:
        assert refusal.status in (415, 422)
    else:
        assert source.width * source.height <= LIMITS.max_pixels
