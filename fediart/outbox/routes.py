"""Our documents by id: actors, Notes, activities and collections. JSON only; a browser is sent to the page.

A Note is served in the bytes that were signed and delivered. What is not public does not exist for strangers.
"""

from __future__ import annotations

from typing import Any

import orjson
from quart import Blueprint, Response, redirect, request

from fediart import http
from fediart.activitypub import build, negotiation, urls
from fediart.activitypub.build import context
from fediart.activitypub.negotiation import Form
from fediart.db import queries, tables
from fediart.db.engine import Database, Transaction
from fediart.outbox import render
from fediart.rights import http_headers, note_terms

_PAGE = 20
_FOLLOWS_PAGE = 40
_NAME = "<username>"
_BETWEEN_TWO = ("Like", "Block", "Flag")  # whom they were sent to has them; nobody else needs them
_LARGEST_ID = 2**63 - 1  # what a column holds; any larger number names nothing
_NUMBER = f"int(max={_LARGEST_ID})"


def blueprint(database: Database, at: urls.Urls) -> Blueprint:
    """Return the routes of everything that has an id here."""
    blue = Blueprint("outbox", __name__)

    def to_page(address: str) -> Response | None:
        """Send a browser to the page; None when the client wants JSON."""
        if negotiation.preferred(request.headers.get("Accept"), default=Form.ACTIVITY) is Form.HTML:
            response: Response = redirect(address, code=302)  # type: ignore[assignment]
            response.headers["Vary"] = "Accept"
            return response
        return None

    @blue.get("/actor")
    async def instance_actor() -> Response:
        if (elsewhere := to_page(f"{at.base}/")) is not None:
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
        if (elsewhere := to_page(at.profile(username))) is not None:
            return elsewhere
        async with database.read() as tx:
            found = await _local(tx, username)
            if isinstance(found, Response):
                return found
            artist = await queries.actors.get_artist(tx, found.id)
            document = render.actor_document(
                at, actor=found, artist=artist, keys_=await queries.keys.of_actor(tx, found.id)
            )
            headers = http_headers.write(render.artist_reservation(at, actor=found, artist=artist))
        return _with(http.json_response(document), headers)

    @blue.get(f"/users/{_NAME}/outbox")
    async def outbox(username: str) -> Response:
        async with database.read() as tx:
            found = await _local(tx, username)
            if isinstance(found, Response):
                return found
            id_ = found.outbox or ""
            if "before" not in request.args and "page" not in request.args:
                total = await queries.activities.count_public(tx, found.id)
                return http.json_response(build.collection.collection(id_, total=total, first=f"{id_}?page=true"))
            rows = await queries.activities.public_of_actor(tx, found.id, before=_before(), limit=_PAGE + 1)
        items = [orjson.loads(row.document) for row in rows[:_PAGE]]
        next_ = f"{id_}?before={rows[_PAGE - 1].id}" if len(rows) > _PAGE else None
        return http.json_response(
            build.collection.page(
                _self(id_),
                part_of=id_,
                items=items,
                next_=next_,
                context_=context.for_note(note_terms.CONTEXT),
            )
        )

    @blue.get(f"/users/{_NAME}/followers")
    async def followers(username: str) -> Response:
        return await _follows(username, "followers")

    @blue.get(f"/users/{_NAME}/following")
    async def following(username: str) -> Response:
        return await _follows(username, "following")

    async def _follows(username: str, which: str) -> Response:
        async with database.read() as tx:
            found = await _local(tx, username)
            if isinstance(found, Response):
                return found
            id_ = f"{found.uri}/{which}"
            if which == "followers":
                total = await queries.follows.count_followers(tx, found.id)
            else:
                total = await queries.follows.count_following(tx, found.id)
            if "before" not in request.args and "page" not in request.args:
                return http.json_response(build.collection.collection(id_, total=total, first=f"{id_}?page=true"))
            read = queries.follows.followers if which == "followers" else queries.follows.following
            rows = await read(tx, found.id, before=_before(), limit=_FOLLOWS_PAGE + 1)
        next_ = f"{id_}?before={rows[_FOLLOWS_PAGE - 1][0].id}" if len(rows) > _FOLLOWS_PAGE else None
        return http.json_response(
            build.collection.page(
                _self(id_), part_of=id_, items=[person.uri for _, person in rows[:_FOLLOWS_PAGE]], next_=next_
            )
        )

    @blue.get(f"/users/{_NAME}/featured")
    async def featured(username: str) -> Response:
        async with database.read() as tx:
            found = await _local(tx, username)
            if isinstance(found, Response):
                return found
            pinned = await queries.works.pinned(tx, found.id)
        return http.json_response(build.collection.whole(f"{found.uri}/featured", items=[note.uri for note in pinned]))

    @blue.get(f"/objects/<{_NUMBER}:note_id>")
    async def note(note_id: int) -> Response:
        async with database.read() as tx:
            found = await queries.notes.get(tx, note_id)
            if found is None or not found.is_local or found.visibility not in queries.notes.PUBLIC:
                return http.refusal(404, "there is nothing by this id")
            if found.deleted_at is None and (elsewhere := to_page(found.url or found.uri)) is not None:
                return elsewhere
            if found.deleted_at is not None:
                return http.json_response(found.document, status=410)
            headers = await _rights_of(tx, found)
        return _with(http.json_response(found.document), headers)

    async def _rights_of(tx: Transaction, found: tables.Note) -> list[tuple[str, str]]:
        work = await queries.works.find(tx, found.id)
        if work is None:
            owner = await queries.actors.get(tx, found.actor_id)
            artist = await queries.actors.get_artist(tx, found.actor_id)
            return http_headers.write(render.artist_reservation(at, actor=owner, artist=artist))
        artist = await queries.works.artist_of(tx, found)
        return http_headers.write(render.reservation(at, actor=work[2], artist=artist, work=work[0], note=found))

    @blue.get(f"/objects/<{_NUMBER}:note_id>/activity")
    async def create(note_id: int) -> Response:
        async with database.read() as tx:
            activity = await queries.activities.find(tx, f"{at.note(note_id)}/activity")
            found = await queries.notes.get(tx, note_id)
        if found is not None and found.deleted_at is not None and found.is_local:
            return http.json_response(found.document, status=410)
        if activity is None or not activity.is_public:
            return http.refusal(404, "there is nothing by this id")
        return http.json_response(activity.document)

    @blue.get(f"/activities/<{_NUMBER}:activity_id>")
    async def activity_by_id(activity_id: int) -> Response:
        async with database.read() as tx:
            found = await queries.activities.find(tx, at.activity(activity_id))
            author = await queries.actors.get(tx, found.actor_id) if found is not None else None
        if found is None or author is None or author.gone_at is not None or found.type in _BETWEEN_TWO:
            return http.refusal(404, "there is nothing by this id")
        return http.json_response(found.document)

    async def _parts(note_id: int, part: str) -> Response:
        async with database.read() as tx:
            found = await queries.notes.get(tx, note_id)
            if (
                found is None
                or not found.is_local
                or found.deleted_at is not None
                or found.visibility not in queries.notes.PUBLIC
            ):
                return http.refusal(404, "there is nothing by this id")
            id_ = f"{found.uri}/{part}"
            if part != "replies":
                likes, boosts = (await queries.reactions.counts(tx, [note_id]))[note_id]
                total = likes if part == "likes" else boosts
                return http.json_response(build.collection.collection(id_, total=total, first=None, ordered=False))
            if "after" not in request.args and "page" not in request.args:
                total = await queries.notes.count_replies(tx, note_id)
                return http.json_response(
                    build.collection.collection(id_, total=total, first=f"{id_}?page=true", ordered=False)
                )
            after = _number("after") or 0
            rows = await queries.notes.reply_uris(tx, note_id, after=after, limit=_PAGE + 1)
        next_ = f"{id_}?after={rows[_PAGE - 1][0]}" if len(rows) > _PAGE else None
        return http.json_response(
            build.collection.page(
                _self(id_), part_of=id_, items=[uri for _, uri in rows[:_PAGE]], next_=next_, ordered=False
            )
        )

    @blue.get(f"/objects/<{_NUMBER}:note_id>/replies")
    async def replies(note_id: int) -> Response:
        return await _parts(note_id, "replies")

    @blue.get(f"/objects/<{_NUMBER}:note_id>/likes")
    async def likes(note_id: int) -> Response:
        return await _parts(note_id, "likes")

    @blue.get(f"/objects/<{_NUMBER}:note_id>/shares")
    async def shares(note_id: int) -> Response:
        return await _parts(note_id, "shares")

    return blue


def _with(response: Response, headers: list[tuple[str, str]]) -> Response:
    for name, value in headers:
        response.headers.add(name, value)
    return response


def _before() -> int | None:
    return _number("before")


def _number(name: str) -> int | None:
    """Return where a page starts; None, so the beginning, for anything that cannot be an id."""
    found = request.args.get(name, type=int)
    return found if found is not None and 0 <= found <= _LARGEST_ID else None


def _self(collection_id: str) -> str:
    query = request.query_string.decode("ascii", "replace")
    return f"{collection_id}?{query}"


async def _local(tx: Transaction, username: str) -> tables.Actor | Response:
    """Return the artist, or the answer for one who is not or no longer here."""
    found = await queries.actors.find_local(tx, username)
    if found is None or found.username != username:
        return http.refusal(404, f"there is no artist “{username}” here")
    if found.gone_at is not None:
        tombstone: dict[str, Any] = {
            "@context": context.PLAIN,
            "id": found.uri,
            "type": "Tombstone",
        }
        return http.json_response(tombstone, status=410)
    return found
