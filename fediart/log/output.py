"""The one set-up of logging: structlog for our lines, the standard library's handlers for everybody else's.

Both go through the same processors to the same stream: coloured text for a terminal, JSON lines for a machine.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import sys
from collections.abc import MutableMapping
from contextvars import Token
from typing import Any, TextIO, cast

import orjson
import structlog
from structlog import contextvars, dev, processors, stdlib
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import FilteringBoundLogger, Processor, WrappedLogger

from fediart import config
from fediart.log.redaction import redact_named

Logger = FilteringBoundLogger

Event = MutableMapping[str, Any]

_ERROR_METHODS = frozenset({"error", "exception", "critical", "fatal"})
# These print statements with their parameters, or a line for each socket event, below warning.
_QUIET_LIBRARIES = ("aiosqlite", "alembic", "asyncio", "PIL", "pyvips", "sqlalchemy", "hpack", "aiohttp.access")
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) != "\n"}


def configure(settings: config.Logging, stream: TextIO | None = None) -> None:
    """Send every log line of the process, ours and the libraries', to `stream` (standard error) in the chosen form."""
    target = sys.stderr if stream is None else stream
    is_terminal = target.isatty()
    is_human = settings.format == "human" or (settings.format == "auto" and is_terminal)
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    chain = _human_chain(has_colours=is_terminal and not os.environ.get("NO_COLOR")) if is_human else _json_chain()
    structlog.configure(
        processors=[contextvars.merge_contextvars, processors.add_log_level, _add_name, *chain],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda name="fediart": _Line(target, name),
        # A cached logger would keep the form and the level it was first used with.
        cache_logger_on_first_use=False,
    )
    _configure_standard_library(target, level, chain)


def get(name: str) -> Logger:
    """Return the logger of a module; a call below the configured level costs next to nothing."""
    return cast("Logger", structlog.get_logger(name))


def bind(**values: object) -> Binding:
    """Put values (such as `request_id`) on every later line of this task; as a `with` block, only within it."""
    return Binding(contextvars.bind_contextvars(**values))


def new_id() -> str:
    """Return a fresh `request_id`: 16 hexadecimal digits."""
    return secrets.token_hex(8)


class Binding:
    """Values that were put on this task's lines; leaving the `with` block puts back what was there before."""

    def __init__(self, tokens: Any) -> None:
        self._tokens: dict[str, Token[Any]] = dict(tokens)

    def __enter__(self) -> Binding:
        return self

    def __exit__(self, *_: object) -> None:
        contextvars.reset_contextvars(**self._tokens)


class _Line:
    """Writes finished lines; a closed or full stream must not stop the work that is being logged."""

    def __init__(self, stream: TextIO, name: str) -> None:
        self.name = name
        self._stream = stream

    def msg(self, line: str) -> None:
        try:
            self._stream.write(line + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            pass

    debug = info = warning = error = exception = critical = fatal = warn = log = msg


def _json_chain() -> list[Processor]:
    return [
        processors.TimeStamper(fmt="iso", utc=True),
        _shorten_exception,
        # Locals would print keys and passwords of the frames that held them.
        processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False, max_frames=30)),
        processors.StackInfoRenderer(),
        _redact,
        processors.JSONRenderer(serializer=_write_json),
    ]


def _human_chain(*, has_colours: bool) -> list[Processor]:
    return [
        processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%SZ", utc=True),
        _shorten_exception,
        processors.format_exc_info,
        processors.StackInfoRenderer(),
        _redact,
        _escape_controls,
        dev.ConsoleRenderer(colors=has_colours, exception_formatter=dev.plain_traceback, pad_event_to=28),
    ]


def _configure_standard_library(stream: TextIO, level: int, chain: list[Processor]) -> None:
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        stdlib.ProcessorFormatter(
            foreign_pre_chain=[contextvars.merge_contextvars, processors.add_log_level, stdlib.add_logger_name],
            processors=[stdlib.ProcessorFormatter.remove_processors_meta, *chain],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET_LIBRARIES:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.captureWarnings(True)


def _add_name(logger: WrappedLogger, _: str, event: Event) -> Event:
    event["logger"] = logger.name
    return event


def _shorten_exception(_: WrappedLogger, __: str, event: Event) -> Event:
    """Keep the traceback for errors; below, one line says what happened."""
    if event.get("level") in _ERROR_METHODS or not event.get("exc_info"):
        return event
    given = event.pop("exc_info")
    error = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else sys.exc_info()[1]
    if error is not None:
        event.setdefault("error", f"{type(error).__name__}: {error}")
    return event


def _redact(_: WrappedLogger, __: str, event: Event) -> Event:
    return {key: redact_named(key, value) for key, value in event.items()}


def _escape_controls(_: WrappedLogger, __: str, event: Event) -> Event:
    """Show control characters as text: what a peer sent must not move the cursor or forge a line."""
    return {key: _escape(value, keep_lines=key in {"exception", "stack"}) for key, value in event.items()}


def _escape(value: Any, *, keep_lines: bool) -> Any:
    if not isinstance(value, str):
        return value
    escaped = value.translate(_CONTROLS)
    return escaped if keep_lines else escaped.replace("\n", "\\n")


def _write_json(event: Event, **_: object) -> str:
    try:
        return orjson.dumps(event).decode()
    except TypeError:  # a whole number beyond 64 bits
        return json.dumps(event)
