"""A server that we did not write, run as a process of its own and driven from a test by its control API.

What the servers have in common: they print `ready ORIGIN`, answer under `/control/`, and keep a report of each POST to
an inbox, whose number the answer to the POST carries in `x-delivery`. Waiting is bounded: it ends with what did arrive,
so that a failure shows what happened instead.
"""

from __future__ import annotations

import base64
import http.client
import json
import select
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.peers import setup

Json = dict[str, Any]
Delivery = Json  # one report; it has at least number, path, activity, status and request

_START_LIMIT_SECONDS = 60
_WAIT_LIMIT_SECONDS = 30
_POLL_SECONDS = 0.05


class RefusedError(Exception):
    """The peer could not do what it was asked; `status` and `answer` are the other server's, when that refused."""

    def __init__(self, name: str, body: Json) -> None:
        super().__init__(f"{name}: {body['error']}")
        self.status: int | None = body.get("status")
        self.answer: str | None = body.get("answer")


@dataclass(frozen=True, slots=True)
class DrivenPeer:
    """A running server."""

    origin: str

    def act(self, name: str, **parameters: Any) -> Json:
        """Make its person do something, or ask the software something.

        Raises: RefusedError, when that did not work.
        """
        return self._control(name, json.dumps(parameters).encode())

    def received(self) -> list[Delivery]:
        """Tell what came to its inboxes, oldest first."""
        deliveries: list[Delivery] = self._control("received", None)["deliveries"]
        return deliveries

    def wait_for(self, activity_type: str, matching: Callable[[Json], bool] = lambda activity: True) -> Delivery:
        """Wait until an activity has come, well signed or not, and return its report."""
        deadline = time.monotonic() + _WAIT_LIMIT_SECONDS
        while True:
            deliveries = self.received()
            for delivery in deliveries:
                activity = delivery["activity"]
                if activity is not None and activity.get("type") == activity_type and matching(activity):
                    return delivery
            if time.monotonic() > deadline:
                seen = [(d["activity"] or {}).get("type") for d in deliveries]
                raise AssertionError(f"no such {activity_type} came; what came: {seen}")
            time.sleep(_POLL_SECONDS)

    def post(self, path: str, headers: Sequence[tuple[str, str]], body: bytes) -> Delivery:
        """Post to the peer, headers as they are, and return the report."""
        connection = http.client.HTTPConnection(urlsplit(self.origin).netloc, timeout=_WAIT_LIMIT_SECONDS)
        connection.putrequest("POST", path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            if name.lower() not in ("content-length", "transfer-encoding"):
                connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        number = connection.getresponse().headers["x-delivery"]
        connection.close()
        return next(report for report in self.received() if report["number"] == int(number))

    def repeat(self, delivery: Delivery, *, body: bytes, signature: str | None = None) -> Delivery:
        """Post once more what came, with this body and perhaps another `Signature` header, and return the report."""
        headers = [
            (name, signature if signature is not None and name.lower() == "signature" else value)
            for name, value in delivery["request"]["headers"]
        ]
        return self.post(delivery["path"], headers, body)

    def _control(self, name: str, body: bytes | None) -> Json:
        request = urllib.request.Request(f"{self.origin}/control/{name}", body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=_WAIT_LIMIT_SECONDS) as response:
                result: Json = json.load(response)
                return result
        except urllib.error.HTTPError as error:
            raise RefusedError(name, json.load(error)) from error


def body_of(delivery: Delivery) -> bytes:
    """The body of a delivery, byte for byte."""
    return base64.b64decode(delivery["request"]["body_base64"])


def change_after(text: str, mark: str) -> str:
    """Change the one character that follows a mark."""
    before, found, after = text.partition(mark)
    assert found, f"no {mark} in what was sent"
    return f"{before}{mark}{'2' if after[0] != '2' else '3'}{after[1:]}"


@contextmanager
def running(command: Sequence[str], *, cwd: Path) -> Iterator[str]:
    """Run a server and yield its origin; what it wrote to stderr is shown when something fails meanwhile."""
    if not setup.is_ready():
        raise RuntimeError("the peers are not installed: run python3 tests/peers/setup.py")
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            yield _read_origin(process)
        except BaseException:
            log.seek(0)
            print(log.read().decode(errors="replace"))
            raise
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def _read_origin(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], _START_LIMIT_SECONDS)
    line = process.stdout.readline() if readable else ""
    if not line.startswith("ready "):
        raise RuntimeError(f"the peer did not start: it said {line!r}, exit code {process.poll()}")
    return line.split()[1]
