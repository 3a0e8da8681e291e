"""Text that an XML document can hold: characters that XML 1.0 has no place for become a replacement character."""

from __future__ import annotations

import re

_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Return `text` with what XML 1.0 (section 2.2) does not allow replaced."""
    return _UNFIT.sub("\ufffd", text)
