"""Flag: an abuse report about an account or a work here; kept for the admin, attributed to the sender's server."""

from __future__ import annotations

from fediart.activitypub import html
from fediart.db import queries
from fediart.inbox.registry import Context, Handler, Ignored

_MAX_CHARACTERS = 5000


async def _act(context: Context) -> str:
    ours = [uri for uri in context.activity.objects if context.urls.is_ours(uri)]
    if not ours:
        raise Ignored("reports nothing of ours")
    await queries.reports.add(
        context.tx,
        uri=context.activity.id,
        actor_id=context.sender.id,
        objects=list(context.activity.objects)[:100],
        content=html.to_text(context.activity.content or "")[:_MAX_CHARACTERS],
        at=context.now,
    )
    return "report kept"


HANDLER = Handler("Flag", _act)
