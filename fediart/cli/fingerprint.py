"""`fediart fingerprint`"""

from __future__ import annotations

import click

from fediart import clock
from fediart.cli import _run
from fediart.services import Services
from fediart.studio import renditions


@click.command("fingerprint")
@_run.with_services
async def COMMAND(services: Services) -> int:
    """Make the fingerprints of works that were published before there were any.

    Can be stopped and started again. New works have theirs from the start.
    """
    unread: list[str] = []
    listed = await renditions.list_earlier(services.database, services.store)
    made = await renditions.measure_earlier(
        services.database, services.store, limits=services.settings.media, now=clock.now(), missing=unread.append
    )
    for line in unread:
        click.echo(line, err=True)
    click.echo(f"files listed of {listed} pictures, fingerprints made of {made}")
    return 1 if unread else 0
