"""`fediart replies`"""

from __future__ import annotations

import click

from fediart.cli import _run, _show
from fediart.db import queries
from fediart.services import Services


@click.command("replies")
@_show.as_option
@_show.limit_option
@_show.json_option
@_run.with_services
async def COMMAND(services: Services, artist: str, limit: int, as_json: bool) -> None:
    """List what was answered to an artist's works and replies, newest first."""
    async with services.database.read() as tx:
        actor, _ = await queries.actors.require_artist(tx, artist)
        rows = await queries.notes.replies_to_artist(tx, actor.id, limit=limit)
        shown = await _show.notes_json(tx, [(note, author) for note, author, _ in rows]) if as_json else []
    if as_json:
        _show.print_json(shown)
        return
    _show.print_table(
        ["Id", "From", "To", "Reply", "When"],
        [
            [str(note.id), author.handle, str(parent.id), _show.first_line(note), _show.ago(note.received_at)]
            for note, author, parent in rows
        ],
        empty=f"nobody has answered {artist} yet",
    )
