"""The door: size, media type, JSON, signature, origin; then stored, then 202."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta

from quart import Blueprint, Response, g, request

from fediart import clock, config, errors, http, log
from fediart.activitypub import activities, documents, origins
from fediart.activitypub.activities import Activity
from fediart.activitypub.errors import ProtocolError, SignatureError
from fediart.activitypub.signatures import HttpRequest, claims
from fediart.activitypub.urls import Urls
from fediart.db import queries
from fediart.db.engine import Database
from fediart.inbox import intake, synchronization
from fediart.inbox.authenticate import Authenticator, GoneError
from fediart.inbox.intake import Intake
from fediart.inbox.trust import Relayed

_logger = log.get(__name__)
_RULES_SECONDS = 0.25


def blueprint(
    database: Database, settings: config.Config, at: Urls, authenticator: Authenticator, stored: Intake
) -> Blueprint:
    """Return the shared inbox and the personal ones."""
    blue = Blueprint("inbox", __name__)
    rules_looked_at, rules_exist = float("-inf"), False
    relayed = Relayed(authenticator, skew=timedelta(seconds=settings.federation.clock_skew_seconds))

    @blue.post("/inbox")
    async def shared() -> Response:
        return await receive(None)

    @blue.post("/actor/inbox")
    async def instance() -> Response:
        return await receive(None)

    @blue.post("/users/<username>/inbox")
    async def personal(username: str) -> Response:
        async with database.read() as tx:
            actor = await queries.actors.find_local(tx, username)
        if actor is None:
            return http.refusal(404, f"there is no artist “{username}” here")
        if actor.gone_at is not None:
            return http.refusal(410, "that account was deleted")
        return await receive(actor.uri)

    async def receive(recipient: str | None) -> Response:
        try:
            return await take(recipient)
        except ProtocolError as exc:
            level = _logger.info if exc.status == 401 else _logger.warning
            level("refused", status=exc.status, reason=exc.text, detail=exc.detail or None, path=request.path)
            return http.refusal(exc.status, exc.text)
        except errors.RemoteError as exc:
            _logger.info("signer not reachable", reason=exc.text, path=request.path)
            response = http.refusal(503, f"the signer's key could not be fetched: {exc.text}")
            response.headers["Retry-After"] = "60"
            return response
        except errors.FediArtError as exc:
            _logger.error("not stored", reason=exc.text, detail=exc.detail or None)
            return http.refusal(exc.status if exc.status >= 500 else 503, exc.text)

    async def take(recipient: str | None) -> Response:
        body = await read_body(settings.inbox.max_body_bytes)
        if not documents.is_inbox_media_type(request.headers.get("Content-Type", "")):
            raise ProtocolError("an inbox takes application/activity+json", status=415)
        document = documents.read_json(body)
        activity = activities.read_activity(document)
        if not await is_worth_checking(activity):
            return accepted()
        await refuse_suspended(activity, http.signed_request(body))
        try:
            sender = await authenticator.authenticate(http.signed_request(body))
        except GoneError as exc:
            return await believe_gone(activity, exc.key_id, body, recipient)
        try:
            origins.verify_activity_origin(activity)
        except ProtocolError as exc:
            _logger.warning("dropped: speaks for another", actor=activity.actor, reason=str(exc))
            return accepted()
        now = clock.now()
        relayed_by, hint = None, None
        if sender.actor_uri != activity.actor:
            relayed_by = sender.actor_uri
            believed = None
            if not at.is_ours(activity.actor):
                believed = await relayed.judge(activity, body, relayed_by=relayed_by, now=now)
            if believed is None:
                _logger.info("dropped: signed by another", actor=activity.actor, signer=relayed_by)
                return accepted()
            body, hint = believed.body, believed.hint
        await stored.store(
            intake.row_of(
                activity,
                body=body,
                recipient=recipient,
                request_id=g.request_id,
                at=now,
                relayed_by=relayed_by,
                hint=hint,
            )
        )
        if (header := request.headers.get(synchronization.HEADER)) is not None:
            await synchronization.note(database, at, header, sender_uri=sender.actor_uri, now=now)
        return accepted()

    async def refuse_suspended(activity: Activity, signed: HttpRequest) -> None:
        """Turn a suspended server away before its key is fetched: by what it says it is, which nobody would feign.

        Raises: ProtocolError (403).
        """
        if not await has_rules():
            return
        hosts = {origins.host_of(activity.actor)}
        with suppress(ProtocolError):
            hosts.add(origins.host_of(claims.read_key_id(signed) or activity.actor))
        async with database.read() as tx:
            suspended = await queries.domains.suspended(tx, hosts)
        if suspended:
            raise ProtocolError(f"{min(suspended)} is suspended here", status=403)

    async def has_rules() -> bool:
        """Say whether any rule about servers stands, as of a moment ago: mostly none does, and every POST asks."""
        nonlocal rules_looked_at, rules_exist
        now = time.monotonic()
        if now > rules_looked_at + _RULES_SECONDS:
            async with database.read() as tx:
                rules_exist = bool(await queries.domains.all_(tx))
            rules_looked_at = now
        return rules_exist

    async def is_worth_checking(activity: Activity) -> bool:
        """Say no to the farewell of an account that we never met: its key is gone, and so is any interest in it."""
        if activity.type != "Delete" or activity.object_id != activity.actor:
            return True
        async with database.read() as tx:
            return await queries.actors.find(tx, activity.actor) is not None

    async def believe_gone(activity: Activity, key_id: str, body: bytes, recipient: str | None) -> Response:
        """Take a 410 at the key's own address as the proof of an account's Delete; for nothing else."""
        if activity.type != "Delete" or activity.object_id != activity.actor:
            raise SignatureError("the key's owner is gone")
        if key_id.split("#", 1)[0].removesuffix("/main-key") != activity.actor:
            raise SignatureError("the key does not belong to the account that is deleted")
        await stored.store(
            intake.row_of(activity, body=body, recipient=recipient, request_id=g.request_id, at=clock.now())
        )
        return accepted()

    return blue


def accepted() -> Response:
    response = Response(b"", status=202, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


async def read_body(limit_bytes: int) -> bytes:
    """Read the request's body, and not a byte more than allowed.

    Raises: ProtocolError 413.
    """
    length = request.content_length
    if length is not None and length > limit_bytes:
        raise ProtocolError(f"the body is larger than {limit_bytes} bytes", status=413)
    parts: list[bytes] = []
    size = 0
    async for part in request.body:
        size += len(part)
        if size > limit_bytes:
            raise ProtocolError(f"the body is larger than {limit_bytes} bytes", status=413)
        parts.append(part)
    return b"".join(parts)
