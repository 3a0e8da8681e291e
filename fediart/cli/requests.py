"""`fediart requests`: who waits for an artist's approval, and the answers."""

from __future__ import annotations

import click

from fediart import clock
from fediart.cli import _run, _show
from fediart.db import queries
from fediart.services import Connected, Services
from fediart.studio import follows


def _require_artist(context: click.Context, parameter: click.Parameter, value: str | None) -> str:
    """Return whom `--as` names, here or in front of the subcommand: people write it on either side."""
    artist = value or (context.parent.params.get("artist") if context.parent else None)
    if artist is None:
        raise click.MissingParameter(ctx=context, param=parameter)
    return str(artist)


_as_option = click.option(
    "--as", "artist", callback=_require_artist, metavar="NAME", help="The artist of this server who acts."
)


@click.group("requests", invoke_without_command=True)
@click.option("--as", "artist", metavar="NAME", help="The artist of this server who acts.")
@_show.json_option
@click.pass_context
def COMMAND(context: click.Context, artist: str | None, as_json: bool) -> None:
    """Show, accept or reject requests to follow; alone it lists them."""
    if context.invoked_subcommand is not None:
        return
    if artist is None:
        raise click.MissingParameter(ctx=context, param_hint="'--as'", param_type="option")
    _list(artist=artist, as_json=as_json)


@_run.with_services
async def _list(services: Services, artist: str, as_json: bool) -> None:
    async with services.database.read() as tx:
        actor, _ = await queries.actors.require_artist(tx, artist)
        rows = await queries.follows.requests(tx, actor.id)
    if as_json:
        _show.print_json(
            [{**_show.actor_json(who), "since": _show.when(relation.created_at)} for relation, who in rows]
        )
        return
    _show.print_table(
        ["Who", "Name", "Since"],
        [[who.handle, who.name, _show.ago(relation.created_at)] for relation, who in rows],
        empty=f"nobody waits to follow {artist}",
    )


@COMMAND.command("accept")
@_as_option
@click.argument("who", metavar="@NAME@HOST")
@_run.with_network
async def accept(services: Connected, artist: str, who: str) -> None:
    """Let somebody follow who asked to."""
    follower = await services.lookup.find_actor(who)
    async with services.database.write() as tx:
        await follows.accept_request(tx, services.speaker, artist, follower, now=clock.now())
    click.echo(f"{follower.handle} follows {artist}")


@COMMAND.command("reject")
@_as_option
@click.argument("who", metavar="@NAME@HOST")
@_run.with_network
async def reject(services: Connected, artist: str, who: str) -> None:
    """Refuse somebody who asked to follow."""
    follower = await services.lookup.find_actor(who)
    async with services.database.write() as tx:
        await follows.reject_request(tx, services.speaker, artist, follower, now=clock.now())
    click.echo(f"{follower.handle} does not follow {artist}")
