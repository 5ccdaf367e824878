"""Tables on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

WIDTH_IN_FILES = 170


def show(title: str, headings: Sequence[str], rows: Sequence[Sequence[object]], notes: str = "") -> None:
    """Prints a table: the first column to the left, numbers to the right, two decimals at most."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(_words, row))
    console = Console(width=None if sys.stdout.isatty() else WIDTH_IN_FILES)
    console.print(title, style="bold", highlight=False)
    console.print(table)
    if notes:
        console.print(notes, highlight=False)
    console.print()


def markdown(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """The same table for a page of the documentation."""
    lines = [headings, ("---",) * len(headings), *([_words(value) for value in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _words(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
