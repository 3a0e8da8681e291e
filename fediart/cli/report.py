"""`fediart report`"""

from __future__ import annotations

import click

from fediart import clock
from fediart.cli import _run, _show
from fediart.services import Connected
from fediart.studio import reports


@click.command("report")
@_show.as_option
@click.argument("who", metavar="@NAME@HOST")
@click.option("--post", "posts", multiple=True, metavar="POST", help="A post of theirs, by number or address.")
@click.option("--text", default="", help="What is wrong, for the moderators.")
@_run.with_network
async def COMMAND(services: Connected, artist: str, who: str, posts: tuple[str, ...], text: str) -> None:
    """Report somebody to the moderators of their server, without the artist's name."""
    target = await services.lookup.find_actor(who)
    found = [await services.lookup.find_note(post) for post in posts]
    async with services.database.write() as tx:
        await reports.report(tx, services.speaker, artist, target, found, text, now=clock.now())
    whom = "the admin of this server" if target.is_local else f"the moderators of {target.host}"
    click.echo(f"reported {target.handle} to {whom}")
