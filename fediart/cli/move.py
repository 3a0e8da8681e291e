"""`fediart move`"""

from __future__ import annotations

import click

from fediart import clock
from fediart.cli import _run, _show
from fediart.services import Connected
from fediart.studio import moves


@click.command("move")
@_show.as_option
@click.option("--to", "who", required=True, metavar="@NAME@HOST", help="The new account; it must name the old one.")
@_run.with_network
async def COMMAND(services: Connected, artist: str, who: str) -> None:
    """Send an artist's followers to another account; this one stays readable and says nothing new."""
    target = await services.lookup.find_actor(who, is_fresh=True)
    async with services.database.write() as tx:
        await moves.move(tx, services.speaker, artist, target, now=clock.now())
    click.echo(f"{artist} has moved to {target.handle}; the followers' servers are being told")
