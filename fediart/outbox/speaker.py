"""Saying something: sign it, store it with its audience, in the caller's transaction.

What is stored is what leaves: the same bytes by delivery, by retry and by id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from fediart import log
from fediart.activitypub import addressing, digests
from fediart.activitypub.signatures import proofs
from fediart.activitypub.urls import Urls
from fediart.db import queries, tables
from fediart.db.engine import Transaction
from fediart.remote.keyring import Keyring
from fediart.remote.signer import Signer

_logger = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Audience:
    """Who gets an activity: the followers (as they are at fan-out), and actors by id."""

    followers: bool = False
    actors: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Speaker:
    """The voice of this server's actors."""

    urls: Urls
    keyring: Keyring
    with_ld_signatures: bool = True

    async def sign(
        self, tx: Transaction, actor: tables.Actor, document: Mapping[str, Any], *, at: datetime
    ) -> dict[str, Any]:
        """Return the document with the actor's proof over every byte of meaning in it.

        Spec: FEP-8b32, cryptosuite eddsa-jcs-2022.
        """
        key_id, key = await self.keyring.proof_key(tx, actor.id)
        return proofs.add_proof(dict(document), key=key, verification_method=key_id, created=at)

    async def say(
        self,
        tx: Transaction,
        actor: tables.Actor,
        document: Mapping[str, Any],
        *,
        id_: int,
        subject: str,
        audience: Audience,
        at: datetime,
        note_id: int | None = None,
        is_public: bool = False,
    ) -> dict[str, Any]:
        """Sign an activity and store it in the outbox; it lives or dies with `tx`.

        `subject` names what must stay in order at each host: a note's id, or the relation that a Follow and its Undo
        share. Returns the signed document.
        """
        signer = await self.keyring.signer(tx, actor.id)  # an unusable key must fail now, not at delivery
        signed = await self.sign(tx, actor, document, at=at)
        if self.with_ld_signatures and _is_to_be_believed_elsewhere(signed):
            signed = _with_ld_signature(signed, signer, at=at)
        raw = orjson.dumps(signed)
        await queries.activities.add(
            tx,
            tables.Activity(
                id=id_,
                uri=str(document["id"]),
                type=str(document["type"]),
                actor_id=actor.id,
                note_id=note_id,
                subject=subject,
                document=raw,
                digest=digests.sha256_digest(raw),
                to_followers=audience.followers,
                to_actors=list(dict.fromkeys(audience.actors)),
                is_public=is_public,
                created_at=at,
            ),
        )
        return signed


def _is_to_be_believed_elsewhere(activity: Mapping[str, Any]) -> bool:
    """Tell whether servers may show an activity to others: public words, and their withdrawal.

    Interop: Mastodon 4.5 reads a signed activity by its graph, in which a list of one line is no list: of an actor it
    would lose a single profile field, so an actor's Update stays without.
    """
    if addressing.PUBLIC not in (*activity.get("to", ()), *activity.get("cc", ())):
        return False
    object_ = activity.get("object")
    match activity["type"]:
        case "Create" | "Announce" | "Delete":
            return True
        case "Update":
            return isinstance(object_, dict) and "attributedTo" in object_
        case "Undo":
            return isinstance(object_, dict) and object_.get("type") == "Announce"
        case _:
            return False


def _with_ld_signature(activity: dict[str, Any], signer: Signer, *, at: datetime) -> dict[str, Any]:
    """Return the activity with a linked data signature over it and its proof; without, when it is too large for one."""
    from fediart.activitypub.signatures import linked_data  # brings PyLD, which most commands never need

    try:
        return linked_data.sign(activity, key=signer.key, creator=signer.key_id, created=at)
    except ValueError as error:
        _logger.warning("no linked data signature", activity=activity["id"], reason=str(error))
        return activity
