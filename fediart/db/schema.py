"""The schema's version: bring a database up to date, or say why this program must not touch it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from fediart import errors
from fediart.db.engine import Database

_MIGRATIONS = Path(__file__).parent / "migrations"


def _alembic(connection: Connection | None = None) -> AlembicConfig:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(_MIGRATIONS))
    settings.attributes["connection"] = connection
    return settings


def newest() -> str:
    """Return the revision this program is written for."""
    return ScriptDirectory.from_config(_alembic()).get_current_head() or ""


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _known(revision: str) -> bool:
    return any(script.revision == revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions())


async def current(database: Database) -> str | None:
    """Return the revision the database is at, None when it is empty."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(_current)


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
        command.upgrade(_alembic(connection), "head")

    async with database.engine.begin() as connection:
        await connection.run_sync(_upgrade)
    return before, newest()


def _copy_aside(database: Database, revision: str) -> None:
    path = Path(make_url(database.url).database or "")
    if path.exists():
        shutil.copy2(path, path.with_name(f"{path.name}.before-{newest()}-was-{revision}"))


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

    from fediart.db.tables import Base

    return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))
