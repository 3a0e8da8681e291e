"""`fediart notifications`"""

from __future__ import annotations

import click

from fediart.cli import _run, _show
from fediart.db import queries, tables
from fediart.services import Services

_WORDS = {
    "follow": "follows you",
    "follow_request": "asks to follow you",
    "follow_accepted": "lets you follow",
    "favourite": "likes",
    "reblog": "boosted",
    "reply": "answered",
    "mention": "mentioned you in",
    "move": "is where somebody you follow has moved",
}


def _words(told: tables.Notification, note: tables.Note | None) -> str:
    if note is not None and note.visibility == "direct" and told.type in ("mention", "reply"):
        return "wrote to you"
    return _WORDS.get(told.type, told.type)


@click.command("notifications")
@_show.as_option
@_show.limit_option
@_show.json_option
@_run.with_services
async def COMMAND(services: Services, artist: str, limit: int, as_json: bool) -> None:
    """List who followed, liked, boosted, answered or mentioned an artist, newest first."""
    async with services.database.read() as tx:
        actor, _ = await queries.actors.require_artist(tx, artist)
        rows = await queries.notifications.of_artist(tx, actor.id, limit=limit)
    if as_json:
        _show.print_json(
            [
                {
                    "id": str(told.id),
                    "type": told.type,
                    "from": _show.actor_json(who),
                    "note": {"id": str(note.id), "uri": note.uri, "url": note.url} if note else None,
                    "created_at": _show.when(told.created_at),
                }
                for told, who, note in rows
            ]
        )
        return
    _show.print_table(
        ["Who", "", "What", "When"],
        [
            [
                who.handle,
                _words(told, note),
                f"{note.id}: {_show.first_line(note)}" if note else "",
                _show.ago(told.created_at),
            ]
            for told, who, note in rows
        ],
        empty=f"nothing has happened to {artist} yet",
    )
