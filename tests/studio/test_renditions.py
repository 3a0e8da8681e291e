"""What a work leaves in the lists of files and fingerprints, and what is taken in that came before them."""

from __future__ import annotations

import hashlib

from sqlalchemy import delete, select

from fediart.db import queries, tables
from fediart.studio import renditions
from tests.studio.conftest import LIMITS, NOW, Studio


async def files_of(studio: Studio, note: tables.Note) -> list[tables.Rendition]:
    async with studio.database.read() as tx:
        return await queries.renditions.of_note(tx, note.id)


async def fingerprints_of(studio: Studio, note: tables.Note) -> list[tables.Fingerprint]:
    async with studio.database.read() as tx:
        rows = await tx.scalars(select(tables.Fingerprint).where(tables.Fingerprint.note_id == note.id))
        return list(rows)


async def forget_lists(studio: Studio) -> None:
    async with studio.database.write() as tx:
        for table in (tables.FingerprintBand, tables.Fingerprint, tables.Rendition):
            await tx.execute(delete(table))


async def test_every_file_of_a_new_work_is_listed(studio: Studio) -> None:
    note = await studio.publish(images=[studio.image(), studio.image(shade=20)])
    files = await files_of(studio, note)
    assert [file.role for file in files] == ["original", "federated", "gallery-16"] * 2
    for file in files:
        data = studio.store.read(file.key)
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (file.sha256, file.size_bytes)
    [first, second] = await fingerprints_of(studio, note)
    assert first.attachment_id != second.attachment_id and len(first.phash) == len(first.image_code) == 16


async def test_replaced_files_stay_as_those_of_an_earlier_version(studio: Studio) -> None:
    note = await studio.publish()
    before = await files_of(studio, note)
    await studio.edit(note, images=[studio.image(shade=10)])
    after = await files_of(studio, note)
    assert {file.sha256 for file in before}.isdisjoint(file.sha256 for file in after)
    async with studio.database.read() as tx:
        [found] = await queries.renditions.find_by_sha256(tx, before[1].sha256)
    assert found.note.id == note.id and found.rendition.superseded_at is not None
    assert [row.superseded_at is None for row in await fingerprints_of(studio, note)] == [False, True]


async def test_the_files_of_a_withdrawn_work_still_name_it(studio: Studio) -> None:
    note = await studio.publish()
    [*_, last] = await files_of(studio, note)
    await studio.delete(note)
    async with studio.database.read() as tx:
        [found] = await queries.renditions.find_by_sha256(tx, last.sha256)
    assert found.note.id == note.id and found.note.deleted_at is not None


async def test_works_from_before_are_taken_in_once(studio: Studio) -> None:
    note = await studio.publish()
    files = [(f.role, f.key, f.sha256, f.media_type, f.size_bytes) for f in await files_of(studio, note)]
    [row] = await fingerprints_of(studio, note)
    await forget_lists(studio)
    assert await renditions.list_earlier(studio.database, studio.store) == 1
    assert await renditions.list_earlier(studio.database, studio.store) == 0
    assert [(f.role, f.key, f.sha256, f.media_type, f.size_bytes) for f in await files_of(studio, note)] == files
    for made in (1, 0):
        unread: list[str] = []
        again = await renditions.measure_earlier(
            studio.database, studio.store, limits=LIMITS, now=NOW, missing=unread.append
        )
        assert (again, unread) == (made, [])
    [again_row] = await fingerprints_of(studio, note)
    assert again_row.iscc[-26:] == row.iscc[-26:]  # the file's own parts


async def test_a_picture_whose_file_is_gone_is_named_and_the_others_are_done(studio: Studio) -> None:
    lost, kept = await studio.publish(), await studio.publish(images=[studio.image(shade=10)])
    await forget_lists(studio)
    async with studio.database.read() as tx:
        [picture] = await queries.notes.attachments(tx, lost.id)
    assert picture.federated_key
    studio.store.delete(picture.federated_key)
    assert await renditions.list_earlier(studio.database, studio.store) == 2
    unread: list[str] = []
    made = await renditions.measure_earlier(
        studio.database, studio.store, limits=LIMITS, now=NOW, missing=unread.append
    )
    assert made == 1 and await fingerprints_of(studio, kept)
    assert unread == [f"picture 1 of work {lost.id}: There is no such file."]
