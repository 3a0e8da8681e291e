"""Who asks for a document of ours, and what they may see.

With `authorized_fetch` every document needs a signature. Without it, public documents stay public: a signature is not
verified there, so that nobody waits for the server of a key, and only tells whom to refuse because they are blocked.
What is not public is shown to a verified signer whom it was meant for; for everybody else it does not exist.
"""

from __future__ import annotations

from typing import Protocol
from urllib.parse import urldefrag

from quart import Blueprint, Response, g, request

from fediart import errors, http, log
from fediart.activitypub import origins
from fediart.activitypub.errors import ProtocolError, SignatureError
from fediart.activitypub.signatures import HttpRequest, claims
from fediart.activitypub.urls import Urls
from fediart.db import queries, tables
from fediart.db.engine import Database, Transaction

_logger = log.get(__name__)
_VARY = "Accept, Signature"


class Signer(Protocol):
    """Whose key signed."""

    @property
    def actor_uri(self) -> str: ...


class Authenticator(Protocol):
    """Verifies the signature of a request. Raises: SignatureError, RemoteError."""

    async def authenticate(self, request: HttpRequest) -> Signer: ...


class Door:
    """Decides for each request of one blueprint."""

    def __init__(self, database: Database, at: Urls, authenticator: Authenticator, *, is_required: bool) -> None:
        self._database = database
        self._at = at
        self._authenticator = authenticator
        self.is_required = is_required

    def guard(self, blue: Blueprint) -> None:
        """Answer refusals as JSON, and keep what depends on the signer out of every cache."""

        @blue.errorhandler(ProtocolError)
        async def refused(exc: ProtocolError) -> Response:
            _logger.info("refused", status=exc.status, reason=exc.text, detail=exc.detail or None, path=request.path)
            return http.refusal(exc.status, exc.text, vary=_VARY)

        @blue.errorhandler(errors.RemoteError)
        async def unreachable(exc: errors.RemoteError) -> Response:
            _logger.info("signer not reachable", reason=exc.text, path=request.path)
            response = http.refusal(503, f"the signer's key could not be fetched: {exc.text}", vary=_VARY)
            response.headers["Retry-After"] = "60"
            return response

        @blue.after_request
        async def mark(response: Response) -> Response:
            if g.get("is_personal", False):
                response.headers["Cache-Control"] = "private, no-store"
                response.headers["Vary"] = _VARY
            return response

    async def admit(self) -> None:
        """Let a request for a document in.

        Raises: SignatureError (401) when a signature is wanted and missing or bad; ProtocolError (403) for a suspended
        server; RemoteError when the key could not be fetched for now.
        """
        if self.is_required:
            g.is_personal = True
            await self.require_viewer()
            return
        signed = http.signed_request(b"")
        if "signature" in signed.headers:
            await self._claim(signed)

    async def require_viewer(self) -> tables.Actor:
        """Return who verifiably signed this request; asked twice, it is verified once.

        Raises: as `admit`.
        """
        g.is_personal = True
        viewer: tables.Actor | None = g.get("viewer")
        if viewer is not None:
            return viewer
        signed = http.signed_request(b"")
        await self._claim(signed)
        sender = await self._authenticator.authenticate(signed)
        async with self._database.read() as tx:
            await _refuse_suspended(tx, sender.actor_uri)
            viewer = await queries.actors.find(tx, sender.actor_uri)
        if viewer is None or viewer.gone_at is not None:
            raise SignatureError("the signer is unknown or gone", detail=sender.actor_uri)
        g.viewer = g.claimed = viewer
        return viewer

    @staticmethod
    def mark_personal() -> None:
        """Keep this answer out of every cache: another signer may get another."""
        g.is_personal = True

    @staticmethod
    def is_signed() -> bool:
        return "Signature" in request.headers

    async def refuse_blocked(self, tx: Transaction, owner_id: int) -> None:
        """Refuse whom the owner of a document blocks.

        Raises: ProtocolError (403).
        """
        claimed: tables.Actor | None = g.get("claimed")
        if claimed is not None and await queries.follows.find_block(tx, owner_id, claimed.id) is not None:
            raise ProtocolError("the artist has blocked this account", status=403, detail=claimed.uri)

    async def _claim(self, signed: HttpRequest) -> None:
        """Note who the request says it is from. Trust: good for refusing, and for nothing else."""
        key_id = claims.read_key_id(signed)
        if key_id is None:
            return
        async with self._database.read() as tx:
            await _refuse_suspended(tx, key_id)
            found = await queries.keys.find_with_owner(tx, key_id)
            owner = found[1] if found else await queries.actors.find(tx, urldefrag(key_id).url)
            if owner is not None:
                await _refuse_suspended(tx, owner.uri)
        g.claimed = owner


async def _refuse_suspended(tx: Transaction, uri: str) -> None:
    try:
        host = origins.host_of(uri)
    except ProtocolError:
        return
    if await queries.domains.severity_of(tx, host) == queries.domains.SUSPEND:
        raise ProtocolError(f"{host} is suspended here", status=403)


async def may_refuse(database: Database, signature: str, signature_input: str | None) -> bool:
    """Say whether some artist here, or the server, refuses what is public to somebody on the host of this key.

    Everybody else may be given public answers that were made for others.
    """
    headers = {"signature": signature} | ({"signature-input": signature_input} if signature_input else {})
    key_id = claims.read_key_id(HttpRequest(method="GET", target="/", headers=headers, body=b""))
    if key_id is None:
        return False
    try:
        host = origins.host_of(key_id)
    except ProtocolError:
        return True
    try:
        async with database.read() as tx:
            return bool(await queries.domains.suspended(tx, [host])) or await queries.follows.is_blocked_on(tx, host)
    except errors.FediArtError:
        return True  # the application says what is wrong with the database


async def may_read(tx: Transaction, note: tables.Note, viewer: tables.Actor) -> bool:
    """Say whether a verified viewer may see a note of ours, whatever its visibility.

    Interop: Mastodon 4.5 fetches as the follower when it has one, else as its instance actor, as GoToSocial and Misskey
    do; that actor sees what was delivered to its server anyway.
    """
    if note.visibility in queries.notes.PUBLIC or viewer.id == note.actor_id:
        return True
    if await queries.notes.is_addressed(tx, note.id, viewer.uri):
        return True
    if note.visibility != "followers":
        return False
    if await queries.follows.is_follower(tx, viewer.id, note.actor_id):
        return True
    if not _is_instance_actor(viewer):
        return False
    return await queries.follows.is_followed_from(tx, note.actor_id, origins.host_of(viewer.uri))


def _is_instance_actor(actor: tables.Actor) -> bool:
    """Interop: Mastodon 4.5 and Misskey 2025.4 type it Application; GoToSocial 0.20 names it like its host."""
    return actor.type == "Application" or (actor.username or "").lower() == actor.host.partition(":")[0]
