"""Why a picture is not taken, as an error that names the file, and how file names are shown."""

from __future__ import annotations

import re
import unicodedata

from fediart.errors import InputError

_LONGEST_NAME = 80


class ImageRefusedError(InputError):
    """The file is too large (413), of a kind we do not take (415), or cannot be used as a picture (422)."""

    def __init__(self, name: str, reason: str, *, status: int = 422, detail: str = "") -> None:
        super().__init__(f"{shown_name(name)}: {reason}", detail=detail)
        self.status = status


def shown_name(name: str) -> str:
    """Return a file name fit for a message: one line, no folders, no control or direction-changing characters.

    Trust: only for showing; no path is ever made from an uploaded name.
    """
    last = re.split(r"[/\\]", name)[-1]
    printable = "".join(" " if char.isspace() else char for char in last if char.isspace() or char.isprintable())
    text = " ".join(unicodedata.normalize("NFC", printable).split())
    if len(text) > _LONGEST_NAME:
        text = f"{text[: _LONGEST_NAME - 21]}…{text[-20:]}"
    return text or "unnamed file"


def shown_size(size_bytes: int) -> str:
    """Return a size for people, never rounded: one byte over a limit must not read like the limit."""
    for unit, factor in (("MB", 1_000_000), ("kB", 1_000)):
        if size_bytes >= factor and size_bytes % factor == 0:
            return f"{size_bytes // factor} {unit}"
    return f"{size_bytes:,} bytes"
