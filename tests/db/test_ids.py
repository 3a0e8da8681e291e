"""Ids: in the order of creation, and never twice, whoever makes them."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

from fediart.db import ids

COUNT = 100_000
MAKE_MANY = "from fediart.db import ids\nprint(*(ids.new_id() for _ in range(20_000)))"


def process_of(id_: int) -> int:
    return (id_ >> 12) & 0x3FF


def test_ids_only_grow() -> None:
    made = [ids.new_id() for _ in range(COUNT)]
    assert all(one < other for one, other in itertools.pairwise(made))
    assert made[-1] < 1 << 63


def test_ids_of_many_threads_differ() -> None:
    made: list[list[int]] = [[] for _ in range(4)]

    def make(into: list[int]) -> None:
        into.extend(ids.new_id() for _ in range(COUNT // 4))

    threads = [threading.Thread(target=make, args=(into,)) for into in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id_ for some in made for id_ in some}) == COUNT
    assert all(some == sorted(some) for some in made)


def test_an_id_tells_when_it_was_made() -> None:
    before = datetime.now(UTC)
    made = ids.created_at(ids.new_id())
    # Many ids within a millisecond borrow from the next ones.
    assert before - timedelta(milliseconds=1) <= made <= datetime.now(UTC) + timedelta(seconds=5)


def test_processes_that_work_at_once_do_not_meet() -> None:
    running = [subprocess.Popen([sys.executable, "-c", MAKE_MANY], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    made = [[int(word) for word in process.communicate(timeout=60)[0].split()] for process in running]
    assert all(len(some) == 20_000 for some in made)
    assert all(len({process_of(id_) for id_ in some}) == 1 for some in made)
    by_process: dict[int, set[int]] = {}
    for some in made:
        by_process.setdefault(process_of(some[0]), set()).update(some)
    # The number of a process is drawn from 1024; that four agree happens once in a thousand million runs.
    assert len(by_process) > 1
    assert sum(map(len, by_process.values())) == len(set().union(*by_process.values()))


def test_an_id_for_an_earlier_moment_sorts_by_it() -> None:
    moments = [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2004, 2, 29, 1, 2, 3, tzinfo=UTC),
        datetime(2004, 2, 29, 1, 2, 4, tzinfo=UTC),
        datetime(2019, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2020, 1, 1, 1, tzinfo=UTC),
        datetime(2024, 5, 4, 3, 2, 1, 500_000, tzinfo=UTC),
        datetime(2024, 5, 4, 3, 2, 1, 501_000, tzinfo=UTC),
    ]
    made = [ids.id_at(moment) for moment in moments]
    assert made == sorted(made)
    assert made[0] >= 0
    assert made[-1] < ids.new_id()
    assert [ids.created_at(id_) for id_ in made[4:]] == moments[4:]
    assert len({ids.id_at(moments[-1]) for _ in range(50)}) > 45
