"""The page for what went wrong, in the look of the others. Who decides that something did is the application."""

from __future__ import annotations

from quart import Response, current_app
from werkzeug.exceptions import MethodNotAllowed, NotFound

from fediart import clock
from fediart.web import answer, terms
from fediart.web.answer import Head
from fediart.web.site import Site

EXTENSION = "fediart.web"  # where the application keeps the site that `error_page` speaks for
_TITLES = {
    400: "That cannot be read",
    404: "Nothing hangs here",
    405: "That cannot be done here",
    410: "Taken down",
    413: "That is too large",
    429: "Too many requests",
    500: "Something broke",
    503: "Back in a moment",
}
# What the framework says of addresses and methods, in the words of a visitor.
_PLAINER = {
    NotFound.description: "There is no page at this address.",
    MethodNotAllowed.description: "This address can be looked at, but takes nothing in.",
}
_RETRY_SECONDS = "30"


async def error_page(status: int, text: str) -> Response:
    """Build an error page with one line of explanation, which must be safe to show. Needs a request of the app."""
    site: Site = current_app.extensions[EXTENSION]
    title = _TITLES.get(status) or ("Something broke" if status >= 500 else "That did not work")
    response = await answer.page(
        site,
        "error.html",
        Head(title=f"{title} – {site.name}"),
        terms.instance_reservation(site, clock.now()),
        status=status,
        cache_control=answer.NOT_KEPT,
        code=status,
        heading=title,
        text=_sentence(_PLAINER.get(text, text)),
    )
    if status == 503:
        response.headers["Retry-After"] = _RETRY_SECONDS
    return response


def _sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…")) or not text else ".")
