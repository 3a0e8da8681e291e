"""The schema: who (actors, keys, follows), what (notes, works, attachments), what is under way (activities, deliveries,
hosts, fetches, received), and what finds a work again (renditions, fingerprints).

One `actors` and one `notes` table for local and remote alike: a relation does not care where its ends live. What only a
local artist or artwork has stands beside it in `artists` and `works`, with the same primary key. Signed documents are
kept as the bytes that were signed, so that every copy that leaves is the same copy.
"""

from __future__ import annotations

from fediart.db.tables.base import Base, Instance
from fediart.db.tables.desk import Notification, Report, Tombstone
from fediart.db.tables.files import (
    Fingerprint,
    FingerprintBand,
    Rendition,
)
from fediart.db.tables.notes import (
    Attachment,
    Boost,
    FeaturedTag,
    Like,
    Mention,
    Note,
    PollVote,
    QuoteAuthorization,
    Tag,
    Work,
)
from fediart.db.tables.people import Actor, Artist, Block, DomainBlock, Follow, Key, Mute
from fediart.db.tables.traffic import Activity, Delivery, Fetch, Host, Received

__all__ = [
    "Activity",
    "Actor",
    "Artist",
    "Attachment",
    "Base",
    "Block",
    "Boost",
    "Delivery",
    "DomainBlock",
    "FeaturedTag",
    "Fetch",
    "Fingerprint",
    "FingerprintBand",
    "Follow",
    "Host",
    "Instance",
    "Key",
    "Like",
    "Mention",
    "Mute",
    "Note",
    "Notification",
    "PollVote",
    "QuoteAuthorization",
    "Received",
    "Rendition",
    "Report",
    "Tag",
    "Tombstone",
    "Work",
]
