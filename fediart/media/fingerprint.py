"""What finds a picture again: after it was encoded anew by how it looks, and for ever by its ISCC.

Computed on a copy of 32 x 32 shades of grey, so that a publication costs no second decoding. Two pictures are compared
by bits that differ; what a distance means for a visitor is said where it is shown.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from statistics import median
from typing import Any

import iscc_lib

from fediart.errors import InputError
from fediart.media import pixels
from fediart.media.intake import Source

SIDE_PX = 32
BITS = 64
# A picture that was only encoded or scaled anew differs in 0 to 4 of 64 bits; a crop, a mirror image or another
# picture in 14 and more.
NEAR_BITS = 6
_LOW = 8
# Rec. 601, as JPEG weighs colours.
_WEIGHTS = (0.299, 0.587, 0.114)
_LEAST_CONTRAST = 8
_DECODED_PX = 512


@dataclass(frozen=True, slots=True)
class Look:
    """How a picture looks, twice in 64 bits (16 hexadecimal digits each).

    `is_plain`: one shade all over, so that the bits say nothing and would be those of every such picture.
    """

    phash: str
    image_code: str
    is_plain: bool


def measure(image: Any) -> Look:
    """Return the look of an upright 8-bit picture that is in memory."""
    return of_grey(grey(image))


def grey(image: Any) -> bytes:
    """Return 32 x 32 shades of grey, row by row; what is transparent is white.

    Spec: ISO 24138, Image-Code, preprocessing.
    """
    if image.hasalpha():
        image = image.flatten(background=255)
    tiny = image.resize(SIDE_PX / image.width, vscale=SIDE_PX / image.height)
    if (tiny.width, tiny.height) != (SIDE_PX, SIDE_PX):
        tiny = tiny.gravity("centre", SIDE_PX, SIDE_PX, extend="copy")
    if tiny.bands >= 3:
        tiny = tiny.linear(_WEIGHTS, 0)
        tiny = (tiny[0] + tiny[1] + tiny[2]).rint()
    return bytes(tiny.cast("uchar").write_to_memory())


def of_grey(shades: bytes) -> Look:
    """Return the look of 32 x 32 shades of grey."""
    unit = iscc_lib.gen_image_code_v0(shades, bits=BITS).iscc
    return Look(
        phash=_phash(shades),
        image_code=_body(unit).hex(),
        is_plain=max(shades) - min(shades) < _LEAST_CONTRAST,
    )


def look_at(data: bytes, source: Source) -> Look:
    """Decode a picture that `intake.read_image` accepted, no larger than needed, and return its look.

    Raises: pyvips.Error when the data is damaged (wrap the call in `vips.refusing`).
    """
    scale = pixels.fitting_scale(source.width, source.height, longest_px=_DECODED_PX)
    return measure(pixels.decode(data, source, scale=scale))


def iscc_of(look: Look, data: bytes) -> str:
    """Return the ISCC-CODE of a file without "ISCC:": how it looks, and its bytes roughly and exactly.

    Spec: ISO 24138: Image-Code, Data-Code and Instance-Code, 64 bits each.
    """
    image = iscc_lib.encode_component(_CONTENT, _IMAGE, 0, BITS, bytes.fromhex(look.image_code))
    codes = [f"ISCC:{image.removeprefix('ISCC:')}", iscc_lib.gen_data_code_v0(data).iscc]
    codes.append(iscc_lib.gen_instance_code_v0(data).iscc)
    code: str = iscc_lib.gen_iscc_code_v0(codes).iscc
    return code.removeprefix("ISCC:")


def read_iscc(text: str) -> tuple[str, str]:
    """Read an ISCC that has an Image-Code: an ISCC-CODE, or the Image-Code alone.

    Returns it without "ISCC:", and the 64 bits of its Image-Code in hexadecimal digits.
    Raises: InputError.
    """
    code = text.strip().removeprefix("ISCC:").removeprefix("iscc:").upper()
    try:
        units = iscc_lib.iscc_decompose(code)
        for unit in units:
            main, sub, _, _, body = iscc_lib.iscc_decode(unit)
            if (main, sub) == (_CONTENT, _IMAGE) and len(body) * 8 >= BITS:
                return code, body[: BITS // 8].hex()
    except (ValueError, OverflowError):
        raise InputError(f"“{text[:80]}” is not an ISCC") from None
    raise InputError("this ISCC has no Image-Code: only pictures can be looked up here")


def distance(one: str, other: str) -> int:
    """Count the bits in which two fingerprints (hexadecimal) differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


_CONTENT, _IMAGE = iscc_lib.MT.CONTENT, iscc_lib.ST.IMAGE


def _body(unit: str) -> bytes:
    body: bytes = iscc_lib.iscc_decode(unit)[4]
    return body


def _phash(shades: bytes) -> str:
    """Return the signs of the 64 lowest frequencies against their median, row by row.

    The same bits as the `phash` of the widely used ImageHash, for who compares with that.
    """
    waves = _waves()
    rows = [shades[start : start + SIDE_PX] for start in range(0, SIDE_PX * SIDE_PX, SIDE_PX)]
    across = [[sum(map(float.__mul__, wave, map(float, row))) for wave in waves] for row in rows]
    columns = list(zip(*across, strict=True))
    low = [[sum(map(float.__mul__, wave, column)) for column in columns] for wave in waves]
    flat = [value for row in low for value in row]
    middle = median(flat)
    bits = 0
    for value in flat:
        bits = bits << 1 | (value > middle)
    return f"{bits:016x}"


@cache
def _waves() -> tuple[tuple[float, ...], ...]:
    """Return the lowest frequencies of the discrete cosine transform (type II)."""
    step = math.pi / (2 * SIDE_PX)
    return tuple(tuple(math.cos(step * k * (2 * n + 1)) for n in range(SIDE_PX)) for k in range(_LOW))
