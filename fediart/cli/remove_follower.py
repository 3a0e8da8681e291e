"""`fediart remove-follower`"""

from __future__ import annotations

import click

from fediart import clock
from fediart.cli import _run, _show
from fediart.services import Connected
from fediart.studio import follows


@click.command("remove-follower")
@_show.as_option
@click.argument("who", metavar="@NAME@HOST")
@_run.with_network
async def COMMAND(services: Connected, artist: str, who: str) -> None:
    """End that somebody follows an artist; their server is told."""
    target = await services.lookup.find_actor(who)
    async with services.database.write() as tx:
        await follows.remove_follower(tx, services.speaker, artist, target, now=clock.now())
    click.echo(f"{target.handle} no longer follows {artist}")
