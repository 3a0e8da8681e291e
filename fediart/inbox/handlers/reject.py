"""Reject: a remote actor refuses our Follow, or ends it later."""

from __future__ import annotations

from fediart.db import changes, queries
from fediart.inbox.handlers.accept import find_our_follow
from fediart.inbox.registry import Context, Handler


async def _act(context: Context) -> str:
    follow = await find_our_follow(context)
    await queries.follows.remove(context.tx, follow.follower_id, follow.target_id)
    await changes.bump(context.tx)
    return "our follow was refused or ended"


HANDLER = Handler("Reject", _act)
