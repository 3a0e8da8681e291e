"""What one process commits, another one hears of: wake-ups by topic, and the generation of public documents."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from fediart import config
from fediart.db import changes, engine, queries, schema
from fediart.db.changes import Watch
from fediart.db.engine import Database
from tests.db import rows

LIMIT_SECONDS = 30


@asynccontextmanager
async def watching(database: Database) -> AsyncIterator[Watch]:
    watch = changes.watch(database)
    task = asyncio.create_task(watch.run())
    try:
        await until(lambda: watch.generation() >= 0)
        yield watch
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        watch.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(LIMIT_SECONDS):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.fixture
async def settled(database: Database) -> Database:
    async with database.write() as tx:
        us = await rows.actor(tx, "https://art.example/actor", is_local=True)
        await queries.instance.add(tx, base_url="https://art.example", actor_id=us.id, at=rows.NOW)
    return database


async def test_another_process_is_woken_by_a_commit(settled: Database, second: Database) -> None:
    news = second.wakeups.event("outbox")
    async with watching(second):
        await asyncio.sleep(0.3)  # the first look of a watch may wake everybody
        news.clear()
        async with settled.write() as tx:
            await rows.actor(tx, "https://a.example/users/lee")
            engine.wake(tx, "outbox")
        await asyncio.wait_for(news.wait(), LIMIT_SECONDS)


async def test_each_commit_wakes_anew(settled: Database, second: Database) -> None:
    news = second.wakeups.event("outbox")
    async with watching(second):
        for number in range(3):
            news.clear()
            async with settled.write() as tx:
                await rows.actor(tx, f"https://a.example/users/lee{number}")
                engine.wake(tx, "outbox")
            await asyncio.wait_for(news.wait(), LIMIT_SECONDS)


async def test_the_generation_is_seen_by_another_process(settled: Database, second: Database) -> None:
    async with watching(second) as watch:
        before = watch.generation()
        async with settled.write() as tx:
            await changes.bump(tx)
        await until(lambda: watch.generation() == before + 1)
        async with settled.write() as tx:
            await changes.bump(tx)
            await changes.bump(tx)
        await until(lambda: watch.generation() == before + 3)


async def test_a_generation_that_was_rolled_back_is_never_seen(settled: Database, second: Database) -> None:
    async with watching(second) as watch:
        before = watch.generation()
        with pytest.raises(ZeroDivisionError):
            async with settled.write() as tx:
                await changes.bump(tx)
                raise ZeroDivisionError
        async with settled.write() as tx:
            await changes.bump(tx)
        await until(lambda: watch.generation() == before + 1)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_sqlite_knows_the_generation_with_the_commit(settled: Database) -> None:
    """No moment of grace: the caller of a commit must not be shown what it has just taken away."""
    async with watching(settled) as watch:
        for _ in range(20):
            before = watch.generation()
            async with settled.write() as tx:
                await changes.bump(tx)
            assert watch.generation() == before + 1


async def test_before_the_first_migration_nothing_is_kept(url: str) -> None:
    async with Database(url, config.Database()) as database:
        watch = changes.watch(database)
        assert watch.generation() == -1
        watch.close()


@pytest.mark.postgres
async def test_postgres_is_listened_to_with_the_tls_parameter_of_libpq(make_postgres: Callable[[], str]) -> None:
    settings = config.Config(database=config.Database(url=f"{make_postgres()}&sslmode=disable"))
    async with Database(settings.database_url, settings.database) as database:
        await schema.migrate(database)
        async with database.write() as tx:
            us = await rows.actor(tx, "https://art.example/actor", is_local=True)
            await queries.instance.add(tx, base_url="https://art.example", actor_id=us.id, at=rows.NOW)
        async with watching(database) as watch:
            assert watch.generation() == 1
