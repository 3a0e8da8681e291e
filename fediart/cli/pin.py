"""`fediart pin`"""

from __future__ import annotations

import click

from fediart import clock
from fediart.cli import _run, _show
from fediart.services import Services
from fediart.studio import pins


@click.command("pin")
@_show.as_option
@click.argument("work_id", type=int, metavar="ID")
@_run.with_services
async def COMMAND(services: Services, artist: str, work_id: int) -> None:
    """Show a work before all others, on the gallery page and on the profile elsewhere; five at most."""
    async with services.database.write() as tx:
        note = await pins.pin(tx, services.speaker, artist, work_id, now=clock.now())
    click.echo(f"pinned {note.id}\n{note.url}")
