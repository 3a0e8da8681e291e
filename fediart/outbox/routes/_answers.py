"""What the routes share: the way to the page, pages of a collection, and what is not there."""

from __future__ import annotations

from quart import Response, redirect, request

from fediart import http
from fediart.activitypub import negotiation
from fediart.activitypub.negotiation import Form

PAGE = 20
LARGEST_ID = 2**63 - 1  # what a column holds; any larger number names nothing
NUMBER = f"int(max={LARGEST_ID})"


def wants_page() -> bool:
    return negotiation.preferred(request.headers.get("Accept"), default=Form.ACTIVITY) is Form.HTML


def to_page(address: str) -> Response | None:
    """Send a browser to the page; None when the client wants JSON."""
    if wants_page():
        response: Response = redirect(address, code=302)  # type: ignore[assignment]
        response.headers["Vary"] = "Accept"
        return response
    return None


def nothing() -> Response:
    return http.refusal(404, "there is nothing by this id")


def with_headers(response: Response, headers: list[tuple[str, str]]) -> Response:
    for name, value in headers:
        response.headers.add(name, value)
    return response


def is_whole() -> bool:
    """Say whether the collection itself is asked for, not one of its pages."""
    return not any(name in request.args for name in ("page", "before", "after"))


def number(name: str) -> int | None:
    """Return where a page starts; None, so the beginning, for anything that cannot be an id."""
    found = request.args.get(name, type=int)
    return found if found is not None and 0 <= found <= LARGEST_ID else None


def self_address(collection_id: str) -> str:
    query = request.query_string.decode("ascii", "replace")
    return f"{collection_id}?{query}"
