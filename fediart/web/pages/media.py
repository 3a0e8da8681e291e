"""`/media/<key>`: the published files, by content address, each with the rights of the work it belongs to.

A file is served because a work or a profile uses it; an original, or what nobody uses any more, does not exist here.
"""

from __future__ import annotations

from quart import Response, request
from quart.wrappers.response import FileBody

from fediart import errors
from fediart.db.queries import pages as page_queries
from fediart.db.queries.pages import FileOwner
from fediart.media import kinds
from fediart.outbox import render
from fediart.rights.reservation import Policy, Reservation
from fediart.web import answer, terms
from fediart.web.site import Route, Site

_MEDIA_TYPES = {suffix: media_type for media_type, suffix in kinds.TAKEN.items()}
# The address is the content: it can never change, only stop being ours to show.
_FOR_EVER = "public, max-age=31536000, immutable"
_BUFFER_BYTES = 128 * 1024
_EXPOSED = ("Accept-Ranges", "Content-Length", "Content-Range", "Content-Usage", "ETag", "Link",
            "tdm-policy", "tdm-reservation", "X-Robots-Tag")  # fmt: skip


async def media(site: Site, key: str) -> Response:
    if request.method == "OPTIONS":
        response = Response(b"", status=204)
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "Range, If-None-Match, If-Range"
        response.headers["Access-Control-Max-Age"] = "86400"
        return answer.allow_reading(response)
    path = site.store.path_of(key)
    media_type = _MEDIA_TYPES.get(path.suffix.removeprefix("."))
    owners = await _find_owners(site, key) if media_type and path.is_file() else []
    if not owners:
        raise errors.NotFoundError("There is no such file.")
    body = FileBody(path, buffer_size=_BUFFER_BYTES)
    response = Response(body, content_type=media_type)
    headers = response.headers
    headers["Cache-Control"] = _FOR_EVER
    headers["ETag"] = f'"{path.stem}"'
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    headers["Accept-Ranges"] = "bytes"
    answer.allow_reading(response, exposed=_EXPOSED)
    answer.add_rights(response, _strictest(site, owners))
    return await _conditional(response, body, headers["ETag"])


async def _find_owners(site: Site, key: str) -> list[FileOwner]:
    async with site.database.read() as tx:
        return await page_queries.file_owners(tx, key)


async def _conditional(response: Response, body: FileBody, etag: str) -> Response:
    """Answer 304, 206 or 416 when asked to.

    Spec: RFC 9110, sections 13.2.2 and 14.2: a range counts for GET only, and a form of it that we do not know gets
    the whole file.
    """
    response.content_length = body.size
    await response.make_conditional(request)
    wanted = request.range if request.method == "GET" and request.headers.get("If-Range", etag) == etag else None
    if response.status_code != 200 or wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1:
        return response
    start, end = wanted.ranges[0]
    body.begin = max(body.size + start, 0) if start < 0 else start
    body.end = min(end or body.size, body.size)
    if body.begin >= body.end:
        refused = Response(b"", status=416, headers=response.headers)
        refused.headers["Content-Range"] = f"bytes */{body.size}"
        refused.content_length = 0
        return refused
    response.status_code = 206
    response.content_length = body.end - body.begin
    response.headers["Content-Range"] = f"bytes {body.begin}-{body.end - 1}/{body.size}"
    return response


def _strictest(site: Site, owners: list[FileOwner]) -> Reservation:
    found = [_reservation(site, owner) for owner in owners]
    return min(found, key=lambda reserved: terms.STRICTNESS.index(Policy(reserved.policy)))


def _reservation(site: Site, owner: FileOwner) -> Reservation:
    if owner.work is None or owner.note is None:
        return render.artist_reservation(site.urls, actor=owner.actor, artist=owner.artist)
    return render.reservation(site.urls, actor=owner.actor, artist=owner.artist, work=owner.work, note=owner.note)


ROUTES = (Route("/media/<path:key>", media, methods=("GET", "OPTIONS")),)
