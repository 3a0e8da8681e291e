"""What goes, and what must wait, when a local account is deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, delete, exists, or_, select, update

from fediart.db.engine import Transaction
from fediart.db.queries.deliveries import DELIVERED, DROPPED, SUPERSEDED, WAITING
from fediart.db.tables import (
    Activity,
    Actor,
    Block,
    Boost,
    Delivery,
    FeaturedTag,
    Follow,
    Key,
    Like,
    Mute,
    Note,
    Notification,
    Work,
)


async def standing_notes(tx: Transaction, actor_id: int) -> list[Note]:
    """Return every note of an actor that was not deleted."""
    return list(await tx.scalars(select(Note).where(Note.actor_id == actor_id, Note.deleted_at.is_(None))))


async def forget(tx: Transaction, actor_id: int, *, at: datetime) -> None:
    """Remove what an actor did and what was done to them; take back what was said and not yet spread.

    Followers elsewhere stay until the farewell has been spread to them.
    """
    local = select(Actor.id).where(Actor.is_local)
    await tx.execute(
        delete(Follow).where(
            or_(Follow.follower_id == actor_id, and_(Follow.target_id == actor_id, Follow.follower_id.in_(local)))
        )
    )
    for table in (Block, Mute):
        await tx.execute(delete(table).where(or_(table.actor_id == actor_id, table.target_id == actor_id)))
    for made in (Like, Boost, FeaturedTag):
        await tx.execute(delete(made).where(made.actor_id == actor_id))
    await tx.execute(
        delete(Notification).where(or_(Notification.artist_id == actor_id, Notification.from_id == actor_id))
    )
    theirs = select(Note.id).where(Note.actor_id == actor_id)
    await tx.execute(
        update(Work)
        .where(Work.note_id.in_(theirs))
        .values(title="", text="", medium="", series="")
        .execution_options(synchronize_session=False)
    )
    said = update(Activity).where(Activity.actor_id == actor_id).execution_options(synchronize_session=False)
    await tx.execute(said.values(is_public=False))
    await tx.execute(said.where(Activity.fanned_out_at.is_(None)).values(fanned_out_at=at))


async def is_of(tx: Transaction, activity: Activity) -> bool:
    """Say whether an activity is its actor's own farewell."""
    if activity.type != "Delete" or activity.is_forward:
        return False
    actor = await tx.get(Actor, activity.actor_id)
    return actor is not None and actor.is_local and actor.gone_at is not None and activity.subject == actor.uri


async def drop_waiting(tx: Transaction, activity: Activity, *, at: datetime) -> None:
    """Drop what else of the actor waits to be delivered and is not under way at this moment."""
    older = select(Activity.id).where(Activity.actor_id == activity.actor_id, Activity.id < activity.id)
    await tx.execute(
        update(Delivery)
        .where(
            Delivery.activity_id.in_(older),
            Delivery.state == WAITING,
            or_(Delivery.leased_until.is_(None), Delivery.leased_until <= at),
        )
        .values(state=DROPPED, last_error=SUPERSEDED, settled_at=at)
    )


async def inboxes_that_got(tx: Transaction, actor_id: int) -> dict[str, str]:
    """Return {inbox: host} of everybody who received, or may have received, anything of an actor."""
    rows = await tx.execute(
        select(Delivery.inbox, Delivery.host)
        .join(Activity, Activity.id == Delivery.activity_id)
        .where(Activity.actor_id == actor_id, or_(Delivery.state == DELIVERED, Delivery.attempts > 0))
        .distinct()
    )
    return {row[0]: row[1] for row in rows}


async def retire_keys(tx: Transaction) -> int:
    """Remove the private keys of deleted accounts for which nothing waits any more; returns how many."""
    unspread = exists().where(Activity.actor_id == Actor.id, Activity.fanned_out_at.is_(None))
    waiting = (
        select(Delivery.id)
        .join(Activity, Activity.id == Delivery.activity_id)
        .where(Activity.actor_id == Actor.id, Delivery.state == WAITING)
        .correlate(Actor)
        .exists()
    )
    done = select(Actor.id).where(Actor.is_local, Actor.gone_at.is_not(None), ~unspread, ~waiting)
    result = await tx.execute(
        update(Key)
        .where(Key.private_pem.is_not(None), Key.actor_id.in_(done))
        .values(private_pem=None)
        .returning(Key.id)
        .execution_options(synchronize_session=False)
    )
    return len(result.all())
