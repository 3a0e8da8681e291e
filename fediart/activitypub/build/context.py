"""The `@context` arrays of our documents.

One array for everything that may be signed, final from the start: a proof copies it, and a signature added later must
not have to change it. Interop: Mastodon 4.7 and Mitra compare the proof's context with the document's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fediart.activitypub import contexts

_TOOT: dict[str, Any] = {
    "toot": "http://joinmastodon.org/ns#",
    "Emoji": "toot:Emoji",
    "blurhash": "toot:blurhash",
    "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
}
_MASTODON_AS: dict[str, Any] = {
    "Hashtag": "as:Hashtag",
    "sensitive": "as:sensitive",
}
_INTERACTION: dict[str, Any] = {
    "gts": "https://gotosocial.org/ns#",
    "interactionPolicy": {"@id": "gts:interactionPolicy", "@type": "@id"},
    "canQuote": {"@id": "gts:canQuote", "@type": "@id"},
    "canLike": {"@id": "gts:canLike", "@type": "@id"},
    "canReply": {"@id": "gts:canReply", "@type": "@id"},
    "canAnnounce": {"@id": "gts:canAnnounce", "@type": "@id"},
    "automaticApproval": {"@id": "gts:automaticApproval", "@type": "@id"},
    "manualApproval": {"@id": "gts:manualApproval", "@type": "@id"},
}
_CONVERSATION: dict[str, Any] = {"ostatus": "http://ostatus.org#", "conversation": "ostatus:conversation"}
_ACTOR: dict[str, Any] = {
    "toot": "http://joinmastodon.org/ns#",
    "schema": "http://schema.org#",
    "PropertyValue": "schema:PropertyValue",
    "value": "schema:value",
    "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
    "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
    "movedTo": {"@id": "as:movedTo", "@type": "@id"},
    "featured": {"@id": "toot:featured", "@type": "@id"},
    "featuredTags": {"@id": "toot:featuredTags", "@type": "@id"},
    "discoverable": "toot:discoverable",
    "indexable": "toot:indexable",
    "Hashtag": "as:Hashtag",
    "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger",
}

PLAIN: list[Any] = [contexts.ACTIVITYSTREAMS]


def for_note(rights: Mapping[str, Any]) -> list[Any]:
    """Return the context of a Note and of the activities that carry one; `rights` are the rights terms' definitions."""
    return [
        contexts.ACTIVITYSTREAMS,
        contexts.SECURITY,
        contexts.DATA_INTEGRITY,
        {**_TOOT, **_MASTODON_AS, **_INTERACTION, **_CONVERSATION, **rights},
    ]


def for_activity() -> list[Any]:
    """Return the context of a signed activity that carries no Note."""
    return [contexts.ACTIVITYSTREAMS, contexts.SECURITY, contexts.DATA_INTEGRITY]


def for_hashtags(*, signed: bool = True) -> list[Any]:
    """Return the context of what names hashtags and carries no Note: ActivityStreams has no term for them."""
    return [*(for_activity() if signed else PLAIN), {"Hashtag": _MASTODON_AS["Hashtag"]}]


def for_actor(rights: Mapping[str, Any]) -> list[Any]:
    """Return the context of an actor document and of the Update that carries one.

    Interop: Fedify 2.3 finds the Ed25519 key only with `cid/v1`, and the proof of an Update only with `data-integrity`.
    """
    return [
        contexts.ACTIVITYSTREAMS,
        contexts.SECURITY,
        contexts.DATA_INTEGRITY,
        contexts.CID,
        {**_ACTOR, **rights},
    ]
