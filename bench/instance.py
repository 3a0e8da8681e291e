"""A FediArt of its own for a measurement: `fediart serve` as an artist runs it, in a folder that is thrown away."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import psutil

from fediart.config import Database as DatabaseSettings
from fediart.db.engine import Database

Result = TypeVar("Result")
_LOOK_SECONDS = 0.05


class Instance:
    """Set up on entering, not yet serving; ended and left behind on leaving."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._serving: subprocess.Popen[bytes] | None = None

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        return f"http://{self.host}"

    def command(self, *arguments: object) -> list[str]:
        return [sys.executable, "-m", "fediart", "--config", str(self.folder / "fediart.toml"), *map(str, arguments)]

    def run(self, *arguments: object) -> str:
        """Run a command that must succeed; returns what it printed."""
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            raise RuntimeError(f"fediart {arguments[0]} failed: {done.stderr.strip()}")
        return done.stdout

    def publish(self, picture: Path, *, title: str) -> str:
        """Publish a picture and return the Note's id."""
        printed = self.run("publish", picture, "--as", "mira", "--title", title, "--alt", "A picture", "--json")
        return str(json.loads(printed)["uri"])

    def serve(self, *options: str) -> None:
        """Start serving and wait for the first answer."""
        with (self.folder / "server.log").open("ab") as log:
            self._serving = subprocess.Popen(self.command("serve", *options), stdout=log, stderr=log)
        until = time.monotonic() + 30
        while time.monotonic() < until and self._serving.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.base_url}/healthz", timeout=2):
                    return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"fediart does not serve; see {self.folder / 'server.log'}")

    def rss_bytes(self) -> int:
        assert self._serving is not None
        return int(psutil.Process(self._serving.pid).memory_info().rss)

    def cpu_seconds(self) -> float:
        """Return the processor time that the server has used: what a busy machine does not change much."""
        assert self._serving is not None
        times = psutil.Process(self._serving.pid).cpu_times()
        return float(times.user + times.system)

    @contextmanager
    def watching_memory(self) -> Iterator[list[int]]:
        """Yield a list whose one number is the most memory that the server was seen to have, in bytes."""
        peak = [self.rss_bytes()]
        ended = threading.Event()

        def look() -> None:
            while not ended.wait(_LOOK_SECONDS):
                peak[0] = max(peak[0], self.rss_bytes())

        looking = threading.Thread(target=look, daemon=True)
        looking.start()
        try:
            yield peak
        finally:
            ended.set()
            looking.join()

    def stop(self) -> None:
        if self._serving is None:
            return
        self._serving.terminate()
        try:
            self._serving.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self._serving.kill()
            self._serving.wait()
        self._serving = None

    def with_database(self, work: Callable[[Database], Awaitable[Result]]) -> Result:
        """Run a coroutine on this instance's database."""

        async def whole() -> Result:
            async with self._database() as database:
                return await work(database)

        return asyncio.run(whole())

    @asynccontextmanager
    async def _database(self) -> AsyncIterator[Database]:
        url = f"sqlite+aiosqlite:///{self.folder / 'data' / 'fediart.sqlite3'}"
        async with Database(url, DatabaseSettings()) as database:
            yield database

    def __enter__(self) -> Self:
        self.run(
            "init",
            *("--domain", self.host, "--port", self.port, "--loopback"),
            *("--artist", "mira", "--email", "mira@example.org"),
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def launched(command: list[str]) -> dict[str, Any]:
    """Run a command in a small launcher; returns its `seconds` and `peak_bytes`."""
    launcher = [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py"))]
    done = subprocess.run(
        [*launcher, *command], capture_output=True, text=True, timeout=600, check=False, env=os.environ
    )
    measured: dict[str, Any] = json.loads(done.stdout)
    if measured["exit"]:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()}")
    return measured
