"""`fediart unfollow`"""

from __future__ import annotations

import click

from fediart import clock
from fediart.cli import _run, _show
from fediart.services import Connected
from fediart.studio import follows


@click.command("unfollow")
@_show.as_option
@click.argument("who", metavar="@NAME@HOST")
@_run.with_network
async def COMMAND(services: Connected, artist: str, who: str) -> None:
    """Stop following, or take the request back."""
    target = await services.lookup.find_actor(who)
    async with services.database.write() as tx:
        await follows.unfollow(tx, services.speaker, artist, target, now=clock.now())
    click.echo(f"{artist} no longer follows {target.handle}")
