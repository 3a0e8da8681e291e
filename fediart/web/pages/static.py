"""`/static/<name>`: the style sheet and the icon."""

from __future__ import annotations

from quart import Response, request

from fediart import clock, errors
from fediart.web import answer, templating, terms
from fediart.web.site import Route, Site

_CONTENT_TYPES = {"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}


async def static(site: Site, name: str) -> Response:
    if name not in _CONTENT_TYPES:
        raise errors.NotFoundError("There is no such file.")
    version = templating.static(name).partition("?v=")[2]
    response = Response((templating.STATIC / name).read_bytes(), content_type=_CONTENT_TYPES[name])
    # Another version than ours is asked for by a page of another release: answered, but not kept.
    is_current = request.args.get("v") == version
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_current else answer.PUBLIC
    response.headers["ETag"] = f'"{version}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    answer.add_rights(response, terms.instance_reservation(site, clock.now()))
    return await response.make_conditional(request)


ROUTES = (Route("/static/<name>", static),)
