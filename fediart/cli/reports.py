"""`fediart reports`"""

from __future__ import annotations

import click

from fediart import clock
from fediart.cli import _run, _show
from fediart.db import queries
from fediart.services import Services


@click.group("reports", invoke_without_command=True)
@_show.json_option
@click.pass_context
def COMMAND(context: click.Context, as_json: bool) -> None:
    """List the abuse reports about accounts and works here, and resolve them."""
    if context.invoked_subcommand is None:
        _list(as_json=as_json)


@_run.with_services
async def _list(services: Services, as_json: bool) -> None:
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


@COMMAND.command("resolve")
@click.argument("report_id", metavar="ID", type=click.IntRange(min=1))
@_run.with_services
async def resolve(services: Services, report_id: int) -> None:
    """Mark a report as done; it is listed no more."""
    async with services.database.write() as tx:
        await queries.reports.resolve(tx, report_id, at=clock.now())
    click.echo(f"resolved {report_id}")
