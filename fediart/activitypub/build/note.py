"""Notes: an artwork or a reply as peers read it. No `name`: GoToSocial would take it for a content warning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fediart.activitypub import addressing, timestamps
from fediart.activitypub.build import context


@dataclass(frozen=True, slots=True)
class Picture:
    """One image of a work. Units: width and height in pixels."""

    url: str
    media_type: str
    description: str
    width: int
    height: int
    blurhash: str | None = None
    focal_point: tuple[float, float] | None = None
    rights: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hashtag:
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Mention:
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Note:
    """What a Note says. `content` is HTML; `to` and `cc` come from `addressing.address`."""

    id: str
    url: str
    attributed_to: str
    content: str
    published: datetime
    to: Sequence[str]
    cc: Sequence[str]
    conversation: str
    language: str | None = None
    summary: str = ""
    sensitive: bool = False
    updated: datetime | None = None
    in_reply_to: str | None = None
    pictures: Sequence[Picture] = ()
    hashtags: Sequence[Hashtag] = ()
    mentions: Sequence[Mention] = ()
    rights: Mapping[str, Any] = field(default_factory=dict)
    rights_context: Mapping[str, Any] = field(default_factory=dict)


def build(note: Note) -> dict[str, Any]:
    """Build the document, without a proof.

    Counts are left to the collections: the proof covers this document, and a count would change it.
    """
    document: dict[str, Any] = {
        "@context": context.for_note(note.rights_context),
        "id": note.id,
        "type": "Note",
        "attributedTo": note.attributed_to,
        "url": note.url,
        "published": timestamps.write_timestamp(note.published),
        "to": list(note.to),
        "cc": list(note.cc),
        "summary": note.summary or None,
        "sensitive": note.sensitive or bool(note.summary),
        "inReplyTo": note.in_reply_to,
        "conversation": note.conversation,
        "content": note.content,
        "attachment": [_picture(picture) for picture in note.pictures],
        "tag": [
            *({"type": "Hashtag", "name": f"#{tag.name}", "href": tag.href} for tag in note.hashtags),
            *({"type": "Mention", "name": mention.name, "href": mention.href} for mention in note.mentions),
        ],
        "replies": f"{note.id}/replies",
        "likes": f"{note.id}/likes",
        "shares": f"{note.id}/shares",
        "interactionPolicy": _interaction_policy(note),
    }
    if note.language:
        document["contentMap"] = {note.language: note.content}
    if note.updated is not None:
        document["updated"] = timestamps.write_timestamp(note.updated)
    document.update(note.rights)
    return document


def _picture(picture: Picture) -> dict[str, Any]:
    built: dict[str, Any] = {
        "type": "Document",
        "mediaType": picture.media_type,
        "url": picture.url,
        "name": picture.description,
        "width": picture.width,
        "height": picture.height,
    }
    if picture.blurhash:
        built["blurhash"] = picture.blurhash
    if picture.focal_point:
        built["focalPoint"] = list(picture.focal_point)
    built.update(picture.rights)
    return built


def _interaction_policy(note: Note) -> dict[str, Any]:
    """Everybody whom the note reaches may like and answer it; boosts and quotes only of what is public.

    Interop: GoToSocial 0.20 reads canLike, canReply, canAnnounce; Mastodon 4.5 reads canQuote and takes its absence
    for no.
    """
    is_public = addressing.PUBLIC in note.to or addressing.PUBLIC in note.cc
    audience = [addressing.PUBLIC] if is_public else [*note.to]
    mine = [note.attributed_to]
    return {
        "canLike": {"automaticApproval": audience},
        "canReply": {"automaticApproval": audience},
        "canAnnounce": {"automaticApproval": audience if is_public else mine},
        "canQuote": {"automaticApproval": audience if is_public else mine},
    }


def tombstone(id_: str, *, published: datetime, deleted: datetime) -> dict[str, Any]:
    """Build what remains of a deleted note. No `formerType`: ActivityStreams makes it an address, which no peer writes.

    Spec: ActivityPub 6.4; Activity Vocabulary, Tombstone.
    """
    return {
        "@context": context.PLAIN,
        "id": id_,
        "type": "Tombstone",
        "published": timestamps.write_timestamp(published),
        "deleted": timestamps.write_timestamp(deleted),
    }
