"""`/`: the artist's gallery when there is one artist; otherwise the latest works and who made them."""

from __future__ import annotations

from quart import Response, request

from fediart import clock
from fediart.db import queries
from fediart.db.queries import pages as page_queries
from fediart.web import answer, terms, tiles
from fediart.web.answer import Head
from fediart.web.pages import gallery
from fediart.web.site import Route, Site, read_id


async def home(site: Site) -> Response:
    if (elsewhere := answer.to_activity(site.urls.instance_actor)) is not None:
        return elsewhere
    async with site.database.read() as tx:
        artists = await queries.actors.list_artists(tx)
        if len(artists) == 1:
            return await gallery.show(tx, site, *artists[0])
        works = await page_queries.latest(tx, before=read_id(request.args.get("before")), limit=tiles.PAGE + 1)
        shown = await tiles.read(tx, site, works[: tiles.PAGE])
        counts = await page_queries.count_works(tx, [actor.id for actor, _ in artists])
    known = [(actor, counts[actor.id]) for actor, _ in artists if actor.discoverable]
    return await answer.page(
        site,
        "home.html",
        Head(
            title=site.name,
            description=site.settings.instance.description,
            canonical=f"{site.urls.base}/",
            activity_id=site.urls.instance_actor,
        ),
        terms.instance_reservation(site, clock.now()),
        rules=tiles.rules(shown),
        tiles=shown,
        artists=known,
        older=f"/?before={works[tiles.PAGE - 1][1].id}" if len(works) > tiles.PAGE else "",
    )


ROUTES = (Route("/", home),)
