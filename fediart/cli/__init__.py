"""The command line: one command a file, found by their folder; what they share is in `_run` and `_show`.

Exit codes: 0 done, 1 refused or failed, 2 wrong usage. Messages for people go to standard error, results to standard
output; with `--json` the output is JSON and nothing else.
"""

from __future__ import annotations

import importlib
import pkgutil

import click

from fediart import __version__


class _Commands(click.Group):
    """The folder's modules as commands; only the one that is called is imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]
        return sorted(name.replace("_", "-") for name in names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.commands and cmd_name in self.list_commands(ctx):
            command: click.Command = importlib.import_module(f"{__name__}.{cmd_name.replace('-', '_')}").COMMAND
            _accept_config(command)
            self.add_command(command)
        return self.commands.get(cmd_name)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    "config_path",
    metavar="FILE",
    help="The configuration file (else $FEDIART_CONFIG, ./fediart.toml, /etc/fediart/fediart.toml).",
)
@click.version_option(__version__, prog_name="fediart")
@click.pass_context
def cli(context: click.Context, config_path: str | None) -> None:
    """FediArt: publish artworks to the fediverse from a server of your own."""
    context.obj = config_path


def _accept_config(command: click.Command) -> None:
    """Let a command, and each below it, take `--config` too: people write it on either side."""

    def remember(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
        if value:
            context.find_root().obj = value

    command.params.append(
        click.Option(
            ["--config", "config_path"],
            metavar="FILE",
            help="The configuration file.",
            expose_value=False,
            callback=remember,
        )
    )
    if isinstance(command, click.Group):
        for below in command.commands.values():
            _accept_config(below)


def main() -> None:
    """Run the command line; never shows a traceback for a user's mistake."""
    from fediart.cli import _run

    _run.run_command(cli)
