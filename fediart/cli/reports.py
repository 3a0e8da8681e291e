"""`fediart reports`"""

from __future__ import annotations

import click

from fediart.cli import _run, _show
from fediart.db import queries
from fediart.services import Services


@click.command("reports")
@_show.json_option
@_run.with_services
async def COMMAND(services: Services, as_json: bool) -> None:
    """List the abuse reports that other servers sent about accounts and works here."""
    async with services.database.read() as tx:
        rows = await queries.reports.open_ones(tx)
    if as_json:
        _show.print_json(
            [
                {
                    "id": str(report.id),
                    "from": _show.actor_json(sender),
                    "objects": report.objects,
                    "content": report.content,
                    "created_at": _show.when(report.created_at),
                }
                for report, sender in rows
            ]
        )
        return
    _show.print_table(
        ["Id", "From server", "About", "Words", "When"],
        [
            [str(report.id), sender.host, "\n".join(report.objects), report.content, _show.ago(report.created_at)]
            for report, sender in rows
        ],
        empty="no reports",
    )
