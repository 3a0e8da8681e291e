"""The ASGI application and the background loops, over opened services.

Nothing here knows HTTP servers (`serving`) or commands (`cli`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial

from quart import Quart, Response, g, request
from werkzeug.exceptions import HTTPException

from fediart import errors, http, log, web, worker
from fediart.activitypub import negotiation
from fediart.activitypub.errors import ProtocolError
from fediart.activitypub.negotiation import Form
from fediart.db import changes, queries
from fediart.front import Front
from fediart.inbox import fetches, jobs
from fediart.inbox import routes as inbox_routes
from fediart.inbox.authenticate import Authenticator
from fediart.inbox.intake import Intake
from fediart.outbox import deliver, fanout, viewer
from fediart.outbox import routes as outbox_routes
from fediart.outbox.viewer import Door
from fediart.refusal import Refusal
from fediart.rights import crawlers
from fediart.services import Connected
from fediart.studio import renditions
from fediart.webfinger import routes as webfinger_routes

_logger = log.get(__name__)
_MAINTENANCE_SECONDS = 3600.0


def build(services: Connected, authenticator: Authenticator, intake: Intake) -> Quart:
    """Return the application, without the front."""
    quart = Quart("fediart", static_folder=None)
    quart.config["MAX_CONTENT_LENGTH"] = None  # each route that takes a body has a limit of its own
    quart.config["PROPAGATE_EXCEPTIONS"] = False
    database, settings, at = services.database, services.settings, services.urls

    @quart.before_request
    async def name_request() -> None:
        g.request_id = request.scope.get("fediart.request_id", "") or log.new_id()

    @quart.get("/healthz")
    async def healthy() -> Response:
        async with database.read() as tx:
            await queries.instance.require(tx, at.base)
        return Response("ok\n", content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})

    quart.register_blueprint(webfinger_routes.blueprint(database, settings, at))
    door = Door(database, at, authenticator, is_required=settings.federation.authorized_fetch)
    quart.register_blueprint(outbox_routes.blueprint(database, at, door))
    quart.register_blueprint(inbox_routes.blueprint(database, settings, at, authenticator, intake))
    quart.register_blueprint(web.blueprint(database, settings, at, services.store))
    _add_error_answers(quart)
    return quart


def _add_error_answers(quart: Quart) -> None:
    async def answer(status: int, text: str) -> Response:
        wants_page = request.method in ("GET", "HEAD") and (
            negotiation.preferred(request.headers.get("Accept"), default=Form.HTML) is Form.HTML
        )
        return await web.error_page(status, text) if wants_page else http.refusal(status, text)

    @quart.errorhandler(errors.FediArtError)
    async def ours(exc: errors.FediArtError) -> Response:
        if exc.status >= 500:
            _logger.error("request failed", reason=exc.text, detail=exc.detail or None)
        return await answer(exc.status, exc.text)

    @quart.errorhandler(ProtocolError)
    async def theirs(exc: ProtocolError) -> Response:
        return await answer(exc.status, exc.text)

    @quart.errorhandler(HTTPException)
    async def http_error(exc: HTTPException) -> Response:
        response = await answer(exc.code or 500, exc.description or exc.name)
        allow = dict(exc.get_headers()).get("Allow")
        if allow:
            response.headers["Allow"] = allow
        return response

    @quart.errorhandler(Exception)
    async def unexpected(exc: Exception) -> Response:
        _logger.exception("request failed", exc_info=exc)
        return await answer(500, "something went wrong here; it has been logged")


@asynccontextmanager
async def running(services: Connected, *, with_worker: bool, stop: asyncio.Event) -> AsyncIterator[Refusal]:
    """Run the application's background parts around a server: the watch, and the worker if wanted.

    At the end the worker finishes what it holds. Files are served by the list of whose they are: first of all, works
    from before there was one are taken in.
    """
    await renditions.list_earlier(services.database, services.store)
    authenticator = Authenticator(
        services.database, services.session, services.keyring, services.settings.federation, services.urls
    )
    watch = changes.watch(services.database)
    intake = Intake(services.database)
    complete = web.completing(services.settings, services.urls)
    front = Front(
        build(services, authenticator, intake),
        host=services.urls.host,
        generation=watch.generation,
        may_refuse=partial(viewer.may_refuse, services.database),
        complete=complete,
    )
    door = Refusal(
        front,
        crawlers=crawlers.bundled(),
        categories=crawlers.REFUSED[services.settings.rights.refused_crawlers],
        terms_url=f"{services.urls.base}/rights",
        complete=complete,
    )
    watching = asyncio.create_task(watch.run(), name="changes")
    working = asyncio.create_task(work(services, stop, authenticator, intake), name="worker") if with_worker else None
    try:
        yield door
    finally:
        stop.set()
        if working is not None:
            await working
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        watch.close()


async def work(
    services: Connected,
    stop: asyncio.Event,
    authenticator: Authenticator | None = None,
    intake: Intake | None = None,
) -> None:
    """Run the background loops: fan-out, deliveries, the inbox's jobs, housekeeping."""
    database, settings = services.database, services.settings
    deliverer = deliver.Deliverer(database, services.session, services.keyring, settings.federation)
    inbox_jobs = jobs.Jobs(
        database,
        services.session,
        services.speaker,
        settings.inbox,
        forget_keys=authenticator.forget if authenticator else lambda _: None,
        quiet=intake.quiet if intake else jobs.no_door,
        fetch_jitter=timedelta(seconds=settings.federation.fetch_jitter_seconds),
    )
    fetcher = fetches.Fetches(database, services.session, services.speaker, settings.federation)
    never = asyncio.Event()
    await worker.run(
        [
            worker.repeating(
                "fanout",
                partial(fanout.step, database),
                wakeup=database.wakeups.event(queries.activities.FANOUT),
                every_seconds=30.0,
            ),
            worker.Loop("deliver", deliverer.run),
            worker.Loop("inbox", inbox_jobs.run),
            worker.Loop("fetches", fetcher.run),
            worker.repeating(
                "keep deliveries",
                partial(deliver.maintain, database, settings.federation),
                wakeup=never,
                every_seconds=_MAINTENANCE_SECONDS,
            ),
            worker.repeating(
                "keep inbox",
                partial(jobs.maintain, database),
                wakeup=never,
                every_seconds=_MAINTENANCE_SECONDS,
            ),
            worker.repeating(
                "keep fetches",
                partial(fetches.maintain, database),
                wakeup=never,
                every_seconds=_MAINTENANCE_SECONDS,
            ),
        ],
        stop,
    )
