"""Threads: what was said, publicly and from wherever, in a conversation that one of our Notes began."""

from __future__ import annotations

from quart import Blueprint, Response

from fediart import http
from fediart.activitypub import build, urls
from fediart.db import queries
from fediart.db.engine import Database
from fediart.outbox.routes import _answers
from fediart.outbox.viewer import Door


def add(blue: Blueprint, database: Database, at: urls.Urls, door: Door) -> None:
    """Add the route of conversations."""

    @blue.get(f"/contexts/<{_answers.NUMBER}:note_id>")
    async def conversation(note_id: int) -> Response:
        id_ = at.conversation(note_id)
        async with database.read() as tx:
            root = await queries.notes.get(tx, note_id)
            if (
                root is None
                or not root.is_local
                or root.conversation != id_
                or root.visibility not in queries.notes.PUBLIC
            ):
                return _answers.nothing()
            await door.refuse_blocked(tx, root.actor_id)
            if _answers.is_whole():
                total = await queries.threads.count(tx, note_id)
                return http.json_response(build.collection.collection(id_, total=total, first=f"{id_}?page=true"))
            rows = await queries.threads.uris(tx, note_id, after=_answers.number("after") or 0, limit=_answers.PAGE + 1)
        next_ = f"{id_}?after={rows[_answers.PAGE - 1][0]}" if len(rows) > _answers.PAGE else None
        return http.json_response(
            build.collection.page(
                _answers.self_address(id_), part_of=id_, items=[uri for _, uri in rows[: _answers.PAGE]], next_=next_
            )
        )
