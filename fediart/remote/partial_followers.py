"""The followers of somebody elsewhere that live here, as their server lists them to us.

Spec: FEP-8fcf.
"""

from __future__ import annotations

from typing import Any, Final

from fediart.activitypub import documents as pure
from fediart.activitypub import origins, shapes
from fediart.activitypub.errors import ProtocolError
from fediart.remote import documents
from fediart.remote.session import Session
from fediart.remote.signer import Signer

_MOST_PAGES: Final = 10


async def fetch_partial_followers(session: Session, url: str, *, signer: Signer) -> list[str]:
    """Fetch the ids that a partial collection lists, in one piece or over its pages, all on its own host.

    Raises: RemoteError without a usable answer; ProtocolError for what is no collection, or does not end.
    """
    page = await _fetch(session, url, signer)
    if not {"Collection", "OrderedCollection"} & set(shapes.types_of(page)):
        raise ProtocolError("The partial collection of followers is no collection", detail=url)
    found = _items(page)
    next_ = page.get("first")
    for _ in range(_MOST_PAGES):
        if next_ is None:
            return found
        page = next_ if isinstance(next_, dict) else await _fetch_page(session, url, next_, signer)
        found += _items(page)
        next_ = page.get("next")
    if next_ is not None:
        raise ProtocolError(f"The partial collection of followers has more than {_MOST_PAGES} pages", detail=url)
    return found


async def _fetch_page(session: Session, collection: str, page: object, signer: Signer) -> dict[str, Any]:
    address = shapes.web_reference_of(page)
    if address is None or not origins.same_host(address, collection):
        raise ProtocolError("The partial collection of followers goes on at another host", detail=collection)
    return await _fetch(session, address, signer)


async def _fetch(session: Session, url: str, signer: Signer) -> dict[str, Any]:
    answer = await session.fetch(url, accept=documents.ACCEPT, signer=signer)
    if answer.status != 200:
        raise documents.status_error(answer)
    if not origins.same_host(answer.url, url):
        raise ProtocolError("The partial collection of followers is at another host", detail=answer.url)
    if not pure.is_activity_media_type(answer.content_type):
        raise ProtocolError("The partial collection of followers is no ActivityPub document", detail=url)
    return pure.read_json(answer.body)


def _items(page: dict[str, Any]) -> list[str]:
    return [*shapes.ids_of(page.get("orderedItems")), *shapes.ids_of(page.get("items"))]
