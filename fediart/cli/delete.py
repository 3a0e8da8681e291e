"""`fediart delete`"""

from __future__ import annotations

import click

from fediart import clock, errors
from fediart.cli import _run
from fediart.db import queries
from fediart.services import Services
from fediart.studio import artworks


@click.command("delete")
@click.argument("note_id", type=int, metavar="ID")
@_run.with_services
async def COMMAND(services: Services, note_id: int) -> None:
    """Withdraw a work or a reply; everybody who got it is told. There is no way back."""
    async with services.database.write() as tx:
        note = await queries.notes.get(tx, note_id)
        if note is None or not note.is_local:
            raise errors.NotFoundError(f"there is no work or reply {note_id} here")
        if note.deleted_at is not None:
            raise errors.NotFoundError(f"{note_id} was deleted on {note.deleted_at:%Y-%m-%d}")
        actor = await queries.actors.get(tx, note.actor_id)
        await artworks.withdraw(tx, services.speaker, actor, note, now=clock.now())
    click.echo(f"deleted {note_id}")
