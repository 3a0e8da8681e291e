"""What is reserved, in words with each signal's value, and in data (ODRL): for a work, an artist, this server.

A reservation stays findable for whoever holds a copy: also of a work that is withdrawn or was for followers only.
Nothing else of such a work is named.
"""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from quart import Response, request

from fediart import clock, errors
from fediart.db import queries, tables
from fediart.db.engine import Transaction
from fediart.db.queries import pages as page_queries
from fediart.outbox import render
from fediart.rights import note_terms, odrl
from fediart.rights.reservation import Policy, Reservation
from fediart.web import answer, terms
from fediart.web.answer import Head
from fediart.web.pages import gallery, licences
from fediart.web.site import Route, Site, read_id

_POLICY_SECONDS = 300


async def work_rights(site: Site, number: str) -> Response:
    async with site.database.read() as tx:
        reserved, note, work = await of_work(tx, site, number)
        is_open = is_shown(note)
        attachments = await queries.notes.attachments(tx, note.id) if is_open else []
    return await _show(
        site,
        Head(
            title=f"Rights in {work.title if is_open else 'a work'} – {site.name}",
            description=terms.WORDS[reserved.policy].summary,
            canonical=reserved.usage_info_url,
            activity_id=note.uri if is_open else "",
        ),
        reserved,
        signals=terms.signals(reserved, note_terms.write_note(reserved)) + terms.picture_signals(reserved, attachments),
        subject=work.title if is_open else "this work",
        page=note.url if is_open else "",
        record=note.uri if is_open else "",
    )


async def instance_rights(site: Site) -> Response:
    reserved = await _of_instance(site)
    return await _show(
        site,
        Head(
            title=f"Rights – {site.name}",
            description=terms.WORDS[reserved.policy].summary,
            canonical=reserved.usage_info_url,
        ),
        reserved,
        signals=terms.signals(reserved, note_terms.write_actor(reserved)),
        subject="",
        page="",
        record="",
    )


async def work_policy(site: Site, number: str) -> Response:
    async with site.database.read() as tx:
        reserved, note, _ = await of_work(tx, site, number)
    return await _policy(reserved, target=(note.url or note.uri) if is_shown(note) else "")


async def artist_policy(site: Site, username: str) -> Response:
    async with site.database.read() as tx:
        actor, artist = await gallery.find_artist(tx, username)
    reserved = render.artist_reservation(site.urls, actor=actor, artist=artist)
    return await _policy(reserved, target=site.urls.profile(username))


async def instance_policy(site: Site) -> Response:
    return await _policy(await _of_instance(site), target=f"{site.urls.base}/")


async def _show(site: Site, head: Head, reserved: Reservation, **values: Any) -> Response:
    return await answer.page(
        site,
        "rights.html",
        head,
        reserved,
        words=terms.WORDS[Policy(reserved.policy)],
        licence=licences.title_of(site, reserved.license),
        contact=site.settings.instance.contact_email,
        **values,
    )


async def _policy(reserved: Reservation, *, target: str) -> Response:
    body = orjson.dumps(odrl.write(reserved, target=target), option=orjson.OPT_INDENT_2)
    response = Response(body, content_type="application/ld+json")
    response.headers["Cache-Control"] = f"public, max-age={_POLICY_SECONDS}"
    response.headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    answer.add_rights(answer.allow_reading(response), reserved)
    return await response.make_conditional(request)


async def of_work(tx: Transaction, site: Site, number: str) -> tuple[Reservation, tables.Note, tables.Work]:
    note_id = read_id(number)
    found = await page_queries.find_local_note(tx, note_id) if note_id is not None else None
    if found is None or (work := found[2]) is None:
        raise errors.NotFoundError("There is no work of this number here.")
    note, actor, _ = found
    artist = await queries.actors.get_artist(tx, actor.id)
    return render.reservation(site.urls, actor=actor, artist=artist, work=work, note=note), note, work


async def _of_instance(site: Site) -> Reservation:
    async with site.database.read() as tx:
        instance = await queries.instance.find(tx)
    return terms.instance_reservation(site, instance.created_at if instance else clock.now())


def is_shown(note: tables.Note) -> bool:
    return note.deleted_at is None and note.visibility in queries.notes.PUBLIC


ROUTES = (
    Route("/objects/<number>/rights", work_rights),
    Route("/objects/<number>/policy.jsonld", work_policy),
    Route("/users/<username>/policy.jsonld", artist_policy),
    Route("/rights", instance_rights),
    Route("/rights/policy.jsonld", instance_policy),
)
