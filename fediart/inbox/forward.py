"""Passing replies on to the followers of the artist who was answered, so that their servers see the whole thread.

The bytes go as they came, for they carry their author's signature or proof; without one nobody could believe them.

Spec: ActivityPub, section 7.1.2.
"""

from __future__ import annotations

from datetime import datetime

from fediart.activitypub import addressing, digests
from fediart.activitypub.activities import Activity
from fediart.activitypub.signatures import linked_data, proofs
from fediart.db import ids, queries, tables
from fediart.db.engine import Transaction


async def forward(tx: Transaction, activity: Activity, body: bytes, sender: tables.Actor, *, now: datetime) -> bool:
    """Pass on what its author sent us, once it was acted upon; says whether it concerned anybody.

    A changed or deleted reply goes to whoever may have got it from us.
    """
    if activity.id is None or activity.object_id is None or await queries.activities.find(tx, activity.id):
        return False
    if proofs.find_proof(activity.raw) is None and linked_data.find_signature(activity.raw) is None:
        return False
    subject = f"forward {activity.object_id}"
    match activity.type:
        case "Create":
            artist = await _artist_answered(tx, activity, sender)
        case "Update" | "Delete":
            artist = await _artist_who_forwarded(tx, subject)
        case _:
            return False
    if artist is None or (activity.type != "Delete" and not _is_for_followers(activity, artist)):
        return False
    await queries.activities.add(
        tx,
        tables.Activity(
            id=ids.new_id(),
            uri=activity.id,
            type=activity.type,
            actor_id=artist.id,
            subject=subject,
            document=body,
            digest=digests.sha256_digest(body),
            to_followers=activity.type == "Create",
            to_actors=[],
            is_public=False,
            is_forward=True,
            created_at=now,
        ),
    )
    return True


async def _artist_answered(tx: Transaction, activity: Activity, sender: tables.Actor) -> tables.Actor | None:
    """Return the artist of ours whom a reply that stands here answers."""
    note = await queries.notes.find(tx, activity.object_id or "")
    if note is None or note.in_reply_to_id is None or note.actor_id != sender.id:
        return None
    if note.deleted_at is not None or note.hidden_at is not None:
        return None
    parent = await queries.notes.get(tx, note.in_reply_to_id)
    if parent is None or not parent.is_local or parent.deleted_at is not None:
        return None
    return await _standing(tx, parent.actor_id)


async def _artist_who_forwarded(tx: Transaction, subject: str) -> tables.Actor | None:
    earlier = await queries.activities.latest_of(tx, subject)
    return await _standing(tx, earlier.actor_id) if earlier is not None and earlier.type != "Delete" else None


async def _standing(tx: Transaction, actor_id: int) -> tables.Actor | None:
    actor = await tx.get(tables.Actor, actor_id)
    return actor if actor is not None and actor.is_local and actor.gone_at is None else None


def _is_for_followers(activity: Activity, artist: tables.Actor) -> bool:
    audience = (*activity.to, *activity.cc)
    return addressing.PUBLIC in audience or artist.followers in audience
