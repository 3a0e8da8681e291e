"""`fediart unblock`"""

from __future__ import annotations

import click

from fediart import clock
from fediart.cli import _run, _show
from fediart.services import Connected
from fediart.studio import blocks


@click.command("unblock")
@_show.as_option
@click.argument("who", metavar="@NAME@HOST")
@_run.with_network
async def COMMAND(services: Connected, artist: str, who: str) -> None:
    """Take a block back."""
    target = await services.lookup.find_actor(who)
    async with services.database.write() as tx:
        await blocks.unblock(tx, services.speaker, artist, target, now=clock.now())
    click.echo(f"{artist} no longer blocks {target.handle}")
