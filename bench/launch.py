"""Run one command and tell how long it took and how much memory it had at its peak.

A process of its own, and a small one, because Linux counts a parent's memory into the peak of what it starts.
Run with `python -I -S launch.py COMMAND…`; prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time

started = time.perf_counter()
pid = os.posix_spawn(
    sys.argv[1],
    sys.argv[1:],
    dict(os.environ),
    file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
)
_, status, usage = os.wait4(pid, 0)
seconds = time.perf_counter() - started
peak_bytes = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps({"exit": os.waitstatus_to_exitcode(status), "seconds": seconds, "peak_bytes": peak_bytes}))
