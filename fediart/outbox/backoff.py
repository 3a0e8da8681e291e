"""How long to wait before trying again. Pure: the caller brings the dice."""

from __future__ import annotations

from datetime import timedelta

from fediart import config

_FACTOR = 5.0
_JITTER = 0.25


def wait(attempt: int, settings: config.Federation, *, dice: float) -> timedelta:
    """Return the wait after the `attempt`-th failure (from 1): 1, 5, 25 minutes, 2 hours, then 6; a quarter either way.

    `dice` is a number from 0 to 1; the spread keeps hosts that failed together from being tried together.
    """
    seconds = min(settings.retry_first_seconds * _FACTOR ** min(attempt - 1, 12), settings.retry_longest_seconds)
    return timedelta(seconds=seconds * (1 + _JITTER * (2 * dice - 1)))
