"""`fediart queue` and `worker`: what waits, why, and what an admin can do about it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from fediart import clock, config
from fediart.db import ids, queries, tables
from fediart.db.engine import Database
from tests.cli.conftest import House
from tests.conftest import free_port


@contextmanager
def worker(house: House) -> Iterator[subprocess.Popen[bytes]]:
    """Run `fediart worker` on a house; it must end well."""
    environ = {**os.environ, "FEDIART_LOGGING__FORMAT": "json", "FEDIART_FEDERATION__RETRY_FIRST_SECONDS": "3600"}
    with (house.folder / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "fediart", "--config", house.config, "worker"], stdout=log, stderr=log, env=environ
        )
    try:
        yield process
        process.terminate()
        assert process.wait(timeout=30) == 0, (house.folder / "worker.log").read_text()
    finally:
        process.kill()
        process.wait()


def add_follower(house: House, host: str) -> None:
    """Let somebody at a host follow mira."""

    async def whole() -> None:
        url = f"sqlite+aiosqlite:///{house.folder / 'data' / 'fediart.sqlite3'}"
        async with Database(url, config.Database()) as database, database.write() as tx:
            uri, now = f"http://{host}/users/lee", clock.now()
            mira, _ = await queries.actors.require_artist(tx, "mira")
            follower = tables.Actor(
                id=ids.new_id(), uri=uri, username="lee", host=host, inbox=f"{uri}/inbox", updated_at=now
            )
            tx.add(follower)
            await tx.flush()
            tx.add(
                tables.Follow(
                    id=ids.new_id(),
                    uri=f"{uri}#f",
                    follower_id=follower.id,
                    target_id=mira.id,
                    state="accepted",
                    created_at=now,
                )
            )

    asyncio.run(whole())


@pytest.fixture
def stuck(house: House) -> tuple[House, str]:
    """Return a house with one work that its only follower's host, which is down, did not take; and that host."""
    host = f"127.0.0.1:{free_port()}"
    add_follower(house, host)
    house.publish()
    with worker(house):
        house.eventually(lambda: any(row["last_error"] for row in waiting(house)), "the delivery failed once")
    return house, host


def waiting(house: House) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = house.json("queue", "list")["waiting"]
    return rows


def test_an_empty_queue_says_so(house: House) -> None:
    done = house.run("queue")
    assert (done.code, done.out) == (0, "")
    assert done.err == "nothing waits\n0 waiting, 0 delivered, 0 given up\n"
    assert house.json("queue", "list") == {"totals": {"waiting": 0, "delivered": 0, "dropped": 0}, "waiting": []}


def test_what_waits_is_shown_with_its_reason(stuck: tuple[House, str]) -> None:
    house, host = stuck
    (row,) = waiting(house)
    assert (row["host"], row["type"], row["attempts"]) == (host, "Create", 1)
    assert row["last_error"] == f"refused: nothing listens at {host}"
    assert row["inbox"] == f"http://{host}/users/lee/inbox"
    assert row["next_attempt_at"] > row["since"]
    assert house.json("queue", "list", "--host", "other.example")["waiting"] == []
    shown = house.run("queue")
    assert shown.code == 0
    assert row["id"] in shown.out
    assert "nothing listens" in shown.out
    assert shown.err == "1 waiting, 0 delivered, 0 given up\n"


@pytest.mark.parametrize("which", ["id", "host", "all"])
def test_an_attempt_can_be_made_now(stuck: tuple[House, str], which: str) -> None:
    house, host = stuck
    (row,) = waiting(house)
    options = {"id": (row["id"],), "host": ("--host", host), "all": ("--all",)}[which]
    assert house.ok("queue", "retry", *options) == "1 deliveries are tried now\n"
    with worker(house):
        house.eventually(lambda: waiting(house)[0]["attempts"] == 2, "it was tried again")


@pytest.mark.parametrize("which", ["id", "host", "all"])
def test_a_delivery_can_be_given_up(stuck: tuple[House, str], which: str) -> None:
    house, host = stuck
    (row,) = waiting(house)
    options = {"id": (row["id"],), "host": ("--host", host), "all": ("--all",)}[which]
    assert house.ok("queue", "drop", *options) == "dropped 1 deliveries\n"
    assert house.json("queue", "list")["totals"] == {"waiting": 0, "delivered": 0, "dropped": 1}


@pytest.mark.parametrize("command", ["retry", "drop"])
@pytest.mark.parametrize("arguments", [(), ("1", "--all"), ("--host", "a.example", "--all"), ("1", "--host", "a")])
def test_what_is_meant_must_be_said_once(house: House, command: str, arguments: tuple[str, ...]) -> None:
    assert "say which: an ID, --host HOST, or --all" in house.refused("queue", command, *arguments, code=2)


@pytest.mark.parametrize("command", ["retry", "drop"])
def test_what_does_not_wait_is_named(house: House, command: str) -> None:
    assert "nothing waits under 7" in house.refused("queue", command, "7")
    assert "nothing waits under a.example" in house.refused("queue", command, "--host", "a.example")
    assert house.ok("queue", command, "--all").strip()


def test_a_second_worker_on_one_file_is_refused(house: House) -> None:
    with worker(house) as process:
        lock = house.folder / "data" / "worker.lock"
        house.eventually(lambda: lock.exists() and lock.read_text().strip() == str(process.pid), "it works")
        said = house.refused("worker")
    assert f"another FediArt (process {process.pid}) already works on" in said
