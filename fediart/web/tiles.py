"""Works as tiles: what a list of works shows of each one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fediart.db import queries, tables
from fediart.db.engine import Transaction
from fediart.db.queries.pages import Hung
from fediart.web import pictures, rows
from fediart.web.pictures import Picture
from fediart.web.site import Site

PAGE = 48
_FEW = 3
_FILL_WIDE, _FILL_FEW, _FILL_MIDDLING = 3.9, 2.9, 2.5


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
    """Return the style rules of a wall: colours, proportions, and each tile's place on a wide and a middling window."""
    ratios = [tile.picture.tile_ratio for tile in shown]
    # A few works hang larger than many.
    wide = rows.arrange(ratios, fill=_FILL_WIDE if len(shown) > _FEW else _FILL_FEW)
    middling = rows.arrange(ratios, fill=_FILL_MIDDLING)
    return pictures.rules([tile.picture for tile in shown]) + "".join(
        f".{tile.picture.css}{{--ws:{w.share:.5f};--wg:{w.gaps};--ms:{m.share:.5f};--mg:{m.gaps}}}"
        for tile, w, m in zip(shown, wide, middling, strict=True)
    )
