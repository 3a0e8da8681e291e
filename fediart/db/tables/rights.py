"""What proves a reservation: every declaration in one chain, every file that left, every picture's fingerprints, the
certificates that sign files, and which crawlers came.

Nothing here is ever changed to say something else, and rows outlive the work they speak of: evidence is of use after a
work is gone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fediart.db.tables.base import Base, new_key


class Declaration(Base):
    """One link of the rights log. `entry` is the canonical JSON that was hashed and signed; it names the link before.

    `subject` is what it is about: a work's id, an actor's id for the artist's default and mandate, the base URL for the
    instance's default.
    """

    __tablename__ = "declarations"
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)  # from 1, without gaps
    kind: Mapped[str]  # mandate | default | work | withdrawal
    subject: Mapped[str]
    version: Mapped[int] = mapped_column(Integer)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("actors.id"), index=True)
    entry: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[str] = mapped_column(unique=True)  # SHA-256 of `entry`, hexadecimal
    signature: Mapped[str]
    key_id: Mapped[str]
    timestamp_token: Mapped[bytes | None] = mapped_column(LargeBinary)  # RFC 3161, over `hash`
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_declarations_subject_number", "subject", "number"),)


class PolicyDocument(Base):
    """One version of the machine-readable terms of one subject, in the bytes that are served for ever."""

    __tablename__ = "policy_documents"
    subject: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    document: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


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


class Certificate(Base):
    """A signer of files: the instance's own root, or one artist's leaf below it. PEM, the chain from leaf to root."""

    __tablename__ = "certificates"
    id: Mapped[int] = new_key()
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("actors.id"), index=True)  # None: the root
    chain_pem: Mapped[str]
    private_pem: Mapped[str]
    created_at: Mapped[datetime]
    not_after: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class CrawlerVisit(Base):
    """How often a known crawler asked for one address on one day, and how it was answered."""

    __tablename__ = "crawler_visits"
    id: Mapped[int] = new_key()
    day: Mapped[str]  # 2026-11-25, UTC
    agent: Mapped[str]
    category: Mapped[str]  # training | dataset | search | user | assistant
    path: Mapped[str]
    status: Mapped[int] = mapped_column(Integer)
    is_verified: Mapped[bool] = mapped_column(Boolean, default=False)  # its signature held (Web Bot Auth)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("actors.id"), index=True)  # whose work it asked for
    count: Mapped[int] = mapped_column(Integer, default=1)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    signals: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the rights headers of the last answer

    __table_args__ = (UniqueConstraint("day", "agent", "path", "status", "is_verified"),)
