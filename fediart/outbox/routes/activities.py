"""Activities that have an address of their own."""

from __future__ import annotations

from quart import Blueprint, Response

from fediart import http
from fediart.activitypub import urls
from fediart.db import queries
from fediart.db.engine import Database
from fediart.outbox.routes import _answers
from fediart.outbox.viewer import Door

_BETWEEN_TWO = ("Like", "Block", "Flag")  # whom they were sent to has them; nobody else needs them


def add(blue: Blueprint, database: Database, at: urls.Urls, door: Door) -> None:
    """Add the route of activities by id."""

    @blue.get(f"/activities/<{_answers.NUMBER}:activity_id>")
    async def activity_by_id(activity_id: int) -> Response:
        async with database.read() as tx:
            found = await queries.activities.find(tx, at.activity(activity_id))
            author = await queries.actors.get(tx, found.actor_id) if found is not None else None
            if found is not None:
                await door.refuse_blocked(tx, found.actor_id)
        if found is None or author is None or author.gone_at is not None or found.type in _BETWEEN_TWO:
            return _answers.nothing()
        return http.json_response(found.document)
