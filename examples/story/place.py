"""Where the two servers live while the story lasts: a folder and two ports."""

from __future__ import annotations

import fcntl
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from story.troubles import StoryError, require

KEPT = Path("demo-data")
_MARK = "made-by-fediart-demo"
# Below what systems hand out for outgoing connections, so that none takes a port between choosing and listening.
_PORTS = range(20_000, 32_000)
_TRIES = 100


@contextmanager
def folder(*, is_kept: bool) -> Iterator[Path]:
    """Yield an empty folder: a temporary one that goes away again, or `./demo-data`, which stays.

    Raises: StoryError when it cannot be made, or when servers of an earlier demo still use it.
    """
    if is_kept:
        yield _kept_folder()
        return
    try:
        temporary = tempfile.TemporaryDirectory(prefix="fediart-demo-", ignore_cleanup_errors=True)
    except OSError as exc:
        raise StoryError(f"cannot make a temporary folder: {exc.strerror}") from None
    with temporary as path:
        yield Path(path)


def _kept_folder() -> Path:
    if KEPT.exists():
        require(
            (KEPT / _MARK).is_file(),
            f"{KEPT.absolute()} is there already, and no demo made it: move it, or start the demo in another folder",
        )
        running = [pid for pid in map(_holder, sorted(KEPT.glob("*/data/worker.lock"))) if pid]
        require(
            not running,
            f"the servers of an earlier demo still run on {KEPT.absolute()}: stop them with `kill {' '.join(running)}`",
        )
    try:
        if KEPT.exists():
            shutil.rmtree(KEPT)
        KEPT.mkdir()
        (KEPT / _MARK).touch()
    except OSError as exc:
        raise StoryError(f"cannot write {KEPT.absolute()}: {exc.strerror}") from None
    return KEPT.absolute()


def _holder(lock: Path) -> str:
    """Return the process id of the server that works on a data folder; empty when none does."""
    with lock.open(encoding="ascii", errors="replace") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return opened.read(32).strip()
    return ""


def ports(first: int | None) -> tuple[int, int]:
    """Return the two ports to listen on: `first` and the next one, or two that are free.

    Raises: StoryError.
    """
    if first is not None:
        for port in (first, first + 1):
            require(_is_free(port), f"port {port} is in use by another program: choose another --port")
        return first, first + 1
    found: list[int] = []
    for _ in range(_TRIES):
        port = secrets.choice(_PORTS)
        if port not in found and _is_free(port):
            found.append(port)
        if len(found) == 2:
            return found[0], found[1]
    raise StoryError("no two free ports were found on 127.0.0.1")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the server does: a port whose last connections are still fading out counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
