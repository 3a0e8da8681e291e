"""Log lines: their form, what ties them together, and what must never be in them."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from fediart import config, log
from fediart.log import redaction

PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG\n9w0BAQEFAASCBKcw\n-----END PRIVATE KEY-----"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def json_log(level: str = "info") -> io.StringIO:
    stream = io.StringIO()
    log.configure(config.Logging(level=level), stream)
    return stream


def entries(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


# --- the form


def test_a_line_for_a_machine_is_one_json_object() -> None:
    stream = json_log()
    log.get("fediart.outbox").info("delivered", host="peer.example", attempt=2, took_seconds=0.5, shared=True)
    (entry,) = entries(stream)
    assert datetime.fromisoformat(entry.pop("timestamp")).tzinfo == UTC
    assert entry == {
        "event": "delivered",
        "level": "info",
        "logger": "fediart.outbox",
        "host": "peer.example",
        "attempt": 2,
        "took_seconds": 0.5,
        "shared": True,
    }


def test_a_terminal_gets_colours_and_a_file_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal, file = Terminal(), io.StringIO()
    log.configure(config.Logging(format="auto"), terminal)
    log.get("fediart").info("started", port=8080)
    log.configure(config.Logging(format="human"), file)
    log.get("fediart").info("started", port=8080)
    assert "\x1b[" in terminal.getvalue()
    assert "\x1b[" not in file.getvalue()
    assert "port=8080" in file.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    plain = Terminal()
    log.configure(config.Logging(format="auto"), plain)
    log.get("fediart").info("started", port=8080)
    assert "started" in plain.getvalue()
    assert "\x1b[" not in plain.getvalue()


def test_json_can_be_asked_for_on_a_terminal() -> None:
    terminal = Terminal()
    log.configure(config.Logging(format="json"), terminal)
    log.get("fediart").warning("slow")
    assert entries(terminal)[0]["event"] == "slow"


def test_standard_error_is_where_lines_go_when_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(config.Logging(format="json"))
    log.get("fediart").info("started")
    captured = capsys.readouterr()
    assert json.loads(captured.err)["event"] == "started"
    assert captured.out == ""


@pytest.mark.parametrize(
    ("level", "written"),
    [
        ("debug", ["debug", "info", "warning", "error"]),
        ("info", ["info", "warning", "error"]),
        ("warning", ["warning", "error"]),
        ("error", ["error"]),
    ],
)
def test_the_level_filters_our_lines_and_those_of_libraries(level: str, written: list[str]) -> None:
    stream = json_log(level)
    ours, theirs = log.get("fediart"), logging.getLogger("hypercorn.error")
    for name in ("debug", "info", "warning", "error"):
        getattr(ours, name)("ours")
        getattr(theirs, name)("theirs")
    assert [entry["level"] for entry in entries(stream) if entry["event"] == "ours"] == written
    assert [entry["level"] for entry in entries(stream) if entry["event"] == "theirs"] == written


def test_a_filtered_call_touches_nothing_it_is_given() -> None:
    class Costly:
        def __str__(self) -> str:
            raise AssertionError("was formatted")

        __repr__ = __str__

    stream = json_log("info")
    log.get("fediart").debug("seen %s", Costly(), value=Costly())
    assert stream.getvalue() == ""


def test_a_logger_made_before_the_set_up_follows_it() -> None:
    logger = log.get("fediart.early")
    first = json_log()
    logger.info("one")
    second = json_log()
    logger.info("two")
    assert [entry["event"] for entry in entries(first)] == ["one"]
    assert [entry["event"] for entry in entries(second)] == ["two"]


def test_libraries_go_through_the_same_form_once() -> None:
    json_log()
    stream = json_log()
    logging.getLogger("aiohttp.client").warning("bad %s", "header")
    (entry,) = entries(stream)
    assert (entry["event"], entry["level"], entry["logger"]) == ("bad header", "warning", "aiohttp.client")


def test_the_statements_of_the_database_are_not_written_even_when_debugging() -> None:
    stream = json_log("debug")
    logging.getLogger("sqlalchemy.engine.Engine").info("SELECT secret")
    logging.getLogger("aiosqlite").debug("executing INSERT")
    logging.getLogger("sqlalchemy.pool").warning("gone")
    assert [entry["event"] for entry in entries(stream)] == ["gone"]


def test_python_warnings_are_log_lines() -> None:
    stream = json_log()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn("old call", DeprecationWarning, stacklevel=1)
    (entry,) = entries(stream)
    assert entry["logger"] == "py.warnings"
    assert "DeprecationWarning: old call" in entry["event"]


def test_a_stream_that_is_gone_does_not_stop_the_work() -> None:
    stream = json_log()
    stream.close()
    log.get("fediart").error("still running")


# --- what ties lines together


def test_an_id_is_on_every_line_of_its_task_and_on_no_other() -> None:
    stream = json_log()

    async def work(name: str) -> None:
        log.bind(request_id=name)
        await asyncio.sleep(0)
        log.get("fediart").info("ours")
        logging.getLogger("quart.app").info("theirs")

    async def main() -> None:
        await asyncio.gather(work("a"), work("b"))
        log.get("fediart").info("outside")

    asyncio.run(main())
    found = sorted((entry.get("request_id", ""), entry["event"]) for entry in entries(stream))
    assert found == [("", "outside"), ("a", "ours"), ("a", "theirs"), ("b", "ours"), ("b", "theirs")]


def test_a_with_block_puts_back_what_was_there() -> None:
    stream = json_log()
    logger = log.get("fediart")
    log.bind(request_id="outer")
    with log.bind(request_id="inner", host="peer.example"):
        logger.info("one")
    logger.info("two")
    one, two = entries(stream)
    assert (one["request_id"], one["host"]) == ("inner", "peer.example")
    assert two["request_id"] == "outer"
    assert "host" not in two


def test_ids_are_short_and_distinct() -> None:
    ids = {log.new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(text) == 16 and int(text, 16) >= 0 for text in ids)


# --- exceptions


def fail(text: str) -> None:
    password = "hunter2"  # a local: it must not be printed
    raise ValueError(text + password[:0])


def test_an_exception_is_structured_at_error_level() -> None:
    stream = json_log()
    try:
        fail("broken")
    except ValueError:
        log.get("fediart").exception("job failed", job=7)
    (entry,) = entries(stream)
    (trace,) = entry["exception"]
    assert (trace["exc_type"], trace["exc_value"]) == ("ValueError", "broken")
    assert trace["frames"][-1]["name"] == "fail"
    assert "hunter2" not in stream.getvalue()


def test_an_exception_below_error_level_is_one_line() -> None:
    stream = json_log("debug")
    logger = log.get("fediart")
    try:
        fail("broken")
    except ValueError as error:
        logger.warning("will retry", exc_info=error)
        logger.info("will retry", exc_info=True)
        logging.getLogger("quart").warning("will retry", exc_info=True)
    logger.warning("nothing raised", exc_info=True)
    assert [entry.get("error") for entry in entries(stream)] == ["ValueError: broken"] * 3 + [None]
    assert all("exception" not in entry and "exc_info" not in entry for entry in entries(stream))


def test_an_exception_of_a_library_is_structured_too() -> None:
    stream = json_log()
    try:
        fail(f"cannot use {PEM}")
    except ValueError:
        logging.getLogger("asyncio").exception("Task exception was never retrieved")
    (entry,) = entries(stream)
    assert entry["exception"][0]["exc_value"] == "cannot use [redacted]"


def test_an_exception_for_a_reader_is_a_plain_traceback_without_secrets() -> None:
    stream = io.StringIO()
    log.configure(config.Logging(format="human"), stream)
    try:
        fail(f"cannot use {PEM}")
    except ValueError:
        log.get("fediart").exception("job failed")
    assert "Traceback (most recent call last):\n" in stream.getvalue()
    assert "ValueError: cannot use [redacted]" in stream.getvalue()
    assert "MIIE" not in stream.getvalue()


# --- secrets


@pytest.mark.parametrize(
    "name",
    [
        *("password", "token", "access_token", "private_key", "privateKeyPem", "pem", "Authorization", "signature"),
        *("Cookie", "Set-Cookie", "cookies", "client_secret", "body", "CSRFToken", "api_key", "passphrase"),
    ],
)
def test_secrets_are_known_by_their_name(name: str) -> None:
    stream = json_log()
    log.get("fediart").info("x", **{name: "hunter2"})
    log.get("fediart").info("x", headers={name: "hunter2"})
    log.get("fediart").info("x", headers=[(name.encode(), b"hunter2")], inner=[{"a": {name: ["hunter2"]}}])
    assert "hunter2" not in stream.getvalue()
    assert stream.getvalue().count("[redacted]") == 4


@pytest.mark.parametrize("name", ["key_id", "author", "tokenizer", "host", "keys", "somebody", "temper", "design"])
def test_other_names_are_left_alone(name: str) -> None:
    stream = json_log()
    log.get("fediart").info("x", **{name: "plain"})
    assert entries(stream)[0][name] == "plain"


def test_counts_and_flags_stay_under_any_name() -> None:
    stream = json_log()
    log.get("fediart").info("x", body_bytes=120, has_signature=True, token=None)
    (entry,) = entries(stream)
    assert (entry["body_bytes"], entry["has_signature"], entry["token"]) == (120, True, None)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"key: {PEM} and more", "key: [redacted] and more"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE cut off", "[redacted]"),
        ("sent Bearer abcDEF123-._~+/=", "sent Bearer [redacted]"),
        ("Authorization: Basic bWlyYTpodW50ZXIy", "Authorization: [redacted]"),
        ("{'cookie': 'session=abc; theme=dark'}", "{'cookie': [redacted]"),
        (
            'keyId="https://a.example/u#main-key",signature="q2Vd+/=="',
            'keyId="https://a.example/u#main-key",signature="[redacted]"',
        ),
        ("postgresql://mira:hunter2@db/art failed", "postgresql://mira:[redacted]@db/art failed"),
        ("GET /oauth?client_secret=abc&state=1", "GET /oauth?client_secret=[redacted]&state=1"),
        ("https://peer.example/@lee is unreachable", "https://peer.example/@lee is unreachable"),
        ("the bearer of news", "the bearer of news"),
        ("signature does not verify", "signature does not verify"),
    ],
)
def test_secrets_are_known_by_their_look(text: str, kept: str) -> None:
    stream = json_log()
    log.get("fediart").info(text)
    log.get("fediart").info("x", detail=text, deep=[{"a": text}], raw=text.encode())
    logging.getLogger("aiohttp").warning("%s", text)
    one, two, three = entries(stream)
    assert one["event"] == two["detail"] == two["deep"][0]["a"] == two["raw"] == three["event"] == kept


def test_objects_are_written_as_text_and_not_field_by_field() -> None:
    @dataclass
    class Account:
        password: str = "hunter2"

        def __str__(self) -> str:
            return "account"

    class Broken:
        def __str__(self) -> str:
            raise RuntimeError

    stream = json_log()
    moment = datetime(2025, 1, 2, tzinfo=UTC)
    log.get("fediart").info("x", account=Account(), broken=Broken(), path=Path("/srv"), at=moment, large=2**70)
    (entry,) = entries(stream)
    assert (entry["account"], entry["path"], entry["at"]) == ("account", "/srv", "2025-01-02T00:00:00+00:00")
    assert entry["broken"] == "<Broken: RuntimeError>"
    assert entry["large"] == 2**70


def test_what_a_peer_sent_cannot_move_the_cursor_or_forge_a_line() -> None:
    stream = io.StringIO()
    log.configure(config.Logging(format="human"), stream)
    log.get("fediart").warning("refused", reason="\x1b[2Jok\nforged line\x9b1m", names=["\x1b[0m"])
    assert len(stream.getvalue().splitlines()) == 1
    assert "\x1b" not in stream.getvalue()
    assert "\x9b" not in stream.getvalue()
    assert "forged line" in stream.getvalue()


ANY_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.just("\ud800"),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.tuples(inner, inner),
)


@given(ANY_VALUE)
def test_any_value_makes_one_line(value: object) -> None:
    for form in ("json", "human"):
        stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n")
        log.configure(config.Logging(format=form), stream)
        log.get("fediart").info("x", value=value)
        stream.seek(0)
        written = stream.read()
        assert written.endswith("\n")
        assert written.count("\n") == 1


@given(st.text(), st.sampled_from([PEM, "Bearer abcdefgh12345678", "://mira:abcdefgh12345678@"]), st.text())
def test_a_secret_is_found_wherever_it_stands(before: str, secret: str, after: str) -> None:
    # A letter right before would make it another word, or a slash right before another address.
    redacted = redaction.redact_text(f"{before} {secret} {after}")
    assert "MIIEvQ" not in redacted
    assert "abcdefgh12345678" not in redacted


def test_a_value_that_contains_itself_ends() -> None:
    loop: list[Any] = []
    loop.append(loop)
    stream = json_log()
    log.get("fediart").info("x", loop=loop)
    assert "…" in json.dumps(entries(stream), ensure_ascii=False)
