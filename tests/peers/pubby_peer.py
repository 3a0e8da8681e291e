"""Noor's pubby server, started and driven from a test. All that can be asked of it is in `pubby/noor.py`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.peers import setup
from tests.peers.driven import DrivenPeer, Json, running


@dataclass(frozen=True, slots=True)
class PubbyPeer(DrivenPeer):
    """A running pubby server."""

    @property
    def actor(self) -> str:
        """The id of its one actor."""
        return f"{self.origin}/ap/actor"

    def known(self) -> Json:
        """Who follows noor (`followers`), who asked to (`requests`), and how others answered (`follow_answers`)."""
        return self.act("known")

    def interactions(self, target: str) -> list[Json]:
        """What pubby keeps of what was done to a note; `type` is like, boost, reply or quote."""
        found: list[Json] = self.act("interactions", target=target)["interactions"]
        return found


@contextmanager
def run(*, locked: bool = False) -> Iterator[PubbyPeer]:
    """Run a pubby server on a free port; `locked`: noor decides who follows."""
    command = [str(setup.PYTHON), "server.py", *(["--locked"] if locked else [])]
    with running(command, cwd=setup.PEERS / "pubby") as origin:
        yield PubbyPeer(origin)
