"""`/tags/<name>`: the public works with a tag."""

from __future__ import annotations

from urllib.parse import quote

from quart import Response, request

from fediart import clock, errors
from fediart.activitypub import tags
from fediart.db import queries
from fediart.db.queries import pages as page_queries
from fediart.web import answer, terms, tiles
from fediart.web.answer import Head
from fediart.web.site import Route, Site, read_id


async def tag(site: Site, name: str) -> Response:
    normal = tags.normalize_hashtag(name)
    if normal is None:
        raise errors.NotFoundError("That is not a tag.")
    if normal != name:
        return answer.redirect(site.urls.tag(normal), status=301)
    async with site.database.read() as tx:
        works = await page_queries.tagged(tx, normal, before=read_id(request.args.get("before")), limit=tiles.PAGE + 1)
        shown = await tiles.read(tx, site, works[: tiles.PAGE])
        labels = await queries.notes.tags(tx, works[0][1].id) if works else []
    if not shown:
        raise errors.NotFoundError("No public work here has this tag.")
    label = next((row.label for row in labels if row.name == normal), normal)
    return await answer.page(
        site,
        "tag.html",
        Head(
            title=f"#{label} – {site.name}",
            description=f"Works tagged #{label}",
            canonical=site.urls.tag(normal),
        ),
        terms.instance_reservation(site, clock.now()),
        rules=tiles.rules(shown),
        label=label,
        tiles=shown,
        older=f"/tags/{quote(normal)}?before={works[tiles.PAGE - 1][1].id}" if len(works) > tiles.PAGE else "",
    )


ROUTES = (Route("/tags/<name>", tag),)
