"""`/.well-known/gpc.json`: that the site honours Global Privacy Control.

Spec: Global Privacy Control, section on support. It concerns the sale of personal data, so it is neither a reservation
nor a permission: it is read and shown, and never a verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fediart.rights.finding import Finding
from fediart.rights.reservation import Reservation

PATH = "/.well-known/gpc.json"


def write(r: Reservation) -> dict[str, Any]:
    """Return the document, dated by the declaration."""
    return {"gpc": True, "lastUpdate": r.declared_at.date().isoformat()}


def read(document: object) -> Finding:
    """Find whether the site says that it honours the control."""
    if isinstance(document, Mapping) and isinstance(document.get("gpc"), bool):
        return Finding(None, {"gpc": document["gpc"]})
    return Finding()
