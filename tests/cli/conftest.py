"""The command line as a user has it, run in this process: arguments in, exit code and two streams out."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from fediart import cli
from tests.conftest import Server, free_port, wait_for

LIMIT_SECONDS = 20  # shorter than the half minute after which loops look without being woken


@dataclass(frozen=True)
class Done:
    """What a command left: its exit code and what it printed where."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(*arguments: str | Path, environ: Mapping[str, str] | None = None) -> Done:
    """Run one command to its end; nothing is printed for real."""
    out, err = io.StringIO(), io.StringIO()
    before, argv = dict(os.environ), sys.argv
    for name in [name for name in os.environ if name.startswith("FEDIART_")]:
        del os.environ[name]
    os.environ.update({"COLUMNS": "160", **(environ or {})})
    sys.argv = ["fediart", *map(str, arguments)]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                cli.main()
            except SystemExit as exc:
                code = exc.code if isinstance(exc.code, int) else 1
    finally:
        os.environ.clear()
        os.environ.update(before)
        sys.argv = argv
    assert "Traceback" not in err.getvalue(), err.getvalue()
    return Done(code, out.getvalue(), err.getvalue())


@dataclass
class House:
    """One server's folder, and the commands run on it."""

    folder: Path
    server: Server | None = None
    environ: dict[str, str] = field(default_factory=dict)
    _pictures: int = 0

    @property
    def config(self) -> Path:
        return self.folder / "fediart.toml"

    @property
    def base_url(self) -> str:
        assert self.server is not None
        return self.server.base_url

    def handle(self, name: str) -> str:
        assert self.server is not None
        return f"@{name}@{self.server.host}"

    def run(self, *arguments: str | Path) -> Done:
        return run("--config", self.config, *arguments, environ=self.environ)

    def ok(self, *arguments: str | Path) -> str:
        """Run a command that must succeed and complain about nothing; returns what it printed."""
        done = self.run(*arguments)
        assert (done.code, done.err) == (0, ""), done
        return done.out

    def json(self, *arguments: str | Path) -> Any:
        return json.loads(self.ok(*arguments, "--json"))

    def refused(self, *arguments: str | Path, code: int = 1) -> str:
        """Run a command that must fail and print no result; returns its one line of complaint."""
        done = self.run(*arguments)
        assert (done.code, done.out) == (code, ""), done
        if code == 1:
            assert done.err.startswith("fediart: "), done
            assert done.err.count("\n") == 1, done
        return done.err

    def picture(self, *, size: tuple[int, int] = (64, 48)) -> Path:
        """Return a picture that no other test has."""
        self._pictures += 1
        path = self.folder / f"picture-{self._pictures}.png"
        Image.new("RGB", size, (30, self._pictures % 256, 200)).save(path)
        return path

    def publish(self, *options: str | Path, title: str = "Low Tide", artist: str = "mira") -> dict[str, str]:
        """Publish a small work; returns its id, uri and url."""
        found: dict[str, str] = self.json(
            "publish", self.picture(), "--as", artist, "--title", title, "--alt", "Boats on wet sand", *options
        )
        return found

    def eventually(self, what: Callable[[], Any], message: str = "it did not happen") -> Any:
        return wait_for(what, seconds=LIMIT_SECONDS, message=message)


@pytest.fixture(scope="session")
def house_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a fresh server with the artists mira and kim, to be copied."""
    folder = tmp_path_factory.mktemp("house") / "template"
    folder.mkdir()
    options = ("--domain", "localhost:8080", "--artist", "mira", "--email", "mira@example.org", "--loopback")
    done = run("--config", folder / "fediart.toml", "init", *options)
    assert (done.code, done.err) == (0, ""), done
    House(folder).ok("artist", "create", "kim", "--email", "kim@example.org", "--name", "Kim")
    return folder


@pytest.fixture
def house(house_template: Path, tmp_path: Path) -> House:
    """Return a server's folder of this test's own; nothing serves it."""
    return House(Path(shutil.copytree(house_template, tmp_path / "house")))


def start(folder: Path, *artists: str, environ: Mapping[str, str] | None = None) -> House:
    """Set a server up and start it."""
    folder.mkdir()
    server = Server(folder=folder, port=free_port())
    server.environ = {
        "FEDIART_FEDERATION__RETRY_FIRST_SECONDS": "0.5",
        "FEDIART_FEDERATION__RETRY_LONGEST_SECONDS": "2",
        **(environ or {}),
    }
    house = House(folder, server, environ=dict(environ or {}))
    email = f"{artists[0]}@example.org"
    house.ok(
        "init",
        "--domain",
        server.host,
        "--artist",
        artists[0],
        "--email",
        email,
        "--port",
        str(server.port),
        "--loopback",
    )
    for name in artists[1:]:
        house.ok("artist", "create", name, "--email", f"{name}@example.org")
    server.start()
    return house


def fetch(url: str) -> tuple[int, dict[str, Any]]:
    """GET a document as a peer does; returns its status and members."""
    request = urllib.request.Request(url, headers={"Accept": "application/activity+json"})
    try:
        with urllib.request.urlopen(request, timeout=LIMIT_SECONDS) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as exc:
        return exc.code, json.load(exc)


def _wait_for_accepted(house: House, which: str, name: str) -> None:
    house.eventually(
        lambda: [row["state"] for row in house.json(which, "--as", name)] == ["accepted"],
        f"{name} has one accepted in {which}",
    )


@pytest.fixture(scope="session")
def here_and_there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, House]]:
    """Return two running servers: mira and kim here, lee there. Mira and lee follow each other."""
    folder = tmp_path_factory.mktemp("servers")
    started: list[House] = []
    try:
        started.append(start(folder / "here", "mira", "kim"))
        started.append(start(folder / "there", "lee"))
        here, there = started
        here.ok("follow", "--as", "mira", there.handle("lee"))
        there.ok("follow", "--as", "lee", here.handle("mira"))
        for house, name in ((here, "mira"), (there, "lee")):
            for which in ("following", "followers"):
                _wait_for_accepted(house, which, name)
        yield here, there
    finally:
        codes = [house.server.stop() for house in started if house.server is not None]
    assert codes == [0, 0]


@pytest.fixture
def here(here_and_there: tuple[House, House]) -> House:
    return here_and_there[0]


@pytest.fixture
def there(here_and_there: tuple[House, House]) -> House:
    return here_and_there[1]
