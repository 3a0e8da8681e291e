"""The schema's version: up from empty, the same as the tables, and refusals in one line."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.engine import make_url

from fediart import errors
from fediart.db import schema
from fediart.db.engine import Database
from tests.db import rows
from tests.db.conftest import open_database

NEWER = "9999_of_tomorrow"


async def stamp(database: Database, revision: str) -> None:
    async with database.write() as tx:
        await tx.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


async def test_an_empty_database_is_brought_to_the_newest_schema(url: str) -> None:
    async with open_database(url) as database:
        assert await schema.current(database) is None
        assert await schema.migrate(database) == (None, schema.newest())
        assert await schema.current(database) == schema.newest()
        await schema.require_newest(database)


async def test_migrating_again_changes_nothing(database: Database) -> None:
    async with database.write() as tx:
        await rows.actor(tx, "https://a.example/users/lee")
    assert await schema.migrate(database) == (schema.newest(), schema.newest())
    async with database.read() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM actors")) == 1


async def test_the_migrations_make_what_the_tables_say(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await connection.run_sync(schema.differences) == []


async def test_a_difference_is_seen(database: Database) -> None:
    async with database.write() as tx:
        await tx.execute(text("DROP TABLE reports"))
    async with database.engine.connect() as connection:
        found = await connection.run_sync(schema.differences)
    assert [(change[0], change[1].name) for change in found] == [("add_table", "reports")]


async def test_a_newer_schema_is_refused_and_left_alone(database: Database) -> None:
    await stamp(database, NEWER)
    with pytest.raises(errors.FediArtError, match=f"newer FediArt \\(schema {NEWER}\\)"):
        await schema.migrate(database)
    with pytest.raises(errors.FediArtError, match="start that program instead"):
        await schema.require_newest(database)
    assert await schema.current(database) == NEWER


async def test_an_empty_database_is_refused_for_work(url: str) -> None:
    async with open_database(url) as database:
        with pytest.raises(errors.FediArtError, match="the database is empty: run `fediart init`"):
            await schema.require_newest(database)


async def test_a_failed_migration_leaves_nothing(url: str) -> None:
    async with open_database(url) as database:
        async with database.write() as tx:
            await tx.execute(text("CREATE TABLE works (note_id INTEGER)"))  # in the way of the first revision
        with pytest.raises(Exception, match="works"):
            await schema.migrate(database)
        assert await schema.current(database) is None
        async with database.read() as tx:
            with pytest.raises(Exception, match="actors"):
                await tx.execute(text("SELECT 1 FROM actors"))


async def test_an_older_sqlite_file_is_copied_aside_with_its_newest_commits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next revision is made up here: migrations come from a folder, and this one gets a second file."""
    folder = tmp_path / "migrations"
    versions = folder / "versions"
    versions.mkdir(parents=True)
    ours = Path(schema.__file__).parent / "migrations"
    (folder / "env.py").write_bytes((ours / "env.py").read_bytes())
    for revision in (ours / "versions").glob("0*.py"):
        (versions / revision.name).write_bytes(revision.read_bytes())
    url = f"sqlite+aiosqlite:///{tmp_path / 'fediart.sqlite3'}"
    async with open_database(url) as database:
        monkeypatch.setattr(schema, "_MIGRATIONS", folder)
        before = schema.newest()
        await schema.migrate(database)
        (versions / "9999_next.py").write_text(
            f"import sqlalchemy as sa\nfrom alembic import op\nrevision = '9999'\ndown_revision = {before!r}\n"
            "def upgrade():\n    op.add_column('works', sa.Column('year', sa.Integer()))\n"
        )
        async with database.write() as tx:
            await rows.actor(tx, "https://a.example/users/lee")
        with pytest.raises(errors.FediArtError, match="run `fediart migrate`"):
            await schema.require_newest(database)
        assert await schema.migrate(database) == (before, "9999")
        await schema.require_newest(database)
    copy = tmp_path / f"fediart.sqlite3.before-9999-was-{before}"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with sqlite3.connect(copy) as kept:
        assert kept.execute("SELECT uri FROM actors").fetchall() == [("https://a.example/users/lee",)]
        assert kept.execute("SELECT version_num FROM alembic_version").fetchall() == [(before,)]
        assert "year" not in [row[1] for row in kept.execute("PRAGMA table_info(works)")]


async def test_no_copy_is_made_when_there_is_nothing_to_migrate(database: Database) -> None:
    await schema.migrate(database)
    if database.is_sqlite:
        folder = Path(make_url(database.url).database or "").parent
        assert not list(folder.glob("*before*"))


def test_the_names_of_the_migrations_say_their_order() -> None:
    """The version is read from file names, without loading Alembic; the two must agree."""
    script = ScriptDirectory(str(Path(schema.__file__).parent / "migrations"))
    assert script.get_heads() == [schema.newest()]
    assert all(Path(one.path).name.startswith(f"{one.revision}_") for one in script.walk_revisions())
