"""Moments on the wire: read whatever peers call a date, write one form only.

The clock is not here: callers say when something was received.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_PATTERN = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,12}))?)?"
    r" ?(?:([Zz])|([+-])([0-9]{2})(?::?([0-9]{2}))?)?)?"
)


def read_timestamp(value: object) -> datetime | None:
    """Read an RFC 3339 date-time, leniently, as aware UTC; None for anything that is not a moment.

    Spec: ActivityStreams 2.0 Core, section 2.3. Seconds, zone (then UTC) or the whole time of day may be missing.
    """
    if not isinstance(value, str):
        return None
    match = _PATTERN.fullmatch(value.strip()) if len(value) <= 64 else None
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, _, sign, offset_hours, offset_minutes = match.groups()
    offset = timedelta(hours=int(offset_hours or 0), minutes=int(offset_minutes or 0))
    try:
        return datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            min(int(second or 0), 59) if second == "60" else int(second or 0),
            int((fraction or "0")[:6].ljust(6, "0")),
            tzinfo=timezone(-offset if sign == "-" else offset),
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def write_timestamp(at: datetime) -> str:
    """Write a moment as `YYYY-MM-DDTHH:MM:SSZ`.

    Raises: ValueError for a time without a zone, which would be read as another moment elsewhere.
    """
    if at.tzinfo is None:
        raise ValueError("a timestamp needs a zone")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def plausible(at: datetime | None, received: datetime) -> datetime:
    """Give the moment to sort by: what the peer says, but never later than `received` and never before 1970."""
    if at is None or at < EPOCH:
        return received
    return min(at, received)
