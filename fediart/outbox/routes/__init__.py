"""Our documents by id: actors, Notes, activities and collections. JSON only; a browser is sent to the page.

A Note is served in the bytes that were signed and delivered. What is not public does not exist for strangers.
"""

from __future__ import annotations

from quart import Blueprint, request

from fediart.activitypub import urls
from fediart.db.engine import Database
from fediart.outbox.routes import _answers, activities, actors, contexts, notes
from fediart.outbox.viewer import Door

# The server's own actor is open to all: a server that wants signatures itself must be able to fetch our key.
_OPEN = ("outbox.instance_actor", "outbox.instance_outbox")
_WITH_PAGE = ("outbox.actor", "outbox.note")


def blueprint(database: Database, at: urls.Urls, door: Door) -> Blueprint:
    """Return the routes of everything that has an id here."""
    blue = Blueprint("outbox", __name__)
    door.guard(blue)

    @blue.before_request
    async def admit() -> None:
        if request.endpoint in _OPEN or (request.endpoint in _WITH_PAGE and _answers.wants_page()):
            return
        await door.admit()

    actors.add(blue, database, at, door)
    notes.add(blue, database, at, door)
    activities.add(blue, database, at, door)
    contexts.add(blue, database, at, door)
    return blue
