"""The one place that reads the time. Pure code takes `now` as a parameter."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current instant, aware, UTC."""
    return datetime.now(UTC)
