"""`fediart migrate`"""

from __future__ import annotations

import click

from fediart.cli import _run
from fediart.db import schema
from fediart.db.engine import Database


@click.command("migrate")
@click.pass_context
def COMMAND(context: click.Context) -> None:
    """Bring the database to this version's schema. A SQLite file is copied aside first."""
    settings = _run.load_settings(context)

    async def work() -> tuple[str | None, str]:
        async with Database(settings.database_url, settings.database) as database:
            return await schema.migrate(database)

    before, after = _run.run(work())
    click.echo(f"the database is at schema {after} already" if before == after else f"migrated to schema {after}")
