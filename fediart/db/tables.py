"""The schema: who (actors, keys, follows), what (notes, works, attachments), and what is under way (activities,
deliveries, hosts, received).

One `actors` and one `notes` table for local and remote alike: a relation does not care where its ends live. What only a
local artist or artwork has stands beside it in `artists` and `works`, with the same primary key. Signed documents are
kept as the bytes that were signed, so that every copy that leaves is the same copy.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from fediart.db.types import Json, UtcDateTime

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar = {
        datetime: UtcDateTime,
        int: BigInteger,
        str: Text,
        dict[str, Any]: Json,
        list[Any]: Json,
    }


def _id() -> Mapped[int]:
    return mapped_column(BigInteger, primary_key=True, autoincrement=False)


class Instance(Base):
    """One row: which server this database belongs to. Ids are URLs, so the domain is for life."""

    __tablename__ = "instance"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    base_url: Mapped[str]
    actor_id: Mapped[int] = mapped_column(ForeignKey("actors.id"))
    generation: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class Actor(Base):
    __tablename__ = "actors"
    id: Mapped[int] = _id()
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
    id: Mapped[int] = _id()
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
    id: Mapped[int] = _id()
    uri: Mapped[str] = mapped_column(index=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actors.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("actors.id"), index=True)
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("actor_id", "target_id"),)


class Mute(Base):
    """`actor`, local, does not want to see `target`; nobody else is told."""

    __tablename__ = "mutes"
    id: Mapped[int] = _id()
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


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = _id()
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
    pinned_at: Mapped[datetime | None]


class Attachment(Base):
    __tablename__ = "attachments"
    id: Mapped[int] = _id()
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
    id: Mapped[int] = _id()
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("actors.id"))  # who quotes
    quoting_uri: Mapped[str]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("note_id", "quoting_uri"),)


class PollVote(Base):
    __tablename__ = "poll_votes"
    id: Mapped[int] = _id()
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
    id: Mapped[int] = _id()
    uri: Mapped[str | None] = mapped_column(index=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actors.id"))
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), index=True)
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("actor_id", "note_id"),)


class Boost(Base):
    __tablename__ = "boosts"
    id: Mapped[int] = _id()
    uri: Mapped[str] = mapped_column(index=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actors.id"))
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), index=True)
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("actor_id", "note_id"),)


class Notification(Base):
    __tablename__ = "notifications"
    id: Mapped[int] = _id()
    artist_id: Mapped[int] = mapped_column(ForeignKey("actors.id"))
    type: Mapped[str]  # follow | follow_accepted | favourite | reblog | mention | reply | move
    from_id: Mapped[int] = mapped_column(ForeignKey("actors.id"))
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"))
    created_at: Mapped[datetime]
    __table_args__ = (Index("ix_notifications_artist_id_id", "artist_id", "id"),)


class Report(Base):
    __tablename__ = "reports"
    id: Mapped[int] = _id()
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


class Activity(Base):
    """One thing said to the outside, in the bytes that were signed; the outbox row."""

    __tablename__ = "activities"
    id: Mapped[int] = _id()
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
    id: Mapped[int] = _id()
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
    id: Mapped[int] = _id()
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
    id: Mapped[int] = _id()
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
