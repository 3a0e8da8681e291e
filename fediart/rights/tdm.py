"""Reading the TDMRep reservation fact.

Spec: TDMRep, section 6 (1 = reserved, 0 = not reserved, anything else = nothing said).
"""

from __future__ import annotations


def read_reservation(value: object) -> bool | None:
    """Return what a JSON `tdmReservation` says: "1" and true reserve as well as 1, only the number 0 permits."""
    if isinstance(value, str):
        return True if value.strip() == "1" else None
    if isinstance(value, (int, float)):
        return True if value == 1 else False if value == 0 and value is not False else None
    return None


def read_reservation_text(text: str) -> bool | None:
    """Return what the text of a header or meta element says."""
    return {"1": True, "0": False}.get(text.strip())
