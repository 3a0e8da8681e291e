"""What waits for somebody here to look at it, and what must be remembered as gone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from fediart.db.tables.base import Base, new_key


class Notification(Base):
    __tablename__ = "notifications"
    id: Mapped[int] = new_key()
    artist_id: Mapped[int] = mapped_column(ForeignKey("actors.id"))
    type: Mapped[str]  # follow | follow_accepted | favourite | reblog | mention | reply | move
    from_id: Mapped[int] = mapped_column(ForeignKey("actors.id"))
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"))
    created_at: Mapped[datetime]
    __table_args__ = (Index("ix_notifications_artist_id_id", "artist_id", "id"),)


class Report(Base):
    __tablename__ = "reports"
    id: Mapped[int] = new_key()
    uri: Mapped[str | None]
    actor_id: Mapped[int] = mapped_column(ForeignKey("actors.id"))
    objects: Mapped[list[Any]]
    content: Mapped[str] = mapped_column(default="")
    is_outgoing: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]


class Tombstone(Base):
    """What was deleted or undone before we saw it; its late arrival is ignored."""

    __tablename__ = "tombstones"
    uri: Mapped[str] = mapped_column(primary_key=True)
    actor_uri: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
