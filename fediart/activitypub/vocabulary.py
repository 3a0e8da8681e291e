"""The words of the protocol as constants: media types, namespaces and the names of types.

Only data lives here; what the words mean is decided where they are read.
"""

from __future__ import annotations

from typing import Final

AS_NAMESPACE: Final = "https://www.w3.org/ns/activitystreams"

CONTENT_TYPE: Final = "application/activity+json"
LD_CONTENT_TYPE: Final = f'application/ld+json; profile="{AS_NAMESPACE}"'

ACTOR_TYPES: Final = frozenset({"Person", "Service", "Application", "Group", "Organization"})

# What Mastodon turns into a post, with Document for the servers that publish files as such.
OBJECT_TYPES: Final = frozenset({"Note", "Question", "Article", "Page", "Image", "Audio", "Video", "Event", "Document"})

# Types whose `url` is the file itself, not only the page about it.
MEDIA_TYPES: Final = frozenset({"Image", "Audio", "Video", "Document"})

COLLECTION_TYPES: Final = frozenset({"Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage"})

LINK_TYPES: Final = frozenset({"Link", "Mention"})

# Without Question, which ActivityStreams calls an activity and everybody sends as an object.
ACTIVITY_TYPES: Final = frozenset(
    {
        "Accept",
        "Add",
        "Announce",
        "Arrive",
        "Block",
        "Create",
        "Delete",
        "Dislike",
        "Flag",
        "Follow",
        "Ignore",
        "Invite",
        "Join",
        "Leave",
        "Like",
        "Listen",
        "Move",
        "Offer",
        "Read",
        "Reject",
        "Remove",
        "TentativeAccept",
        "TentativeReject",
        "Travel",
        "Undo",
        "Update",
        "View",
        # Beyond ActivityStreams 2.0: Pleroma and Misskey reactions, Misskey bites, Mastodon quotes and collections.
        "EmojiReact",
        "Bite",
        "QuoteRequest",
        "FeatureRequest",
    }
)

# Flat terms that say what may be done with a work, in the spellings found on the wire (FEP-5e53, Epicyon, schema.org).
RIGHTS_TERMS: Final = (
    "tdmReservation",
    "tdmPolicy",
    "contentUsage",
    "xRobotsTag",
    "SPC",
    "secGPC",
    "license",
    "licence",
    "usageInfo",
    "dataMining",
    "otherConstraints",
    "digitalSourceType",
    "copyrightNotice",
    "creditText",
    "acquireLicensePage",
)
