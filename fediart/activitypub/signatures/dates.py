"""When something was signed, and whether that is near enough to now.

No clock lives here: callers say what time it is. Every text names the clock, the thing to look at on the other side.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from fediart.activitypub.errors import SignatureError

# A signature that names its own end may be older than one that does not, but never older than this.
_MAX_LIFETIME: Final = timedelta(hours=12)
_MONTHS: Final = {
    name: number
    for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1)  # noqa: SIM905
}
_IMF_FIXDATE = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
)


def read_http_date(text: str) -> datetime | None:
    """Read the value of a Date header; None for anything but an IMF-fixdate, the only form that is still sent.

    Spec: RFC 9110, section 5.6.7.
    """
    match = _IMF_FIXDATE.fullmatch(text.strip(" \t"))
    if match is None:
        return None
    day, month, year, hour, minute, second = match.groups()
    try:
        # A leap second is the second before it: Python knows none.
        return datetime(
            int(year), _MONTHS.get(month, 0), int(day), int(hour), int(minute), min(int(second), 59), tzinfo=UTC
        )
    except ValueError:
        return None


def verify_date(value: str | None, *, now: datetime, skew: timedelta, is_limited: bool = False) -> None:
    """Check that a Date header is there, readable and within the window of `verify_time`.

    Raises: SignatureError.
    """
    if value is None:
        raise SignatureError("There is no Date header, so the sender's clock cannot be checked")
    signed_at = read_http_date(value)
    if signed_at is None:
        raise SignatureError(
            "The Date header is not an HTTP date, so the sender's clock cannot be checked",
            detail=f"Date: {value[:80]!r}",
        )
    verify_time(signed_at.timestamp(), now=now, skew=skew, is_limited=is_limited)


def verify_time(signed_at: float, *, now: datetime, skew: timedelta, is_limited: bool = False) -> None:
    """Check that something was signed at most `skew` ago, and somewhat less than that ahead.

    Less, since a request may also have been under way for a while, but never back in time. With `is_limited`, when the
    signature names its own end, it may be twelve hours old.
    Units: `signed_at` is in seconds since 1970.
    Raises: SignatureError.
    """
    age_seconds = now.timestamp() - signed_at
    if age_seconds > (max(skew, _MAX_LIFETIME) if is_limited else skew).total_seconds():
        raise SignatureError(f"The signature is {age_seconds:.0f} seconds old: check the sender's clock")
    if -age_seconds > skew.total_seconds() * 11 / 12:
        raise SignatureError(
            f"The signature is {-age_seconds:.0f} seconds ahead of our clock: check the sender's clock"
        )


def verify_expires(expires: float, *, now: datetime) -> None:
    """Check that the end which a signature names is not over.

    Units: `expires` is in seconds since 1970.
    Raises: SignatureError.
    """
    late_seconds = now.timestamp() - expires
    if late_seconds >= 0:
        raise SignatureError(f"The signature expired {late_seconds:.0f} seconds ago: check the sender's clock")
