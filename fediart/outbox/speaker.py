"""Saying something: sign it, store it with its audience, in the caller's transaction.

What is stored is what leaves: the same bytes by delivery, by retry and by id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from fediart.activitypub import digests
from fediart.activitypub.signatures import proofs
from fediart.activitypub.urls import Urls
from fediart.db import queries, tables
from fediart.db.engine import Transaction
from fediart.remote.keyring import Keyring


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
        await self.keyring.signer(tx, actor.id)  # an unusable key must fail now, not at delivery
        signed = await self.sign(tx, actor, document, at=at)
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
