"""`fediart publish`"""

from __future__ import annotations

from dataclasses import replace

import click

from fediart import clock, errors
from fediart.activitypub.addressing import Visibility
from fediart.cli import _images, _mentions, _rights, _run, _show
from fediart.db import queries
from fediart.services import Connected
from fediart.studio import artworks


@click.command("publish")
@click.argument("images", nargs=-1, required=True, metavar="IMAGE…")
@_show.as_option
@click.option("--title", required=True, help="The work's title.")
@click.option("--alt", "alts", multiple=True, required=True, help="What a picture shows, in words; one per image.")
@click.option("--text", default="", help="What the artist says about it. Handles such as @lee@host become mentions.")
@click.option("--tag", "tags", multiple=True, help="A hashtag, with or without #; can be given several times.")
@click.option("--series", default="", help="The series it belongs to.")
@click.option("--medium", default="", help="For example “oil on linen”.")
@click.option(
    "--license", "license_", default="", metavar="URL", help="The licence's address (default: all rights reserved)."
)
@_rights.rights_option
@click.option(
    "--visibility", type=click.Choice(["public", "unlisted", "followers"]), default="public", show_default=True
)
@click.option("--sensitive", is_flag=True, help="Veil the pictures until asked for.")
@click.option("--summary", default="", help="A content warning.")
@click.option("--language", help="The language of the words, for example en.")
@_show.json_option
@_run.with_network
async def COMMAND(
    services: Connected,
    images: tuple[str, ...],
    artist: str,
    title: str,
    alts: tuple[str, ...],
    text: str,
    tags: tuple[str, ...],
    series: str,
    medium: str,
    license_: str,
    rights: str | None,
    visibility: str,
    sensitive: bool,
    summary: str,
    language: str | None,
    as_json: bool,
) -> None:
    """Publish pictures as one work; a running server delivers it at once."""
    if len(alts) != len(images):
        raise errors.UsageError(
            f"{len(images)} pictures need {len(images)} --alt texts, one each in the same order; {len(alts)} given"
        )
    draft = artworks.Draft(
        title=title,
        images=(),
        text=text,
        tags=tags,
        medium=medium,
        series=series,
        license=license_,
        policy=_rights.policy(rights),
        visibility=Visibility(visibility),
        sensitive=sensitive,
        summary=summary,
        language=language,
    )
    artworks.verify_words(draft, alts, limits=services.settings.media)
    async with services.database.read() as tx:
        await queries.actors.require_artist(tx, artist)
    prepared = [
        artworks.Image(files=await _images.prepare_file(services, path), description=alt, name=path.rsplit("/", 1)[-1])
        for path, alt in zip(images, alts, strict=True)
    ]
    people = await _mentions.find(services, text)
    async with services.database.write() as tx:
        note = await artworks.publish(
            tx,
            services.speaker,
            artist,
            replace(draft, images=prepared, people=people),
            limits=services.settings.media,
            now=clock.now(),
        )
    if as_json:
        _show.print_json({"id": str(note.id), "uri": note.uri, "url": note.url})
    else:
        click.echo(f"published {note.id}\n{note.url}")
