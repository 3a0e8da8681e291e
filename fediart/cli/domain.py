"""`fediart domain`: which servers this one does not want to know, or hear of."""

from __future__ import annotations

from typing import BinaryIO

import click

from fediart import clock
from fediart.cli import _run, _show
from fediart.db import queries
from fediart.moderation import blocklist, domains
from fediart.services import Services


@click.group("domain")
def COMMAND() -> None:
    """Suspend or silence servers; share lists of them."""


@COMMAND.command("block")
@click.argument("domain")
@click.option(
    "--severity",
    type=click.Choice(domains.SEVERITIES),
    default=domains.SUSPEND,
    show_default=True,
    help="suspend: nothing comes from there and nothing goes there. silence: their follows wait for approval, and an "
    "artist is told only of those whom they follow.",
)
@click.option("--reason", default="", help="Why; `list` and `export` show it.")
@_run.with_services
async def block(services: Services, domain: str, severity: str, reason: str) -> None:
    """Suspend or silence a server and everything below its domain."""
    name = domains.read_domain(domain, own_host=services.urls.host)
    async with services.database.write() as tx:
        ended = await domains.block(tx, name, severity=severity, reason=reason, now=clock.now())
    if severity == domains.SILENCE:
        click.echo(f"{name} is silenced")
    else:
        click.echo(f"{name} is suspended: {ended.follows} follows ended, {ended.deliveries} deliveries dropped")


@COMMAND.command("unblock")
@click.argument("domain")
@_run.with_services
async def unblock(services: Services, domain: str) -> None:
    """Take a rule away. Follows that it ended stay ended."""
    name = domains.read_domain(domain, own_host=services.urls.host)
    async with services.database.write() as tx:
        await domains.unblock(tx, name)
    click.echo(f"there is no rule for {name} any more")


@COMMAND.command("list")
@_show.json_option
@_run.with_services
async def list_(services: Services, as_json: bool) -> None:
    """List the rules."""
    async with services.database.read() as tx:
        rules = await queries.domains.all_(tx)
    if as_json:
        _show.print_json(
            [
                {
                    "domain": rule.domain,
                    "severity": rule.severity,
                    "reason": rule.reason,
                    "created_at": _show.when(rule.created_at),
                }
                for rule in rules
            ]
        )
        return
    _show.print_table(
        ["Domain", "Severity", "Since", "Reason"],
        [[rule.domain, rule.severity, _show.ago(rule.created_at), rule.reason] for rule in rules],
        empty="no server is suspended or silenced",
    )


@COMMAND.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@_run.with_services
async def import_(services: Services, file: BinaryIO, dry_run: bool) -> None:
    """Add the rules of a list: Mastodon's CSV, or a domain a line. Rules that are there already stay as they are."""
    found = blocklist.read(file.read(), own_host=services.urls.host)
    for refused in found.refused:
        click.echo(f"line {refused.line}: {refused.reason}", err=True)
    async with services.database.write() as tx:
        known = {rule.domain for rule in await queries.domains.all_(tx)}
        new = [rule for rule in found.rules if rule.domain not in known]
        for rule in new:
            if dry_run:
                click.echo(f"{rule.severity} {rule.domain}")
            else:
                await domains.block(tx, rule.domain, severity=rule.severity, reason=rule.reason, now=clock.now())
    verb = "would be added" if dry_run else "added"
    click.echo(f"{len(new)} {verb}, {len(found.rules) - len(new)} there already, {len(found.refused)} not used")


@COMMAND.command("export")
@_run.with_services
async def export(services: Services) -> None:
    """Print the rules as a list that other servers, and `import`, understand."""
    async with services.database.read() as tx:
        rules = await queries.domains.all_(tx)
    click.echo(blocklist.write(rules), nl=False)
