"""`/trust.txt`: one line that says whether data may be used for training.

Spec: JournalList trust.txt, attribute `datatrainingallowed`. Known to publishers; no crawler is known to obey it.
"""

from __future__ import annotations

from fediart.rights import table
from fediart.rights.finding import Finding, combine_verdicts
from fediart.rights.reservation import Reservation

PATHS = ("/trust.txt", "/.well-known/trust.txt")
_LARGEST = 100_000
_REFUSALS = frozenset({"no", "false", "n", "0"})


def write(r: Reservation, *, contact: str = "") -> str:
    """Return the whole file."""
    lines = [f"contact={' '.join(contact.split())}"] if contact else []
    lines.append(f"datatrainingallowed={'no' if table.TABLE[r.policy].tdm_reservation else 'yes'}")
    return "\n".join(lines) + "\n"


def read(text: str) -> Finding:
    """Find what the file says; a refusal is read in any case and spelling, a permission as `yes` only."""
    verdicts: list[bool | None] = []
    for line in text[:_LARGEST].removeprefix("\ufeff").splitlines():
        name, _, value = line.split("#", 1)[0].partition("=")
        if name.strip().lower() != "datatrainingallowed":
            continue
        value = value.strip()
        verdicts.append(True if value.lower() in _REFUSALS else False if value == "yes" else None)
    reserved = combine_verdicts(verdicts)
    if reserved is None:
        return Finding()
    return Finding(reserved, {"datatrainingallowed": "no" if reserved else "yes"}, {"train-ai": not reserved})
