"""`/@name/follow`: send a visitor to their own server, which knows who they are. Nothing is looked up."""

from __future__ import annotations

from urllib.parse import parse_qs, quote

from quart import Response, request

from fediart import errors
from fediart.activitypub import handles, origins
from fediart.activitypub.errors import ProtocolError
from fediart.web import answer
from fediart.web.pages import gallery
from fediart.web.site import Route, Site

_LARGEST_FORM_BYTES = 4096
_HOW = "Write your own fediverse address, such as @you@mastodon.social, or the name of your server."


async def follow(site: Site, username: str) -> Response:
    if request.method != "POST":
        return answer.redirect(f"{site.urls.profile(username)}#follow", status=303)
    asked = await _read_form()
    async with site.database.read() as tx:
        actor, artist = await gallery.find_artist(tx, username)
        try:
            host = read_server(asked)
        except ProtocolError:
            problem = _HOW if asked else f"Where is your account? {_HOW}"
            return await gallery.show(tx, site, actor, artist, status=422, asked=asked, problem=problem)
        if host == site.urls.host:
            problem = f"That is this server. {_HOW}"
            return await gallery.show(tx, site, actor, artist, status=422, asked=asked, problem=problem)
    # Interop: Mastodon, GoToSocial, Pixelfed and Misskey all answer at this path.
    return answer.redirect(
        f"{site.settings.scheme}://{host}/authorize_interaction?uri={quote(actor.uri, safe='')}", status=303
    )


def read_server(text: str) -> str:
    """Return the host in what people write: a handle, an address of a page, or the bare name of a server.

    Raises: ProtocolError when there is none.
    """
    text = text.strip()
    if "://" in text:
        return origins.host_of(text)
    if "@" in text:
        return handles.parse_handle(text).host
    host = origins.read_host(text.removesuffix("/"))
    if "." not in host and ":" not in host:
        raise ProtocolError("A server's name has a dot in it")
    return host


async def _read_form() -> str:
    body = b""
    async for part in request.body:
        body += part
        if len(body) > _LARGEST_FORM_BYTES:
            raise errors.FediArtError("This form takes one address only.", status=413)
    fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=None)
    return fields.get("handle", [""])[0].strip()


ROUTES = (Route("/@<username>/follow", follow, methods=("GET", "POST")),)
