"""Every command: help, wrong usage, and the three exit codes, without knowing what the command does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from fediart import __version__, cli
from tests.cli.conftest import House, run


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


ALL = dict(commands(cli.cli))
WITH_JSON = [path for path, command in ALL.items() if any("--json" in option.opts for option in command.params)]
NEEDS_SOMETHING = [path for path, command in ALL.items() if any(param.required for param in command.params)]


def test_each_file_of_the_folder_is_a_command() -> None:
    files = {path.stem.replace("_", "-") for path in Path(cli.__file__).parent.glob("[a-z]*.py")}
    assert {path[0] for path in ALL if len(path) == 1} == files


@pytest.mark.parametrize("path", [(), *ALL], ids=" ".join)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_needs_no_server(path: tuple[str, ...], option: str) -> None:
    done = run(*path, option)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Usage: fediart {' '.join(path)}".rstrip())


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_each_command_says_what_it_does_in_a_sentence(path: tuple[str, ...]) -> None:
    text = (ALL[path].help or "").strip()
    assert text
    assert text.splitlines()[0].endswith((".", ":")) or "." in text


@pytest.mark.parametrize("path", NEEDS_SOMETHING, ids=" ".join)
def test_what_is_missing_is_wrong_usage(house: House, path: tuple[str, ...]) -> None:
    done = house.run(*path)
    assert (done.code, done.out) == (2, "")
    assert "Missing" in done.err


@pytest.mark.parametrize("path", [(), *ALL], ids=" ".join)
def test_an_unknown_option_is_wrong_usage(path: tuple[str, ...]) -> None:
    done = run(*path, "--no-such-option")
    assert (done.code, done.out) == (2, "")
    assert "--no-such-option" in done.err


def test_an_unknown_command_is_wrong_usage() -> None:
    done = run("paint")
    assert (done.code, done.out) == (2, "")
    assert "No such command 'paint'" in done.err


@pytest.mark.parametrize("path", [(), ("artist",)])
def test_a_group_alone_shows_its_commands_and_is_wrong_usage(path: tuple[str, ...]) -> None:
    done = run(*path)
    assert (done.code, done.out) == (2, "")
    assert "Commands:" in done.err


def test_the_version_is_told() -> None:
    assert run("--version").out == f"fediart, version {__version__}\n"


LISTS = [
    ("artist", "list"),
    ("domain", "list"),
    ("blocks", "--as", "mira"),
    ("followers", "--as", "mira"),
    ("following", "--as", "mira"),
    ("messages", "--as", "mira"),
    ("notifications", "--as", "mira"),
    ("replies", "--as", "mira"),
    ("reports",),
    ("requests", "--as", "mira"),
    ("timeline", "--as", "mira"),
]


@pytest.mark.parametrize("arguments", LISTS, ids=" ".join)
def test_a_list_is_a_list_in_json(house: House, arguments: tuple[str, ...]) -> None:
    assert isinstance(house.json(*arguments), list)


def test_each_command_with_json_is_tried_somewhere() -> None:
    """The other ones print one object; their own tests look into it."""
    tried = {arguments[: 2 if arguments[0] in ("artist", "domain") else 1] for arguments in LISTS}
    one_object = {
        ("artist", "show"),
        ("edit",),
        ("fetch",),
        ("inspect",),
        ("message",),
        ("publish",),
        ("queue",),
        ("queue", "list"),
        ("reply",),
    }
    assert set(WITH_JSON) - tried <= one_object


@pytest.mark.parametrize("arguments", [line for line in LISTS if line != ("artist", "list")], ids=" ".join)
def test_an_empty_list_is_a_remark_and_no_result(house: House, arguments: tuple[str, ...]) -> None:
    done = house.run(*arguments)
    assert (done.code, done.out) == (0, "")
    assert done.err.strip()


@pytest.mark.parametrize("command", ["followers", "following", "notifications", "replies", "timeline"])
def test_an_artist_who_is_not_here_is_refused_with_who_is(house: House, command: str) -> None:
    for options in ((), ("--json",)):
        said = house.refused(command, "--as", "nobody", *options)
        assert said == "fediart: there is no artist “nobody” here (there is: kim, mira)\n"


@pytest.mark.parametrize("command", ["followers", "following", "notifications", "replies", "timeline"])
@pytest.mark.parametrize("limit", ["0", "1001", "many"])
def test_a_limit_has_bounds(house: House, command: str, limit: str) -> None:
    assert "--limit" in house.refused(command, "--as", "mira", "--limit", limit, code=2)


def test_the_configuration_is_found_on_either_side_and_in_the_environment(house: House) -> None:
    for done in (
        run("--config", house.config, "artist", "list", "--json"),
        run("artist", "--config", house.config, "list", "--json"),
        run("artist", "list", "--json", "--config", house.config),
        run("artist", "list", "--json", environ={"FEDIART_CONFIG": str(house.config)}),
    ):
        assert (done.code, done.err) == (0, "")
        assert [artist["handle"] for artist in done.json] == ["@kim@localhost:8080", "@mira@localhost:8080"]


def test_a_configuration_that_is_missing_or_wrong_is_explained(house: House, tmp_path: Path) -> None:
    done = run("--config", tmp_path / "none.toml", "artist", "list")
    assert (done.code, done.out) == (2, "")
    assert "none.toml" in done.err
    house.config.write_text(house.config.read_text().replace("[server]", "[server]\nporto = 1"))
    done = house.run("artist", "list")
    assert (done.code, done.out) == (2, "")
    assert "porto" in done.err


@pytest.mark.parametrize(
    ("ruin", "says"),
    [
        (lambda data: (data / "fediart.sqlite3").unlink(), "the database is empty: run `fediart init`"),
        (lambda data: data.rename(data.with_name("away")), "check that the data folder exists"),
        (lambda data: (data / "fediart.sqlite3").write_bytes(b"x" * 9000), "damaged: restore it from a backup"),
    ],
)
def test_a_database_that_is_not_there_is_explained(house: House, ruin: object, says: str) -> None:
    for path in (house.folder / "data").glob("fediart.sqlite3-*"):
        path.unlink()
    assert callable(ruin)
    ruin(house.folder / "data")
    assert says in house.refused("artist", "list")


def test_a_postgres_that_is_not_there_is_explained(house: House) -> None:
    house.environ["FEDIART_DATABASE__URL"] = "postgresql://nobody:secret-word@127.0.0.1:1/fediart"
    said = house.refused("artist", "list")
    assert "the database does not answer" in said
    assert "secret-word" not in said


def test_a_database_of_another_address_is_refused(house: House) -> None:
    house.config.write_text(house.config.read_text().replace("localhost:8080", "localhost:9090"))
    said = house.refused("artist", "list")
    assert "this database belongs to http://localhost:8080, the configuration says http://localhost:9090" in said


def test_the_real_program_keeps_its_streams_apart(house: House) -> None:
    """Once as a process of its own, with pipes: what the others see through replaced streams is what happens."""

    def real(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "fediart", "--config", house.config, *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            env={key: value for key, value in os.environ.items() if not key.startswith("FEDIART_")},
            check=False,
        )

    listed = real("artist", "list")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert "@mira@localhost:8080" in listed.stdout
    refused = real("timeline", "--as", "nobody")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("fediart: there is no artist")
    assert (real("timeline").returncode, real("timeline").stdout) == (2, "")
