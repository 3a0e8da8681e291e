"""Transactions: all or nothing, one writer after the other, and failures in one line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from fediart import config, errors
from fediart.db import engine, tables
from fediart.db.engine import Database
from tests.db import rows

URI = "https://a.example/users/lee"


async def names(database: Database) -> list[str]:
    async with database.read() as tx:
        return list(await tx.scalars(select(tables.Actor.name).order_by(tables.Actor.uri)))


async def test_what_a_write_did_is_kept(database: Database, second: Database) -> None:
    async with database.write() as tx:
        await rows.actor(tx, URI)
    assert await names(database) == [""]
    assert await names(second) == [""]


async def test_an_exception_takes_everything_back_and_announces_nothing(database: Database) -> None:
    told: list[str] = []
    with pytest.raises(ZeroDivisionError):
        async with database.write() as tx:
            await rows.actor(tx, URI)
            engine.wake(tx, "outbox")
            engine.after_commit(tx, lambda: told.append("committed"))
            raise ZeroDivisionError
    assert await names(database) == []
    assert told == []
    assert not database.wakeups.event("outbox").is_set()


async def test_a_commit_announces_its_topics_and_calls_back(database: Database) -> None:
    told: list[str] = []
    async with database.write() as tx:
        await rows.actor(tx, URI)
        engine.wake(tx, "outbox")
        engine.after_commit(tx, lambda: told.append("committed"))
        assert told == []
    assert told == ["committed"]
    assert database.wakeups.event("outbox").is_set()
    assert not database.wakeups.event("inbox").is_set()


async def test_what_is_written_in_a_read_is_not_kept(database: Database) -> None:
    async with database.read() as tx:
        await rows.actor(tx, URI)
    assert await names(database) == []


async def test_a_read_sees_one_moment_and_does_not_wait_for_a_writer(database: Database, second: Database) -> None:
    async with database.write() as tx:
        await rows.actor(tx, URI)
        assert await asyncio.wait_for(names(second), 5) == []
    assert await names(second) == [""]


async def test_two_writers_lose_no_update(database: Database, second: Database) -> None:
    """Each adds a letter to what it reads; with a lost update the name would be shorter."""
    async with database.write() as tx:
        await rows.actor(tx, URI)

    async def add(where: Database, letter: str) -> None:
        for _ in range(10):
            async with where.write() as tx:
                found = (await tx.scalars(select(tables.Actor).where(tables.Actor.uri == URI).with_for_update())).one()
                await asyncio.sleep(0)
                found.name += letter

    await asyncio.gather(add(database, "a"), add(second, "b"), add(database, "c"))
    (name,) = await names(database)
    assert sorted(name) == sorted("abc" * 10)


async def test_a_writer_waits_at_its_start_for_the_other_one(database: Database, second: Database) -> None:
    order: list[str] = []
    inside = asyncio.Event()
    async with database.write() as tx:
        await rows.actor(tx, URI)

    async def first_one() -> None:
        async with database.write() as tx:
            await tx.execute(update(tables.Actor).values(name="first"))
            inside.set()
            await asyncio.sleep(0.3)
            order.append("first")

    async def second_one() -> None:
        await inside.wait()
        async with second.write() as tx:
            await tx.execute(update(tables.Actor).values(name="second"))
            order.append("second")

    await asyncio.gather(first_one(), second_one())
    assert order == ["first", "second"]
    assert await names(database) == ["second"]


async def test_a_writer_that_waits_for_too_long_says_so(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'x.sqlite3'}"
    impatient = config.Database(busy_timeout_seconds=0.1)
    async with Database(url, impatient) as one, Database(url, impatient) as other, one.write():
        with pytest.raises(errors.FediArtError, match="the database is busy: try again") as caught:
            async with other.write():
                pass
    assert caught.value.status == 503


async def test_a_mistake_of_ours_stays_what_it_is(database: Database) -> None:
    with pytest.raises(Exception, match="nowhere") as caught:
        async with database.write() as tx:
            await tx.execute(text("SELECT nowhere FROM actors"))
    assert not isinstance(caught.value, errors.FediArtError)


async def test_tables_that_are_missing_are_explained(url: str) -> None:
    async with Database(url, config.Database()) as database:
        with pytest.raises(errors.FediArtError, match="run `fediart migrate`"):
            async with database.read() as tx:
                await tx.execute(text("SELECT 1 FROM notes"))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://nobody@127.0.0.1:1/fediart",
        "postgresql+asyncpg://nobody@nowhere.invalid/fediart",
        "postgresql+asyncpg://nobody:@/fediart?host=/nonexistent",
    ],
)
async def test_a_postgres_that_is_not_there_does_not_answer(url: str) -> None:
    async with Database(url, config.Database()) as database:
        for opened in (database.read, database.write):
            with pytest.raises(errors.FediArtError, match="the database does not answer: ") as caught:
                async with opened():
                    pass
            assert caught.value.status == 503
            assert "\n" not in caught.value.text


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("postgres:@", "stranger:@", 'the database does not answer: role "stranger" does not exist'),
        ("/postgres?", "/elsewhere?", 'the database does not answer: database "elsewhere" does not exist'),
    ],
)
async def test_a_postgres_that_refuses_us_is_quoted(postgres_address: str, old: str, new: str, says: str) -> None:
    url = postgres_address.replace("postgresql://", "postgresql+asyncpg://").replace(old, new)
    async with Database(url, config.Database()) as database:
        with pytest.raises(errors.FediArtError) as caught:
            async with database.read():
                pass
    assert caught.value.text == says


@pytest.mark.postgres
async def test_a_parameter_that_postgres_does_not_know_is_a_wrong_setting(postgres_address: str) -> None:
    url = postgres_address.replace("postgresql://", "postgresql+asyncpg://") + "&colour=blue"
    async with Database(url, config.Database()) as database:
        with pytest.raises(errors.UsageError, match=r"\[database\] url has a parameter"):
            async with database.read():
                pass


async def test_a_file_that_is_no_database_is_called_damaged(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite3").write_bytes(b"no database at all " * 400)
    async with Database(f"sqlite+aiosqlite:///{tmp_path / 'x.sqlite3'}", config.Database()) as database:
        with pytest.raises(errors.FediArtError, match="damaged: restore it from a backup"):
            async with database.read():
                pass


async def test_a_folder_that_is_missing_is_named_as_the_cause(tmp_path: Path) -> None:
    async with Database(f"sqlite+aiosqlite:///{tmp_path / 'no' / 'x.sqlite3'}", config.Database()) as database:
        with pytest.raises(errors.FediArtError, match="check that the data folder exists"):
            async with database.read():
                pass


async def test_integrity_is_checked(database: Database) -> None:
    async with database.write() as tx:
        await rows.note(tx, await rows.actor(tx, URI))
    await database.check_integrity()
    if database.is_sqlite:
        async with database.engine.connect() as connection:
            await connection.exec_driver_sql("COMMIT")
            await connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            await connection.exec_driver_sql("DELETE FROM actors")
            await connection.exec_driver_sql("PRAGMA foreign_keys = ON")
            await connection.exec_driver_sql("BEGIN")
        with pytest.raises(errors.FediArtError, match="1 dangling references"):
            await database.check_integrity()
