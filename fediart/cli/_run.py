"""What every command does first and last: find the configuration, set up logging, run, turn errors into one line."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import update_wrapper
from typing import Any, NoReturn, TypeVar

import click
import uvloop

from fediart import config, errors, log, services
from fediart.activitypub.errors import ProtocolError
from fediart.services import Services

Result = TypeVar("Result")


def run_command(command: click.Command) -> NoReturn:
    """Run a click command and exit: 0 done, 1 refused or failed, 2 wrong usage, 130 interrupted."""
    log.configure(config.Logging(level="warning"))
    try:
        code = command.main(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as exc:
        click.echo(exc.ctx.get_help(), err=True)
        sys.exit(2)
    except click.ClickException as exc:
        exc.show()
        sys.exit(exc.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        sys.exit(130)
    except errors.FediArtError as exc:
        _complain(exc.text)
        sys.exit(exc.exit_code)
    except ProtocolError as exc:
        _complain(str(exc))
        sys.exit(1)
    except BrokenPipeError:
        # The reader (`| head`) has enough; that is no failure of ours, but nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as exc:  # a bug: the log has the traceback, the user gets a line
        log.get(__name__).exception("command failed")
        _complain(f"internal error: {type(exc).__name__}: {exc}")
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _complain(text: str) -> None:
    click.echo(f"fediart: {text}", err=True)


def load_settings(context: click.Context, *, for_server: bool = False) -> config.Config:
    """Return the settings of the configuration that this call names; sets up logging.

    Commands log only warnings, and to standard error; the server logs as configured.
    """
    settings = config.load(config.find(context.find_root().obj, os.environ), os.environ)
    shown = settings.logging if for_server else replace(settings.logging, level="error")
    log.configure(shown)
    return settings


def run(work: Awaitable[Result]) -> Result:
    """Run a coroutine to its end on uvloop."""

    async def whole() -> Result:
        return await work

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(whole())


def with_services(body: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
    """Make a click callback of a coroutine that takes the server's own services first."""
    return _with(body, services.opened)


def with_network(body: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
    """Make a click callback of a coroutine that takes the services first, and asks other servers."""
    return _with(body, services.connected)


def _with(
    body: Callable[..., Awaitable[Any]], opening: Callable[[config.Config], AbstractAsyncContextManager[Services]]
) -> Callable[..., Any]:
    def callback(**arguments: Any) -> Any:
        settings = load_settings(click.get_current_context())

        async def whole() -> Any:
            async with opening(settings) as opened:
                return await body(opened, **arguments)

        return run(whole())

    return update_wrapper(callback, body)
