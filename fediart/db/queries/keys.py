"""Signing keys: ours with their private half, others' as last confirmed by their owner."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from fediart import errors
from fediart.db.engine import Transaction
from fediart.db.tables import Actor, Key


async def find_with_owner(tx: Transaction, key_id: str) -> tuple[Key, Actor] | None:
    row = (
        await tx.execute(select(Key, Actor).join(Actor, Actor.id == Key.actor_id).where(Key.id == key_id))
    ).one_or_none()
    return (row[0], row[1]) if row else None


async def of_actor(tx: Transaction, actor_id: int) -> list[Key]:
    return list(await tx.scalars(select(Key).where(Key.actor_id == actor_id).order_by(Key.algorithm.desc(), Key.id)))


async def require_private(tx: Transaction, actor_id: int, algorithm: str) -> Key:
    """Return a local actor's own key.

    Raises: FediArtError when it is missing or has no private half: nothing may leave unsigned.
    """
    key = await tx.scalar(
        select(Key).where(Key.actor_id == actor_id, Key.algorithm == algorithm, Key.private_pem.is_not(None)).limit(1)
    )
    if key is None:
        actor = await tx.get(Actor, actor_id)
        name = actor.uri if actor else str(actor_id)
        raise errors.FediArtError(
            f"the {algorithm} key of {name} is missing: restore the database from a backup", status=500
        )
    return key


async def replace(tx: Transaction, actor_id: int, keys: Sequence[Key]) -> bool:
    """Make `keys` the only keys of a remote actor. Returns whether any key that was there before changed or went."""
    before = {key.id: key.public_pem for key in await of_actor(tx, actor_id)}
    after = {key.id: key for key in keys}
    changed = any(key_id not in after or after[key_id].public_pem != pem for key_id, pem in before.items())
    await tx.execute(delete(Key).where(Key.actor_id == actor_id))
    # A key id that another actor listed before goes to whoever owns it now: the id is on the owner's host.
    await tx.execute(delete(Key).where(Key.id.in_(list(after))))
    await tx.flush()
    tx.add_all(after.values())
    await tx.flush()
    return changed
