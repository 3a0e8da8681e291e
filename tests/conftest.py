"""Real servers for the tests: `fediart serve` as a process of its own, on loopback, with its own database and keys."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """One instance: its folder, its address, and its process while it runs."""

    folder: Path
    port: int
    environ: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    serve_options: tuple[str, ...] = ()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def config(self) -> Path:
        return self.folder / "fediart.toml"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "FEDIART_LOGGING__FORMAT": "json", **self.environ}

    def cli(self, *arguments: str | Path, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a command of this instance."""
        return subprocess.run(
            [sys.executable, "-m", "fediart", "--config", str(self.config), *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=timeout,
            env=self._environment(),
            check=False,
        )

    def ok(self, *arguments: str | Path, timeout: float = 60) -> str:
        """Run a command that must succeed; returns what it printed."""
        done = self.cli(*arguments, timeout=timeout)
        assert done.returncode == 0, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def json(self, *arguments: str | Path) -> Any:
        """Run a command that must succeed with `--json`; returns what it printed, parsed."""
        given = arguments if "--json" in arguments else (*arguments, "--json")
        return json.loads(self.ok(*given))

    def start(self, *options: str) -> None:
        """Start serving and wait until it answers."""
        self.serve_options = options or self.serve_options
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "fediart", "--config", str(self.config), "serve", *self.serve_options],
                stdout=log,
                stderr=log,
                env=self._environment(),
            )
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}:\n{self.log.read_text()}")
            try:
                with urllib.request.urlopen(f"{self.base_url}/healthz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (OSError, urllib.error.URLError):
                time.sleep(0.05)
        raise AssertionError(f"the server did not answer:\n{self.log.read_text()}")

    def kill(self) -> None:
        """End the process at once, as a crash does."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> int:
        """End the process as an admin does; returns its exit code."""
        if self.process is None:
            return 0
        self.process.terminate()
        try:
            code = self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the server did not stop:\n{self.log.read_text()[-3000:]}") from None
        self.process = None
        return code


def wait_for(what: Callable[[], Any], *, seconds: float = 20, message: str = "it did not happen") -> Any:
    """Return the first truthy result of `what`, asked again and again."""
    until = time.monotonic() + seconds
    while True:
        result = what()
        if result:
            return result
        if time.monotonic() > until:
            raise AssertionError(f"{message} within {seconds} s")
        time.sleep(0.1)


MakeServer = Callable[..., Server]


@pytest.fixture
def make_server(tmp_path: Path) -> Iterator[MakeServer]:
    """Return a factory of running servers. Settings are given as `section__key=value`; `start=False` leaves it off."""
    made: list[Server] = []

    def make(artists: tuple[str, ...] = ("mira",), *, start: bool = True, **settings: object) -> Server:
        folder = tmp_path / f"server-{len(made)}-{secrets.token_hex(3)}"
        folder.mkdir()
        server = Server(folder=folder, port=free_port())
        server.environ = {
            "FEDIART_FEDERATION__RETRY_FIRST_SECONDS": "0.5",
            "FEDIART_FEDERATION__RETRY_LONGEST_SECONDS": "2",
            **{f"FEDIART_{name.upper()}": _written(value) for name, value in settings.items()},
        }
        server.ok(
            "init",
            "--domain",
            server.host,
            "--artist",
            artists[0],
            "--email",
            f"{artists[0]}@example.org",
            "--port",
            str(server.port),
            "--loopback",
        )
        for name in artists[1:]:
            server.ok("artist", "create", name, "--email", f"{name}@example.org")
        made.append(server)
        if start:
            server.start()
        return server

    yield make
    for server in made:
        if server.process is not None:
            server.process.kill()
            server.process.wait()


@pytest.fixture
def server(make_server: MakeServer) -> Server:
    """Return one running server with the artist mira."""
    return make_server()


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """Return the address of a real PostgreSQL: FEDIART_TEST_POSTGRES, else one that the package pgserver carries."""
    given = os.environ.get("FEDIART_TEST_POSTGRES")
    if given:
        yield given
        return
    import pgserver

    # Not below pytest's own folder: each pytest run closes that to other users, and PostgreSQL does not run as root.
    folder = tempfile.mkdtemp(prefix="fediart-pg-")
    running = pgserver.get_server(folder, cleanup_mode="stop")
    yield running.get_uri()
    running.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Return a small picture of its own for this test."""
    from PIL import Image

    path = tmp_path / "picture.jpg"
    colour = (secrets.randbelow(256), secrets.randbelow(256), secrets.randbelow(256))
    image = Image.new("RGB", (320, 240), colour)
    for x in range(0, 320, 8):
        image.putpixel((x, x % 240), (255, 255, 255))
    image.save(path, quality=90)
    return path
