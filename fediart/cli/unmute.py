"""`fediart unmute`"""

from __future__ import annotations

import click

from fediart.cli import _run, _show
from fediart.services import Connected
from fediart.studio import mutes


@click.command("unmute")
@_show.as_option
@click.argument("who", metavar="@NAME@HOST")
@_run.with_network
async def COMMAND(services: Connected, artist: str, who: str) -> None:
    """Show somebody again who was muted."""
    target = await services.lookup.find_actor(who)
    async with services.database.write() as tx:
        await mutes.unmute(tx, artist, target)
    click.echo(f"{artist} no longer mutes {target.handle}")
