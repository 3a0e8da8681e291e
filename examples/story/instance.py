"""One FediArt server, run as its owner would run it: `python -m fediart`, a folder, a port."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from story import looking
from story.troubles import StoryError, require

_COMMAND_SECONDS = 60
_START_SECONDS = 30
_STOP_SECONDS = 15


@dataclass
class Instance:
    """A server and its one artist."""

    artist: str
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        """The artist's name as shown."""
        return self.artist.capitalize()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        return f"http://{self.host}"

    @property
    def handle(self) -> str:
        return f"@{self.artist}@{self.host}"

    @property
    def gallery(self) -> str:
        return f"{self.base_url}/@{self.artist}"

    @property
    def actor(self) -> str:
        return f"{self.base_url}/users/{self.artist}"

    @property
    def config(self) -> Path:
        return self.folder / "fediart.toml"

    @property
    def database(self) -> Path:
        return self.folder / "data" / "fediart.sqlite3"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def set_up(self) -> None:
        """Make the configuration, the database, the keys and the artist.

        Raises: StoryError.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise StoryError(f"cannot make {exc.filename}: {exc.strerror}") from None
        who = ("--artist", self.artist, "--name", self.name, "--email", f"{self.artist}@example.org")
        self.run("init", "--domain", self.host, *who, "--port", str(self.port), "--loopback")

    def run(self, *arguments: str | Path) -> str:
        """Run a command on this server; returns what it printed.

        Raises: StoryError with the command's own reason when it failed.
        """
        try:
            done = subprocess.run(  # noqa: S603  # our own program
                self._command(*arguments),
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=_COMMAND_SECONDS,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise StoryError(f"`fediart {arguments[0]}` took more than {_COMMAND_SECONDS} s") from None
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if line.strip()] or [f"exit code {done.returncode}"]
            raise StoryError(f"`fediart {arguments[0]}` for {self.name} failed: {said[-1].removeprefix('fediart: ')}")
        return done.stdout

    def read(self, *arguments: str | Path) -> Any:
        """Run a command that prints JSON; returns it parsed.

        Raises: StoryError.
        """
        try:
            return json.loads(self.run(*arguments, "--json"))
        except ValueError:
            raise StoryError(f"`fediart {arguments[0]} --json` did not print JSON") from None

    def listed(self, command: str) -> Any:
        """Return what a listing command prints for the artist."""
        return self.read(command, "--as", self.artist)

    def start(self) -> None:
        """Start serving and wait for the first answer.

        The server gets a session of its own: Ctrl-C in the terminal is for the demo, which then stops it in good order.
        Raises: StoryError.
        """
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  # our own program
                self._command("serve"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
                start_new_session=True,
            )
        until = time.monotonic() + _START_SECONDS
        while not self._answers():
            self.require_running()
            require(time.monotonic() < until, f"{self.name}'s server did not answer within {_START_SECONDS} s")
            time.sleep(0.05)
        self.require_running()

    def _answers(self) -> bool:
        try:
            return looking.fetch(f"{self.base_url}/healthz", seconds=1).status == 200
        except StoryError:
            return False

    def require_running(self) -> None:
        """Go on only while the server runs.

        Raises: StoryError.
        """
        code = self.process.poll() if self.process else None
        require(code is None, f"{self.name}'s server ended by itself (exit code {code})")

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_until_stopped(self) -> None:
        """Wait for the end that was asked for; when it does not come in time, or on another Ctrl-C, end it at once."""
        if self.process is None:
            return
        try:
            self.process.wait(timeout=_STOP_SECONDS)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            self.process.kill()
            self.process.wait()

    def _command(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, "-m", "fediart", "--config", str(self.config), *map(str, arguments)]


def _environment() -> dict[str, str]:
    """The settings of a server that somebody really runs (FEDIART_…) must not reach the two of the demo."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("FEDIART_")}
    return {**own, "FEDIART_LOGGING__FORMAT": "json", "PYTHONIOENCODING": "utf-8"}
