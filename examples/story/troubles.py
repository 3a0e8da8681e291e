"""What ends the story early: one sentence for the reader, and the few log lines that explain it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_ALARMING = frozenset({"warning", "error", "critical"})
_NOT_SHOWN = frozenset({"timestamp", "level", "event", "logger", "exception", "stack", "request_id"})
_LINE_CHARACTERS = 200


class StoryError(Exception):
    """Something did not happen as it should; the text is one sentence for whoever started the demo."""


def require(condition: object, text: str) -> None:
    """Go on only when a check came out true.

    Raises: StoryError with `text`.
    """
    if not condition:
        raise StoryError(text)


def relevant_lines(log: Path, *, at_most: int = 5) -> list[str]:
    """Return the last warnings and errors of a server's log, or its last lines when nothing alarmed it."""
    try:
        written = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    lines = [_read_line(line) for line in written[-500:] if line.strip()]
    alarming = [text for is_alarming, text in lines if is_alarming]
    return (alarming or [text for _, text in lines])[-at_most:]


def _read_line(line: str) -> tuple[bool, str]:
    """What is no JSON was printed by the program itself, just before it ended."""
    try:
        event = json.loads(line)
    except ValueError:
        event = None
    if not isinstance(event, dict):
        return line.startswith("fediart: "), line[:_LINE_CHARACTERS]
    return event.get("level") in _ALARMING, _in_words(event)[:_LINE_CHARACTERS]


def _in_words(event: dict[str, Any]) -> str:
    time = str(event.get("timestamp", ""))[11:19]
    rest = " ".join(f"{name}={value}" for name, value in event.items() if name not in _NOT_SHOWN)
    text = f"{time} {event.get('level', '')} {event.get('event', '')}: {rest}"
    return " ".join(text.split())
