"""What an actor features: Add and Remove of pinned Notes and of hashtags, and the collection of the hashtags.

Both kinds name the `featured` collection as their target. Interop: Mastodon 4.5 tells them apart by the object's type.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fediart.activitypub import addressing
from fediart.activitypub.build import activity, collection, context
from fediart.activitypub.build.note import Hashtag


def change(
    verb: str, object_: str | Hashtag, *, id_: str, actor: str, target: str, followers: str | None
) -> dict[str, Any]:
    """Build an Add or Remove: of a Note, by its id, or of a hashtag.

    Spec: ActivityPub 7.8, 7.9.
    """
    built = activity.simple(
        verb,
        id_=id_,
        actor=actor,
        object_=object_ if isinstance(object_, str) else _hashtag(object_),
        target=target,
        to=[addressing.PUBLIC],
        cc=[followers] if followers else [],
    )
    if isinstance(object_, Hashtag):
        built["@context"] = context.for_hashtags()
    return built


def tags(id_: str, hashtags: Sequence[Hashtag]) -> dict[str, Any]:
    """Build the collection that `featuredTags` names."""
    return collection.whole(
        id_, items=[_hashtag(tag) for tag in hashtags], ordered=False, context_=context.for_hashtags(signed=False)
    )


def _hashtag(tag: Hashtag) -> dict[str, str]:
    return {"type": "Hashtag", "href": tag.href, "name": f"#{tag.name}"}
