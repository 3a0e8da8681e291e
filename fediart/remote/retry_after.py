"""How long a peer asks us to wait."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?", re.ASCII)


def read_retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds to wait that an answer names (never negative), or None when it names none.

    Takes `Retry-After` as seconds or as a date, else the instant in `X-RateLimit-Reset`
    (Interop: Mastodon 4.6 names it there). Names of headers are expected in lower case.

    Spec: RFC 9110 section 10.2.3.
    """
    if "retry-after" in headers:
        value = headers["retry-after"].strip()
        if _SECONDS.fullmatch(value):
            return float(value)
        try:
            at = parsedate_to_datetime(value)
        except ValueError:
            return None
        return _until(at, now)
    if "x-ratelimit-reset" in headers:
        try:
            at = datetime.fromisoformat(headers["x-ratelimit-reset"].strip())
        except ValueError:
            return None
        return _until(at, now)
    return None


def _until(at: datetime, now: datetime) -> float:
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - now).total_seconds())
