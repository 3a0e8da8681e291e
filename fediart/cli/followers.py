"""`fediart followers`"""

from __future__ import annotations

import click

from fediart.cli import _run, _show
from fediart.db import queries
from fediart.services import Services


@click.command("followers")
@_show.as_option
@_show.limit_option
@_show.json_option
@_run.with_services
async def COMMAND(services: Services, artist: str, limit: int, as_json: bool) -> None:
    """List an artist's followers, newest first."""
    async with services.database.read() as tx:
        actor, _ = await queries.actors.require_artist(tx, artist)
        rows = await queries.follows.followers(tx, actor.id, limit=limit, any_state=True)
    if as_json:
        _show.print_json(
            [
                {**_show.actor_json(who), "state": relation.state, "since": _show.when(relation.created_at)}
                for relation, who in rows
            ]
        )
        return
    _show.print_table(
        ["Follower", "Name", "State", "Since"],
        [[who.handle, who.name, relation.state, _show.ago(relation.created_at)] for relation, who in rows],
        empty=f"nobody follows {artist} yet",
    )
