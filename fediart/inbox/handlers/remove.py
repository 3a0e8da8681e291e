"""Remove: somebody followed here takes a pin off a note of theirs."""

from __future__ import annotations

from fediart.inbox.handlers.add import find_own_note
from fediart.inbox.registry import Context, Handler


async def _act(context: Context) -> str:
    note = await find_own_note(context)
    if note.pinned_at is None:
        return "not pinned"
    note.pinned_at = None
    await context.tx.flush()
    return "unpinned"


HANDLER = Handler("Remove", _act)
