"""The tables of cases and probes: complete, and each test that they name is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
CASES = [*range(8, 55), *range(59, 74), *range(77, 92)]
_ROW = re.compile(r"\| (\d+) \| ([^|]+) \| ([^|]+) \|")
_TEST = re.compile(r"`([a-z0-9_/]+\.py)::([a-z0-9_]+)`")


def rows(table: str) -> list[tuple[int, str, str]]:
    found = [_ROW.fullmatch(line) for line in (TESTS / table).read_text().splitlines() if re.match(r"\| \d", line)]
    assert None not in found
    return [(int(row[1]), row[2], row[3]) for row in found if row is not None]


def names_in(file: str) -> set[str]:
    """Return the names of a file's tests, those of its classes too."""
    path = TESTS / file
    if not path.is_file():
        return set()
    names = {node.name for node in ast.walk(ast.parse(path.read_text())) if hasattr(node, "name") and node.name}
    return {name for name in names if name.startswith("test_")}


@pytest.mark.parametrize(("table", "numbers"), [("cases.md", CASES), ("probes.md", [*range(1, 21)])])
def test_every_row_is_there_once(table: str, numbers: list[int]) -> None:
    assert [number for number, _, _ in rows(table)] == numbers


@pytest.mark.parametrize("table", ["cases.md", "probes.md"])
def test_each_row_names_tests_that_exist_or_a_reason(table: str) -> None:
    for number, _, where in rows(table):
        named = _TEST.findall(where)
        if where.startswith("does not apply: "):
            assert len(where) > 30, number
            continue
        assert "<br>".join(f"`{file}::{name}`" for file, name in named) == where, (number, where)
        assert [(file, name) for file, name in named if name not in names_in(file)] == [], number
