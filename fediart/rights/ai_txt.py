"""`/ai.txt`: which kinds of files may be used, in the form of robots.txt.

Spec: Spawning's ai.txt, which has no registry any more; few read it. Written for those who do.
"""

from __future__ import annotations

from fediart.rights import robots_groups, table
from fediart.rights.finding import Finding
from fediart.rights.reservation import Reservation

PATH = "/ai.txt"
_SUFFIXES = ("png", "jpg", "jpeg", "gif", "webp", "avif", "tif", "tiff", "svg", "html", "txt", "json")


def write(r: Reservation) -> str:
    """Return the whole file."""
    row = table.TABLE[r.policy]
    if not row.tdm_reservation:
        return "User-Agent: *\nAllow: /\n"
    lines = ["User-Agent: *", *(f"Disallow: *.{suffix}" for suffix in _SUFFIXES), "Disallow: /"]
    return "\n".join(lines) + "\n"


def read(text: str) -> Finding:
    """Find what the file says to everybody of pictures: the whole file is about training, so a Disallow reserves."""
    rules = robots_groups.parse(text).group_for("*").rules
    refused = [value for name, value in rules if name == "disallow" and _is_of_pictures(value)]
    if refused:
        return Finding(True, {"disallow": refused[0]}, {"train-ai": False})
    if ("allow", "/") in rules:
        return Finding(False, {"allow": "/"}, {"train-ai": True})
    return Finding()


def _is_of_pictures(pattern: str) -> bool:
    return pattern in ("/", "*", "/*") or pattern.removesuffix("$").lower().endswith(
        tuple(f".{suffix}" for suffix in _SUFFIXES[:9])
    )
