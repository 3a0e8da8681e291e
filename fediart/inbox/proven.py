"""What a note's own proof is worth, by the keys that we hold of its author."""

from __future__ import annotations

from datetime import datetime

from fediart.activitypub import keys
from fediart.activitypub.errors import ProtocolError, SignatureError
from fediart.activitypub.notes import RemoteNote
from fediart.activitypub.signatures import proofs
from fediart.db import queries, tables
from fediart.db.engine import Transaction


async def verdict(tx: Transaction, note: RemoteNote, author: tables.Actor, *, now: datetime) -> str:
    """Say what the proof is worth: `verified`, `invalid` or `none`."""
    if not note.has_proof:
        return "none"
    method = proofs.verification_method(note.raw)
    for row in await queries.keys.of_actor(tx, author.id):
        if row.id == method and row.algorithm == "ed25519":
            try:
                key = keys.read_public_pem(row.public_pem)
                if isinstance(key, keys.Ed25519PublicKey):
                    proofs.verify_proof(note.raw, key=key, now=now)
                    return "verified"
            except (SignatureError, ProtocolError):
                return "invalid"
    return "invalid"
