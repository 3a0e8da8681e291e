"""Conditions that keep from view what somebody does not want to see. Rows stay: an unblock shows them again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from fediart.db.tables import Block, Mute, Note


def is_unwanted(viewer_id: int, actor_id: Any) -> ColumnElement[bool]:
    """Return the condition that the viewer blocks or mutes the actor in a column."""
    return or_(
        exists().where(Block.actor_id == viewer_id, Block.target_id == actor_id),
        exists().where(Mute.actor_id == viewer_id, Mute.target_id == actor_id),
    )


def is_from_blocked() -> ColumnElement[bool]:
    """Return the condition that a Note's author is blocked by whom it answers."""
    parent = aliased(Note)
    return (
        select(Block.id)
        .join(parent, parent.actor_id == Block.actor_id)
        .where(parent.id == Note.in_reply_to_id, Block.target_id == Note.actor_id)
        .correlate(Note)
        .exists()
    )
