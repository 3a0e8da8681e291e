"""Works as tiles: what a list of works shows of each one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fediart.db import queries, tables
from fediart.db.engine import Transaction
from fediart.db.queries.pages import Hung
from fediart.web import pictures
from fediart.web.pictures import Picture
from fediart.web.site import Site

PAGE = 48


@dataclass(frozen=True, slots=True)
class Tile:
    work: tables.Work
    note: tables.Note
    actor: tables.Actor
    href: str
    picture: Picture
    count: int

    @property
    def is_veiled(self) -> bool:
        return self.note.sensitive or bool(self.note.summary)


async def read(tx: Transaction, site: Site, works: Sequence[Hung], *, prefix: str = "p") -> list[Tile]:
    """Read the first picture of each work; a work without any is left out."""
    attachments = await queries.notes.attachments_of(tx, [note.id for _, note, _ in works])
    return [
        Tile(
            work=work,
            note=note,
            actor=actor,
            href=f"/@{actor.username}/{note.id}",
            picture=pictures.read(site.urls, files[0], css=f"{prefix}{number}", title=work.title),
            count=len(files),
        )
        for number, (work, note, actor) in enumerate(works)
        if (files := attachments[note.id])
    ]


def rules(shown: Sequence[Tile]) -> str:
    return pictures.rules([tile.picture for tile in shown])
