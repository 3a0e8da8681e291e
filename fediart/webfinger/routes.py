"""`/.well-known/*` and NodeInfo: readable by everybody, from anywhere, unsigned."""

from __future__ import annotations

from datetime import timedelta

from quart import Blueprint, Response, request

from fediart import clock, config, http
from fediart.activitypub.errors import ProtocolError
from fediart.activitypub.urls import Urls
from fediart.db import queries
from fediart.db.engine import Database
from fediart.webfinger import documents, resource

_JRD = "application/jrd+json; charset=utf-8"
_HOURS = 3600


def blueprint(database: Database, settings: config.Config, at: Urls) -> Blueprint:
    """Return the discovery routes."""
    blue = Blueprint("webfinger", __name__)

    @blue.get("/.well-known/webfinger")
    async def webfinger() -> Response:
        asked = request.args.get("resource")
        if not asked:
            return http.refusal(400, "the parameter “resource” is missing")
        try:
            username = resource.read(asked, at)
        except ProtocolError as exc:
            return http.refusal(400, exc.text)
        if username is None:
            return http.refusal(404, "that account is not here")
        if username == resource.INSTANCE:
            host = at.host.split(":", 1)[0]
            document = documents.jrd(
                subject=f"acct:{host}@{at.host}",
                actor_uri=at.instance_actor,
                page=f"{at.base}/",
                avatar=None,
                at=at,
            )
            return http.json_response(document, content_type=_JRD, max_age=_HOURS)
        async with database.read() as tx:
            actor = await queries.actors.find_local(tx, username)
        if actor is None:
            return http.refusal(404, "that account is not here")
        if actor.gone_at is not None:
            return http.refusal(410, "that account was deleted")
        document = documents.jrd(
            subject=f"acct:{actor.username}@{at.host}",
            actor_uri=actor.uri,
            page=at.profile(actor.username or ""),
            avatar=(actor.icon_url, actor.icon_media_type or "image/jpeg") if actor.icon_url else None,
            at=at,
        )
        return http.json_response(document, content_type=_JRD, max_age=_HOURS)

    @blue.get("/.well-known/host-meta")
    async def host_meta() -> Response:
        if "json" in request.headers.get("Accept", ""):
            return http.json_response(documents.host_meta_json(at), content_type=_JRD, max_age=_HOURS)
        return http.json_response(
            documents.host_meta(at).encode(), content_type="application/xrd+xml; charset=utf-8", max_age=_HOURS
        )

    @blue.get("/.well-known/host-meta.json")
    async def host_meta_json() -> Response:
        return http.json_response(documents.host_meta_json(at), content_type=_JRD, max_age=_HOURS)

    @blue.get("/.well-known/nodeinfo")
    async def nodeinfo_links() -> Response:
        return http.json_response(
            documents.nodeinfo_links(at), content_type="application/json; charset=utf-8", max_age=_HOURS
        )

    @blue.get("/nodeinfo/<version>")
    async def nodeinfo(version: str) -> Response:
        version = version.removesuffix(".json")
        if version not in ("2.0", "2.1"):
            return http.refusal(404, "there is NodeInfo 2.0 and 2.1")
        now = clock.now()
        async with database.read() as tx:
            counts = await queries.instance.counts(tx)
            month = await queries.instance.active_artists(tx, now - timedelta(days=30))
            halfyear = await queries.instance.active_artists(tx, now - timedelta(days=182))
        document = documents.nodeinfo(
            version,
            counts=counts,
            active_month=month,
            active_halfyear=halfyear,
            metadata={
                "nodeName": settings.instance.name or settings.instance.domain,
                "nodeDescription": settings.instance.description,
            },
        )
        return http.json_response(
            document,
            content_type=f'application/json; profile="{documents.NODEINFO}{version}#"; charset=utf-8',
            max_age=300,
        )

    return blue
