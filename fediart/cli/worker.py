"""`fediart worker`"""

from __future__ import annotations

import click

from fediart import serving
from fediart.cli import _run


@click.command("worker")
@click.pass_context
def COMMAND(context: click.Context) -> None:
    """Work the queues only: deliver what was published, handle what came in."""
    _run.run(serving.work(_run.load_settings(context, for_server=True)))
