"""Two artists, two servers, one story: `make demo`.

Starts two real FediArt servers on this machine and lets their artists meet. What is printed was checked as it happened.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from story import beginning, conversation, ending, place, world
from story.instance import Instance
from story.screen import Screen
from story.troubles import StoryError, relevant_lines
from story.world import World

_ACTS = (
    beginning.open_servers,
    beginning.follow,
    beginning.publish,
    beginning.arrive,
    conversation.like_and_answer,
    conversation.change,
    conversation.withdraw,
    conversation.tamper,
    ending.count,
)
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Tell the story; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="demo.py", description="Two FediArt servers on this machine: follow, publish, like, answer, edit, delete."
    )
    parser.add_argument("--keep", action="store_true", help=f"leave both running, with their data in ./{place.KEPT}")
    parser.add_argument("--port", type=_port, metavar="N", help="listen on N and N+1 (default: two free ports)")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    screen = Screen()
    try:
        with place.folder(is_kept=given.keep) as folder:
            return _tell(screen, folder, given.port, is_kept=given.keep)
    except StoryError as exc:
        return _give_up(str(exc))
    except KeyboardInterrupt:
        return _give_up("interrupted; both servers are stopped", code=_INTERRUPTED)
    except BrokenPipeError:
        # The reader (`| head`) has enough. Nothing more can be said, and nothing more must be tried at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _tell(screen: Screen, folder: Path, first_port: int | None, *, is_kept: bool) -> int:
    ports = place.ports(first_port)
    mira, lee = (Instance(name, folder / name, port) for name, port in zip(("mira", "lee"), ports, strict=True))
    heron, harbour, boats = world.read_works()
    w = World(mira, lee, screen, heron, harbour, boats)
    screen.tell("Two artists, two servers", style="bold")
    screen.tell(
        "Mira and Lee each run a FediArt server of their own, here on this machine. Every ✓ was checked as it happened."
    )
    with w.running():
        try:
            for act in _ACTS:
                act(w)
            if is_kept:
                ending.stay(w, folder)
        except BrokenPipeError:
            raise
        except Exception as exc:
            reason = str(exc) if isinstance(exc, StoryError) else f"not as expected: {type(exc).__name__}: {exc}"
            code = _give_up(reason)
            for instance in w.instances:  # before they are stopped, which writes lines of its own
                _show_log(instance)
            return code
    return 0


def _give_up(reason: str, *, code: int = 1) -> int:
    print(f"demo: {' '.join(reason.split())}", file=sys.stderr)  # noqa: T201
    return code


def _show_log(instance: Instance) -> None:
    lines = relevant_lines(instance.log)
    if lines:
        print(f"the log of {instance.name}'s server says:", *lines, sep="\n  ", file=sys.stderr)  # noqa: T201


def _port(text: str) -> int:
    if not text.isdecimal() or not 1024 <= int(text) < 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 1024 to 65534, not “{text}”")
    return int(text)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
