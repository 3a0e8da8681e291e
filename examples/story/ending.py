"""What it came to; and, when the servers stay, where to look and how to stop them."""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from pathlib import Path

from story import looking, world
from story.troubles import require
from story.world import World


def count(w: World) -> None:
    """Show the totals.

    Raises: StoryError when a message still waits or was given up, or when a database is not whole.
    """
    with w.screen.step("What it came to"):
        with w.screen.waiting("counting, and reading both databases through"):
            sent = w.wait_for("waiting until nothing is under way", lambda: _settled(w))
            for instance in w.instances:
                require(looking.is_database_whole(instance.database), f"{instance.name}'s database is damaged")
        require(sent[1] == 0, f"{sent[1]} messages were given up")
        w.screen.table(
            [
                ("works", "3 published, 1 changed, 1 withdrawn"),
                ("between people", "1 follow, 1 like, 1 answer"),
                ("messages", f"{sent[0]} sent and delivered, 0 waiting, 0 given up"),
                ("seals", f"{w.proofs_verified} verified on arrival, 1 broken by tampering and found out"),
                ("databases", "both whole (every page and every link read)"),
                ("time", f"{time.monotonic() - w.began:.1f} s"),
            ]
        )


def _settled(w: World) -> tuple[int, int] | None:
    """Return how many messages were delivered and given up, once none waits on either side."""
    totals = [
        said["totals"]
        for said in world.together(*(partial(instance.read, "queue", "list") for instance in w.instances))
    ]
    if any(one["waiting"] for one in totals):
        return None
    return sum(one["delivered"] for one in totals), sum(one["dropped"] for one in totals)


def stay(w: World, folder: Path) -> None:
    """Leave both servers on: until Ctrl-C on a terminal, else in the background.

    Raises: StoryError when one of them ends by itself meanwhile.
    """
    screen = w.screen
    screen.tell()
    screen.tell("Both servers stay on. To open in a browser:", style="bold")
    screen.table(
        [
            *((f"{instance.name}'s gallery", instance.gallery) for instance in w.instances),
            *((f"“{work.title}”", work.url) for work in (w.heron, w.harbour)),
        ]
    )
    screen.tell("The same works as other servers read them (JSON):", style="bold")
    screen.table([(f"“{work.title}”", work.uri) for work in (w.heron, w.harbour)])
    screen.tell("To act for Mira or for Lee:", style="bold")
    for instance in w.instances:
        screen.tell(f"  {_program()} --config {_short(instance.config)} --help")
    screen.tell()
    if screen.is_terminal:
        screen.tell(f"Press Ctrl-C to stop both. What they hold stays in {_short(folder)}.")
        _wait_for_interrupt(w)
        return
    pids = [str(instance.process.pid) for instance in w.instances if instance.process]
    screen.tell(f"They run in the background, as processes {' and '.join(pids)}.")
    screen.tell(f"To stop them: kill {' '.join(pids)}")
    w.leave_running()


def _wait_for_interrupt(w: World) -> None:
    try:
        while True:
            w.require_running()
            time.sleep(0.5)
    except KeyboardInterrupt:
        w.screen.tell()
        w.screen.tell("Both servers are stopped. To start one again:")
        for instance in w.instances:
            w.screen.tell(f"  {_program()} --config {_short(instance.config)} serve")


def _program() -> str:
    beside = Path(sys.executable).with_name("fediart")
    return _short(beside) if beside.is_file() else "fediart"


def _short(path: Path) -> str:
    """Return a path as one types it in this folder."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
