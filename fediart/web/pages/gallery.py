"""`/@name`: an artist's works, who they are, and how to follow them from anywhere."""

from __future__ import annotations

from quart import Response, request

from fediart import errors
from fediart.activitypub import html
from fediart.db import queries, tables
from fediart.db.engine import Transaction
from fediart.db.queries import pages as page_queries
from fediart.outbox import render
from fediart.web import answer, tiles
from fediart.web.answer import Head, PreviewImage
from fediart.web.site import Route, Site, read_id
from fediart.web.tiles import Tile

_LONGEST_DESCRIPTION = 300


async def find_artist(tx: Transaction, username: str) -> tuple[tables.Actor, tables.Artist]:
    """Return the artist of a page.

    Raises: FediArtError 404, or 410 when the account was deleted.
    """
    actor = await queries.actors.find_local(tx, username)
    if actor is None:
        raise errors.NotFoundError("There is no artist of this name here.")
    if actor.gone_at is not None:
        raise errors.FediArtError("This artist has closed their account, and their works went with it.", status=410)
    return actor, await queries.actors.get_artist(tx, actor.id)


async def gallery(site: Site, username: str) -> Response:
    name, _, host = username.partition("@")
    if name != name.lower() or host == site.urls.host:
        return answer.redirect(site.urls.profile(name.lower()), status=301)
    if (elsewhere := answer.to_activity(site.urls.actor(username))) is not None:
        return elsewhere
    async with site.database.read() as tx:
        return await show(tx, site, *await find_artist(tx, username))


async def show(
    tx: Transaction,
    site: Site,
    actor: tables.Actor,
    artist: tables.Artist,
    *,
    status: int = 200,
    asked: str = "",
    problem: str = "",
) -> Response:
    """Render the gallery. `problem` is what is wrong with the home server that the visitor gave, as `asked`."""
    before = read_id(request.args.get("before"))
    works = await page_queries.gallery(tx, actor.id, before=before, limit=tiles.PAGE + 1)
    pinned = sum(1 for _, note, _ in works if note.pinned_at is not None)
    has_more = len(works) - pinned > tiles.PAGE
    works = works[: tiles.PAGE + pinned]
    shown = await tiles.read(tx, site, works)
    count = (await page_queries.count_works(tx, [actor.id]))[actor.id]
    followers = await queries.follows.count_followers(tx, actor.id)
    username = actor.username or ""
    name = actor.name or username
    scheme = site.settings.scheme
    return await answer.page(
        site,
        "gallery.html",
        Head(
            title=f"{name} – {site.name}" if site.name != name else name,
            description=html.to_text(actor.summary)[:_LONGEST_DESCRIPTION] or f"Works by {name}",
            canonical=site.urls.profile(username),
            activity_id=actor.uri,
            type="profile",
            image=_preview(site, actor, name, shown),
            creator=actor.handle,
        ),
        render.artist_reservation(site.urls, actor=actor, artist=artist),
        status=status,
        rules=tiles.rules(shown),
        # The form is ours, but leads on to the visitor's own server, and browsers check that too.
        form_action=f"'self' {scheme}:",
        cache_control=answer.PUBLIC if status == 200 else answer.NOT_KEPT,
        actor=actor,
        artist=artist,
        name=name,
        tiles=shown,
        count=count,
        followers=followers,
        featured=await queries.featured.tags_in_use(tx, actor.id) if before is None else [],
        is_first=before is None,
        older=f"/@{username}?before={works[-1][1].id}" if has_more else "",
        asked=asked,
        problem=problem,
    )


def _preview(site: Site, actor: tables.Actor, name: str, shown: list[Tile]) -> PreviewImage | None:
    for tile in shown:
        if not tile.is_veiled:
            picture = tile.picture
            return PreviewImage(f"{site.urls.base}{picture.federated}", picture.alt, picture.width, picture.height)
    return PreviewImage(actor.icon_url, f"Portrait of {name}") if actor.icon_url else None


ROUTES = (Route("/@<username>", gallery),)
