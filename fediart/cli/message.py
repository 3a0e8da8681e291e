"""`fediart message`"""

from __future__ import annotations

import click

from fediart import clock
from fediart.cli import _mentions, _run, _show
from fediart.services import Connected
from fediart.studio import messages


@click.command("message")
@_show.as_option
@click.argument("who", nargs=-1, required=True, metavar="@NAME@HOST…")
@click.option("--text", required=True, help="The words. Whom they mention gets the message too.")
@click.option("--summary", default="", help="A content warning.")
@click.option("--language", help="The language of the words, for example en.")
@_show.json_option
@_run.with_network
async def COMMAND(
    services: Connected, artist: str, who: tuple[str, ...], text: str, summary: str, language: str | None, as_json: bool
) -> None:
    """Write to somebody directly. It is shown to those whom it names and to nobody else.

    It is not encrypted: who runs this server or theirs could read it. `fediart reply` answers a message.
    """
    to = [await services.lookup.find_actor(handle) for handle in dict.fromkeys(who)]
    people = await _mentions.find(services, text)
    async with services.database.write() as tx:
        note = await messages.send(
            tx,
            services.speaker,
            artist,
            to,
            text,
            now=clock.now(),
            people=people,
            summary=summary,
            language=language,
        )
    if as_json:
        _show.print_json({"id": str(note.id), "uri": note.uri, "conversation": note.conversation})
    else:
        click.echo(f"sent {note.id} to {', '.join(person.handle for person in to)}")
