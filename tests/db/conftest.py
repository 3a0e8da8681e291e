"""Both engines for every test here: a SQLite file, and a database of its own in a real PostgreSQL."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest

from fediart import config
from fediart.db import schema
from fediart.db.engine import Database

ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
MakeUrl = Callable[..., str]


def execute(address: str, statement: str) -> None:
    """Run one statement on a PostgreSQL, outside any transaction."""

    async def whole() -> None:
        connection = await asyncpg.connect(address)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    # In a thread of its own: the test that asks may be a coroutine.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(whole())).result()


def address_of(server: str, name: str) -> str:
    """Return the address of one database of a PostgreSQL server."""
    base, _, query = server.partition("?")
    return f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


def open_database(url: str) -> Database:
    return Database(url, config.Database(pool_size=4, busy_timeout_seconds=30.0))


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file with this program's schema, to be copied."""
    path = tmp_path_factory.mktemp("schema") / "fediart.sqlite3"
    asyncio.run(_migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def migrated_template(postgres_address: str) -> Iterator[str]:
    """Return the name of a PostgreSQL database with this program's schema, to be copied."""
    name = f"template_{secrets.token_hex(6)}"
    execute(postgres_address, f"CREATE DATABASE {name}")
    asyncio.run(_migrate(_for_us(address_of(postgres_address, name))))
    yield name
    execute(postgres_address, f"DROP DATABASE {name} WITH (FORCE)")


async def _migrate(url: str) -> None:
    async with open_database(url) as database:
        await schema.migrate(database)


def _for_us(address: str) -> str:
    return address.replace("postgresql://", "postgresql+asyncpg://", 1)


@pytest.fixture
def make_postgres(postgres_address: str) -> Iterator[MakeUrl]:
    """Return a factory of PostgreSQL databases: empty, or a copy of a template."""
    made: list[str] = []

    def make(template: str = "template1") -> str:
        name = f"t_{secrets.token_hex(6)}"
        execute(postgres_address, f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(name)
        return address_of(postgres_address, name)

    yield make
    for name in made:
        execute(postgres_address, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def url(request: pytest.FixtureRequest, engine_name: str, tmp_path: Path) -> str:
    """Return the address of an empty database."""
    if engine_name == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'fediart.sqlite3'}"
    make: MakeUrl = request.getfixturevalue("make_postgres")
    return _for_us(make())


@pytest.fixture
def migrated_url(request: pytest.FixtureRequest, engine_name: str, tmp_path: Path) -> str:
    """Return the address of a database with this program's schema and nothing in it."""
    if engine_name == "sqlite":
        path = shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "fediart.sqlite3")
        return f"sqlite+aiosqlite:///{path}"
    make: MakeUrl = request.getfixturevalue("make_postgres")
    return _for_us(make(request.getfixturevalue("migrated_template")))


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    """Return a database with this program's schema."""
    async with open_database(migrated_url) as opened:
        yield opened


@pytest.fixture
async def second(database: Database) -> AsyncIterator[Database]:
    """Return the same database as another process would open it."""
    async with open_database(database.url) as opened:
        yield opened
