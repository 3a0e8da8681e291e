"""`fediart unpin`"""

from __future__ import annotations

import click

from fediart import clock
from fediart.cli import _run, _show
from fediart.services import Services
from fediart.studio import pins


@click.command("unpin")
@_show.as_option
@click.argument("work_id", type=int, metavar="ID")
@_run.with_services
async def COMMAND(services: Services, artist: str, work_id: int) -> None:
    """Take a pin off: the work hangs where its date puts it."""
    async with services.database.write() as tx:
        note = await pins.unpin(tx, services.speaker, artist, work_id, now=clock.now())
    click.echo(f"unpinned {note.id}\n{note.url}")
