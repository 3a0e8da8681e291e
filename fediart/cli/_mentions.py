"""The handles in a text from the command line: who they are, and a word to the artist about those that nobody is."""

from __future__ import annotations

import click

from fediart.db import tables
from fediart.services import Connected


async def find(services: Connected, text: str | None) -> dict[str, tables.Actor]:
    """Return whom a text names, by handle; what leads nowhere stays plain text, and is said so on standard error."""
    found, failed = await services.lookup.find_mentioned(text or "")
    for handle, reason in failed.items():
        click.echo(f"fediart: {handle} stays plain text: {reason}", err=True)
    return found
