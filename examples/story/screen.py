"""How the story is shown: colour, wrapping and a spinner on a terminal, plain whole lines everywhere else."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

_WIDEST = 100


class Screen:
    """Writes to standard output."""

    def __init__(self) -> None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            # A terminal that has no ✓ shows a question mark.
            sys.stdout.reconfigure(errors="replace", line_buffering=True)
        self.is_terminal = sys.stdout.isatty()
        self._console = Console(force_terminal=self.is_terminal, highlight=False, markup=False, emoji=False)
        if self.is_terminal:
            self._console.width = min(self._console.width, _WIDEST)
        self._steps = 0

    def tell(self, text: str = "", *, style: str = "") -> None:
        """Print a paragraph."""
        self._console.print(Text(text, style=style), soft_wrap=not self.is_terminal)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Print a heading, then what is checked within, then the time it took."""
        self._steps += 1
        began = time.monotonic()
        self.tell()
        self.tell(f"{self._steps}. {title}", style="bold")
        yield
        self._row("", f"{time.monotonic() - began:.1f} s", style="dim")

    def fact(self, text: str) -> None:
        """Print something that was just checked."""
        self._row("✓", text, mark_style="green")

    def detail(self, text: str) -> None:
        """Print what belongs to the line above."""
        self._row("", text, style="dim")

    def _row(self, mark: str, text: str, *, mark_style: str = "", style: str = "") -> None:
        if not self.is_terminal:
            self._console.print(f"   {mark or ' '} {text}", soft_wrap=True)
            return
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(width=4, justify="right")
        grid.add_column(overflow="fold")
        grid.add_row(Text(mark, style=mark_style), Text(text, style=style))
        self._console.print(grid)

    def table(self, rows: Sequence[tuple[str, str]]) -> None:
        """Print names and values in two columns."""
        widest = max(len(name) for name, _ in rows)
        if not self.is_terminal:
            for name, value in rows:
                self._console.print(f"   {name:{widest}}  {value}", soft_wrap=True)
            return
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=1)
        grid.add_column(style="dim", no_wrap=True)
        grid.add_column(overflow="fold")
        for name, value in rows:
            grid.add_row("", name, Text(value))
        self._console.print(grid)

    @contextmanager
    def waiting(self, text: str) -> Iterator[None]:
        """Show a spinner while the block runs; nothing where it could not turn."""
        with self._moving() as moving:
            moving.add_task(text, total=None)
            yield

    @contextmanager
    def counting(self, text: str, total: int) -> Iterator[Callable[[], None]]:
        """Show a bar while the block runs; what is yielded moves it on by one."""
        with self._moving(BarColumn(bar_width=24), MofNCompleteColumn()) as moving:
            task = moving.add_task(text, total=total)
            yield lambda: moving.advance(task)

    def _moving(self, *columns: ProgressColumn) -> Progress:
        return Progress(
            TextColumn("  "),
            SpinnerColumn(style="dim"),
            TextColumn("[dim]{task.description} …"),
            *columns,
            console=self._console,
            transient=True,
            disable=not self.is_terminal,
        )
