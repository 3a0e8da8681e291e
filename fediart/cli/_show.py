"""Showing results: JSON for programs, a table or a few lines for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import click
import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fediart import clock
from fediart.activitypub import html
from fediart.activitypub.timestamps import write_timestamp
from fediart.db import queries, tables
from fediart.db.engine import Transaction

Command = Callable[..., Any]


def json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def as_option(command: Command) -> Command:
    return click.option("--as", "artist", required=True, metavar="NAME", help="The artist of this server who acts.")(
        command
    )


def limit_option(command: Command) -> Command:
    return click.option(
        "--limit", type=click.IntRange(1, 1000), default=40, show_default=True, help="At most so many."
    )(command)


def print_json(value: Any) -> None:
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str) -> None:
    """Print rows under headings, fitted to the terminal; when there are none, a sentence on standard error."""
    if not rows:
        click.echo(empty, err=True)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column == "Id")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console = Console(highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console = Console(highlight=False, soft_wrap=False, width=500)  # one line a row, for grep
    console.print(table)


def when(at: datetime | None) -> str | None:
    return write_timestamp(at) if at else None


def ago(at: datetime) -> str:
    """Say how long ago something was, or how soon it will be."""
    seconds = (clock.now() - at).total_seconds()
    size = abs(seconds)
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if size >= length:
            text = f"{size / length:.0f} {unit}"
            break
    else:
        text = f"{size:.0f} s"
    return f"{text} ago" if seconds >= 0 else f"in {text}"


def actor_json(actor: tables.Actor) -> dict[str, Any]:
    return {
        "id": str(actor.id),
        "uri": actor.uri,
        "handle": actor.handle,
        "name": actor.name,
        "url": actor.url,
    }


def note_json(note: tables.Note, author: tables.Actor, attachments: Sequence[tables.Attachment] = ()) -> dict[str, Any]:
    """Return what a program wants to know of a post; `text` is its content without markup."""
    return {
        "id": str(note.id),
        "uri": note.uri,
        "url": note.url,
        "author": actor_json(author),
        "visibility": note.visibility,
        "summary": note.summary,
        "sensitive": note.sensitive,
        "text": html.to_text(note.content),
        "content": note.content,
        "language": note.language,
        "in_reply_to": note.in_reply_to_uri,
        "published": when(note.published),
        "updated": when(note.updated),
        "proof": note.proof,
        "pinned": note.pinned_at is not None,
        "rights": note.rights,
        "emojis": note.emojis,
        "attachments": [
            {
                "url": item.url,
                "media_type": item.media_type,
                "description": item.description,
                "width": item.width,
                "height": item.height,
                "blurhash": item.blurhash,
                "digest": item.digest,
            }
            for item in attachments
        ],
    }


async def notes_json(tx: Transaction, rows: Sequence[tuple[tables.Note, tables.Actor]]) -> list[dict[str, Any]]:
    attachments = await queries.notes.attachments_of(tx, [note.id for note, _ in rows])
    return [note_json(note, author, attachments[note.id]) for note, author in rows]


def first_line(note: tables.Note) -> str:
    """Return a post in one line, for a table; what a warning covers stays covered."""
    if note.summary:
        return f"[{note.summary}]"
    text = " ".join(html.to_text(note.content).split())
    return text if len(text) <= 80 else f"{text[:79]}…"


def progress(fields: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in fields.items())
