"""Fingerprints of pictures, found by nearness: two that differ in at most 7 of 64 bits share one byte at its place.

Candidates come from the index by shared bytes; who asks counts the bits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, exists, or_, select, update

from fediart.db.engine import Transaction
from fediart.db.tables import Actor, Attachment, Fingerprint, FingerprintBand, Note, Work

PHASH = "phash"
IMAGE = "image"


@dataclass(frozen=True, slots=True)
class Found:
    """A picture's fingerprint, and its work."""

    fingerprint: Fingerprint
    note: Note
    work: Work
    actor: Actor


async def add(tx: Transaction, fingerprint: Fingerprint, *, with_bands: bool) -> None:
    """Store a fingerprint. Without bands it is found by its ISCC only: a plain area looks like every other."""
    tx.add(fingerprint)
    if not with_bands:
        return
    await tx.flush()
    for kind, bits in ((PHASH, fingerprint.phash), (IMAGE, fingerprint.image_code)):
        for position, value in enumerate(bytes.fromhex(bits)):
            tx.add(FingerprintBand(fingerprint_id=fingerprint.id, kind=kind, position=position, value=value))


async def has(tx: Transaction, attachment_id: int) -> bool:
    return bool(await tx.scalar(select(exists().where(Fingerprint.attachment_id == attachment_id))))


async def supersede(tx: Transaction, attachment_id: int, *, at: datetime) -> None:
    """Mark a picture's fingerprints as replaced."""
    await tx.execute(
        update(Fingerprint)
        .where(Fingerprint.attachment_id == attachment_id, Fingerprint.superseded_at.is_(None))
        .values(superseded_at=at)
        .execution_options(synchronize_session=False)
    )


def candidates(bits: Mapping[str, str]) -> Select[int]:
    """Return the query for the ids of all fingerprints that share a byte with each of `bits` ({kind: hexadecimal})."""
    statement = select(Fingerprint.id)
    for kind, value in bits.items():
        bands = or_(
            *(
                and_(
                    FingerprintBand.kind == kind,
                    FingerprintBand.position == position,
                    FingerprintBand.value == byte,
                )
                for position, byte in enumerate(bytes.fromhex(value))
            )
        )
        statement = statement.where(Fingerprint.id.in_(select(FingerprintBand.fingerprint_id).where(bands)))
    return statement


async def find_near(tx: Transaction, bits: Mapping[str, str], *, at_most: int) -> list[Found]:
    """Return the pictures that differ in at most `at_most` (up to 7) bits in each kind that is given, nearest first."""
    wanted = {kind: int(value, 16) for kind, value in bits.items()}
    rows = await tx.execute(
        select(Fingerprint.id, Fingerprint.phash, Fingerprint.image_code).where(Fingerprint.id.in_(candidates(bits)))
    )
    near: dict[int, int] = {}
    for id_, phash, image_code in rows:
        has = {PHASH: int(phash, 16), IMAGE: int(image_code, 16)}
        distances = [(has[kind] ^ value).bit_count() for kind, value in wanted.items()]
        if max(distances) <= at_most:
            near[id_] = sum(distances)
    ordered = sorted(near, key=lambda id_: (near[id_], id_))[:100]
    found = {each.fingerprint.id: each for each in await _load(tx, ordered)}
    return [found[id_] for id_ in ordered if id_ in found]


async def find_by_iscc(tx: Transaction, iscc: str) -> list[Found]:
    """Return the pictures whose federated file has exactly this ISCC-CODE, given without "ISCC:"."""
    ids = list(await tx.scalars(select(Fingerprint.id).where(Fingerprint.iscc == iscc)))
    return await _load(tx, ids)


async def attachments_without(tx: Transaction, *, after: int, limit: int) -> list[Attachment]:
    """Return pictures of local works that have no fingerprint, in the order of their ids."""
    return list(
        await tx.scalars(
            select(Attachment)
            .join(Work, Work.note_id == Attachment.note_id)
            .where(
                Attachment.id > after,
                Attachment.federated_key.is_not(None),
                ~exists().where(Fingerprint.attachment_id == Attachment.id),
            )
            .order_by(Attachment.id)
            .limit(limit)
        )
    )


async def _load(tx: Transaction, ids: Sequence[int]) -> list[Found]:
    rows = await tx.execute(
        select(Fingerprint, Note, Work, Actor)
        .join(Note, Note.id == Fingerprint.note_id)
        .join(Work, Work.note_id == Note.id)
        .join(Actor, Actor.id == Note.actor_id)
        .where(Fingerprint.id.in_(ids))
        .order_by(Fingerprint.id)
    )
    return [Found(*row) for row in rows]
