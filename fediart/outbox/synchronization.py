"""What goes with works for followers only: the digest of the followers that live where the work goes.

The receiving server compares it with the follows that it knows, so that neither a lost Undo nor a lost Accept stays
unnoticed. Asking for the list and acting on a difference is the receiver's.

Spec: FEP-8fcf.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import orjson

from fediart.activitypub import addressing, origins, synchronization
from fediart.activitypub.errors import ProtocolError
from fediart.activitypub.synchronization import Synchronization
from fediart.db import queries, tables
from fediart.db.engine import Database

# Interop: Mastodon 4.5 leaves the header out for larger accounts too; the digests would cost more than they mend.
_MOST_FOLLOWERS: Final = 25_000
_ARTISTS_KEPT: Final = 64


def address_of(actor_uri: str) -> str:
    """Return where an artist's followers on the asking server are listed."""
    return f"{actor_uri}/followers_synchronization"


def is_for_followers_only(activity: tables.Activity) -> bool:
    """Tell whether an activity of ours goes to followers and is not public."""
    if not activity.to_followers or activity.is_forward:
        return False
    document: dict[str, Any] = orjson.loads(activity.document)
    return addressing.PUBLIC not in (*document.get("to", ()), *document.get("cc", ()))


@dataclass(frozen=True, slots=True)
class _Followers:
    actor_uri: str
    collection_id: str
    digests: dict[str, str]


class Digests:
    """The digests of one process, counted anew when any list of followers may have changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._generation = -1
        self._known: OrderedDict[int, _Followers | None] = OrderedDict()

    async def load(self, actor_ids: Iterable[int]) -> None:
        """Make the digests of these artists current."""
        wanted = set(actor_ids)
        if not wanted:
            return
        async with self._database.read() as tx:
            generation = await queries.synchronization.generation(tx)
            if generation != self._generation:
                self._known.clear()
                self._generation = generation
            for actor_id in sorted(wanted - self._known.keys()):
                actor = await queries.actors.get(tx, actor_id)
                ids = await queries.synchronization.remote_follower_ids(tx, actor_id, limit=_MOST_FOLLOWERS + 1)
                self._known[actor_id] = (
                    _Followers(actor.uri, actor.followers, synchronization.digests_by_origin(ids))
                    if actor.followers is not None and len(ids) <= _MOST_FOLLOWERS
                    else None
                )
            for actor_id in wanted:
                self._known.move_to_end(actor_id)
        while len(self._known) > max(_ARTISTS_KEPT, len(wanted)):
            self._known.popitem(last=False)

    def header(self, actor_id: int, inbox: str) -> str | None:
        """Return the header for a delivery to an inbox; None for artists that were not loaded or are too well known."""
        followers = self._known.get(actor_id)
        if followers is None:
            return None
        try:
            origin = origins.origin_of(inbox)
        except ProtocolError:
            return None
        return synchronization.write_header(
            Synchronization(
                collection_id=followers.collection_id,
                url=address_of(followers.actor_uri),
                digest=followers.digests.get(origin, synchronization.digest(())),
            )
        )
