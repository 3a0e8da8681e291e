"""What the peer tests make an artist do, by our own command line, and how they wait for the outcome."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

from PIL import Image, ImageDraw

ARTIST = "mira"
TITLE = "Low Tide"
ALT_TEXT = "Three ochre boats on wet sand under a pale green sky."

_WAIT_LIMIT_SECONDS = 30
_POLL_SECONDS = 0.1


class Server(Protocol):
    """The running server of the `server` fixture."""

    base_url: str
    data: Path

    def cli(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `fediart` on this server's configuration."""
        ...

    def json(self, *arguments: str) -> Any:
        """Run `fediart` and parse what it printed."""
        ...


def actor_of(server: Server) -> str:
    """The id of the artist."""
    return f"{server.base_url}/users/{ARTIST}"


def publish(server: Server, folder: Path) -> None:
    """Publish one picture."""
    picture = folder / "low-tide.png"
    _paint(picture)
    finished = server.cli("publish", str(picture), "--as", ARTIST, "--title", TITLE, "--alt", ALT_TEXT)
    assert finished.returncode == 0, finished.stderr


def listed(server: Server, command: str) -> Any:
    """What a listing command prints for the artist."""
    return server.json(command, "--as", ARTIST, "--json")


def eventually(condition: Callable[[], bool], what: str) -> None:
    """Wait, within bounds, until something holds.

    Raises: AssertionError, naming `what`, when it still does not hold.
    """
    deadline = time.monotonic() + _WAIT_LIMIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(_POLL_SECONDS)


def strings_in(value: Any) -> Iterator[str]:
    """Every string in a JSON value, wherever it stands."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from strings_in(member)
    elif isinstance(value, list):
        for item in value:
            yield from strings_in(item)


def _paint(path: Path) -> None:
    picture = Image.new("RGB", (640, 420), "#c9d8c5")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 250, 640, 420), fill="#b79f7a")
    for x in (90, 280, 450):
        draw.polygon([(x, 250), (x + 110, 250), (x + 85, 290), (x + 25, 290)], fill="#b5762c")
    picture.save(path)
