"""`fediart timeline`"""

from __future__ import annotations

import click

from fediart.cli import _run, _show
from fediart.db import queries
from fediart.services import Services


@click.command("timeline")
@_show.as_option
@_show.limit_option
@_show.json_option
@_run.with_services
async def COMMAND(services: Services, artist: str, limit: int, as_json: bool) -> None:
    """Show what those whom an artist follows published and boosted, newest first."""
    async with services.database.read() as tx:
        actor, _ = await queries.actors.require_artist(tx, artist)
        entries = await queries.notes.timeline(tx, actor.id, limit=limit)
        shown = await _show.notes_json(tx, [(entry.note, entry.author) for entry in entries])
    if as_json:
        _show.print_json(
            [
                {**note, "boosted_by": _show.actor_json(entry.boosted_by) if entry.boosted_by else None}
                for note, entry in zip(shown, entries, strict=True)
            ]
        )
        return
    _show.print_table(
        ["Id", "From", "Post", "Pictures", "Proof", "When"],
        [
            [
                str(entry.note.id),
                entry.author.handle + (f" (boosted by {entry.boosted_by.handle})" if entry.boosted_by else ""),
                _show.first_line(entry.note),
                str(len(note["attachments"])),
                entry.note.proof,
                _show.ago(entry.note.published),
            ]
            for note, entry in zip(shown, entries, strict=True)
        ],
        empty=f"nothing here yet: `fediart follow --as {artist} @somebody@host`",
    )
