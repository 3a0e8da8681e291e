"""`fediart block`"""

from __future__ import annotations

import click

from fediart import clock
from fediart.cli import _run, _show
from fediart.services import Connected
from fediart.studio import blocks


@click.command("block")
@_show.as_option
@click.argument("who", metavar="@NAME@HOST")
@_run.with_network
async def COMMAND(services: Connected, artist: str, who: str) -> None:
    """Block somebody: neither follows the other, and what they send is refused."""
    target = await services.lookup.find_actor(who)
    async with services.database.write() as tx:
        await blocks.block(tx, services.speaker, artist, target, now=clock.now())
    click.echo(f"{artist} blocks {target.handle}")
