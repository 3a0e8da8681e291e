"""The receiving end of fan-outs: many ports, one process, 202 at once; and the profiles of the inbox's senders.

Questions: `reset`, `report` (how many, how many distinct inboxes, first and last arrival), `serve` (documents by path),
`sample` (one whole request).
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any, cast

import uvloop

from bench import child, http1

_ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
_MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


class Arrivals:
    """What came since the last reset; times are seconds since the epoch, which other processes can compare with."""

    def __init__(self) -> None:
        self.documents: dict[str, bytes] = {}
        self.reset()

    def reset(self) -> None:
        self.count = 0
        self.first = 0.0
        self.last = 0.0
        self.inboxes: set[tuple[int, bytes]] = set()
        self.sample = b""

    def take(self, port: int, target: bytes, message: bytes) -> None:
        self.last = time.time()
        if not self.count:
            self.first = self.last
            self.sample = message
        self.count += 1
        self.inboxes.add((port, target))


class _Connection(asyncio.Protocol):
    def __init__(self, arrivals: Arrivals) -> None:
        self._arrivals = arrivals
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self._port = int(self._transport.get_extra_info("sockname")[1])

    def data_received(self, data: bytes) -> None:
        self._held += data
        while (found := http1.split_message(self._held)) is not None:
            head, length = found
            message, self._held = self._held[:length], self._held[length:]
            method, target, _ = head.split(b"\r\n", 1)[0].split(b" ", 2)
            if method == b"POST":
                self._arrivals.take(self._port, target, message)
                self._transport.write(_ACCEPTED)
            else:
                self._transport.write(_document(self._arrivals.documents.get(target.decode())))


def _document(body: bytes | None) -> bytes:
    if body is None:
        return _MISSING
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/activity+json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def _run(ports: int) -> None:
    loop = asyncio.get_running_loop()
    arrivals = Arrivals()
    ended = asyncio.Event()
    servers = [await loop.create_server(lambda: _Connection(arrivals), "127.0.0.1", 0) for _ in range(ports)]

    def answer(question: dict[str, Any]) -> None:
        if question["ask"] == "reset":
            arrivals.reset()
            child.say(True)
        elif question["ask"] == "serve":
            arrivals.documents |= {path: text.encode() for path, text in question["documents"].items()}
            child.say(True)
        elif question["ask"] == "sample":
            child.say(arrivals.sample.decode("latin-1"))
        else:
            child.say(
                {
                    "count": arrivals.count,
                    "distinct": len(arrivals.inboxes),
                    "first": arrivals.first,
                    "last": arrivals.last,
                }
            )

    loop.add_reader(0, child.Questions(answer, ended.set).readable)
    child.say([server.sockets[0].getsockname()[1] for server in servers])
    await ended.wait()
    for server in servers:
        server.close()


if __name__ == "__main__":
    uvloop.run(_run(int(sys.argv[1])))
