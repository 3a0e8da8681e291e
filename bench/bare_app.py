"""The baseline of what is served: Quart on Hypercorn as FediArt runs it, with nothing behind it.

`GET /hello` answers a line of JSON; `POST /inbox` verifies the signature with FediArt's own code, and answers 202.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart, Response, request

from bench import child
from fediart.activitypub import keys
from fediart.activitypub.signatures import HttpRequest, cavage

_SKEW = timedelta(seconds=3900)


def _application(known: dict[str, keys.PublicKey], host: list[str]) -> Quart:
    quart = Quart("bare", static_folder=None)

    @quart.get("/hello")
    async def hello() -> Response:
        return Response(json.dumps({"hello": "world"}), content_type="application/json")

    @quart.post("/inbox")
    async def inbox() -> Response:
        body = b"".join([part async for part in request.body])
        scope: Any = request.scope
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        signed = HttpRequest(method="POST", target=scope["raw_path"].decode("latin-1"), headers=headers, body=body)
        parsed = cavage.parse(headers["signature"])
        cavage.verify(signed, parsed, known[parsed.key_id], host=host[0], now=datetime.now(UTC), skew=_SKEW)
        return Response(b"", status=202, content_type="application/json")

    return quart


async def _run() -> None:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(1024)
    listening.setblocking(False)
    settings = Config()
    settings.bind = [f"fd://{listening.fileno()}"]
    settings.include_server_header = False
    settings.accesslog = None
    settings.errorlog = logging.getLogger("hypercorn.error")
    settings.keep_alive_timeout = 75
    logging.getLogger("hypercorn.error").setLevel(logging.WARNING)

    known: dict[str, keys.PublicKey] = {}
    host = [""]
    ended = asyncio.Event()

    def know(question: dict[str, Any]) -> None:
        known.update({key_id: keys.read_public_pem(pem) for key_id, pem in question["keys"].items()})
        host[0] = question["host"]
        child.say(True)

    asyncio.get_running_loop().add_reader(0, child.Questions(know, ended.set).readable)
    child.say(listening.getsockname()[1])
    await serve(_application(known, host), settings, shutdown_trigger=ended.wait)


if __name__ == "__main__":
    uvloop.run(_run())
