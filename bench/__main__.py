"""`python -m bench [NAME…]`: measure all or some, print a table, write `bench/latest.json`."""

from __future__ import annotations

import json
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bench import fanout, gets, idle, inbox, publish
from bench.figures import Figure, Setting

_LATEST = Path(__file__).with_name("latest.json")
_MEASUREMENTS: dict[str, Callable[[Setting], dict[str, Figure]]] = {
    "fanout_1000": partial(fanout.measure, followers=1000),
    "fanout_5000": partial(fanout.measure, followers=5000),
    "inbox": inbox.measure,
    "gets": gets.measure,
    "publish_24mp": publish.measure,
    "idle": idle.measure,
}


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]…", type=click.Choice(list(_MEASUREMENTS)))
@click.option("--quick", is_flag=True, help="Fewer requests a round, for a first look.")
@click.option("--rounds", type=click.IntRange(min=3), default=3, show_default=True)
@click.option("--output", type=click.Path(path_type=Path), default=_LATEST, help="Where the figures go, as JSON.")
def main(names: tuple[str, ...], quick: bool, rounds: int, output: Path) -> None:
    """Measure FediArt on this machine, each figure against a baseline in alternating rounds."""
    console = Console(stderr=True)
    results: dict[str, Figure] = {}
    load = os.getloadavg()[0]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # an end that cleans up, too
    with tempfile.TemporaryDirectory(prefix="fediart-bench-") as folder:
        setting = Setting(Path(folder), rounds, quick)
        for name in names or _MEASUREMENTS:
            with console.status(f"measuring {name} …"):
                try:
                    results |= _MEASUREMENTS[name](setting)
                except RuntimeError as exc:
                    raise click.ClickException(f"{name}: {exc}") from exc
            _write(output, results, load=load, is_quick=quick)
    Console().print(_table(results))
    click.echo(f"wrote {output}", err=True)


def _write(path: Path, results: dict[str, Figure], *, load: float, is_quick: bool) -> None:
    document = {
        "machine": {
            "cores": os.cpu_count(),
            "load_before": round(load, 2),
            "processor": _processor(),
            "system": platform.platform(terse=True),
            "python": platform.python_version(),
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
        },
        "quick": is_quick,
        "results": {name: figure.as_json() for name, figure in results.items()},
    }
    path.write_text(json.dumps(document, indent=2) + "\n")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _table(results: dict[str, Figure]) -> Table:
    table = Table("figure", "median", "lowest", "highest", "unit", "baseline", "ratio", box=None, header_style="bold")
    for column in (1, 2, 3, 5, 6):
        table.columns[column].justify = "right"
    for name, figure in results.items():
        numbers = (figure.value, min(figure.rounds), max(figure.rounds))
        table.add_row(name, *map(_shown, numbers), figure.unit, _shown(figure.baseline), f"{figure.ratio:.2f}")
    return table


def _shown(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.2f}"


if __name__ == "__main__":
    sys.exit(main())
