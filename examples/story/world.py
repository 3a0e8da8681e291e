"""The two servers together, the works that are shown, and the patience with which one waits for something to arrive."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from story.instance import Instance
from story.screen import Screen
from story.troubles import StoryError, require

Result = TypeVar("Result")

_EXAMPLES = Path(__file__).parents[1]
_PATIENCE_SECONDS = 20


@dataclass
class Work:
    """A picture and the words for it; where it is to be found, once it is published."""

    picture: Path
    title: str
    alt: str
    text: str
    tags: tuple[str, ...]
    medium: str
    series: str
    id: str = ""
    uri: str = ""
    url: str = ""


@dataclass
class World:
    """Everything that the acts share."""

    mira: Instance
    lee: Instance
    screen: Screen
    heron: Work
    harbour: Work
    boats: Work
    proofs_verified: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def works(self) -> tuple[Work, Work, Work]:
        return self.heron, self.harbour, self.boats

    @property
    def instances(self) -> tuple[Instance, Instance]:
        return self.mira, self.lee

    def require_running(self) -> None:
        for instance in self.instances:
            instance.require_running()

    def wait_for(self, what: str, look: Callable[[], Result | None]) -> Result:
        """Look again and again until there is something to see.

        Raises: StoryError, saying `what` did not happen.
        """
        until = time.monotonic() + _PATIENCE_SECONDS
        with self.screen.waiting(what):
            while True:
                found = look()
                if found:
                    return found
                self.require_running()
                require(time.monotonic() < until, f"waited {_PATIENCE_SECONDS} s in vain: {what}")
                time.sleep(0.1)

    def timeline(self) -> dict[str, dict[str, Any]]:
        """Return what Lee sees of Mira's, by id."""
        return {note["uri"]: note for note in self.lee.listed("timeline") if note["author"]["uri"] == self.mira.actor}

    def leave_running(self) -> None:
        """From now on the servers are no longer this program's to stop."""
        for instance in self.instances:
            instance.process = None

    @contextmanager
    def running(self) -> Iterator[World]:
        """Stop both servers in the end, however it comes."""
        try:
            yield self
        finally:
            for instance in self.instances:
                instance.ask_to_stop()
            for instance in self.instances:
                instance.wait_until_stopped()


def together(*calls: Callable[[], Result], done: Callable[[], None] = lambda: None) -> list[Result]:
    """Make several calls at the same time; returns their results in the order given. `done` is told of each end."""
    with ThreadPoolExecutor(len(calls)) as pool:
        running = [pool.submit(call) for call in calls]
        for finished in as_completed(running):
            finished.result()
            done()
        return [one.result() for one in running]


def read_works() -> tuple[Work, Work, Work]:
    """Read the three example works.

    Raises: StoryError when a file is missing or is not what it should be.
    """
    try:
        listed = tomllib.loads((_EXAMPLES / "works.toml").read_text(encoding="utf-8"))["work"]
        heron, harbour, boats = (
            Work(
                picture=_EXAMPLES / one["file"],
                title=one["title"],
                alt=one["alt"],
                text=one["text"],
                tags=tuple(one["tags"]),
                medium=one["medium"],
                series=one["series"],
            )
            for one in listed
        )
    except OSError as exc:
        raise StoryError(f"{exc.filename} cannot be read: {exc.strerror}") from None
    except (ValueError, KeyError, TypeError) as exc:
        raise StoryError(f"{_EXAMPLES / 'works.toml'} is not the list of the three example works: {exc}") from None
    for work in (heron, harbour, boats):
        require(work.picture.is_file(), f"{work.picture} is missing: `python examples/make.py` paints it again")
    return heron, harbour, boats
