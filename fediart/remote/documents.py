"""ActivityStreams documents, believed only from the host that their id names.

A document says who it is, but anybody can write that; what counts is where it was found. Reading the members is the
pure core's; which documents are worth fetching is the caller's.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urldefrag

from fediart.activitypub import documents, origins, shapes
from fediart.activitypub.errors import ProtocolError
from fediart.errors import RemoteError
from fediart.remote.session import Response, Session
from fediart.remote.signer import Signer

ACCEPT: Final = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'

# 401: the peer may have failed to fetch our key, which heals. Interop: Mastodon 4.6 repeats on 401, 408 and 429.
_TEMPORARY_CLIENT_ERRORS: Final = frozenset({401, 408, 425, 429})


async def fetch_document(session: Session, url: str, *, signer: Signer | None) -> dict[str, Any]:
    """Fetch an ActivityStreams document that provably is what its `id` says.

    The id must be the address that answered. A document found at another address of its own host (an alias, a profile
    page) is fetched once more, from its id, and must then name itself.

    Spec: ActivityPub section 3.2; FEP-fe34.
    Raises: RemoteError without a usable answer (`peer_status` tells which); ProtocolError when the answer is not to be
    believed.
    """
    response, document = await _fetch(session, url, signer)
    claimed = _require_id(document, response)
    if _is_at_home(claimed, url, response):
        return document
    if not origins.same_host(claimed, response.url):
        raise ProtocolError(
            f"{_host(response.url)} serves a document of another host",
            status=403,
            detail=f"{response.url} says {claimed}",
        )
    response, document = await _fetch(session, claimed, signer)
    if not _is_at_home(_require_id(document, response), claimed, response):
        raise ProtocolError("The document does not name itself at its own id", detail=f"{claimed} (found at {url})")
    return document


async def fetch_page(session: Session, url: str, *, owner: str, signer: Signer | None) -> dict[str, Any]:
    """Fetch a collection of `owner`, or a page of one: it need not name itself, but it must be on the owner's host.

    Interop: Mastodon 4.5 gives a page the address of its query, Pleroma that of the collection, others none.
    Raises: as `fetch_document`.
    """
    response, document = await _fetch(session, url, signer)
    if not origins.same_host(response.url, owner):
        raise ProtocolError(
            f"{_host(response.url)} answers for a collection of another host", status=403, detail=f"{url} of {owner}"
        )
    return document


def status_error(response: Response) -> RemoteError:
    """Say what a status other than 200 means for a fetch."""
    host, status = _host(response.url), response.status
    is_temporary = (status >= 500 and status != 501) or status in _TEMPORARY_CLIENT_ERRORS
    texts = {
        401: f"{host} wants a signature that it accepts (401)",
        403: f"{host} refuses us (403)",
        404: f"{host} has nothing at this address (404)",
        410: f"{host} says it is gone (410)",
        429: f"{host} asks us to slow down (429)",
    }
    text = texts.get(status, f"{host} answered with status {status}")
    return RemoteError(text, detail=response.url, is_temporary=is_temporary, peer_status=status)


async def _fetch(session: Session, url: str, signer: Signer | None) -> tuple[Response, dict[str, Any]]:
    response = await session.fetch(url, accept=ACCEPT, signer=signer)
    if response.status != 200:
        raise status_error(response)
    if not documents.is_activity_media_type(response.content_type):
        # Anything else may be a file that somebody uploaded to that host.
        raise ProtocolError(
            f"{_host(response.url)} did not answer with an ActivityPub document",
            detail=f"{response.content_type or 'no media type'} at {response.url}",
        )
    return response, documents.read_json(response.body)


def _require_id(document: dict[str, Any], response: Response) -> str:
    claimed = shapes.id_of(document)
    if claimed is None:
        raise ProtocolError("The document has no id", detail=response.url)
    return claimed


def _is_at_home(claimed: str, asked: str, response: Response) -> bool:
    """Tell whether the document came from its id, be it directly or through a redirect within the host."""
    name = _address(claimed)
    return name == _address(response.url) or (name == _address(asked) and origins.same_host(claimed, response.url))


def _address(url: str) -> str:
    return origins.normalize_id(urldefrag(url).url)


def _host(url: str) -> str:
    return origins.host_of(url)
