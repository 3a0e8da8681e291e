"""The rules about imports hold, and each of them bites: a copy of the package that breaks it is refused by name."""

from __future__ import annotations

import configparser
import itertools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RULES = configparser.ConfigParser()
RULES.read(ROOT / ".importlinter")
CONTRACTS = {name: RULES[name] for name in RULES.sections() if name.startswith("importlinter:contract:")}
LAYERS = [name for name, rule in CONTRACTS.items() if rule["type"] == "layers"]
FORBIDDEN = [name for name, rule in CONTRACTS.items() if rule["type"] == "forbidden"]

Breach = tuple[str, str]  # (who imports, what)


def lint(folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=folder,
        env={**os.environ, "COLUMNS": "400", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def source_of(module: str, root: Path) -> Path | None:
    path = root.joinpath(*module.split("."))
    return next((p for p in (path / "__init__.py", path.with_suffix(".py")) if p.exists()), None)


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def breaches_of_layers(contract: str) -> list[Breach]:
    """Each layer imports the one above it, and its neighbour on the same level."""
    found: list[Breach] = []
    above: list[str] = []
    for line in lines_of(CONTRACTS[contract]["layers"]):
        level = [name for name in re.findall(r"[\w.]+", line) if source_of(name, ROOT)]
        found += itertools.product(level, above)
        found += itertools.permutations(level, 2)
        above = level or above
    return found


def breaches_of_forbidden(contract: str) -> list[Breach]:
    """Each package imports everything that is forbidden to it."""
    rule = CONTRACTS[contract]
    return list(itertools.product(lines_of(rule["source_modules"]), lines_of(rule["forbidden_modules"])))


def lint_with(breaches: Iterable[Breach], folder: Path) -> tuple[int, str]:
    """Lint a copy of the package to which these imports were added."""
    shutil.copytree(ROOT / "fediart", folder / "fediart", ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / ".importlinter", folder)
    for module, imported in breaches:
        source = source_of(module, folder)
        assert source is not None, f"{module} is named in .importlinter but does not exist"
        with source.open("a") as file:
            file.write(f"\nimport {imported}\n")
    return lint(folder)


def is_named(breach: Breach, output: str) -> bool:
    module, imported = map(re.escape, breach)
    return re.search(rf"^\W*{module} -> {imported} \(l\.\d+", output, re.MULTILINE) is not None


def test_the_rules_hold() -> None:
    code, output = lint(ROOT)
    assert code == 0, output
    assert f"{len(CONTRACTS)} kept, 0 broken" in output


def test_there_are_rules_for_layers_purity_sql_and_connections() -> None:
    assert {name.rpartition(":")[2] for name in CONTRACTS} >= {"layers", "pure", "sql", "connections"}


@pytest.mark.parametrize("contract", LAYERS)
def test_an_import_upwards_is_refused(contract: str, tmp_path: Path) -> None:
    breaches = breaches_of_layers(contract)
    assert len(breaches) > 15
    code, output = lint_with(breaches, tmp_path)
    assert code != 0
    assert f"{CONTRACTS[contract]['name']} BROKEN" in output
    assert [breach for breach in breaches if not is_named(breach, output)] == []


@pytest.mark.parametrize("contract", FORBIDDEN)
def test_a_forbidden_import_is_refused(contract: str, tmp_path: Path) -> None:
    breaches = breaches_of_forbidden(contract)
    code, output = lint_with(breaches, tmp_path)
    assert code != 0
    assert f"{CONTRACTS[contract]['name']} BROKEN" in output
    assert [breach for breach in breaches if not is_named(breach, output)] == []


@pytest.mark.parametrize(
    "breach",
    [
        ("fediart.rights.tdm", "time"),
        ("fediart.web.pages.home", "sqlalchemy"),
        ("fediart.inbox.handlers.like", "aiohttp"),
    ],
)
def test_a_single_import_deep_inside_is_enough(breach: Breach, tmp_path: Path) -> None:
    code, output = lint_with([breach], tmp_path)
    assert code != 0
    assert "1 broken" in output
    assert is_named(breach, output)
