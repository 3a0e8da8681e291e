"""What to believe of an activity that another than its actor delivered.

Its object proof or linked data signature shows that the actor said it, but not that they said it now: so only what can
be repeated without harm is taken at its word, for as long as repeats are known, and of a profile or of an Undo only the
id. What shows nothing is a hint to look at the object where it lives.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from fediart import log
from fediart.activitypub import keys, origins, shapes, timestamps
from fediart.activitypub.activities import Activity
from fediart.activitypub.errors import ProtocolError, SignatureError
from fediart.activitypub.signatures import linked_data, proofs
from fediart.inbox.authenticate import Authenticator
from fediart.inbox.pace import Pace

_logger = log.get(__name__)
_TAKEN: Final = frozenset({"Create", "Update", "Delete", "Announce"})
_LOOKED_AT: Final = frozenset({"Create", "Update"})
# Shorter than the two weeks for which received activities and tombstones are remembered.
_FRESH_FOR: Final = timedelta(days=7)
_FETCHES_A_MINUTE: Final = 30


@dataclass(frozen=True, slots=True)
class Believed:
    """What may be stored of a relayed activity. `hint` names what it is about when nothing was proven."""

    body: bytes
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class _Claim:
    key_id: str
    created: datetime | None
    is_proof: bool


class Relayed:
    """Judges relayed activities for one process."""

    def __init__(self, authenticator: Authenticator, *, skew: timedelta) -> None:
        self._authenticator = authenticator
        self._skew = skew
        self._pace = Pace(_FETCHES_A_MINUTE)

    async def judge(self, activity: Activity, body: bytes, *, relayed_by: str, now: datetime) -> Believed | None:
        """Return what of the activity may be stored, None when nothing.

        Trust: the caller has verified the origin of what it says, as if its actor had sent it.
        Raises: RemoteError when the actor's key could not be fetched for now.
        """
        relay = origins.host_of(relayed_by)
        if _is_harmless(activity):
            for claim in _claims(activity.raw):
                if await self._holds(claim, activity, relay=relay, now=now):
                    return Believed(_reduced(activity) if _is_only_named(activity) else body)
        if activity.type not in _LOOKED_AT or activity.object_id in (None, activity.actor):
            return None
        if not self._pace.allows(relay):
            _logger.info("dropped: too much without a proof", relay=relayed_by, actor=activity.actor)
            return None
        return Believed(_reduced(activity), hint=activity.object_id)

    async def _holds(self, claim: _Claim, activity: Activity, *, relay: str, now: datetime) -> bool:
        """Say whether a proof or signature is the actor's, over this document, and lately made."""
        if claim.created is None or not now - _FRESH_FOR <= claim.created <= now + self._skew:
            return False
        if not origins.is_acceptable_id(claim.key_id, plain_http=True) or not origins.same_host(
            claim.key_id, activity.actor
        ):
            return False
        try:
            key, owner = await self._authenticator.find_key(claim.key_id) or (None, "")
            if key is not None and owner == activity.actor:
                try:
                    await _verify(claim, activity.raw, key, now)
                except SignatureError:
                    if not self._authenticator.may_ask_again(claim.key_id):
                        raise
                else:
                    return True
            if not self._pace.allows(relay):
                return False
            key, owner = await self._authenticator.fetch_key(claim.key_id)
            if owner != activity.actor:
                return False
            await _verify(claim, activity.raw, key, now)
        except ProtocolError as error:
            _logger.info("not proven", actor=activity.actor, key_id=claim.key_id, reason=str(error))
            return False
        return True


def _is_harmless(activity: Activity) -> bool:
    """Tell whether the activity may come again from anybody: it is known by its id, and binds nobody to anybody."""
    if activity.id is None:
        return False
    return activity.type in _TAKEN or (activity.type == "Undo" and "Announce" in shapes.types_of(activity.object))


def _is_only_named(activity: Activity) -> bool:
    """Tell whether only the object's id counts: an old profile would bring back old keys, an old Undo a new boost."""
    return activity.type == "Undo" or (activity.type == "Update" and activity.object_id == activity.actor)


def _claims(document: dict[str, Any]) -> Iterator[_Claim]:
    method, creator = proofs.verification_method(document), linked_data.creator(document)
    if method is not None:
        yield _Claim(method, _created(proofs.find_proof(document)), is_proof=True)
    if creator is not None:
        yield _Claim(creator, _created(linked_data.find_signature(document)), is_proof=False)


def _created(made: dict[str, Any] | None) -> datetime | None:
    return timestamps.read_timestamp(made.get("created")) if made is not None else None


async def _verify(claim: _Claim, document: dict[str, Any], key: keys.PublicKey, now: datetime) -> None:
    if claim.is_proof:
        if not isinstance(key, keys.Ed25519PublicKey):
            raise SignatureError("The proof's key is not an Ed25519 key")
        proofs.verify_proof(document, key=key, now=now)
    else:
        if not isinstance(key, keys.RsaPublicKey):
            raise SignatureError("The linked data signature's key is not an RSA key")
        # JSON-LD takes tens of milliseconds, in which others would wait.
        await asyncio.to_thread(linked_data.verify, document, key=key, now=now)


def _reduced(activity: Activity) -> bytes:
    """Return the activity without what its object says, which is then fetched from where it lives."""
    kept = {name: activity.raw[name] for name in ("@context", "id", "to", "cc") if name in activity.raw}
    return orjson.dumps({**kept, "type": activity.type, "actor": activity.actor, "object": activity.object_id})
