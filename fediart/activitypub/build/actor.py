"""Actor documents: what a peer needs to follow, verify and show an artist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fediart.activitypub import timestamps
from fediart.activitypub.build import context


@dataclass(frozen=True, slots=True)
class Image:
    url: str
    media_type: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """What an actor document says. Addresses are absolute; `summary` and field values are HTML."""

    id: str
    username: str
    type: str
    name: str
    summary: str
    url: str
    inbox: str
    outbox: str
    followers: str
    following: str
    featured: str
    featured_tags: str | None
    shared_inbox: str
    rsa_key_id: str
    rsa_public_pem: str
    ed25519_key_id: str | None
    ed25519_multikey: str | None
    handle: str
    published: datetime
    updated: datetime
    icon: Image | None = None
    image: Image | None = None
    fields: Sequence[tuple[str, str]] = ()
    manually_approves_followers: bool = False
    discoverable: bool = True
    indexable: bool = True
    also_known_as: Sequence[str] = ()
    moved_to: str | None = None
    rights: Mapping[str, Any] = field(default_factory=dict)
    rights_context: Mapping[str, Any] = field(default_factory=dict)


def build(actor: Actor) -> dict[str, Any]:
    """Build the document.

    Spec: ActivityPub 4.1. Interop: Misskey 2025.4 wants `publicKey` single and embedded; Mastodon 4.6 matches `keyId`
    exactly; GoToSocial 0.20 insists on `icon` as an Image.
    """
    document: dict[str, Any] = {
        "@context": context.for_actor(actor.rights_context),
        "id": actor.id,
        "type": actor.type,
        "preferredUsername": actor.username,
        "name": actor.name,
        "summary": actor.summary,
        "url": actor.url,
        "webfinger": actor.handle,
        "inbox": actor.inbox,
        "outbox": actor.outbox,
        "followers": actor.followers,
        "following": actor.following,
        "featured": actor.featured,
        "endpoints": {"sharedInbox": actor.shared_inbox},
        "manuallyApprovesFollowers": actor.manually_approves_followers,
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
        "published": timestamps.write_timestamp(actor.published),
        "updated": timestamps.write_timestamp(actor.updated),
        "attachment": [{"type": "PropertyValue", "name": name, "value": value} for name, value in actor.fields],
        "tag": [],
        "publicKey": {"id": actor.rsa_key_id, "owner": actor.id, "publicKeyPem": actor.rsa_public_pem},
    }
    if actor.featured_tags:
        document["featuredTags"] = actor.featured_tags
    if actor.ed25519_key_id and actor.ed25519_multikey:
        document["assertionMethod"] = [
            {
                "id": actor.ed25519_key_id,
                "type": "Multikey",
                "controller": actor.id,
                "publicKeyMultibase": actor.ed25519_multikey,
            }
        ]
    if actor.icon:
        document["icon"] = _image(actor.icon)
    if actor.image:
        document["image"] = _image(actor.image)
    if actor.also_known_as:
        document["alsoKnownAs"] = list(actor.also_known_as)
    if actor.moved_to:
        document["movedTo"] = actor.moved_to
    document.update(actor.rights)
    return document


def _image(image: Image) -> dict[str, Any]:
    built = {"type": "Image", "mediaType": image.media_type, "url": image.url}
    if image.description:
        built["name"] = image.description
    return built
