"""Who: actors, local artists among them, their keys, and how they stand to each other."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from fediart.db.tables.base import Base, new_key
from fediart.db.types import Json


class Actor(Base):
    __tablename__ = "actors"
    id: Mapped[int] = new_key()
    uri: Mapped[str] = mapped_column(unique=True)
    is_local: Mapped[bool] = mapped_column(Boolean, default=False)
    type: Mapped[str] = mapped_column(default="Person")
    username: Mapped[str | None]
    host: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    url: Mapped[str | None]
    inbox: Mapped[str]
    shared_inbox: Mapped[str | None]
    outbox: Mapped[str | None]
    followers: Mapped[str | None]
    following: Mapped[str | None]
    featured: Mapped[str | None]
    icon_url: Mapped[str | None]
    icon_media_type: Mapped[str | None]
    image_url: Mapped[str | None]
    image_media_type: Mapped[str | None]
    fields: Mapped[list[Any]] = mapped_column(default=list)
    also_known_as: Mapped[list[Any]] = mapped_column(default=list)
    moved_to: Mapped[str | None]
    manually_approves_followers: Mapped[bool] = mapped_column(Boolean, default=False)
    discoverable: Mapped[bool] = mapped_column(Boolean, default=False)
    indexable: Mapped[bool] = mapped_column(Boolean, default=False)
    rights: Mapped[dict[str, Any]] = mapped_column(default=dict)
    emojis: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")  # [{"shortcode", "url"}]
    published: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_actors_host_username", "host", "username"),
        Index(
            "uq_actors_local_username",
            "username",
            unique=True,
            sqlite_where=text("is_local = 1"),
            postgresql_where=text("is_local"),
        ),
    )

    @property
    def handle(self) -> str:
        return f"@{self.username}@{self.host}" if self.username else self.uri


class Artist(Base):
    """What only a local artist has."""

    __tablename__ = "artists"
    actor_id: Mapped[int] = mapped_column(ForeignKey("actors.id"), primary_key=True, autoincrement=False)
    email: Mapped[str]
    summary_text: Mapped[str] = mapped_column(default="")
    credit: Mapped[str]
    policy: Mapped[str]
    license: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")
    icon_key: Mapped[str | None]
    image_key: Mapped[str | None]
    declared_at: Mapped[datetime]
    moved_at: Mapped[datetime | None]


class Key(Base):
    __tablename__ = "keys"
    id: Mapped[str] = mapped_column(primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actors.id"), index=True)
    algorithm: Mapped[str]
    public_pem: Mapped[str]
    private_pem: Mapped[str | None]
    fetched_at: Mapped[datetime]


class Follow(Base):
    __tablename__ = "follows"
    id: Mapped[int] = new_key()
    uri: Mapped[str] = mapped_column(index=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("actors.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("actors.id"), index=True)
    state: Mapped[str]  # requested | accepted | rejected
    activity: Mapped[dict[str, Any] | None] = mapped_column(Json)  # the Follow as it came, to be quoted exactly
    created_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("follower_id", "target_id"),)


class Block(Base):
    """`actor` blocks `target`; at least one of them is local."""

    __tablename__ = "blocks"
    id: Mapped[int] = new_key()
    uri: Mapped[str] = mapped_column(index=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actors.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("actors.id"), index=True)
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("actor_id", "target_id"),)


class Mute(Base):
    """`actor`, local, does not want to see `target`; nobody else is told."""

    __tablename__ = "mutes"
    id: Mapped[int] = new_key()
    actor_id: Mapped[int] = mapped_column(ForeignKey("actors.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("actors.id"), index=True)
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("actor_id", "target_id"),)


class DomainBlock(Base):
    """A host, with everything below it, that this server does not want to know (suspend) or hear of (silence)."""

    __tablename__ = "domain_blocks"
    domain: Mapped[str] = mapped_column(primary_key=True)
    severity: Mapped[str]  # suspend | silence
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
