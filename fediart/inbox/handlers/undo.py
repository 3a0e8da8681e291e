"""Undo: take back a Follow, Like, Announce or Block, embedded or by id; only by whoever did it."""

from __future__ import annotations

from fediart.activitypub import shapes
from fediart.db import changes, queries
from fediart.inbox.registry import Context, Handler, Ignored
from fediart.studio import follows


async def _act(context: Context) -> str:
    tx, activity = context.tx, context.activity
    embedded = activity.object or {}
    undone = (
        await _by_pair(context, shapes.types_of(embedded), shapes.id_of(embedded.get("object"))) if embedded else None
    )
    if undone is None and activity.object_id:
        undone = await _by_id(context, activity.object_id)
    if undone is None:
        if activity.object_id:
            await queries.tombstones.add(tx, uri=activity.object_id, actor_uri=context.sender.uri, at=context.now)
        return "nothing to undo yet; remembered"
    await changes.bump(tx)
    return f"{undone} undone"


async def _by_pair(context: Context, types: tuple[str, ...], object_id: str | None) -> str | None:
    """Undo by who and what. The id may be that of an earlier attempt: the relation is one, not a stack."""
    tx, sender = context.tx, context.sender
    if object_id is None:
        return None
    if "Follow" in types or "Block" in types:
        target = await queries.actors.find(tx, object_id)
        if target is None:
            return None
        if "Follow" in types and await queries.follows.remove(tx, sender.id, target.id):
            await follows.forget_told(tx, follower=sender, target=target)
            return "follow"
        if "Block" in types and await queries.follows.remove_block(tx, actor_id=sender.id, target_id=target.id):
            return "block"
        return None
    note = await queries.notes.find(tx, object_id)
    if note is None:
        return None
    if "Like" in types or "EmojiReact" in types:
        return await _like(context, await queries.reactions.remove_like(tx, actor_id=sender.id, note_id=note.id))
    if "Announce" in types:
        return await _boost(context, await queries.reactions.remove_boost(tx, actor_id=sender.id, note_id=note.id))
    return None


async def _by_id(context: Context, uri: str) -> str | None:
    tx, sender = context.tx, context.sender
    follow = await queries.follows.find_by_uri(tx, uri)
    if follow is not None:
        if follow.follower_id != sender.id:
            raise Ignored("somebody else's follow")
        await queries.follows.remove(tx, sender.id, follow.target_id)
        target = await queries.actors.get(tx, follow.target_id)
        await follows.forget_told(tx, follower=sender, target=target)
        return "follow"
    if undone := await _like(context, await queries.reactions.remove_like(tx, actor_id=sender.id, uri=uri)):
        return undone
    if undone := await _boost(context, await queries.reactions.remove_boost(tx, actor_id=sender.id, uri=uri)):
        return undone
    if await queries.follows.remove_block(tx, actor_id=sender.id, uri=uri):
        return "block"
    return None


async def _like(context: Context, note_id: int | None) -> str | None:
    await _take_back(context, "favourite", note_id)
    return "like" if note_id is not None else None


async def _boost(context: Context, note_id: int | None) -> str | None:
    await _take_back(context, "reblog", note_id)
    return "boost" if note_id is not None else None


async def _take_back(context: Context, type_: str, note_id: int | None) -> None:
    """Take back what the note's artist was told."""
    note = await queries.notes.get(context.tx, note_id) if note_id is not None else None
    if note is not None:
        await queries.notifications.remove(
            context.tx, artist_id=note.actor_id, type_=type_, from_id=context.sender.id, note_id=note.id
        )


HANDLER = Handler("Undo", _act)
