"""The files in which a crawler looks for rights before it takes anything: robots.txt, tdmrep.json, RSL and the rest.

Every one is a projection of this server's default; where works say otherwise, the forms that can name paths do.
"""

from __future__ import annotations

import hashlib

import orjson
from quart import Response, request

from fediart import clock
from fediart.db import queries, tables
from fediart.db.queries import pages as page_queries
from fediart.outbox import render
from fediart.rights import ai_txt, crawlers, gpc, inheritance, robots, rsl, table, tdmrep, trust_txt
from fediart.rights.reservation import Policy, Reservation
from fediart.web import answer, terms
from fediart.web.pages import gallery
from fediart.web.pages import rights as rights_pages
from fediart.web.site import Route, Site

_TEXT = "text/plain; charset=utf-8"
_SECONDS = 300
_MOST_EXCEPTIONS = 2000


async def robots_txt(site: Site) -> Response:
    """The default, and by path the works that permit less; what permits more says so where it is."""
    reserved = await _default(site)
    stricter = [
        policy.value
        for policy in Policy
        if policy is not reserved.policy and inheritance.is_as_strict(policy, reserved.policy)
    ]
    async with site.database.read() as tx:
        works = await page_queries.works_under(tx, stricter, limit=_MOST_EXCEPTIONS)
    text = robots.write(
        reserved,
        crawlers=crawlers.bundled(),
        blocked=crawlers.REFUSED[site.settings.rights.refused_crawlers],
        exceptions={
            address.removeprefix(site.urls.base): Policy(work.policy)
            for work, note, _ in works
            for address in (note.url or note.uri, note.uri)
        },
        contact=site.settings.instance.contact_email,
    )
    return await _answer(text.encode(), _TEXT, reserved)


async def tdmrep_json(site: Site) -> Response:
    """The default, after the works and artists that reserve where it permits, or permit where it reserves.

    A file that several works share stays under the default: they may not agree.
    """
    reserved = await _default(site)
    is_reserved = table.TABLE[reserved.policy].tdm_reservation
    others = [policy.value for policy in Policy if table.TABLE[policy].tdm_reservation != is_reserved]
    rules: list[tdmrep.Rule] = []
    async with site.database.read() as tx:
        for actor, artist in await page_queries.artists_under(tx, others, limit=_MOST_EXCEPTIONS):
            own = render.artist_reservation(site.urls, actor=actor, artist=artist)
            rules += [
                tdmrep.Rule(f"{address.removeprefix(site.urls.base)}$", own)
                for address in (site.urls.profile(actor.username or ""), actor.uri)
            ]
        works = await page_queries.works_under(tx, others, limit=_MOST_EXCEPTIONS)
        files = await queries.notes.attachments_of(tx, [note.id for _, note, _ in works])
        keys = [each.federated_key for pictures in files.values() for each in pictures if each.federated_key]
        shared = await page_queries.shared_files(tx, keys)
        for work, note, actor in works:
            artist = await queries.actors.get_artist(tx, actor.id)
            own = render.reservation(site.urls, actor=actor, artist=artist, work=work, note=note)
            pictures = [each for each in files.get(note.id, []) if each.federated_key not in shared]
            rules += [tdmrep.Rule(path, own) for path in _paths(site, note, pictures)]
    body = orjson.dumps(tdmrep.write(reserved, rules), option=orjson.OPT_INDENT_2)
    return await _answer(body, "application/json", reserved)


def _paths(site: Site, note: tables.Note, pictures: list[tables.Attachment]) -> list[str]:
    """Where a work is found: its page, its Note, its files."""
    keys = [key for each in pictures for key in (each.federated_key, *(item["key"] for item in each.gallery)) if key]
    addresses = [note.url or note.uri, note.uri, *map(site.urls.media, keys)]
    return [f"{address.removeprefix(site.urls.base)}$" for address in dict.fromkeys(addresses)]


async def site_rsl(site: Site) -> Response:
    reserved = await _default(site)
    body = rsl.write(reserved, ["/"], person=False, contact_email=site.settings.instance.contact_email)
    return await _answer(body, rsl.MEDIA_TYPE, reserved)


async def artist_rsl(site: Site, username: str) -> Response:
    async with site.database.read() as tx:
        actor, artist = await gallery.find_artist(tx, username)
    reserved = render.artist_reservation(site.urls, actor=actor, artist=artist)
    return await _answer(rsl.write(reserved, [actor.uri, site.urls.profile(username)]), rsl.MEDIA_TYPE, reserved)


async def work_rsl(site: Site, number: str) -> Response:
    """A withdrawn work's terms stay; its files are no longer named."""
    async with site.database.read() as tx:
        reserved, note, _ = await rights_pages.of_work(tx, site, number)
        is_shown = rights_pages.is_shown(note)
        pictures = await queries.notes.attachments(tx, note.id) if is_shown else []
    urls = [note.uri, *([note.url] if is_shown and note.url else []), *(picture.url for picture in pictures)]
    return await _answer(rsl.write(reserved, urls), rsl.MEDIA_TYPE, reserved)


async def ai_text(site: Site) -> Response:
    reserved = await _default(site)
    return await _answer(ai_txt.write(reserved).encode(), _TEXT, reserved)


async def trust_text(site: Site) -> Response:
    reserved = await _default(site)
    text = trust_txt.write(reserved, contact=site.settings.instance.contact_email)
    return await _answer(text.encode(), _TEXT, reserved)


async def gpc_json(site: Site) -> Response:
    reserved = await _default(site)
    return await _answer(orjson.dumps(gpc.write(reserved)), "application/json", reserved)


async def _default(site: Site) -> Reservation:
    async with site.database.read() as tx:
        instance = await queries.instance.find(tx)
    return terms.instance_reservation(site, instance.created_at if instance else clock.now())


async def _answer(body: bytes, content_type: str, reserved: Reservation) -> Response:
    response = Response(body, content_type=content_type)
    response.headers["Cache-Control"] = f"public, max-age={_SECONDS}"
    response.headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    answer.add_rights(answer.allow_reading(response), reserved)
    return await response.make_conditional(request)


ROUTES = (
    Route("/robots.txt", robots_txt),
    Route(tdmrep.PATH, tdmrep_json),
    Route("/license.xml", site_rsl),
    Route("/users/<username>/license.xml", artist_rsl),
    Route("/objects/<number>/license.xml", work_rsl),
    Route(ai_txt.PATH, ai_text),
    *(Route(path, trust_text) for path in trust_txt.PATHS),
    Route(gpc.PATH, gpc_json),
)
