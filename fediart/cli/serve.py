"""`fediart serve`"""

from __future__ import annotations

import click

from fediart import serving
from fediart.cli import _run


@click.command("serve")
@click.option("--no-worker", is_flag=True, help="Serve only; deliveries and the inbox are worked by `fediart worker`.")
@click.option(
    "--server",
    "implementation",
    type=click.Choice(["hypercorn", "uvicorn", "granian"]),
    help="The HTTP server to use instead of the configured one.",
)
@click.pass_context
def COMMAND(context: click.Context, no_worker: bool, implementation: str | None) -> None:
    """Serve the gallery and federate, web and worker in one process."""
    settings = _run.load_settings(context, for_server=True)
    _run.run(
        serving.serve(
            settings, implementation=implementation or settings.server.implementation, with_worker=not no_worker
        )
    )
