"""What finds a work again from a copy: every file that was made of its pictures, and how these look.

Rows outlive the picture and the work: whoever holds a copy must be able to find what was declared.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from fediart.db.tables.base import Base, new_key


class Rendition(Base):
    """One file that was made for a picture, while it is served and after; its digest names the work for ever."""

    __tablename__ = "renditions"
    id: Mapped[int] = new_key()
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), index=True)
    attachment_id: Mapped[int] = mapped_column(BigInteger)  # no foreign key: the picture may be replaced
    role: Mapped[str]  # original | federated | gallery-<width>
    key: Mapped[str] = mapped_column(index=True)
    sha256: Mapped[str] = mapped_column(index=True)  # hexadecimal
    media_type: Mapped[str]
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    size_bytes: Mapped[int]
    created_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]


class Fingerprint(Base):
    """What finds a picture again after it was encoded anew: 64 bits each."""

    __tablename__ = "fingerprints"
    id: Mapped[int] = new_key()
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), index=True)
    attachment_id: Mapped[int] = mapped_column(BigInteger)
    phash: Mapped[str]  # 16 hexadecimal digits
    iscc: Mapped[str] = mapped_column(index=True)  # the whole ISCC-CODE, without "ISCC:"
    image_code: Mapped[str]  # its Image-Code's 64 bits, 16 hexadecimal digits
    created_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]


class FingerprintBand(Base):
    """One byte of a fingerprint: two that differ in at most 7 of 64 bits have at least one byte in common."""

    __tablename__ = "fingerprint_bands"
    fingerprint_id: Mapped[int] = mapped_column(ForeignKey("fingerprints.id"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)  # phash | image
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(Integer)

    __table_args__ = (Index("ix_fingerprint_bands_kind_position_value", "kind", "position", "value"),)
