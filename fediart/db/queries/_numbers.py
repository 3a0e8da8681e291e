"""Numbers that people and peers write, and that no column holds."""

from __future__ import annotations

_BITS = 63


def can_be_id(number: int) -> bool:
    """Say whether a row can have this id: SQLite and PostgreSQL refuse to compare with a larger number."""
    return 0 <= number < 1 << _BITS
