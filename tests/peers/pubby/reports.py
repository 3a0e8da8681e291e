"""What came to the inbox of pubby: each POST as it arrived, the answer, and what pubby read in it."""

from __future__ import annotations

import base64
import contextvars
import json
from typing import Any

from pubby import Object

Json = dict[str, Any]

_current: contextvars.ContextVar[Json] = contextvars.ContextVar("report")


class Reports:
    """Keeps the reports; stands around the application, and hears from pubby what it verified."""

    def __init__(self) -> None:
        self.kept: list[Json] = []

    def hear(self, activity: Any, raw: Json) -> None:
        """Note what pubby made of an activity; it calls this after the signature was verified, and goes on."""
        report = _current.get(None)
        if report is not None:
            report["heard"] = {"type": activity.type, "actor": activity.actor, "object": _describe(activity.object)}

    def around(self, app: Any) -> Any:
        """Return the application with a report of each POST to an inbox."""

        async def reporting(scope: Json, receive: Any, send: Any) -> None:
            if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].endswith("/inbox"):
                await app(scope, receive, send)
                return
            body = await _read(receive)
            report = _start(scope, body, len(self.kept) + 1)
            self.kept.append(report)
            _current.set(report)

            async def replay() -> Json:
                return {"type": "http.request", "body": body, "more_body": False}

            async def answer(message: Json) -> None:
                if message["type"] == "http.response.start":
                    report["status"] = message["status"]
                    message["headers"] = [*message["headers"], (b"x-delivery", str(report["number"]).encode())]
                elif message["type"] == "http.response.body":
                    report["answer"] += message.get("body", b"").decode(errors="replace")
                await send(message)

            await app(scope, replay, answer)

        return reporting


async def _read(receive: Any) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


def _start(scope: Json, body: bytes, number: int) -> Json:
    try:
        activity = json.loads(body)
    except ValueError:
        activity = None
    headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in scope["headers"]]
    host = dict(headers).get("host", "")
    return {
        "number": number,
        "path": scope["path"],
        "activity": activity,
        "status": None,  # what pubby answered
        "answer": "",
        "heard": None,  # what pubby verified and read
        "request": {
            "method": "POST",
            "url": f"http://{host}{scope['path']}",
            "headers": headers,
            "body_base64": base64.b64encode(body).decode(),
        },
    }


def _describe(value: Any) -> Any:
    if not isinstance(value, dict) or "content" not in value:
        return value
    read = Object.build(value)
    return read.to_dict() | {"language": read.language}
