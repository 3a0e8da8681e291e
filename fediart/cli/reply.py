"""`fediart reply`"""

from __future__ import annotations

import click

from fediart import clock
from fediart.activitypub.addressing import Visibility
from fediart.cli import _mentions, _run, _show
from fediart.services import Connected
from fediart.studio import replies


@click.command("reply")
@_show.as_option
@click.argument("post", metavar="ID|URL")
@click.option("--text", required=True, help="The words. Handles such as @lee@host become mentions.")
@click.option(
    "--visibility", type=click.Choice([v.value for v in Visibility]), help="At most that of what is answered."
)
@click.option("--summary", default="", help="A content warning (default: that of what is answered).")
@_show.json_option
@_run.with_network
async def COMMAND(
    services: Connected, artist: str, post: str, text: str, visibility: str | None, summary: str, as_json: bool
) -> None:
    """Answer a work or a reply."""
    parent = await services.lookup.find_note(post)
    others = await _mentions.find(services, text)
    async with services.database.write() as tx:
        note = await replies.reply(
            tx,
            services.speaker,
            artist,
            parent,
            text,
            now=clock.now(),
            visibility=Visibility(visibility) if visibility else None,
            summary=summary,
            others=others,
        )
    if as_json:
        _show.print_json({"id": str(note.id), "uri": note.uri, "url": note.url})
    else:
        click.echo(f"replied {note.id}\n{note.url}")
