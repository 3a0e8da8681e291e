"""Artists, the server's own actor, and their collections."""

from __future__ import annotations

from typing import Any

import orjson
from quart import Blueprint, Response

from fediart import http
from fediart.activitypub import build, origins, urls
from fediart.activitypub.build import context
from fediart.db import queries, tables
from fediart.db.engine import Database, Transaction
from fediart.outbox import render, synchronization
from fediart.outbox.routes import _answers
from fediart.outbox.viewer import Door
from fediart.rights import http_headers, note_terms

_FOLLOWS_PAGE = 40
_NAME = "<username>"


def add(blue: Blueprint, database: Database, at: urls.Urls, door: Door) -> None:
    """Add the routes of actors."""

    async def local(tx: Transaction, username: str) -> tables.Actor | Response:
        """Return the artist, or the answer for one who is not or no longer here."""
        found = await queries.actors.find_local(tx, username)
        if found is None or found.username != username:
            return http.refusal(404, f"there is no artist “{username}” here")
        if found.gone_at is not None:
            tombstone: dict[str, Any] = {"@context": context.PLAIN, "id": found.uri, "type": "Tombstone"}
            return http.json_response(tombstone, status=410)
        await door.refuse_blocked(tx, found.id)
        return found

    @blue.get("/actor")
    async def instance_actor() -> Response:
        if (elsewhere := _answers.to_page(f"{at.base}/")) is not None:
            return elsewhere
        async with database.read() as tx:
            instance = await queries.instance.require(tx, at.base)
            actor = await queries.actors.get(tx, instance.actor_id)
            document = render.actor_document(
                at, actor=actor, artist=None, keys_=await queries.keys.of_actor(tx, actor.id)
            )
        return http.json_response(document)

    @blue.get("/actor/outbox")
    async def instance_outbox() -> Response:
        return http.json_response(build.collection.whole(f"{at.instance_actor}/outbox", items=[]))

    @blue.get(f"/users/{_NAME}")
    async def actor(username: str) -> Response:
        if (elsewhere := _answers.to_page(at.profile(username))) is not None:
            return elsewhere
        async with database.read() as tx:
            found = await local(tx, username)
            if isinstance(found, Response):
                return found
            artist = await queries.actors.get_artist(tx, found.id)
            document = render.actor_document(
                at, actor=found, artist=artist, keys_=await queries.keys.of_actor(tx, found.id)
            )
            headers = http_headers.write(render.artist_reservation(at, actor=found, artist=artist))
        return _answers.with_headers(http.json_response(document), headers)

    @blue.get(f"/users/{_NAME}/outbox")
    async def outbox(username: str) -> Response:
        async with database.read() as tx:
            found = await local(tx, username)
            if isinstance(found, Response):
                return found
            id_ = found.outbox or ""
            if _answers.is_whole():
                total = await queries.activities.count_public(tx, found.id)
                return http.json_response(build.collection.collection(id_, total=total, first=f"{id_}?page=true"))
            rows = await queries.activities.public_of_actor(
                tx, found.id, before=_answers.number("before"), limit=_answers.PAGE + 1
            )
        items = [orjson.loads(row.document) for row in rows[: _answers.PAGE]]
        next_ = f"{id_}?before={rows[_answers.PAGE - 1].id}" if len(rows) > _answers.PAGE else None
        return http.json_response(
            build.collection.page(
                _answers.self_address(id_),
                part_of=id_,
                items=items,
                next_=next_,
                context_=context.for_note(note_terms.CONTEXT),
            )
        )

    @blue.get(f"/users/{_NAME}/followers")
    async def followers(username: str) -> Response:
        return await follows(username, "followers")

    @blue.get(f"/users/{_NAME}/following")
    async def following(username: str) -> Response:
        return await follows(username, "following")

    async def follows(username: str, which: str) -> Response:
        async with database.read() as tx:
            found = await local(tx, username)
            if isinstance(found, Response):
                return found
            id_ = f"{found.uri}/{which}"
            if which == "followers":
                total = await queries.follows.count_followers(tx, found.id)
            else:
                total = await queries.follows.count_following(tx, found.id)
            if _answers.is_whole():
                return http.json_response(build.collection.collection(id_, total=total, first=f"{id_}?page=true"))
            read = queries.follows.followers if which == "followers" else queries.follows.following
            rows = await read(tx, found.id, before=_answers.number("before"), limit=_FOLLOWS_PAGE + 1)
        next_ = f"{id_}?before={rows[_FOLLOWS_PAGE - 1][0].id}" if len(rows) > _FOLLOWS_PAGE else None
        return http.json_response(
            build.collection.page(
                _answers.self_address(id_),
                part_of=id_,
                items=[person.uri for _, person in rows[:_FOLLOWS_PAGE]],
                next_=next_,
            )
        )

    @blue.get(f"/users/{_NAME}/followers_synchronization")
    async def followers_synchronization(username: str) -> Response:
        """List to another server which of its people follow, and no others. Spec: FEP-8fcf."""
        asking = origins.origin_of((await door.require_viewer()).uri)
        async with database.read() as tx:
            found = await local(tx, username)
            if isinstance(found, Response):
                return found
            ids = await queries.synchronization.remote_follower_ids(tx, found.id)
        theirs = sorted(id_ for id_ in ids if origins.origin_of(id_) == asking)
        return http.json_response(build.collection.whole(synchronization.address_of(found.uri), items=theirs))

    @blue.get(f"/users/{_NAME}/featured")
    async def featured(username: str) -> Response:
        async with database.read() as tx:
            found = await local(tx, username)
            if isinstance(found, Response):
                return found
            pinned = await queries.works.pinned(tx, found.id)
        return http.json_response(build.collection.whole(f"{found.uri}/featured", items=[note.uri for note in pinned]))

    @blue.get(f"/users/{_NAME}/featured-tags")
    async def featured_tags(username: str) -> Response:
        async with database.read() as tx:
            found = await local(tx, username)
            if isinstance(found, Response):
                return found
            rows = await queries.featured.tags(tx, found.id)
        hashtags = [build.note.Hashtag(name=row.label, href=at.tag(row.name)) for row in rows]
        return http.json_response(build.featured.tags(urls.featured_tags(found.uri), hashtags))
