"""`fediart fetch`"""

from __future__ import annotations

from datetime import timedelta

import click

from fediart import clock
from fediart.activitypub import html
from fediart.cli import _run, _show
from fediart.db import queries
from fediart.inbox import wants
from fediart.inbox.fetches import Fetches
from fediart.services import Connected

_SECONDS = 30.0


@click.command("fetch")
@click.argument("post", metavar="ID|URL")
@_show.json_option
@_run.with_network
async def COMMAND(services: Connected, post: str, as_json: bool) -> None:
    """Fetch a post from another server, with what it answers and what was answered to it.

    It can then be liked, boosted or answered by its number. What takes longer than half a minute goes on in the server.
    """
    found = await services.lookup.find_note(post)
    if not found.is_local:
        async with services.database.write() as tx:
            await wants.thread_around(
                tx,
                found,
                urls=services.urls,
                at=clock.now(),
                jitter=timedelta(),
                root=found.uri,
                is_asked=True,
            )
        fetches = Fetches(services.database, services.session, services.speaker, services.settings.federation)
        await fetches.work_off(found.uri, seconds=_SECONDS)
    async with services.database.read() as tx:
        author = await queries.actors.get(tx, found.actor_id)
        above = (await queries.fetches.ancestry(tx, found.id))[1:]
        below = await queries.notes.replies(tx, found.id)
    if as_json:
        _show.print_json(
            {
                "id": str(found.id),
                "uri": found.uri,
                "author": author.handle,
                "content": html.to_text(found.content),
                "ancestors": [note.uri for note in reversed(above)],
                "replies": [note.uri for note, _ in below],
            }
        )
        return
    click.echo(f"{found.id}  {author.handle}  {_show.ago(found.published)}")
    for line in html.to_text(found.content).splitlines():
        click.echo(f"    {line}")
    click.echo(f"here are also: {len(above)} above it in the thread, {len(below)} direct replies")
