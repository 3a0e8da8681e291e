"""Storing what came in before it is answered: many requests, one commit.

Each request waits for the commit that holds its activity. While one commit is under way the next group gathers, so that
the group grows with the load and a lone request waits for nobody. Who knocks waits, what is stored does not: `quiet`
lets the worker step aside.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fediart.activitypub.activities import Activity
from fediart.db import ids
from fediart.db.engine import Database
from fediart.db.queries import received

_LARGEST_GROUP = 500
_BUSY_SECONDS = 0.02
_LOOK_SECONDS = 0.01


def key_of(activity: Activity, body: bytes, at: datetime) -> str:
    """Return what makes an activity a duplicate: its sender and id, or its bytes when it has no id.

    A Follow counts anew each minute: a peer that lost our Accept asks again under the same id and must be answered.
    """
    key = f"{activity.actor} {activity.id or hashlib.sha256(body).hexdigest()}"
    return f"{key} {at:%Y-%m-%dT%H:%M}" if activity.type == "Follow" else key


def row_of(
    activity: Activity,
    *,
    body: bytes,
    recipient: str | None,
    request_id: str,
    at: datetime,
    relayed_by: str | None = None,
    hint: str | None = None,
) -> dict[str, Any]:
    """Return the stored form of an authenticated activity.

    `hint` is what an activity that nothing proves is about: its own id must not stand for the real one.
    """
    return {
        "id": ids.new_id(),
        "key": key_of(activity, body, at) if hint is None else f"hint {activity.type} {hint} {at:%Y-%m-%dT%H:%M}",
        "relayed_by": relayed_by,
        "type": activity.type[:100],
        "actor_uri": activity.actor,
        "recipient": recipient,
        "body": body,
        "request_id": request_id,
        "received_at": at,
        "state": received.NEW,
        "attempts": 0,
        "next_attempt_at": at,
    }


class Intake:
    """The group writer of one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[Mapping[str, Any], asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._stored_at = 0.0

    async def quiet(self, *, at_most_seconds: float) -> bool:
        """Wait until nothing comes in, but not for longer than this; says whether it is quiet now."""
        until = time.monotonic() + at_most_seconds
        while self._is_busy():
            if time.monotonic() > until:
                return False
            await asyncio.sleep(_LOOK_SECONDS)
        return True

    def _is_busy(self) -> bool:
        is_writing = self._writer is not None and not self._writer.done()
        return is_writing or time.monotonic() < self._stored_at + _BUSY_SECONDS

    async def store(self, row: Mapping[str, Any]) -> None:
        """Return once the row is durable (or known to be a duplicate).

        Raises: FediArtError (503, 507) when it could not be stored; the sender shall try again.
        """
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, stored))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await stored

    async def _write(self) -> None:
        await asyncio.sleep(0)  # let the requests of this turn of the loop join the group
        while self._waiting:
            group, self._waiting = self._waiting[:_LARGEST_GROUP], self._waiting[_LARGEST_GROUP:]
            try:
                async with self._database.write() as tx:
                    await received.add_many(tx, [row for row, _ in group])
            except BaseException as exc:
                for _, stored in group:
                    if not stored.done():
                        stored.set_exception(exc)
                if not isinstance(exc, Exception):
                    raise
            else:
                self._stored_at = time.monotonic()
                for _, stored in group:
                    if not stored.done():
                        stored.set_result(None)
