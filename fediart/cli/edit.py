"""`fediart edit`"""

from __future__ import annotations

from typing import Any

import click

from fediart import clock, errors
from fediart.cli import _arrange, _mentions, _rights, _run, _show
from fediart.db import queries, tables
from fediart.db.engine import Transaction
from fediart.services import Connected
from fediart.studio import artworks, posts

_OF_POSTS = ("text", "summary", "language")


@click.command("edit")
@click.argument("note_id", type=int, metavar="ID")
@click.option("--title")
@click.option("--text", help="Handles such as @lee@host become mentions.")
@click.option("--tag", "tags", multiple=True, help="Replaces all tags; can be given several times.")
@click.option("--no-tags", is_flag=True, help="Remove all tags.")
@click.option("--series")
@click.option("--medium")
@click.option("--license", "license_", metavar="URL", help="Empty: all rights reserved.")
@_rights.rights_option
@click.option("--alt", "alts", multiple=True, help="The alt text of a picture as N=TEXT, counting from 1.")
@_arrange.options
@click.option("--sensitive/--not-sensitive", default=None)
@click.option("--summary", help="The content warning; empty removes it.")
@click.option("--language")
@_show.json_option
@_run.with_network
async def COMMAND(services: Connected, note_id: int, as_json: bool, **given: Any) -> None:
    """Change a work; or the words of a reply or message. Everybody who got it gets the new version.

    Numbers of pictures are those from before the edit. Who may see it stays as it was published.
    """
    wish = _arrange.read(given)
    alts = dict(_arrange.numbered("--alt", "1=A grey heron", text) for text in given.pop("alts"))
    async with services.database.read() as tx:  # fail before any picture is worked on
        post = await _find_post(tx, note_id)
        if post is None:
            await queries.works.require(tx, note_id)
        before = [row.description for row in await queries.notes.attachments(tx, note_id)]
    if post is not None:
        changed = await _edit_post(services, post, given, is_about_pictures=bool(alts) or not wish.is_empty)
        _say(post, changed, as_json)
        return
    images = await _arrange.pictures(services, wish, before, alts)
    edits = artworks.Changes(
        title=given["title"],
        text=given["text"],
        tags=() if given["no_tags"] else given["tags"] or None,
        medium=given["medium"],
        series=given["series"],
        license=given["license_"],
        policy=_rights.policy(given["rights"]),
        sensitive=given["sensitive"],
        summary=given["summary"],
        language=given["language"],
        descriptions=alts,
        images=images,
        people=await _mentions.find(services, given["text"]),
    )
    async with services.database.write() as tx:
        note, changed = await artworks.edit(
            tx, services.speaker, note_id, edits, limits=services.settings.media, now=clock.now()
        )
    _say(note, changed, as_json)


async def _find_post(tx: Transaction, note_id: int) -> tables.Note | None:
    """Find words of an artist here that are no work."""
    note = await queries.notes.get(tx, note_id)
    if note is None or not note.is_local or note.deleted_at is not None:
        return None
    return note if await queries.works.find(tx, note_id) is None else None


async def _edit_post(services: Connected, post: tables.Note, given: dict[str, Any], *, is_about_pictures: bool) -> bool:
    others = [name for name, value in given.items() if name not in _OF_POSTS and value not in (None, (), False)]
    if others or is_about_pictures or given["sensitive"] is not None:
        raise errors.UsageError(f"{post.id} is no work: only its --text, --summary and --language can be changed")
    people = await _mentions.find(services, given["text"])
    async with services.database.write() as tx:
        return await posts.edit(
            tx,
            services.speaker,
            await tx.get_one(tables.Note, post.id),
            text=given["text"],
            people=people,
            summary=given["summary"],
            language=given["language"],
            now=clock.now(),
        )


def _say(note: tables.Note, changed: bool, as_json: bool) -> None:
    if as_json:
        _show.print_json({"id": str(note.id), "uri": note.uri, "url": note.url, "changed": changed})
    else:
        click.echo(f"changed {note.id}\n{note.url}" if changed else f"nothing to change in {note.id}; nothing was sent")
