"""Reading robots directives (`X-Robots-Tag`, meta robots, the Note's `xRobotsTag`) for the opt-outs among them."""

from __future__ import annotations

import re

_OPT_OUTS = frozenset({"noai", "noimageai"})
_NOT_INDEXED = frozenset({"noindex", "none"})
_BETWEEN = re.compile(r"[\s,:;]+")


def is_training_reserved(text: str) -> bool | None:
    """Return True when an opt-out is named, whatever stands around it, else None: no directive grants training.

    Interop: several consumers split on colons or compare case-sensitively and then miss an opt-out; reading one too
    many is the safe side.
    """
    return True if _OPT_OUTS.intersection(_BETWEEN.split(text.lower())) else None


def read_uses(text: str) -> dict[str, bool]:
    """Return what directives to all robots refuse: training by an opt-out, search by `noindex`."""
    directives = set(_BETWEEN.split(text.lower()))
    uses = {"train-ai": False} if directives & _OPT_OUTS else {}
    return uses | ({"search": False} if directives & _NOT_INDEXED else {})
