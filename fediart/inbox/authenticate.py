"""Who signed a request: the key, confirmed by its owner's own document, over bytes that were not changed.

Keys are kept loaded; a signature that fails with a known key makes us ask the owner once more, for it may have been
changed, and then not again for a while.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta

from fediart import clock, config, errors, log
from fediart.activitypub import keys, origins
from fediart.activitypub.errors import ProtocolError, SignatureError
from fediart.activitypub.signatures import HttpRequest, cavage, rfc9421
from fediart.activitypub.urls import Urls
from fediart.db import queries
from fediart.db.engine import Database
from fediart.inbox.pace import Pace
from fediart.remote import actors as remote_actors
from fediart.remote.keyring import Keyring
from fediart.remote.session import Session

_logger = log.get(__name__)
_KEYS_KEPT = 10_000
_KEY_SECONDS = 600.0
_ASK_AGAIN_SECONDS = 60.0
# Of one server: enough for the thousand fans of one work, too few for a stranger to make us flood somebody.
_KEYS_A_MINUTE = 300


class GoneError(SignatureError):
    """The signer's own server says that the account is gone (410); `key_id` is the key that could not be had."""

    def __init__(self, key_id: str) -> None:
        super().__init__("the key's owner is gone", detail=key_id)
        self.key_id = key_id


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose key signed. Trust: `actor_uri` listed `key_id` in its own document."""

    actor_uri: str
    key_id: str


@dataclass(slots=True)
class _Known:
    key: keys.PublicKey
    actor_uri: str
    until: float


class Authenticator:
    """Verifies requests for one process."""

    def __init__(
        self, database: Database, session: Session, keyring: Keyring, settings: config.Federation, urls: Urls
    ) -> None:
        self._database = database
        self._session = session
        self._keyring = keyring
        self._urls = urls
        self._skew = timedelta(seconds=settings.clock_skew_seconds)
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._asked: OrderedDict[str, float] = OrderedDict()
        self._pace = Pace(_KEYS_A_MINUTE)

    async def authenticate(self, request: HttpRequest) -> Sender:
        """Return who signed the request.

        Spec: draft-cavage-http-signatures-12; RFC 9421 when `Signature-Input` is present.
        Raises: SignatureError (401) with the reason; GoneError when the signer's account answers 410; RemoteError when
        the key could not be fetched for now (503: the sender shall try again).
        """
        if "signature" not in request.headers:
            raise SignatureError("this request needs an HTTP signature")
        if "signature-input" in request.headers:
            parsed: cavage.Signature | rfc9421.Signature9421 = rfc9421.parse(
                request.headers["signature-input"], request.headers["signature"]
            )
        else:
            parsed = cavage.parse(request.headers["signature"])
        known = self._cached(parsed.key_id) or await self._stored(parsed.key_id)
        if known is not None:
            try:
                self._verify(request, parsed, known.key)
            except SignatureError:
                if not self.may_ask_again(parsed.key_id):
                    raise
                fresh = await self._ask_again(parsed.key_id)
                if fresh is None or keys.write_public_pem(fresh.key) == keys.write_public_pem(known.key):
                    raise
                known = fresh
                self._verify(request, parsed, known.key)
        else:
            known = await self._ask(parsed.key_id)
            self._verify(request, parsed, known.key)
        return Sender(actor_uri=known.actor_uri, key_id=parsed.key_id)

    async def find_key(self, key_id: str) -> tuple[keys.PublicKey, str] | None:
        """Return a key that we have, and the actor that listed it."""
        known = self._cached(key_id) or await self._stored(key_id)
        return (known.key, known.actor_uri) if known is not None else None

    async def fetch_key(self, key_id: str) -> tuple[keys.PublicKey, str]:
        """Fetch a key, and the actor that lists it.

        Raises: as `authenticate`.
        """
        known = await self._ask(key_id)
        return known.key, known.actor_uri

    def forget(self, actor_uri: str) -> None:
        """Drop what is cached of an actor's keys."""
        for key_id in [key_id for key_id, known in self._known.items() if known.actor_uri == actor_uri]:
            del self._known[key_id]

    def _verify(
        self, request: HttpRequest, parsed: cavage.Signature | rfc9421.Signature9421, key: keys.PublicKey
    ) -> None:
        if isinstance(parsed, cavage.Signature):
            cavage.verify(request, parsed, key, host=self._urls.host, now=clock.now(), skew=self._skew)
        else:
            rfc9421.verify(
                request,
                parsed,
                key,
                host=self._urls.host,
                scheme=self._urls.scheme,
                now=clock.now(),
                skew=self._skew,
            )

    def _cached(self, key_id: str) -> _Known | None:
        known = self._known.get(key_id)
        if known is None or known.until < time.monotonic():
            return None
        self._known.move_to_end(key_id)
        return known

    def _keep(self, key_id: str, key: keys.PublicKey, actor_uri: str) -> _Known:
        known = _Known(key, actor_uri, time.monotonic() + _KEY_SECONDS)
        self._known[key_id] = known
        self._known.move_to_end(key_id)
        while len(self._known) > _KEYS_KEPT:
            self._known.popitem(last=False)
        return known

    async def _stored(self, key_id: str) -> _Known | None:
        async with self._database.read() as tx:
            found = await queries.keys.find_with_owner(tx, key_id)
        if found is None or found[1].gone_at is not None:
            return None
        row, owner = found
        return self._keep(key_id, keys.read_public_pem(row.public_pem), owner.uri)

    def may_ask_again(self, key_id: str) -> bool:
        """Say whether the owner may be asked about a key now: at most once a minute for one key."""
        now = time.monotonic()
        if self._asked.get(key_id, -_ASK_AGAIN_SECONDS) > now - _ASK_AGAIN_SECONDS:
            return False
        self._asked[key_id] = now
        self._asked.move_to_end(key_id)
        while len(self._asked) > _KEYS_KEPT:
            self._asked.popitem(last=False)
        return True

    async def _ask_again(self, key_id: str) -> _Known | None:
        try:
            return await self._ask(key_id)
        except errors.RemoteError as exc:
            _logger.info("key not refreshed", key_id=key_id, reason=exc.text)
            return None

    async def _ask(self, key_id: str) -> _Known:
        """Fetch a key and its owner, and keep both."""
        if self._urls.is_ours(key_id):
            raise SignatureError("this key is not ours", detail=key_id)
        async with self._database.read() as tx:
            instance = await queries.instance.require(tx, self._urls.base)
            signer = await self._keyring.signer(tx, instance.actor_id)
        try:
            if not self._pace.allows(origins.host_of(key_id)):
                raise errors.RemoteError("too many keys of one server are asked for", detail=key_id, is_temporary=True)
            actor, entry = await remote_actors.fetch_key(self._session, key_id, signer=signer)
            key = keys.read_public_pem(entry.pem) if entry.pem else keys.read_multikey(entry.multibase or "")
        except errors.RemoteError as exc:
            if exc.peer_status == 410:
                raise GoneError(key_id) from exc
            if exc.is_temporary:
                raise
            raise SignatureError("the key could not be fetched", detail=f"{key_id}: {exc.text}") from exc
        except SignatureError:
            raise
        except ProtocolError as exc:
            raise SignatureError("the key's owner could not be confirmed", detail=f"{key_id}: {exc}") from exc
        async with self._database.write() as tx:
            await queries.remote.save_actor(tx, actor, at=clock.now())
        return self._keep(key_id, key, actor.id)
