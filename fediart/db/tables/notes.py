"""What: notes and works, with everything that hangs on one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Float, ForeignKey, Index, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fediart.db.tables.base import Base, new_key
from fediart.db.types import Json


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = new_key()
    uri: Mapped[str] = mapped_column(unique=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actors.id"))
    is_local: Mapped[bool] = mapped_column(Boolean, default=False)
    url: Mapped[str | None]
    visibility: Mapped[str]
    content: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    sensitive: Mapped[bool] = mapped_column(Boolean, default=False)
    language: Mapped[str | None]
    in_reply_to_uri: Mapped[str | None]
    in_reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"), index=True)
    conversation: Mapped[str | None]
    published: Mapped[datetime]
    updated: Mapped[datetime | None]
    received_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    # The document as signed (local) or as received (remote); for a deleted local note, its Tombstone.
    document: Mapped[bytes] = mapped_column(LargeBinary)
    proof: Mapped[str]  # own | verified | none | invalid
    rights: Mapped[dict[str, Any]] = mapped_column(default=dict)
    emojis: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    poll: Mapped[dict[str, Any] | None] = mapped_column(Json)
    quote_uri: Mapped[str | None]
    quote_authorization: Mapped[str | None]
    pinned_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]  # kept, but not shown: a reply that its parent's author does not permit
    __table_args__ = (
        Index("ix_notes_actor_id_id", "actor_id", "id"),
        Index("ix_notes_in_reply_to_uri", "in_reply_to_uri"),
        Index("ix_notes_url", "url"),
    )


class Work(Base):
    """What only a local artwork has: the artist's own words, before they become content."""

    __tablename__ = "works"
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), primary_key=True, autoincrement=False)
    title: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    medium: Mapped[str] = mapped_column(default="")
    series: Mapped[str] = mapped_column(default="", index=True)
    policy: Mapped[str]
    license: Mapped[str] = mapped_column(default="")
    replies_policy: Mapped[str] = mapped_column(default="public", server_default="public")  # public|followers|nobody
    quotes_policy: Mapped[str] = mapped_column(default="public", server_default="public")
    version: Mapped[int] = mapped_column(Integer, default=1)
    declared_at: Mapped[datetime]


class Attachment(Base):
    __tablename__ = "attachments"
    id: Mapped[int] = new_key()
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    media_type: Mapped[str | None]
    url: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    blurhash: Mapped[str | None]
    focal_x: Mapped[float | None] = mapped_column(Float)
    focal_y: Mapped[float | None] = mapped_column(Float)
    digest: Mapped[str | None]  # digestMultibase of the federated file
    size_bytes: Mapped[int | None]
    # Local files only. `original` is the file as the artist gave it; it is never served.
    original_key: Mapped[str | None]
    original_media_type: Mapped[str | None]
    original_name: Mapped[str | None]
    federated_key: Mapped[str | None] = mapped_column(index=True)
    gallery: Mapped[list[Any]] = mapped_column(default=list)  # [{"key", "width", "height"}]


class Tag(Base):
    __tablename__ = "tags"
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(primary_key=True, index=True)  # lower case, without #
    label: Mapped[str]


class FeaturedTag(Base):
    __tablename__ = "featured_tags"
    actor_id: Mapped[int] = mapped_column(ForeignKey("actors.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    created_at: Mapped[datetime]


class QuoteAuthorization(Base):
    """Our permission for one quote of one of our notes; the row stays when it is revoked."""

    __tablename__ = "quote_authorizations"
    id: Mapped[int] = new_key()
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("actors.id"))  # who quotes
    quoting_uri: Mapped[str]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("note_id", "quoting_uri"),)


class PollVote(Base):
    __tablename__ = "poll_votes"
    id: Mapped[int] = new_key()
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("actors.id"))
    choice: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("note_id", "actor_id", "choice"),)


class Mention(Base):
    """Whom a note addresses or names. Local ones can read it whatever its visibility."""

    __tablename__ = "mentions"
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), primary_key=True)
    actor_uri: Mapped[str] = mapped_column(primary_key=True, index=True)
    name: Mapped[str] = mapped_column(default="")


class Like(Base):
    __tablename__ = "likes"
    id: Mapped[int] = new_key()
    uri: Mapped[str | None] = mapped_column(index=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actors.id"))
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), index=True)
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("actor_id", "note_id"),)


class Boost(Base):
    __tablename__ = "boosts"
    id: Mapped[int] = new_key()
    uri: Mapped[str] = mapped_column(index=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actors.id"))
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), index=True)
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("actor_id", "note_id"),)
