"""Setting up: everything that a first run needs, or nothing at all."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from fediart.db import schema
from tests.cli.conftest import Done, House, run

GIVEN = ("--domain", "Art.Example", "--artist", "mira", "--email", "mira@example.org")


def init(folder: Path, *options: str) -> Done:
    return run("--config", folder / "fediart.toml", "init", *(options or GIVEN))


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_server_is_set_up_and_the_next_steps_are_told(tmp_path: Path) -> None:
    done = init(tmp_path, *GIVEN, "--name", "Mira K.", "--data", "store")
    assert (done.code, done.err) == (0, "")
    assert "@mira@art.example reserves all rights" in done.out
    assert "serve" in done.out.partition("next:")[2]
    assert "https://art.example" in done.out
    config = tmp_path / "fediart.toml"
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "store").stat().st_mode) == 0o700
    shown = House(tmp_path).json("artist", "show", "mira")
    assert (shown["handle"], shown["name"], shown["rights"], shown["keys"]) == (
        "@mira@art.example",
        "Mira K.",
        "no-ai",
        "usable",
    )


def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    assert init(tmp_path).code == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    done = init(tmp_path)
    assert (done.code, done.out) == (1, "")
    assert "exists already; nothing was changed" in done.err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_database_without_its_configuration_is_not_touched(tmp_path: Path) -> None:
    assert init(tmp_path).code == 0
    (tmp_path / "fediart.toml").unlink()
    database = (tmp_path / "data" / "fediart.sqlite3").read_bytes()
    done = init(tmp_path)
    assert (done.code, done.out) == (1, "")
    assert "holds a database already; nothing was changed" in done.err
    assert (tmp_path / "data" / "fediart.sqlite3").read_bytes() == database
    assert not (tmp_path / "fediart.toml").exists()


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("--domain", "not a domain", *GIVEN[2:]), 2, "domain"),
        (("--domain", "https://art.example", *GIVEN[2:]), 2, "domain"),
        ((*GIVEN[:2], "--artist", "Mira K.", *GIVEN[4:]), 1, "cannot be a user name"),
        ((*GIVEN[:2], "--artist", "admin", *GIVEN[4:]), 1, "cannot be a user name"),
        ((*GIVEN[:4], "--email", "nowhere"), 2, "email"),
        ((*GIVEN, "--port", "0"), 2, "--port"),
        (GIVEN[:4], 2, "--email"),
    ],
)
def test_what_cannot_be_leaves_nothing_behind(tmp_path: Path, options: tuple[str, ...], code: int, says: str) -> None:
    done = init(tmp_path, *options)
    assert (done.code, done.out) == (code, "")
    assert says in done.err
    assert left_in(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    done = init(tmp_path)
    assert (done.code, done.out) == (1, "")
    assert f"cannot make {tmp_path / 'data'}" in done.err
    assert left_in(tmp_path) == ["data"]


def test_migrating_what_is_up_to_date_changes_nothing(house: House) -> None:
    assert house.ok("migrate") == f"the database is at schema {schema.newest()} already\n"


def test_a_database_of_a_newer_program_is_refused_by_every_command(house: House) -> None:
    with sqlite3.connect(house.folder / "data" / "fediart.sqlite3") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999_of_tomorrow'")
    for command in (("migrate",), ("artist", "list"), ("serve",), ("worker",)):
        assert "newer FediArt (schema 9999_of_tomorrow)" in house.refused(*command)


def test_an_empty_database_is_migrated(tmp_path: Path) -> None:
    config = tmp_path / "fediart.toml"
    config.write_text('[instance]\ndomain = "art.example"\n')
    (tmp_path / "data").mkdir()
    house = House(tmp_path)
    assert "the database is empty" in house.refused("artist", "list")
    assert house.ok("migrate") == f"migrated to schema {schema.newest()}\n"
    assert "holds no server yet" in house.refused("artist", "list")
