"""`make demo` as its readers see it: what it prints, how it ends, and that nothing keeps running behind it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from .conftest import ROOT, wait_for

pytestmark = pytest.mark.slow

_END_SECONDS = 240


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Return the folder in which the demo is started."""
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """Return the folder in which it makes its temporary ones."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    return folder


@pytest.fixture
def taken_port() -> Iterator[int]:
    """Return a port on which somebody else listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def _start(here: Path, temporary: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(ROOT / "examples" / "demo.py"), *options],
        cwd=here,
        # A setting of somebody's real server: it must not reach the two of the demo.
        env={**os.environ, "TMPDIR": str(temporary), "FEDIART_DATABASE__URL": "sqlite:///elsewhere.sqlite3"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def _end(demo: subprocess.Popen[str]) -> tuple[int, str, str]:
    try:
        out, err = demo.communicate(timeout=_END_SECONDS)
    finally:
        demo.kill()
    return demo.returncode, out, err


def _run(here: Path, temporary: Path, *options: str) -> tuple[int, str, str]:
    return _end(_start(here, temporary, *options))


def _wait_for_server(temporary: Path, artist: str) -> int:
    """Return the process id of a server of a demo that is under way, once it works."""

    def look() -> int:
        for log in temporary.glob(f"*/{artist}/server.log"):
            if '"event":"serving"' in log.read_text():
                return int((log.parent / "data" / "worker.lock").read_text())
        return 0

    found: int = wait_for(look, seconds=60, message="the server did not start")
    return found


def _is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_the_story_from_beginning_to_end(here: Path, temporary: Path) -> None:
    code, out, err = _run(here, temporary)
    assert (code, err) == (0, "")
    for line in (
        r"Lee's server asked to follow, Mira's server said yes",
        r"Each bears Mira's seal. Lee's server checked all three: verified",
        r"An unsigned one in her name: refused \(401\)",
        r"Mira's terms came along unchanged: no AI training",
        r"The file Mira gave tells where it was made: N 54°21′36″, E 18°46′12″",
        r"The file that went out tells no place",
        r"Mira is told that Lee likes “Grey heron, first light” \(likes: 1\)",
        r"Lee's answer is on the page of “Harbour at night”; Lee's seal: verified",
        r"Lee's copy has the new words and the new description",
        r"gone for good \(410, a Tombstone\)",
        r"Lee does not see it any more; the other two are still there",
        r"The seal breaks: “The proof does not match the document and the key”",
    ):
        assert re.search(rf"^   ✓ .*{line}", out, re.MULTILINE), f"{line} is missing in:\n{out}"
    assert re.search(r"messages +9 sent and delivered, 0 waiting, 0 given up", out)
    assert re.search(r"databases +both whole", out)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", out), "control characters where no terminal is"
    assert not any(temporary.iterdir())
    assert not any(here.iterdir())


def test_kept_servers_answer_until_they_are_stopped(here: Path, temporary: Path) -> None:
    code, out, err = _run(here, temporary, "--keep")
    told = re.search(r"^To stop them: kill (\d+) (\d+)$", out, re.MULTILINE)
    assert told, out + err
    pids = [int(pid) for pid in told.groups()]
    try:
        assert (code, err) == (0, "")
        for address in re.findall(r"^   \S.*'s gallery +(http://\S+)$", out, re.MULTILINE):
            with urllib.request.urlopen(address) as answer:
                assert answer.status == 200
        code, out, err = _run(here, temporary, "--keep")
        assert code == 1
        assert re.fullmatch(r"demo: the servers of an earlier demo still run on .*`kill \d+ \d+`\n", err), err
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
    wait_for(lambda: not any(map(_is_running, pids)), seconds=40, message="the servers did not stop")
    assert (here / "demo-data" / "mira" / "data" / "fediart.sqlite3").is_file()


def test_a_taken_port_is_a_reason_and_no_traceback(here: Path, temporary: Path, taken_port: int) -> None:
    code, out, err = _run(here, temporary, "--port", str(taken_port))
    assert code == 1
    assert err == f"demo: port {taken_port} is in use by another program: choose another --port\n"
    assert out == ""
    assert not any(temporary.iterdir())


def test_a_folder_that_cannot_be_made_is_a_reason(here: Path, temporary: Path) -> None:
    (here / "demo-data").write_text("somebody else's")
    code, _, err = _run(here, temporary, "--keep")
    assert code == 1
    assert re.fullmatch(r"demo: .*demo-data is there already, and no demo made it: .*\n", err)
    assert (here / "demo-data").read_text() == "somebody else's"


def test_a_server_that_dies_ends_the_story_with_a_reason(here: Path, temporary: Path) -> None:
    demo = _start(here, temporary)
    mira, lee = (_wait_for_server(temporary, artist) for artist in ("mira", "lee"))
    os.kill(lee, signal.SIGKILL)
    code, out, err = _end(demo)
    assert code == 1
    assert re.match(r"demo: .*(Lee's server ended by itself|does not answer|failed: )", err), err
    assert re.search(r"^the log of Lee's server says:\n  \d\d:\d\d:\d\d info serving: ", err, re.MULTILINE), err
    assert "Traceback" not in out + err
    assert not _is_running(mira)
    assert not any(temporary.iterdir())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_story_leaves_nothing_running(here: Path, temporary: Path, number: signal.Signals) -> None:
    demo = _start(here, temporary)
    servers = [_wait_for_server(temporary, artist) for artist in ("mira", "lee")]
    demo.send_signal(number)
    code, _, err = _end(demo)
    assert (code, err) == (130, "demo: interrupted; both servers are stopped\n")
    assert not any(map(_is_running, servers))
    assert not any(temporary.iterdir())


def test_a_reader_who_has_enough_is_no_error(here: Path, temporary: Path) -> None:
    demo = _start(here, temporary)
    assert demo.stdout is not None
    assert demo.stderr is not None
    assert demo.stdout.readline() == "Two artists, two servers\n"
    demo.stdout.close()
    assert demo.wait(timeout=_END_SECONDS) == 1
    assert demo.stderr.read() == ""
    assert not any(temporary.iterdir())
