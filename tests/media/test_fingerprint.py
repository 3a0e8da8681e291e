"""A copy is found by how it looks, another picture is not; ImageHash and iscc-core judge the numbers."""

from __future__ import annotations

import io
import random
from typing import Any

import imagehash
import iscc_core
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFilter
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fediart import errors
from fediart.media import fingerprint, intake, prepare
from fediart.media.fingerprint import NEAR_BITS, Look
from fediart.media.store import Store
from tests.media.pictures import LIMITS, corners, encoded

SHADES = st.integers(min_value=0).map(lambda seed: random.Random(seed).randbytes(1024))


def painting(seed: int, width: int = 900, height: int = 640) -> PIL.Image.Image:
    """Strokes and blobs: something that is itself and nothing else."""
    dice = random.Random(seed)
    image = PIL.Image.new("RGB", (width, height), tuple(dice.randrange(256) for _ in range(3)))
    draw = PIL.ImageDraw.Draw(image)
    for _ in range(40):
        x, y = dice.randrange(width), dice.randrange(height)
        box = (x, y, x + dice.randrange(30, width // 2), y + dice.randrange(30, height // 2))
        draw.ellipse(box, fill=tuple(dice.randrange(256) for _ in range(3)))
    return image.filter(PIL.ImageFilter.GaussianBlur(3))


def look(data: bytes) -> Look:
    return fingerprint.look_at(data, intake.read_image(data, name="a", limits=LIMITS))


def distances(one: Look, other: Look) -> tuple[int, int]:
    return fingerprint.distance(one.phash, other.phash), fingerprint.distance(one.image_code, other.image_code)


def is_near(one: Look, other: Look) -> bool:
    return max(distances(one, other)) <= NEAR_BITS


def mastodon(data: bytes, **options: Any) -> bytes:
    """What arrives elsewhere: no metadata, at most 8.29 megapixels, encoded anew."""
    image = PIL.Image.open(io.BytesIO(data)).convert("RGB")
    scale = min(1.0, (8_294_400 / (image.width * image.height)) ** 0.5)
    image = image.resize((round(image.width * scale), round(image.height * scale)))
    return encoded(image, **{"kind": "JPEG", "quality": 90, **options})


@given(SHADES)
@settings(deadline=None)  # the oracle loads much at its first call
def test_phash_and_image_code_are_those_of_the_oracles(shades: bytes) -> None:
    found = fingerprint.of_grey(shades)
    image = PIL.Image.frombytes("L", (32, 32), shades)
    assert found.phash == str(imagehash.phash(image))
    unit = iscc_core.gen_image_code_v0(list(shades))["iscc"]
    assert iscc_core.decode_base32(unit.removeprefix("ISCC:"))[2:].hex() == found.image_code


@pytest.mark.parametrize("seed", range(6))
def test_from_a_whole_picture_nearly_as_pillow_would(seed: int) -> None:
    image = painting(seed)
    found = look(encoded(image, "PNG"))
    assert fingerprint.distance(found.phash, str(imagehash.phash(image))) <= 4
    shades = list(image.convert("L").resize((32, 32), PIL.Image.Resampling.BICUBIC).tobytes())
    unit = iscc_core.gen_image_code_v0(shades)["iscc"]
    assert fingerprint.distance(found.image_code, iscc_core.decode_base32(unit.removeprefix("ISCC:"))[2:].hex()) <= 2


@pytest.mark.parametrize("seed", range(6))
def test_copies_are_near(seed: int, tmp_path: Any) -> None:
    image = painting(seed, 1400, 1000)
    data = encoded(image, "JPEG", quality=95)
    prepared = prepare.prepare(data, name="a.jpg", limits=LIMITS, store=Store(tmp_path))
    half = image.resize((700, 500))
    for copy in (
        mastodon(data),
        mastodon(data, quality=50),
        encoded(half, "JPEG", quality=85),
        encoded(image, "WEBP", quality=80),
        encoded(image.convert("L"), "JPEG", quality=90),
        encoded(image.rotate(90, expand=True), "JPEG", quality=90, exif=_turned()),
    ):
        assert is_near(prepared.look, look(copy)), distances(prepared.look, look(copy))


def _turned() -> PIL.Image.Exif:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # turn right when shown
    return exif


@pytest.mark.parametrize("seed", range(6))
def test_another_picture_a_crop_and_a_mirror_image_are_not(seed: int) -> None:
    image = painting(seed)
    found = look(encoded(image, "PNG"))
    width, height = image.size
    for other in (
        painting(seed + 100),
        image.crop((width // 7, height // 7, width, height)),
        image.transpose(PIL.Image.Transpose.FLIP_LEFT_RIGHT),
        image.transpose(PIL.Image.Transpose.FLIP_TOP_BOTTOM),
    ):
        assert not is_near(found, look(encoded(other, "PNG")))


def test_what_is_hidden_does_not_count() -> None:
    image = painting(1).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 450, 640))
    shown = PIL.Image.new("RGB", image.size, "white")
    shown.paste(image, mask=image.getchannel("A"))
    assert is_near(look(encoded(image, "PNG")), look(encoded(shown, "PNG")))


@pytest.mark.parametrize("colour", ["#27506b", "white", "black"])
def test_one_shade_all_over_is_plain(colour: str) -> None:
    assert look(encoded(PIL.Image.new("RGB", (300, 200), colour), "JPEG")).is_plain
    assert not look(encoded(corners(), "PNG")).is_plain


def test_the_iscc_of_the_federated_file(tmp_path: Any) -> None:
    store = Store(tmp_path)
    prepared = prepare.prepare(encoded(painting(3), "PNG"), name="a.png", limits=LIMITS, store=store)
    data = store.read(prepared.federated.file.key)
    units = iscc_core.iscc_decompose(prepared.iscc)
    assert units[1:] == [
        iscc_core.gen_data_code_v0(io.BytesIO(data))["iscc"].removeprefix("ISCC:"),
        iscc_core.gen_instance_code_v0(io.BytesIO(data))["iscc"].removeprefix("ISCC:"),
    ]
    assert iscc_core.decode_base32(units[0])[2:].hex() == prepared.look.image_code
    assert fingerprint.read_iscc(f"ISCC:{prepared.iscc}") == (prepared.iscc, prepared.look.image_code)
    assert fingerprint.read_iscc(units[0].lower())[1] == prepared.look.image_code
    assert fingerprint.distance(prepared.look.image_code, look(data).image_code) <= 2


@pytest.mark.parametrize("text", ["", "ISCC:", "ISCC:KABC", "hello", "ISCC:" + "K" * 4000, "é", "IAA77ABNY4DF3RJA"])
def test_what_is_no_iscc_of_a_picture(text: str) -> None:
    with pytest.raises(errors.InputError):
        fingerprint.read_iscc(text)


@given(st.text(max_size=60))
def test_any_text_is_an_iscc_or_refused(text: str) -> None:
    try:
        code, bits = fingerprint.read_iscc(text)
    except errors.InputError:
        return
    assert code and len(bits) == 16
