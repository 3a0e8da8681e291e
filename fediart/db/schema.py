"""The schema's version: bring a database up to date, or say why this program must not touch it.

Alembic is loaded only to migrate: every command asks for the version, and most find it right.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import make_url

from fediart import errors
from fediart.db.engine import Database

_MIGRATIONS = Path(__file__).parent / "migrations"


def _alembic(connection: Connection | None = None) -> Any:
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


def _revisions() -> tuple[str, ...]:
    """Return every revision in order: a migration's file name begins with its number."""
    return tuple(sorted(path.name.split("_", 1)[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*_*.py")))


def newest() -> str:
    """Return the revision this program is written for."""
    return _revisions()[-1]


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _known(revision: str) -> bool:
    return revision in _revisions()


async def current(database: Database) -> str | None:
    """Return the revision the database is at, None when it is empty."""
    async with database.read() as tx:
        return await (await tx.connection()).run_sync(_current)


async def migrate(database: Database) -> tuple[str | None, str]:
    """Bring the schema to the newest revision; a SQLite file with data is copied aside first.

    Returns the revision before and after. Each revision is one transaction: a crash leaves it whole or absent.
    Raises: FediArtError when the database was written by a newer program.
    """
    before = await current(database)
    if before is not None and not _known(before):
        raise errors.FediArtError(
            f"this database was made by a newer FediArt (schema {before}); this program knows up to {newest()}: "
            "start the newer program, or restore the copy from before its upgrade"
        )
    if before == newest():
        return before, before
    if before is not None and database.is_sqlite:
        _copy_aside(database, before)

    def _upgrade(connection: Connection) -> None:
        from alembic import command

        command.upgrade(_alembic(connection), "head")

    async with database.write() as tx:
        await (await tx.connection()).run_sync(_upgrade)
    return before, newest()


def _copy_aside(database: Database, revision: str) -> None:
    """Copy through SQLite: its newest commits may be in the write-ahead log beside the file."""
    path = Path(make_url(database.url).database or "")
    aside = path.with_name(f"{path.name}.before-{newest()}-was-{revision}")
    with suppress(FileNotFoundError):
        aside.unlink()
    aside.touch(mode=0o600)  # it holds the private keys
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(aside)) as target:
        source.backup(target)


async def require_newest(database: Database) -> None:
    """Raise FediArtError unless the schema is exactly the one this program knows."""
    revision = await current(database)
    if revision is None:
        raise errors.FediArtError("the database is empty: run `fediart init` or `fediart migrate` first")
    if revision != newest():
        raise errors.FediArtError(
            f"the database is at schema {revision}, this program needs {newest()}: run `fediart migrate`"
            if _known(revision)
            else f"this database was made by a newer FediArt (schema {revision}): start that program instead"
        )


def differences(connection: Connection) -> list[Any]:
    """Return what the migrations and the tables disagree on (tests ask this)."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from fediart.db.tables import Base

    return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))
