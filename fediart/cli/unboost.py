"""`fediart unboost`"""

from __future__ import annotations

import click

from fediart import clock
from fediart.cli import _run, _show
from fediart.services import Connected
from fediart.studio import reactions


@click.command("unboost")
@_show.as_option
@click.argument("post", metavar="ID|URL")
@_run.with_network
async def COMMAND(services: Connected, artist: str, post: str) -> None:
    """Take a boost back."""
    note = await services.lookup.find_note(post)
    async with services.database.write() as tx:
        await reactions.unboost(tx, services.speaker, artist, note, now=clock.now())
    click.echo(f"{artist} no longer boosts {note.uri}")
