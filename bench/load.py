"""The load generator: keep-alive connections, each with one request under way, as fast as the answers come.

A question names the port, the file of requests (each preceded by its length), how often to go through it, and how many
connections; the answer is how long it took, the statuses, and the times to answer.
"""

from __future__ import annotations

import asyncio
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import uvloop

from bench import child, http1

_LENGTH = struct.Struct(">I")
_LONGEST_SECONDS = 120.0


def write_requests(path: Path, requests: Iterable[bytes]) -> None:
    """Write the file of requests."""
    with path.open("wb") as file:
        for request in requests:
            file.write(_LENGTH.pack(len(request)) + request)


def _read_requests(path: str, times: int) -> Iterator[bytes]:
    data = Path(path).read_bytes()
    for _ in range(times):
        at = 0
        while at < len(data):
            (length,) = _LENGTH.unpack_from(data, at)
            at += 4 + length
            yield data[at - length : at]


class _Connection(asyncio.Protocol):
    def __init__(self, requests: Iterator[bytes], statuses: Counter[int], seconds: list[float]) -> None:
        self._requests = requests
        self._statuses = statuses
        self._seconds = seconds
        self._held = b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass

    def send(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._transport.close()
            if not self.done.done():
                self.done.set_result(None)
            return
        self._sent = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._held += data
        found = http1.split_message(self._held)
        if found is None:
            return
        self._seconds.append(time.perf_counter() - self._sent)
        self._statuses[http1.status_of(found[0])] += 1
        self._held = self._held[found[1] :]
        self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed a connection"))


async def _measure(question: dict[str, Any]) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    requests = _read_requests(question["file"], question["times"])
    statuses: Counter[int] = Counter()
    seconds: list[float] = []
    made = [
        await loop.create_connection(lambda: _Connection(requests, statuses, seconds), "127.0.0.1", question["port"])
        for _ in range(question["connections"])
    ]
    started = time.perf_counter()
    for _, connection in made:
        connection.send()
    async with asyncio.timeout(_LONGEST_SECONDS):
        await asyncio.gather(*(connection.done for _, connection in made))
    took = time.perf_counter() - started
    seconds.sort()
    return {
        "seconds": took,
        "statuses": dict(statuses),
        "p50_ms": round(seconds[len(seconds) // 2] * 1000, 2),
        "p99_ms": round(seconds[len(seconds) * 99 // 100] * 1000, 2),
    }


async def _run() -> None:
    loop = asyncio.get_running_loop()
    questions: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
    loop.add_reader(0, child.Questions(questions.put_nowait, lambda: _end(loop, questions)).readable)
    child.say(True)
    while (question := await questions.get()) is not None:
        child.say(await _measure(question))


def _end(loop: asyncio.AbstractEventLoop, questions: asyncio.Queue[dict[str, Any] | None]) -> None:
    loop.remove_reader(0)
    questions.put_nowait(None)


if __name__ == "__main__":
    sys.exit(uvloop.run(_run()))
