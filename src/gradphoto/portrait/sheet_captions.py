"""Captions of print sheets: what the font can set and how small, and a school's list of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from fontTools.ttLib import TTFont

from gradphoto.portrait.os_errors import error_words
from gradphoto.portrait.sheet_layout import SheetError

CAPTION_SIZE, SMALLEST_CAPTION = 6.5, 4.5
"""Points: the usual size of a caption, and how far a long line may shrink."""
POINT = 25.4 / 72
"""Millimetres of a point."""


class CaptionFont:
    """The measures of the font file `path`: which characters it has, and how wide they are."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with TTFont(path, lazy=True) as font:
            glyphs, metrics, ems = font.getBestCmap(), font["hmtx"].metrics, font["head"].unitsPerEm
            self._widths: dict[int, float] = {
                character: metrics[glyph][0] / ems for character, glyph in glyphs.items()
            }

    def missing(self, text: str) -> str:
        """The characters of `text` that the font has no glyph for, each once."""
        return "".join(dict.fromkeys(c for c in text if ord(c) not in self._widths))

    def width(self, text: str, size: float) -> float:
        """Millimetres of `text` at `size` points. KeyError for a missing character."""
        return sum(self._widths[ord(c)] for c in text) * size * POINT

    def caption_size(self, line: str, room: float) -> float | None:
        """Points at which `line` is `room` millimetres wide at most, or None if that is too small to read."""
        usual = self.width(line, CAPTION_SIZE)
        size = CAPTION_SIZE if usual <= room else CAPTION_SIZE * room / usual
        return size if size >= SMALLEST_CAPTION else None


def read_captions(path: Path) -> Mapping[str, tuple[str, ...]]:
    """A CSV list, `file,line,line,...`, by file name. UTF-8, or GB 18030 as Excel in China saves it.

    Empty cells at a row's end make no line. Raises SheetError `captions_unreadable`, `caption_twice`.
    """
    lines: dict[str, tuple[str, ...]] = {}
    for row in csv.reader(io.StringIO(_text(path), newline="")):
        cells = [cell.strip() for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if lines.get(cells[0], tuple(cells[1:])) != tuple(cells[1:]):
            raise SheetError(
                "caption_twice",
                f"{path.name}：“{cells[0]}”出现了两次，说明文字不同。",
                f"{path.name}: {cells[0]!r} occurs twice with different captions.",
            )
        lines[cells[0]] = tuple(cells[1:])
    return lines


def caption_for(path: Path, captions: Mapping[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """The lines listed for `path`: under the path as given, its name, or its name without the ending; else None."""
    return next((captions[key] for key in (str(path), path.name, path.stem) if key in captions), None)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        zh, en = error_words(error)
        raise SheetError("captions_unreadable", f"读不了 {path}：{zh}", f"Cannot read {path}: {en}") from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetError(
        "captions_unreadable",
        f"{path.name} 不是 CSV 文本（编码须为 UTF-8 或 GB 18030）。请在表格软件中另存为 CSV。",
        f"{path.name} is no CSV text in UTF-8 or GB 18030. Save it as CSV in the spreadsheet program.",
    )
