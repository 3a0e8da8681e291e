"""`fediart like`"""

from __future__ import annotations

import click

from fediart import clock
from fediart.cli import _run, _show
from fediart.services import Connected
from fediart.studio import reactions


@click.command("like")
@_show.as_option
@click.argument("post", metavar="ID|URL")
@_run.with_network
async def COMMAND(services: Connected, artist: str, post: str) -> None:
    """Like a post by its number or address."""
    note = await services.lookup.find_note(post)
    async with services.database.write() as tx:
        await reactions.like(tx, services.speaker, artist, note, now=clock.now())
    click.echo(f"{artist} likes {note.uri}")
