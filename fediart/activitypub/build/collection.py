"""Collections and their pages. A page is addressed by the last item before it, so that new items move nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fediart.activitypub.build import context


def collection(id_: str, *, total: int, first: str | None, ordered: bool = True) -> dict[str, Any]:
    """Build a collection that is read page by page; without `first` its items stay private."""
    built: dict[str, Any] = {
        "@context": context.PLAIN,
        "id": id_,
        "type": "OrderedCollection" if ordered else "Collection",
        "totalItems": total,
    }
    if first:
        built["first"] = first
    return built


def whole(id_: str, *, items: Sequence[Any], ordered: bool = True, context_: list[Any] | None = None) -> dict[str, Any]:
    """Build a collection small enough to be given in one piece."""
    return {
        "@context": context_ or context.PLAIN,
        "id": id_,
        "type": "OrderedCollection" if ordered else "Collection",
        "totalItems": len(items),
        "orderedItems" if ordered else "items": list(items),
    }


def page(
    id_: str,
    *,
    part_of: str,
    items: Sequence[Any],
    next_: str | None,
    ordered: bool = True,
    context_: list[Any] | None = None,
) -> dict[str, Any]:
    """Build one page; `next_` is absent on the last."""
    built: dict[str, Any] = {
        "@context": context_ or context.PLAIN,
        "id": id_,
        "type": "OrderedCollectionPage" if ordered else "CollectionPage",
        "partOf": part_of,
        "orderedItems" if ordered else "items": list(items),
    }
    if next_:
        built["next"] = next_
    return built
