"""Time-ordered ids: 64-bit integers whose order is the order of creation.

42 bits of milliseconds, 10 bits of process, 12 bits of sequence, so that clients which sort by id sort by time and no
two processes on one database meet. Decimal on the wire.
"""

from __future__ import annotations

import secrets
import threading
import time
from datetime import UTC, datetime, timedelta

_EPOCH_MS = 1_577_836_800_000  # 2020-01-01T00:00:00Z
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_SEQUENCE_BITS = 12
_PROCESS_BITS = 10


class _Sequence:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = secrets.randbelow(1 << _PROCESS_BITS)
        self._ms = 0
        self._next = 0

    def take(self) -> int:
        with self._lock:
            ms = max(time.time_ns() // 1_000_000 - _EPOCH_MS, self._ms)
            if ms > self._ms:
                self._ms = ms
                self._next = 0
            elif self._next >= 1 << _SEQUENCE_BITS:
                self._ms += 1  # borrow from the future rather than wait; a clock set back is absorbed the same way
                self._next = 0
            sequence = self._next
            self._next += 1
            return (self._ms << (_PROCESS_BITS + _SEQUENCE_BITS)) | (self._process << _SEQUENCE_BITS) | sequence


_sequence = _Sequence()


def new_id() -> int:
    """Return an id greater than every id this process returned before."""
    return _sequence.take()


def id_at(moment: datetime) -> int:
    """Return an id that sorts by `moment`, for something older than its arrival here.

    Times before the epoch keep their order, to the second, within its first minutes. The rest is random: two ids for
    one millisecond are the same once in four million.
    """
    seconds = max(moment.timestamp(), 0)
    ms = int(seconds * 1000) - _EPOCH_MS
    if ms < 0:
        return (int(seconds) << 11) | secrets.randbits(11)
    return (ms << (_PROCESS_BITS + _SEQUENCE_BITS)) | secrets.randbits(_PROCESS_BITS + _SEQUENCE_BITS)


def created_at(id_: int) -> datetime:
    """Return the instant an id was made, to the millisecond."""
    return _EPOCH + timedelta(milliseconds=id_ >> (_PROCESS_BITS + _SEQUENCE_BITS))
