"""The first configuration file of a new server: the commented example with a few values filled in."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from fediart.config import reading, values
from fediart.errors import ConflictError, FediArtError, UsageError

_EXAMPLE = "config.example.toml"


def write_initial(path: Path, settings: Mapping[str, object]) -> None:
    """Create a configuration file that only its owner can read; `settings` maps `section.key` to a value.

    Raises: UsageError when a value will not do, ConflictError when the file exists, FediArtError when it cannot be
    written; nothing is left behind then.
    """
    text = _fill_in(read_example(), settings)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ConflictError(f"{path} exists already and was left as it is") from error
    except OSError as error:
        raise FediArtError(f"{path} cannot be written: {error.strerror or error}") from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise FediArtError(f"{path} cannot be written: {error.strerror or error}") from error


def read_example() -> str:
    """Return the text of the example file, from an installed package or from a source tree."""
    package = Path(reading.__file__).parent.parent
    for folder in (package, package.parent):
        try:
            return (folder / _EXAMPLE).read_text("utf-8")
        except FileNotFoundError:
            continue
    raise FediArtError(f"{_EXAMPLE} is missing from this installation; install FediArt again")


def _fill_in(example: str, settings: Mapping[str, object]) -> str:
    text = example
    problems = []
    for name, value in settings.items():
        section, _, key = name.partition(".")
        if problem := reading.problem_with(section, key, value):
            problems.append(problem)
        else:
            text = _fill_in_one(text, section, f"{key} = {values.write(value)}")
    if problems:
        raise UsageError("\n".join(problems))
    return text


def _fill_in_one(text: str, section: str, assignment: str) -> str:
    key = assignment.partition(" ")[0]
    within_section = rf"^\[{section}\]\n(?:(?!\[).*\n)*?"
    line = re.search(rf"{within_section}(?P<default>#{key} = .*)$", text, re.MULTILINE)
    assert line is not None, f"{_EXAMPLE} has no line for [{section}] {key}"
    return text[: line.start("default")] + assignment + text[line.end("default") :]
