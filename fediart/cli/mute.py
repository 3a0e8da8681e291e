"""`fediart mute`"""

from __future__ import annotations

import click

from fediart import clock
from fediart.cli import _run, _show
from fediart.services import Connected
from fediart.studio import mutes


@click.command("mute")
@_show.as_option
@click.argument("who", metavar="@NAME@HOST")
@_run.with_network
async def COMMAND(services: Connected, artist: str, who: str) -> None:
    """Hide somebody from timeline and notifications; nobody is told."""
    target = await services.lookup.find_actor(who)
    async with services.database.write() as tx:
        await mutes.mute(tx, artist, target, now=clock.now())
    click.echo(f"{artist} mutes {target.handle}")
