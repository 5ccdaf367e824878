"""Print sheets: finished portraits, in the order given, on photo paper or A4, as PDF for the printer.

A print is a further crop of the same portrait: the sides cut evenly, or the bottom; never stretched. It is resampled
once, to the print's pixels at 300 dpi, and embedded without loss as sRGB. The same input gives the same bytes.

Many portraits are spread over several files, so that neither this program nor the printer's needs more memory for more.
"""

from __future__ import annotations

import gc
import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gradphoto.portrait.os_errors import unreadable
from gradphoto.portrait.photo import open_photo
from gradphoto.portrait.reasons import Reason, Refused, reason, refuse
from gradphoto.portrait.sheet_captions import CaptionFont
from gradphoto.portrait.sheet_layout import Layout, PhotoSize, Sheet, caption_room, lay_out
from gradphoto.portrait.sheet_pdf import SheetPdf
from gradphoto.portrait.weights import model_file

PORTRAITS_PER_FILE = 300
"""Gives files of 100 MB at most."""
ASPECT, ASPECT_TOLERANCE = 480 / 640, 0.01
LONGEST_SIDE = 1600
"""Pixels: what is larger is a phone's photo, not a portrait made of it."""
MAX_ENLARGEMENT = 1.25

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Print:
    """A portrait file to print, and the lines of its caption."""

    path: Path
    caption: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """What came of it: the files in order, the pages in all of them, the photos on those."""

    files: tuple[Path, ...]
    pages: int
    photos: int


class PrintsRefused(Exception):
    """Nothing was written, because some prints can't be made: which portraits, and why."""

    def __init__(self, refusals: Sequence[tuple[Path, Reason]]) -> None:
        super().__init__("; ".join(f"{path}: {why.en}" for path, why in refusals))
        self.refusals = tuple(refusals)


def write_sheets(
    prints: Sequence[Print],
    sheet: Sheet,
    out: Path,
    copies: int = 1,
    font: Path | None = None,
    per_file: int = PORTRAITS_PER_FILE,
) -> Written:
    """Writes `prints`, each `copies` times in a row, to the PDF `out`.

    More than `per_file` portraits give several files, `out`-1, -2, ..., each of whole pages numbered on.

    Room is kept for the longest caption, whatever `sheet.caption_lines` says. `font` sets captions and footer, by
    default with the font that `gradphoto models fetch` brings. Either every file is written, or none.

    Raises PrintsRefused with all that is wrong, SheetError where the paper is too small, WeightsError where the font is
    missing, OSError where `out` can't be written.
    """
    layout = lay_out(replace(sheet, caption_lines=max((len(p.caption) for p in prints), default=0)))
    measures = None
    if layout.footer or layout.captions[0].height:
        measures = CaptionFont(font or model_file("font").path)
    refusals = [*_caption_refusals(prints, layout, measures), *_portrait_refusals(prints, sheet.size)]
    if refusals:
        raise PrintsRefused(refusals)
    slots = [p for p in prints for _ in range(copies)]
    pages = [slots[i : i + len(layout.photos)] for i in range(0, len(slots), len(layout.photos))]
    volumes = _Volumes(sheet.size, layout, measures, pages, math.ceil(per_file * copies / len(layout.photos)))
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".sheets-") as folder:
        drafts = list(volumes.write(Path(folder)))
        files = _file_names(out, len(drafts))
        for draft, name in zip(drafts, files, strict=True):
            draft.replace(name)
    return Written(files, len(pages), len(slots))


@dataclass(frozen=True)
class _Volumes:
    """All pages, to be written `pages_per_file` at a time."""

    size: PhotoSize
    layout: Layout
    font: CaptionFont | None
    pages: Sequence[Sequence[Print]]
    pages_per_file: int

    def write(self, folder: Path) -> Iterator[Path]:
        read = lru_cache(maxsize=1)(self._pixels)  # copies of a portrait follow each other: decoded once
        for first in range(0, len(self.pages), self.pages_per_file):
            pdf = SheetPdf(self.layout, self.font)
            for number, page in enumerate(self.pages[first : first + self.pages_per_file], first + 1):
                pdf.add_page(number, len(self.pages))
                for place, item in enumerate(page):
                    pdf.add_photo(place, read(item.path), item.caption)
            path = folder / str(first)
            pdf.save(path)
            del pdf
            gc.collect()  # fpdf2's documents hold each other in circles, with all their pictures
            yield path

    def _pixels(self, path: Path) -> Pixels:
        return print_pixels(path.read_bytes(), self.size)


def print_pixels(data: bytes, size: PhotoSize) -> Pixels:
    """The portrait file `data` cropped and resampled to a print of `size`: (H, W, 3) sRGB at 300 dpi.

    Raises Refused: `not_a_portrait`, `print_too_few_pixels`, or as the photo reader.
    """
    photo = open_photo(data)
    width, height = photo.width, photo.height
    print_width, print_height = size.pixels
    _check_portrait(width, height, print_width / print_height)
    crop_width = min(width, height * print_width / print_height)
    crop_height = min(height, width * print_height / print_width)
    if print_width > crop_width * MAX_ENLARGEMENT:
        factor = round(print_width / crop_width, 2)
        raise refuse("print_too_few_pixels", width=width, height=height, factor=factor, limit=MAX_ENLARGEMENT)
    left = (width - crop_width) / 2
    box = (left, 0.0, left + crop_width, crop_height)
    picture = Image.fromarray(photo.decode().pixels)
    return np.asarray(picture.resize(size.pixels, Image.Resampling.LANCZOS, box=box))


def _check_portrait(width: int, height: int, print_aspect: float) -> None:
    """Raises Refused for what has neither a portrait's shape nor the print's own, or is larger than portraits are."""
    fits = any(abs(width / height / aspect - 1) <= ASPECT_TOLERANCE for aspect in (ASPECT, print_aspect))
    if not fits or height > LONGEST_SIDE:
        raise refuse("not_a_portrait", width=width, height=height)


def _caption_refusals(
    prints: Sequence[Print], layout: Layout, font: CaptionFont | None
) -> Iterator[tuple[Path, Reason]]:
    if font is None:
        return
    for path, line in ((item.path, line) for item in prints for line in item.caption):
        missing = font.missing(line)
        if missing:
            codes = " ".join(f"{c if c.isprintable() else ''}(U+{ord(c):04X})" for c in missing)
            yield path, reason("caption_glyph", characters=codes)
        elif font.caption_size(line, caption_room(layout.captions[0])) is None:
            yield path, reason("caption_too_long", caption=line)


def _portrait_refusals(prints: Sequence[Print], size: PhotoSize) -> Iterator[tuple[Path, Reason]]:
    for path in dict.fromkeys(item.path for item in prints):
        try:
            print_pixels(path.read_bytes(), size)
        except Refused as refused:
            yield from ((path, why) for why in refused.reasons)
        except OSError as error:
            yield path, unreadable(error)


def _file_names(out: Path, count: int) -> tuple[Path, ...]:
    """`out` itself, or numbered so that a folder lists them in order."""
    if count == 1:
        return (out,)
    digits = len(str(count))
    return tuple(
        out.with_name(f"{out.stem}-{number:0{digits}}{out.suffix}") for number in range(1, count + 1)
    )
