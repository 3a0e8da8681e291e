"""Block: somebody elsewhere wants nothing to do with an artist here; both relations end."""

from __future__ import annotations

from fediart.db import changes, queries
from fediart.inbox.handlers import _common
from fediart.inbox.registry import Context, Handler
from fediart.studio import follows


async def _act(context: Context) -> str:
    tx, sender = context.tx, context.sender
    target = await _common.require_local_actor(context, context.activity.object_id)
    await queries.follows.add_block(
        tx, uri=context.activity.id or "", actor_id=sender.id, target_id=target.id, at=context.now
    )
    await queries.follows.remove(tx, sender.id, target.id)
    await queries.follows.remove(tx, target.id, sender.id)
    await follows.forget_told(tx, follower=sender, target=target)
    await changes.bump(tx)
    return "blocked us"


HANDLER = Handler("Block", _act)
