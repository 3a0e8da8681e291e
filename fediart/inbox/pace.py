"""How often a stranger may make us ask other servers: so many times a minute for each of them."""

from __future__ import annotations

import time
from collections import OrderedDict

_MINUTE = 60.0
_KEPT = 10_000


class Pace:
    """Counts by name, in windows of a minute that begin with the first time."""

    def __init__(self, times_a_minute: int) -> None:
        self._most = times_a_minute
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def allows(self, name: str) -> bool:
        """Count one more time, and say whether that is still within the limit."""
        now = time.monotonic()
        begun, count = self._windows.get(name, (now, 0))
        if now - begun >= _MINUTE:
            begun, count = now, 0
        if count >= self._most:
            return False
        self._windows[name] = (begun, count + 1)
        self._windows.move_to_end(name)
        while len(self._windows) > _KEPT:
            self._windows.popitem(last=False)
        return True
