"""`fediart edit`"""

from __future__ import annotations

import click

from fediart import clock, errors
from fediart.cli import _images, _rights, _run, _show
from fediart.db import queries
from fediart.services import Services
from fediart.studio import artworks


@click.command("edit")
@click.argument("work_id", type=int, metavar="ID")
@click.option("--title")
@click.option("--text")
@click.option("--tag", "tags", multiple=True, help="Replaces all tags; can be given several times.")
@click.option("--no-tags", is_flag=True, help="Remove all tags.")
@click.option("--series")
@click.option("--medium")
@click.option("--license", "license_", metavar="URL")
@_rights.rights_option
@click.option("--alt", "alts", multiple=True, help="The alt text of a picture as N=TEXT, counting from 1.")
@click.option("--image", "images", multiple=True, metavar="IMAGE", help="Replaces all pictures; one --image-alt each.")
@click.option("--image-alt", "image_alts", multiple=True, help="The alt text of a new picture, in the same order.")
@click.option("--sensitive/--not-sensitive", default=None)
@click.option("--summary", help="The content warning; empty removes it.")
@click.option("--language")
@_show.json_option
@_run.with_services
async def COMMAND(
    services: Services,
    work_id: int,
    title: str | None,
    text: str | None,
    tags: tuple[str, ...],
    no_tags: bool,
    series: str | None,
    medium: str | None,
    license_: str | None,
    rights: str | None,
    alts: tuple[str, ...],
    images: tuple[str, ...],
    image_alts: tuple[str, ...],
    sensitive: bool | None,
    summary: str | None,
    language: str | None,
    as_json: bool,
) -> None:
    """Change a work. Everybody who got it gets the new version."""
    if len(images) != len(image_alts):
        raise errors.UsageError(f"{len(images)} new pictures need as many --image-alt texts; {len(image_alts)} given")
    async with services.database.read() as tx:  # fail before any picture is worked on
        await queries.works.require(tx, work_id)
    new_images = [
        artworks.Image(files=await _images.prepare_file(services, path), description=alt, name=path.rsplit("/", 1)[-1])
        for path, alt in zip(images, image_alts, strict=True)
    ]
    edits = artworks.Changes(
        title=title,
        text=text,
        tags=() if no_tags else tags or None,
        medium=medium,
        series=series,
        license=license_,
        policy=_rights.policy(rights),
        sensitive=sensitive,
        summary=summary,
        language=language,
        descriptions=dict(_numbered(alt) for alt in alts),
        images=new_images or None,
    )
    async with services.database.write() as tx:
        note, changed = await artworks.edit(
            tx, services.speaker, work_id, edits, limits=services.settings.media, now=clock.now()
        )
    if as_json:
        _show.print_json({"id": str(note.id), "uri": note.uri, "url": note.url, "changed": changed})
    else:
        click.echo(f"changed {note.id}\n{note.url}" if changed else f"nothing to change in {note.id}; nothing was sent")


def _numbered(text: str) -> tuple[int, str]:
    number, separator, alt = text.partition("=")
    if not separator or not number.strip().isdecimal():
        raise errors.UsageError(f"--alt wants N=TEXT, for example --alt “1=A grey heron”, not “{text}”")
    return int(number), alt
