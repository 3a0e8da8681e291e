"""What a file is, by its first bytes only: a name or a declared media type is never believed.

Answers with a media type we take, or with words for a kind we do not. The words go into the message, so that an
artist who saved the wrong thing knows which thing it was.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Literal

TAKEN = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/avif": "avif",
    "image/tiff": "tif",
}
TAKEN_TEXT = "JPEG, PNG, WebP, GIF, AVIF or TIFF"

_HEAD_BYTES = 4096
_CLASSIC_TIFF, _NEW_SUBFILE_TYPE, _DNG_VERSION = 42, 254, 50706
_FIXED = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_REFUSED = (
    (b"8BPS", "a Photoshop document (PSD)"),
    (b"%PDF", "a PDF document"),
    (b"%!PS", "a PostScript file"),
    (b"gimp xcf", "a GIMP document (XCF)"),
    (b"CSFCHUNK", "a Clip Studio Paint document"),
    (b"BM", "a BMP picture"),
    (b"\x00\x00\x01\x00", "an icon file (ICO)"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL picture"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture"),
    (b"\x76\x2f\x31\x01", "an OpenEXR picture"),
    (b"II*\x00\x10\x00\x00\x00CR", "a camera raw file"),
    (b"FUJIFILMCCD-RAW", "a camera raw file"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"\x1aE\xdf\xa3", "a video"),
)
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_SVG = re.compile(rb"<(?:\w+:)?svg[\s>]", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype html|html|head|body|script)[\s>]", re.IGNORECASE)
_MARKUP = re.compile(rb"\s*<[!?a-z]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Kind:
    """`media_type` when we take it, else None and `words` that name it."""

    media_type: str | None
    words: str = ""


def sniff(data: bytes) -> Kind:
    """Tell what `data` is. Being taken says nothing yet on whether it decodes."""
    for magic, words in _REFUSED:
        if data.startswith(magic):
            return Kind(None, words)
    for magic, media_type in _FIXED:
        if data.startswith(magic):
            return _still_or_animated_png(data) if media_type == "image/png" else Kind(media_type)
    if data[:4] == b"RIFF":
        return Kind("image/webp") if data[8:12] == b"WEBP" else Kind(None, "a sound or video file")
    if data[:4] in (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"):
        return Kind(None, "a camera raw file") if _is_raw(data) else Kind("image/tiff")
    if data[4:8] == b"ftyp":
        return _iso_media(data)
    if data[:4] == b"PK\x03\x04":
        return _zip(data)
    return _text(data)


def _still_or_animated_png(data: bytes) -> Kind:
    """Find an `acTL` chunk before the picture: libvips would silently show the first frame only."""
    position = 8
    while position + 8 <= len(data):
        length, chunk = int.from_bytes(data[position : position + 4], "big"), data[position + 4 : position + 8]
        if chunk == b"acTL":
            return Kind(None, "an animated PNG (save it as GIF or animated WebP)")
        if chunk == b"IDAT":
            break
        position += 12 + length
    return Kind("image/png")


def _is_raw(data: bytes) -> bool:
    """Tell a camera's TIFF from a picture: it has a DNG version, or its first image is only the preview."""
    order: Literal["little", "big"] = "little" if data[:2] == b"II" else "big"

    def number(start: int, length: int) -> int:
        return int.from_bytes(data[start : start + length], order)

    if number(2, 2) != _CLASSIC_TIFF:
        return False
    directory = number(4, 4)
    for entry in range(directory + 2, directory + 2 + 12 * min(number(directory, 2), 256), 12):
        tag = number(entry, 2)
        if tag == _DNG_VERSION or (tag == _NEW_SUBFILE_TYPE and number(entry + 8, 4) & 1):
            return True
    return False


def _iso_media(data: bytes) -> Kind:
    box = data[8 : min(int.from_bytes(data[:4], "big"), 256)]
    major = box[:4]
    brands = {major, *(box[start : start + 4] for start in range(8, len(box) - 3, 4))}
    if major == b"avis":
        return Kind(None, "an animated AVIF (save it as GIF or animated WebP)")
    if b"avif" in brands:
        return Kind("image/avif")
    if brands & _HEIC_BRANDS or major in (b"mif1", b"msf1"):
        return Kind(None, "a HEIC picture (in the phone's camera settings, choose “Most compatible”)")
    return Kind(None, "a camera raw file" if major == b"crx " else "a video")


def _zip(data: bytes) -> Kind:
    head = data[:_HEAD_BYTES]
    if b"application/x-krita" in head:
        return Kind(None, "a Krita document")
    if b"image/openraster" in head:
        return Kind(None, "an OpenRaster document")
    return Kind(None, "a ZIP archive or a Procreate document")


def _text(data: bytes) -> Kind:
    head = data[:_HEAD_BYTES]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\x00", b"")[2:]
    head = head.removeprefix(b"\xef\xbb\xbf")
    if _MARKUP.match(head):
        if _SVG.search(head):
            return Kind(None, "an SVG drawing")
        return Kind(None, "an HTML page" if _HTML.search(head) else "an XML or HTML document")
    try:
        # Not final: the head may end within a character.
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        text = ""
    is_text = bool(text) and "\x00" not in text
    return Kind(None, "a text file" if is_text else "not a kind of picture that we know")
