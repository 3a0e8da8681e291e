"""Reading robots directives (`X-Robots-Tag`, meta robots, the Note's `xRobotsTag`) for the opt-outs among them."""

from __future__ import annotations

import re

_OPT_OUTS = frozenset({"noai", "noimageai"})
_BETWEEN = re.compile(r"[\s,:;]+")


def is_training_reserved(text: str) -> bool | None:
    """Return True when an opt-out is named, whatever stands around it, else None: no directive grants training.

    Interop: several consumers split on colons or compare case-sensitively and then miss an opt-out; reading one too
    many is the safe side.
    """
    return True if _OPT_OUTS.intersection(_BETWEEN.split(text.lower())) else None
