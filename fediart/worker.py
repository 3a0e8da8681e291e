"""Background loops of one process: started together, stopped together, restarted when they fail.

Knows nothing of what the loops do. A loop waits for an event (a commit, here or in another process) or a time, works
until nothing is left, and waits again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from fediart import errors, log

_logger = log.get(__name__)
_PAUSE_AFTER_ERROR_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Loop:
    """A named coroutine that runs until `stop` is set."""

    name: str
    run: Callable[[asyncio.Event], Awaitable[None]]


async def run(loops: Sequence[Loop], stop: asyncio.Event) -> None:
    """Run every loop until `stop` is set and each has finished what it holds."""
    async with asyncio.TaskGroup() as group:
        for loop in loops:
            group.create_task(_guard(loop, stop), name=loop.name)


async def _guard(loop: Loop, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await loop.run(stop)
        except errors.FediArtError as exc:
            _logger.error("loop paused", loop=loop.name, reason=exc.text, detail=exc.detail)
        except Exception:
            _logger.exception("loop failed; restarting it", loop=loop.name)
        else:
            if stop.is_set():
                return
        await pause(stop, _PAUSE_AFTER_ERROR_SECONDS)


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Sleep, but no longer than until `stop`."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), timeout=seconds)


async def wait(event: asyncio.Event, stop: asyncio.Event, *, seconds: float) -> None:
    """Wait for `event`, `stop` or the time, whichever comes first; clears `event`."""
    if not event.is_set() and not stop.is_set():
        tasks = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(stop.wait())]
        try:
            await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
    event.clear()


def repeating(name: str, step: Callable[[], Awaitable[bool]], *, wakeup: asyncio.Event, every_seconds: float) -> Loop:
    """Make a loop of a step that says whether it did something; when not, it waits for a wake-up or a time."""

    async def body(stop: asyncio.Event) -> None:
        while not stop.is_set():
            if not await step():
                await wait(wakeup, stop, seconds=every_seconds)

    return Loop(name, body)
