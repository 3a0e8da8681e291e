"""Kim's Fedify server, started and driven from a test. All that can be asked of it is in `fedify/control.mjs`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.peers import setup
from tests.peers.driven import Delivery, DrivenPeer, Json, RefusedError, body_of, running

__all__ = ["CAVAGE", "RFC9421", "Delivery", "FedifyPeer", "Json", "RefusedError", "body_of", "run"]

RFC9421 = "rfc9421"
CAVAGE = "draft-cavage-http-signatures-12"


@dataclass(frozen=True, slots=True)
class FedifyPeer(DrivenPeer):
    """A running Fedify server."""

    @property
    def actor(self) -> str:
        """The id of its one actor."""
        return f"{self.origin}/users/kim"


@contextmanager
def run(*, first_knock: str = RFC9421) -> Iterator[FedifyPeer]:
    """Run a Fedify server on a free port; `first_knock` is the signature dialect that it tries first."""
    node = str(setup.find_node() or "node")  # what is missing is told by `running`
    command = [node, "server.mjs", "--port", "0", "--first-knock", first_knock]
    with running(command, cwd=setup.PEERS / "fedify") as origin:
        yield FedifyPeer(origin)
