"""From a TOML file and the environment to a `Config`, or to messages that name the place of each mistake.

Everything wrong is told at once, one line each, so that a file is mended in one go.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_type_hints

from fediart.config import checks, lines, values
from fediart.config.settings import Config
from fediart.errors import UsageError

_PREFIX = "FEDIART_"
_USUAL_PLACES = (Path("fediart.toml"), Path("/etc/fediart/fediart.toml"))

SECTIONS: dict[str, Any] = {
    name: kind for name, kind in get_type_hints(Config).items() if dataclasses.is_dataclass(kind)
}
"""The dataclass of each section, by the section's name in the file."""


def find(explicit: str | None, environ: Mapping[str, str]) -> Path:
    """Return the configuration file: `--config`, else `FEDIART_CONFIG`, else the first of the usual places.

    Raises: UsageError naming what was tried.
    """
    for named, origin in ((explicit, "--config"), (environ.get("FEDIART_CONFIG"), "FEDIART_CONFIG")):
        if named:
            path = Path(named)
            if not path.is_file():
                raise UsageError(f"{named} (from {origin}) is not a file; `fediart init` writes a new one")
            return path
    for path in _USUAL_PLACES:
        if path.is_file():
            return path
    tried = " and ".join(f"./{path}" if not path.is_absolute() else str(path) for path in _USUAL_PLACES)
    raise UsageError(
        f"no configuration file: tried {tried}; name one with --config or FEDIART_CONFIG, "
        "or write one with `fediart init`"
    )


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read the file (None: no file), put `FEDIART_SECTION__KEY` from the environment over it, and check everything.

    Raises: UsageError with one line for each mistake: file, line and key, or the variable's name.
    """
    reader = _Reader(path)
    if path:
        reader.read_file(path)
    reader.read_environment(environ)
    if not reader.problems:
        reader.check_together()
    if reader.problems:
        raise UsageError("\n".join(reader.problems))
    return dataclasses.replace(reader.config(), path=path)


def problem_with(section: str, key: str, value: object) -> str | None:
    """Return what is wrong with a setting given in code, as `[section] key must be ...`, or None."""
    reader = _Reader(None)
    if section not in SECTIONS:
        return _no_such_section(section, is_table=True)
    reader.read_setting(section, key, value, where="")
    return reader.problems[0] if reader.problems else None


class _Reader:
    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.problems: list[str] = []
        self.given: dict[tuple[str, str], Any] = {}
        self.places: dict[tuple[str, str], str] = {}

    def config(self) -> Config:
        sections = {
            name: kind(**{key: value for (section, key), value in self.given.items() if section == name})
            for name, kind in SECTIONS.items()
        }
        return Config(**sections)

    def read_file(self, path: Path) -> None:
        text = _read_text(path)
        document, key_lines = _parse(text, path)
        for section, table in document.items():
            place = f"{path} line {key_lines[section,]}"
            if section not in SECTIONS:
                self.note(place, _no_such_section(section, is_table=isinstance(table, dict)))
            elif not isinstance(table, dict):
                self.note(place, f"[{section}] must be a section with settings under it")
            else:
                for key, value in table.items():
                    self.read_setting(section, key, value, where=f"{path} line {key_lines[section, key]}")

    def read_environment(self, environ: Mapping[str, str]) -> None:
        for name in sorted(environ):
            section, separator, key = name.removeprefix(_PREFIX).lower().partition("__")
            if not name.startswith(_PREFIX):
                continue
            if not separator:
                self.catch_single_underscore(name, section)
            elif section not in SECTIONS:
                self.note(name, _no_such_section(section, is_table=True))
            elif (kind := _kinds(section).get(key)) is None:
                self.note(name, _no_such_key(section, key))
            else:
                try:
                    value = values.parse(kind, environ[name])
                except values.WrongTypeError as error:
                    self.note(name, f"[{section}] {key} must be {error}, got {self.shown(section, key, environ[name])}")
                else:
                    self.accept(section, key, value, where=name)

    def catch_single_underscore(self, name: str, rest: str) -> None:
        section, _, key = rest.partition("_")
        if section in SECTIONS and key in _kinds(section):
            self.note(name, f"needs two underscores after the section: {_PREFIX}{section.upper()}__{key.upper()}")

    def read_setting(self, section: str, key: str, value: object, *, where: str) -> None:
        kind = _kinds(section).get(key)
        if kind is None:
            self.note(where, _no_such_key(section, key))
            return
        try:
            converted = values.convert(kind, value)
        except values.WrongTypeError as error:
            self.note(where, f"[{section}] {key} must be {error}, got {self.shown(section, key, value)}")
        else:
            self.accept(section, key, converted, where=where)

    def accept(self, section: str, key: str, value: object, *, where: str) -> None:
        if problem := checks.problem_with(_fields(section)[key], value):
            self.note(where, f"[{section}] {key} {problem}")
        self.given[section, key] = value
        self.places[section, key] = where

    def check_together(self) -> None:
        """Check what only several settings together can get wrong."""
        config = self.config()
        federation = config.federation
        if ("instance", "domain") not in self.given:
            self.note_on("instance", "domain", "is missing: this server's public host name, such as art.example")
            return
        default_port = ":80" if federation.plain_http else ":443"
        if config.instance.domain.endswith(default_port):
            host = checks.show(config.instance.domain.removesuffix(default_port))
            self.note_on("instance", "domain", f"must leave out {default_port}, which is the default: write {host}")
        first, longest = federation.retry_first_seconds, federation.retry_longest_seconds
        if first > longest:
            problem = f"must not be longer than retry_longest_seconds, {longest:g}, got {first:g}"
            self.note_on("federation", "retry_first_seconds", problem)
        lease, timeout = federation.lease_seconds, federation.request_timeout_seconds
        if lease <= timeout:
            # A lease that ends while the request is still running would have the same activity sent twice.
            problem = f"must be longer than request_timeout_seconds, {timeout:g}, got {lease:g}"
            self.note_on("federation", "lease_seconds", problem)

    def note(self, where: str, problem: str) -> None:
        self.problems.append(checks.one_line(f"{where}: {problem}" if where else problem))

    def note_on(self, section: str, key: str, problem: str) -> None:
        """Note a problem of a setting that may not have been given at all."""
        place = str(self.path) if self.path else f"{_PREFIX}{section}__{key}".upper()
        self.note(self.places.get((section, key), place), f"[{section}] {key} {problem}")

    @staticmethod
    def shown(section: str, key: str, value: object) -> str:
        return "something else" if _fields(section)[key].metadata.get("secret") else checks.show(value)


def _read_text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    try:
        return content.decode("utf-8-sig")  # Windows Notepad may begin the file with a byte order mark
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path} line {line}: not UTF-8 text; save the file as UTF-8") from error


def _parse(text: str, path: Path) -> tuple[dict[str, Any], dict[lines.KeyPath, int]]:
    try:
        return tomllib.loads(text), lines.key_lines(text)
    except RecursionError as error:
        raise UsageError(f"{path}: brackets are nested too deeply") from error
    except ValueError as error:  # TOMLDecodeError, and int() on a number of thousands of digits
        message = str(error)
        place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
        line = int(place[1]) if place and place[1] else text.rstrip().count("\n") + 1
        reason = message[: place.start()] if place else "a number is too long"
        hint = '; text needs quotes, as in "art.example"' if reason.startswith("Invalid value") else ""
        raise UsageError(f"{path} line {line}: not valid TOML: {reason}{hint}") from error


def _fields(section: str) -> dict[str, dataclasses.Field[Any]]:
    return {setting.name: setting for setting in dataclasses.fields(SECTIONS[section])}


def _kinds(section: str) -> dict[str, Any]:
    return get_type_hints(SECTIONS[section])


def _no_such_section(name: str, *, is_table: bool) -> str:
    if not is_table:
        owner = next((section for section in SECTIONS if name in _kinds(section)), None)
        return f"{name} must stand under {f'[{owner}]' if owner else 'a section such as [server]'}"
    near = difflib.get_close_matches(name, SECTIONS, n=1)
    return f"[{name}] is not a section" + (f"; did you mean [{near[0]}]?" if near else "")


def _no_such_key(section: str, key: str) -> str:
    text = f"[{section}] {key} is not a setting"
    owner = next((other for other in SECTIONS if key in _kinds(other)), None)
    if owner:
        return f"{text}; it belongs under [{owner}]"
    near = difflib.get_close_matches(key, _kinds(section), n=1)
    return text + (f"; did you mean {near[0]}?" if near else "")
