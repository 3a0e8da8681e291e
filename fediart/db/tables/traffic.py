"""What is under way: said to the outside, fetched from it, received from it; and how each host has been answering."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from fediart.db.tables.base import Base, new_key


class Activity(Base):
    """One thing said to the outside, in the bytes that were signed; the outbox row."""

    __tablename__ = "activities"
    id: Mapped[int] = new_key()
    uri: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    actor_id: Mapped[int] = mapped_column(ForeignKey("actors.id"))
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"))
    # What must stay in order: deliveries with one subject reach a host in the order of their activities.
    subject: Mapped[str]
    document: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str]
    to_followers: Mapped[bool] = mapped_column(Boolean, default=False)
    to_actors: Mapped[list[Any]] = mapped_column(default=list)
    is_public: Mapped[bool] = mapped_column(Boolean, default=False)
    # Somebody else's words, passed on as they came; `actor_id` is whose followers get them and who signs the request.
    is_forward: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))
    created_at: Mapped[datetime]
    fanned_out_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "ix_activities_waiting",
            "id",
            sqlite_where=text("fanned_out_at IS NULL"),
            postgresql_where=text("fanned_out_at IS NULL"),
        ),
        Index("ix_activities_actor_id_id", "actor_id", "id"),
        Index("ix_activities_subject_id", "subject", "id"),
    )


class Delivery(Base):
    """One activity for one inbox: what waits, and after it is settled, the record of who got what."""

    __tablename__ = "deliveries"
    id: Mapped[int] = new_key()
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"))
    inbox: Mapped[str]
    host: Mapped[str]
    subject: Mapped[str]
    state: Mapped[str]  # waiting | delivered | dropped
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("activity_id", "inbox"),
        Index(
            "ix_deliveries_waiting",
            "next_attempt_at",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_deliveries_subject_host", "subject", "host", "activity_id"),
        Index(
            "ix_deliveries_waiting_host",
            "host",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )


class Host(Base):
    """How a peer has been answering: the breaker's memory."""

    __tablename__ = "hosts"
    name: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    failing_since: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    last_success_at: Mapped[datetime | None]
    dialect: Mapped[str | None]  # the HTTP signature it takes: draft-cavage | rfc9421
    unavailable_since: Mapped[datetime | None]
    probed_at: Mapped[datetime | None]


class Fetch(Base):
    """Something of another server that is worth having: a missing parent, a thread's replies, earlier works."""

    __tablename__ = "fetches"
    id: Mapped[int] = new_key()
    uri: Mapped[str]
    kind: Mapped[str]  # note | replies | outbox | featured
    reason: Mapped[str] = mapped_column(default="")
    depth: Mapped[int] = mapped_column(Integer, default=0)
    root: Mapped[str] = mapped_column(default="", index=True)  # what the budget counts for
    state: Mapped[str]  # waiting | done | failed
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    not_before: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    outcome: Mapped[str | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("uri", "kind"),
        Index(
            "ix_fetches_waiting",
            "not_before",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )


class Received(Base):
    """One authenticated activity, in its raw bytes, stored before it was answered 202."""

    __tablename__ = "received"
    id: Mapped[int] = new_key()
    key: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    actor_uri: Mapped[str]
    recipient: Mapped[str | None]  # the personal inbox it came to
    relayed_by: Mapped[str | None]  # who delivered it, when that was not its actor
    body: Mapped[bytes] = mapped_column(LargeBinary)
    request_id: Mapped[str]
    received_at: Mapped[datetime]
    state: Mapped[str]  # new | done | ignored | failed
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    outcome: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "ix_received_new",
            "next_attempt_at",
            "id",
            sqlite_where=text("state = 'new'"),
            postgresql_where=text("state = 'new'"),
        ),
        Index(
            "ix_received_new_actor",
            "actor_uri",
            "id",
            sqlite_where=text("state = 'new'"),
            postgresql_where=text("state = 'new'"),
        ),
    )
