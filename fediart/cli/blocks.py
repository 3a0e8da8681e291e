"""`fediart blocks`"""

from __future__ import annotations

import click

from fediart.cli import _run, _show
from fediart.db import queries
from fediart.services import Services


@click.command("blocks")
@_show.as_option
@_show.json_option
@_run.with_services
async def COMMAND(services: Services, artist: str, as_json: bool) -> None:
    """List whom an artist blocks and mutes, newest first."""
    async with services.database.read() as tx:
        actor, _ = await queries.actors.require_artist(tx, artist)
        rows = [("blocked", since.created_at, who) for since, who in await queries.follows.blocked_by(tx, actor.id)]
        rows += [("muted", since.created_at, who) for since, who in await queries.follows.muted_by(tx, actor.id)]
    if as_json:
        _show.print_json(
            [{**_show.actor_json(who), "state": state, "since": _show.when(since)} for state, since, who in rows]
        )
        return
    _show.print_table(
        ["Who", "Name", "State", "Since"],
        [[who.handle, who.name, state, _show.ago(since)] for state, since, who in rows],
        empty=f"{artist} blocks and mutes nobody",
    )
