"""`fediart follow`"""

from __future__ import annotations

import click

from fediart import clock
from fediart.cli import _run, _show
from fediart.services import Connected
from fediart.studio import follows


@click.command("follow")
@_show.as_option
@click.argument("who", metavar="@NAME@HOST")
@_run.with_network
async def COMMAND(services: Connected, artist: str, who: str) -> None:
    """Ask to follow somebody: @lee@host, or an address."""
    target = await services.lookup.find_actor(who)
    async with services.database.write() as tx:
        relation = await follows.follow(tx, services.speaker, artist, target, now=clock.now())
    state = "follows" if relation.state == "accepted" else "asked to follow"
    click.echo(f"{artist} {state} {target.handle}")
