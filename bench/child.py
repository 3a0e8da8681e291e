"""Helper processes: one line of JSON each way per question, and the end when either side ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

ROOT = Path(__file__).parent.parent


class Child:
    """A `python -m bench.…` process that answers questions. Its first line says that it is ready, and with what."""

    def __init__(self, module: str, *arguments: object) -> None:
        self._module = module
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.ready = self._read()

    def ask(self, **question: object) -> Any:
        """Send a question and wait for its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return self._read()

    def cpu_seconds(self) -> float:
        """Return the processor time that the process has used."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

    def _read(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._module} ended with exit code {self.process.wait()}")
        return json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def say(answer: object) -> None:
    """Answer the parent; for the child's side."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


class Questions:
    """The child's side on an event loop; `readable` is to be called when standard input has something."""

    def __init__(self, on_question: Callable[[dict[str, Any]], None], on_end: Callable[[], None]) -> None:
        self._on_question = on_question
        self._on_end = on_end
        self._held = b""

    def readable(self) -> None:
        got = os.read(0, 1 << 20)
        if not got:
            self._on_end()
            return
        *lines, self._held = (self._held + got).split(b"\n")
        for line in lines:
            self._on_question(json.loads(line))
