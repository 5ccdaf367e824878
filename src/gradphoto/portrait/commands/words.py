"""Words on a terminal: Chinese and English in lines of its width, broken where reading allows."""

from __future__ import annotations

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from gradphoto.portrait.line_breaks import wrapped

WIDEST = 100  # columns: longer lines are hard to read


def paragraph(console: Console, words: str, indent: int = 0, style: str = "", first: str = "") -> None:
    """Prints `words` in lines no wider than the console, indented; `first` (rich markup) stands before the first line."""
    if not words:
        return
    lead = Text.from_markup(first)
    lines = wrapped(words, max(20, min(console.width, WIDEST) - indent), cell_len)
    for number, line in enumerate(lines):
        before = lead if number == 0 else Text()
        room = Text(" " * max(0, indent - before.cell_len))
        console.print(before + room + Text(line, style), soft_wrap=True, highlight=False)


def ended(sentence: str) -> str:
    """With a full stop at its end."""
    return sentence if not sentence or sentence[-1] in "。！？" else sentence + "。"
