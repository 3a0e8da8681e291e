"""Pictures for the tests of this folder, made by Pillow, so that libvips is not its own judge."""

from __future__ import annotations

import io
import struct
from typing import Any

import PIL.Image
from PIL import ImageCms

from fediart import config

LIMITS = config.Media()
RED, GREEN, BLUE, YELLOW = (220, 20, 20), (20, 200, 20), (20, 20, 220), (230, 220, 20)
CORNERS = (RED, GREEN, BLUE, YELLOW)


def corners(width: int = 120, height: int = 80) -> PIL.Image.Image:
    """Four plain quarters: red and green above, blue and yellow below."""
    image = PIL.Image.new("RGB", (width, height))
    for index, colour in enumerate(CORNERS):
        left, top = (index % 2) * width // 2, (index // 2) * height // 2
        image.paste(colour, (left, top, left + width - width // 2, top + height - height // 2))
    return image


def noise(width: int, height: int, mode: str = "RGB") -> PIL.Image.Image:
    bands = [PIL.Image.effect_noise((width, height), 90) for _ in mode]
    return PIL.Image.merge(mode, bands) if len(bands) > 1 else bands[0]


def shades(width: int, height: int) -> PIL.Image.Image:
    """Soft tones in three directions, as in a painting: JPEG is far smaller than PNG here."""
    ramp = PIL.Image.radial_gradient("L").resize((width, height))
    across = PIL.Image.linear_gradient("L").rotate(90).resize((width, height))
    return PIL.Image.merge("RGB", (ramp, across, PIL.Image.blend(ramp, noise(width, height, "L"), 0.2)))


def pixel(image: PIL.Image.Image, x: int, y: int) -> Any:
    return image.getpixel((x, y))


def encoded(image: PIL.Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def opened(data: bytes) -> PIL.Image.Image:
    image = PIL.Image.open(io.BytesIO(data))
    image.load()
    return image


def is_near(found: Any, wanted: tuple[int, ...], tolerance: int = 24) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(found, wanted, strict=True))


def corner_colours(image: PIL.Image.Image) -> list[Any]:
    """The colours in the middle of the four quarters, row by row."""
    rgb = image.convert("RGB")
    return [rgb.getpixel((rgb.width * x // 4, rgb.height * y // 4)) for y in (1, 3) for x in (1, 3)]


def swapped_rgb_profile() -> bytes:
    """A valid profile whose red and green are exchanged: a pixel converted by it, or without it, is plainly wrong."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for index in range(struct.unpack_from(">I", profile, 128)[0]):
        entry = 132 + 12 * index
        name = bytes(profile[entry : entry + 4])
        if name in (b"rXYZ", b"gXYZ"):
            profile[entry : entry + 4] = b"gXYZ" if name == b"rXYZ" else b"rXYZ"
    return bytes(profile)


def linear_grey_profile() -> bytes:
    """A minimal ICC profile for linear grey: value 55 of 255 is the middle grey 128 of sRGB."""
    curve = b"curv" + bytes(8)
    white = b"XYZ " + bytes(4) + struct.pack(">3i", 0xF6D6, 0x10000, 0xD32D)
    text = b"text" + bytes(4) + b"none\x00" + bytes(3)
    description = b"desc" + bytes(4) + struct.pack(">I", 5) + b"grey\x00" + bytes(4 + 4 + 2 + 1 + 67)
    tags = [(b"desc", description), (b"cprt", text), (b"wtpt", white), (b"kTRC", curve)]
    body, table = b"", struct.pack(">I", len(tags))
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags:
        table += name + struct.pack(">II", start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    header = struct.pack(">I4sI4s4s4s12s4s4s", start + len(body), bytes(4), 0x02400000, b"mntr", b"GRAY", b"XYZ ",
                         struct.pack(">6H", 2026, 1, 1, 0, 0, 0), b"acsp", bytes(4))  # fmt: skip
    header += bytes(24) + struct.pack(">3i", 0xF6D6, 0x10000, 0xD32D)
    return header.ljust(128, b"\x00") + table + body


def exif(orientation: int = 1) -> PIL.Image.Exif:
    """A camera's EXIF: orientation, maker, serial number and the position of a studio."""
    tags = PIL.Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = "SecretMaker"
    tags.get_ifd(0x8769)[0xA431] = "SERIAL-12345"
    tags.get_ifd(0x8825).update({1: "N", 2: (54.0, 19.0, 12.0), 3: "E", 4: (18.0, 33.0, 9.0)})
    return tags
