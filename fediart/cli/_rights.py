"""The options that several commands share about words and rights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from fediart.rights.reservation import Policy

Command = Callable[..., Any]


def rights_option(command: Command) -> Command:
    return click.option(
        "--rights",
        # `custom` needs the artist's own terms with it, which these commands do not take.
        type=click.Choice([policy.value for policy in Policy if policy is not Policy.CUSTOM]),
        help="What machines may do with it (default: the artist's, which is no-ai unless changed).",
    )(command)


def policy(value: str | None) -> Policy | None:
    return Policy(value) if value else None
