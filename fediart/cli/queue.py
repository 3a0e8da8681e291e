"""`fediart queue`: what waits to be delivered, and why."""

from __future__ import annotations

import click

from fediart import clock, errors
from fediart.cli import _run, _show
from fediart.db import queries
from fediart.services import Services


@click.group("queue", invoke_without_command=True)
@click.option("--host", help="Only what waits for this host.")
@_show.json_option
@click.pass_context
def COMMAND(context: click.Context, host: str | None, as_json: bool) -> None:
    """Show, retry or drop waiting deliveries; alone it lists them."""
    if context.invoked_subcommand is None:
        context.invoke(list_, host=host, as_json=as_json)


@COMMAND.command("list")
@click.option("--host", help="Only what waits for this host.")
@_show.json_option
@_run.with_services
async def list_(services: Services, host: str | None = None, as_json: bool = False) -> None:
    """List what waits: for which host, since when, when it is tried next, why the last attempt failed."""
    async with services.database.read() as tx:
        rows = await queries.deliveries.waiting(tx, host=host)
        totals = await queries.deliveries.totals(tx)
    if as_json:
        _show.print_json(
            {
                "totals": totals,
                "waiting": [
                    {
                        "id": str(row.id),
                        "host": row.host,
                        "inbox": row.inbox,
                        "activity": row.activity,
                        "type": row.type,
                        "attempts": row.attempts,
                        "since": _show.when(row.since),
                        "next_attempt_at": _show.when(row.next_attempt_at),
                        "last_error": row.last_error,
                    }
                    for row in rows
                ],
            }
        )
        return
    _show.print_table(
        ["Id", "Host", "What", "Since", "Tried", "Next", "Last answer"],
        [
            [
                str(row.id),
                row.host,
                row.type,
                _show.ago(row.since),
                str(row.attempts),
                _show.ago(row.next_attempt_at),
                row.last_error or "",
            ]
            for row in rows
        ],
        empty="nothing waits",
    )
    click.echo(f"{totals['waiting']} waiting, {totals['delivered']} delivered, {totals['dropped']} given up", err=True)


def _which(delivery_id: int | None, host: str | None, everything: bool) -> None:
    if sum((delivery_id is not None, host is not None, everything)) != 1:
        raise errors.UsageError("say which: an ID, --host HOST, or --all")


@COMMAND.command("retry")
@click.argument("delivery_id", type=int, required=False, metavar="[ID]")
@click.option("--host")
@click.option("--all", "everything", is_flag=True)
@_run.with_services
async def retry(services: Services, delivery_id: int | None, host: str | None, everything: bool) -> None:
    """Try waiting deliveries now."""
    _which(delivery_id, host, everything)
    async with services.database.write() as tx:
        count = await queries.deliveries.retry_now(tx, delivery_id=delivery_id, host=host, now=clock.now())
    _require(count, "waits", delivery_id, host)
    click.echo(f"{count} deliveries are tried now")


@COMMAND.command("drop")
@click.argument("delivery_id", type=int, required=False, metavar="[ID]")
@click.option("--host")
@click.option("--all", "everything", is_flag=True)
@_run.with_services
async def drop(services: Services, delivery_id: int | None, host: str | None, everything: bool) -> None:
    """Give waiting deliveries up; those inboxes will not get them."""
    _which(delivery_id, host, everything)
    async with services.database.write() as tx:
        count = await queries.deliveries.drop(tx, delivery_id=delivery_id, host=host, now=clock.now())
    _require(count, "waits", delivery_id, host)
    click.echo(f"dropped {count} deliveries")


def _require(count: int, verb: str, delivery_id: int | None, host: str | None) -> None:
    if not count and (delivery_id is not None or host is not None):
        raise errors.NotFoundError(f"nothing {verb} under {delivery_id or host}")
