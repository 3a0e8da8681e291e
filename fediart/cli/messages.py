"""`fediart messages`"""

from __future__ import annotations

from typing import Any

import click

from fediart.activitypub import html
from fediart.cli import _run, _show
from fediart.db import queries
from fediart.db.engine import Transaction
from fediart.services import Services
from fediart.studio import messages
from fediart.studio.messages import Conversation


@click.command("messages")
@_show.as_option
@click.argument("message_id", type=int, required=False, metavar="[ID]")
@_show.limit_option
@_show.json_option
@_run.with_services
async def COMMAND(services: Services, artist: str, message_id: int | None, limit: int, as_json: bool) -> None:
    """List an artist's conversations, newest first; or show all of the one in which message ID stands."""
    async with services.database.read() as tx:
        actor, _ = await queries.actors.require_artist(tx, artist)
        if message_id is not None:
            found = [await messages.conversation_of(tx, actor, message_id)]
        else:
            found = (await messages.conversations(tx, actor))[:limit]
        shown = [await _json(tx, one, with_messages=message_id is not None) for one in found] if as_json else []
    if as_json:
        _show.print_json(shown[0] if message_id is not None else shown)
    elif message_id is not None:
        for note, author in found[0].messages:
            click.echo(f"{note.id}  {author.handle}  {_show.ago(note.published)}")
            warning = [f"[{note.summary}]"] if note.summary else []
            for line in [*warning, *html.to_text(note.content).splitlines()]:
                click.echo(f"    {line}")
    else:
        _show.print_table(
            ["Id", "With", "Last message", "Messages", "When"],
            [
                [
                    str(last.id),
                    ", ".join(one.handles),
                    ("" if author.id != actor.id else "you: ") + _show.first_line(last),
                    str(len(one.messages)),
                    _show.ago(last.published),
                ]
                for one in found
                for last, author in [one.messages[-1]]
            ],
            empty=f"no messages yet: `fediart message --as {artist} @somebody@host --text …`",
        )


async def _json(tx: Transaction, conversation: Conversation, *, with_messages: bool) -> dict[str, Any]:
    last, author = conversation.messages[-1]
    return {
        "id": str(last.id),
        "people": [_show.actor_json(person) if person else {"uri": uri} for uri, person in conversation.people.items()],
        "count": len(conversation.messages),
        "last": (await _show.notes_json(tx, [(last, author)]))[0],
        **({"messages": await _show.notes_json(tx, conversation.messages)} if with_messages else {}),
    }
