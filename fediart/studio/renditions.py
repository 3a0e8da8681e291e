"""The files of a work, listed by digest and by how its pictures look, in the transaction that publishes them.

What is listed stays listed when a picture is replaced or the work withdrawn: copies are about, and whoever holds one
must be able to find what was declared. Works from before there were such lists are taken in here too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import PurePosixPath

from fediart import config, errors
from fediart.db import ids, queries, tables
from fediart.db.engine import Database, Transaction
from fediart.media import fingerprint, intake, kinds, vips
from fediart.media.fingerprint import Look
from fediart.media.prepare import PreparedImage
from fediart.media.store import Store

_BATCH = 100
_MEDIA_TYPES = {suffix: media_type for media_type, suffix in kinds.TAKEN.items()}


async def record(tx: Transaction, files: PreparedImage, *, note_id: int, attachment_id: int, at: datetime) -> None:
    """List the files of a new picture, and its fingerprints."""
    rows = [
        ("original", files.original, files.original_media_type, files.width, files.height),
        *(
            (
                queries.renditions.FEDERATED if made is files.federated else f"gallery-{made.width}",
                made.file,
                made.media_type,
                made.width,
                made.height,
            )
            for made in (files.federated, *files.gallery)
        ),
    ]
    for role, file, media_type, width, height in rows:
        tx.add(
            tables.Rendition(
                id=ids.new_id(),
                note_id=note_id,
                attachment_id=attachment_id,
                role=role,
                key=file.key,
                sha256=file.sha256,
                media_type=media_type,
                width=width,
                height=height,
                size_bytes=file.size_bytes,
                created_at=at,
            )
        )
    await _add_fingerprint(tx, files.look, files.iscc, note_id=note_id, attachment_id=attachment_id, at=at)


async def supersede(tx: Transaction, attachment_id: int, *, at: datetime) -> None:
    """Keep the list of a picture that leaves its work, as that of an earlier version."""
    await queries.renditions.supersede(tx, attachment_id, at=at)
    await queries.fingerprints.supersede(tx, attachment_id, at=at)


async def list_earlier(database: Database, store: Store) -> int:
    """List the files of works that were published before files were listed; returns how many pictures.

    Reads sizes only, no pixels. May run in several processes at once.
    """
    total = 0
    while True:
        async with database.read() as tx:
            if not await queries.renditions.attachments_without(tx, limit=1):
                return total
        async with database.write() as tx:
            await queries.instance.lock(tx)
            found = await queries.renditions.attachments_without(tx, limit=_BATCH)
            for picture, note in found:
                _add_earlier(tx, store, picture, note)
        total += len(found)


async def measure_earlier(
    database: Database, store: Store, *, limits: config.Media, now: datetime, missing: Callable[[str], None]
) -> int:
    """Give fingerprints to pictures that were published before there were any; returns how many.

    `missing` is told which picture cannot be read. The files are decoded, one at a time, outside any transaction.
    """
    total, last = 0, 0
    while True:
        async with database.read() as tx:
            found = await queries.fingerprints.attachments_without(tx, after=last, limit=_BATCH)
        if not found:
            return total
        for picture in found:
            last = picture.id
            try:
                look, iscc = await asyncio.to_thread(_measure, store, picture.federated_key or "", limits)
            except errors.FediArtError as error:
                missing(f"picture {picture.position + 1} of work {picture.note_id}: {error.text}")
                continue
            async with database.write() as tx:
                await queries.instance.lock(tx)
                if not await queries.fingerprints.has(tx, picture.id):
                    await _add_fingerprint(tx, look, iscc, note_id=picture.note_id, attachment_id=picture.id, at=now)
                    total += 1


def _measure(store: Store, key: str, limits: config.Media) -> tuple[Look, str]:
    data = store.read(key)
    source = intake.read_image(data, name=key, limits=limits)
    with vips.refusing(key):
        look = fingerprint.look_at(data, source)
    return look, fingerprint.iscc_of(look, data)


async def _add_fingerprint(
    tx: Transaction, look: Look, iscc: str, *, note_id: int, attachment_id: int, at: datetime
) -> None:
    await queries.fingerprints.add(
        tx,
        tables.Fingerprint(
            id=ids.new_id(),
            note_id=note_id,
            attachment_id=attachment_id,
            phash=look.phash,
            image_code=look.image_code,
            iscc=iscc,
            created_at=at,
        ),
        with_bands=not look.is_plain,
    )


def _add_earlier(tx: Transaction, store: Store, picture: tables.Attachment, note: tables.Note) -> None:
    files = [("original", picture.original_key, None, None), ("federated", picture.federated_key, picture.width,
             picture.height)]  # fmt: skip
    files += [(f"gallery-{item['width']}", item["key"], item["width"], item["height"]) for item in picture.gallery]
    for role, key, width, height in files:
        if not key:
            continue
        path = store.path_of(key)
        tx.add(
            tables.Rendition(
                id=ids.new_id(),
                note_id=note.id,
                attachment_id=picture.id,
                role=role,
                key=key,
                sha256=PurePosixPath(key).stem,
                media_type=_MEDIA_TYPES[PurePosixPath(key).suffix.removeprefix(".")],
                width=width,
                height=height,
                size_bytes=path.stat().st_size if path.is_file() else 0,
                created_at=note.updated or note.published,
            )
        )
