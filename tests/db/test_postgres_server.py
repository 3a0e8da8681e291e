"""A whole server on PostgreSQL: set up, federating with one on SQLite, and worked by several processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import House, fetch, start
from tests.db.conftest import MakeUrl

pytestmark = pytest.mark.postgres


@pytest.fixture
def postgres_environ(make_postgres: MakeUrl) -> dict[str, str]:
    return {"FEDIART_DATABASE__URL": make_postgres()}


@pytest.fixture
def houses(tmp_path: Path, postgres_environ: dict[str, str]) -> Iterator[tuple[House, House]]:
    """Return a running server on PostgreSQL with the artist mira, and one on SQLite with lee, who follows her."""
    started: list[House] = []
    try:
        started.append(start(tmp_path / "postgres", "mira", environ=postgres_environ))
        started.append(start(tmp_path / "sqlite", "lee"))
        ours, theirs = started
        theirs.ok("follow", "--as", "lee", ours.handle("mira"))
        theirs.eventually(lambda: states(theirs, "following", "lee") == ["accepted"], "lee follows mira")
        yield ours, theirs
    finally:
        for house in started:
            if house.server is not None:
                house.server.stop()


def states(house: House, which: str, name: str) -> list[str]:
    return [row["state"] for row in house.json(which, "--as", name)]


def seen(house: House, name: str) -> dict[str, Any]:
    return {post["uri"]: post for post in house.json("timeline", "--as", name)}


@contextmanager
def worker(house: House, name: str) -> Iterator[Path]:
    """Run a worker process; yields where it logs."""
    log = house.folder / f"{name}.log"
    environ = {**os.environ, **house.environ, "FEDIART_LOGGING__FORMAT": "json", "FEDIART_LOGGING__LEVEL": "debug"}
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "fediart", "--config", house.config, "worker"],
            stdout=stream,
            stderr=stream,
            env=environ,
        )
    try:
        house.eventually(lambda: lines(log, "working"), "the worker works")
        yield log
        process.terminate()
        assert process.wait(timeout=60) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()


def lines(log: Path, event: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return [line for line in found if line.get("event") == event]


def test_nothing_is_kept_in_a_file(houses: tuple[House, House]) -> None:
    ours, _ = houses
    assert not list(ours.folder.rglob("*.sqlite3*"))
    assert ours.ok("migrate").endswith("already\n")


def test_the_story_between_the_two_engines(houses: tuple[House, House]) -> None:
    ours, theirs = houses
    ours.ok("follow", "--as", "mira", theirs.handle("lee"))
    ours.eventually(lambda: states(ours, "following", "mira") == ["accepted"], "mira follows lee")
    work = ours.publish(title="Low Tide")
    theirs.eventually(lambda: work["uri"] in seen(theirs, "lee"), "lee has the work")
    assert seen(theirs, "lee")[work["uri"]]["proof"] == "verified"
    theirs.ok("like", "--as", "lee", work["uri"])
    answer = theirs.json("reply", "--as", "lee", work["uri"], "--text", "Lovely.")
    own = theirs.publish(artist="lee", title="High Tide")
    ours.eventually(lambda: own["uri"] in seen(ours, "mira"), "mira has lee's work")

    def told() -> set[str]:
        return {row["type"] for row in ours.json("notifications", "--as", "mira")}

    ours.eventually(lambda: told() == {"follow", "follow_accepted", "favourite", "reply"}, "mira is told of everything")
    assert [row["uri"] for row in ours.json("replies", "--as", "mira")] == [answer["uri"]]
    assert fetch(f"{work['uri']}/likes")[1]["totalItems"] == 1
    ours.ok("edit", work["id"], "--title", "Ebb")
    theirs.eventually(lambda: seen(theirs, "lee")[work["uri"]]["text"].startswith("Ebb"), "lee sees the edit")
    assert fetch(work["uri"])[1]["content"].startswith("<p><strong>Ebb")
    ours.ok("delete", work["id"])
    theirs.eventually(lambda: work["uri"] not in seen(theirs, "lee"), "lee's server forgot the work")
    assert fetch(work["uri"])[0] == 410


def test_two_workers_share_the_work_and_send_nothing_twice(houses: tuple[House, House]) -> None:
    ours, theirs = houses
    assert ours.server is not None
    assert ours.server.stop() == 0
    ours.server.start("--no-worker")
    with worker(ours, "one") as one, worker(ours, "two") as two:
        works = [ours.publish(title=f"Plate {n}")["uri"] for n in range(8)]
        theirs.eventually(lambda: set(works) <= set(seen(theirs, "lee")), "lee has all works")
        ours.eventually(lambda: ours.json("queue", "list")["totals"]["waiting"] == 0, "the queue is empty")
    for event in ("fanned out", "delivered"):
        done = [line["activity"] for log in (one, two) for line in lines(log, event)]
        assert sorted(done) == sorted(f"{uri}/activity" for uri in works), event
    assert not lines(one, "not delivered")
    assert not lines(two, "not delivered")


def test_a_database_that_holds_a_server_is_not_set_up_again(tmp_path: Path, postgres_environ: dict[str, str]) -> None:
    house, other = House(tmp_path / "one", environ=postgres_environ), House(tmp_path / "two", environ=postgres_environ)
    given = ("--artist", "mira", "--email", "mira@example.org")
    house.ok("init", "--domain", "art.example", *given)
    said = other.refused("init", "--domain", "other.example", *given)
    assert said == "fediart: the database holds the server https://art.example already; nothing was changed\n"
    assert not other.config.exists()
    assert [row["handle"] for row in house.json("artist", "list")] == ["@mira@art.example"]
