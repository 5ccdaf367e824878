"""Portraits drawn for print sheets, and the sheets' pages as a printer renders them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from gradphoto.portrait.sheet_layout import (
    Box,
)
from gradphoto.portrait.sheets import Print

Pixels = NDArray[np.uint8]
SIZE_NAMES = ("one-inch", "two-inch", "33x48", "35x45")
BLUE = (100, 197, 255)


def portrait(number: int = 0, background: tuple[int, int, int] = BLUE) -> Image.Image:
    """A drawn person, 480x640, different for every number."""
    picture = Image.new("RGB", (480, 640), background)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((120, 80, 360, 440), fill=(30, 25, 20))
    draw.ellipse((140, 130, 340, 440), fill=(220, 180 - number % 90, 150))
    draw.rectangle((60, 470, 420, 640), fill=(number * 37 % 256, 40, number * 91 % 256))
    for x in (190, 290):
        draw.ellipse((x - 14, 240, x + 14, 260), fill=(20, 20, 20))
    return picture


def saved(picture: Image.Image, path: Path, quality: int = 90) -> Path:
    picture.save(path, "JPEG", quality=quality, dpi=(300, 300))
    return path


def portraits(folder: Path, count: int, background: tuple[int, int, int] = BLUE) -> list[Path]:
    return [saved(portrait(n, background), folder / f"2021{n:06d}.jpg") for n in range(count)]


def named(paths: Sequence[Path]) -> list[Print]:
    return [Print(path, (path.stem,)) for path in paths]


@dataclass(frozen=True)
class Page:
    """A page as rendered: `pixels` (H, W, 3) at `dpi`, its size in millimetres, its text."""

    pixels: Pixels
    dpi: int
    size: tuple[float, float]
    text: str

    def cut(self, box: Box) -> Pixels:
        """What lies in `box`."""
        k = self.dpi / 25.4
        x, y, right, bottom = (round(v * k) for v in (box.x, box.y, box.right, box.bottom))
        return self.pixels[y:bottom, x:right]


def rendered(path: Path, dpi: int = 300) -> list[Page]:
    document = pdfium.PdfDocument(path)
    try:
        return [_rendered(page, dpi) for page in document]
    finally:
        document.close()


def _rendered(page: pdfium.PdfPage, dpi: int) -> Page:
    """At exactly `dpi` from the page's top left, as a printer does (PdfPage.render stretches to whole pixels)."""
    k = dpi / 72
    width, height = page.get_size()
    bitmap = pdfium.PdfBitmap.new_native(round(width * k), round(height * k), pdfium.raw.FPDFBitmap_BGR)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, bitmap.width, bitmap.height)
    matrix = pdfium.raw.FS_MATRIX(k, 0, 0, k, 0, 0)
    clip = pdfium.raw.FS_RECTF(0, 0, bitmap.width, bitmap.height)
    pdfium.raw.FPDF_RenderPageBitmapWithMatrix(bitmap, page, matrix, clip, 0)
    pixels = bitmap.to_numpy()[..., ::-1].copy()
    text = page.get_textpage().get_text_bounded()
    return Page(pixels, dpi, (width * 25.4 / 72, height * 25.4 / 72), text)


def embedded(path: Path) -> list[tuple[Pixels, Box]]:
    """The pictures in the PDF in drawing order: their own pixels, and where they lie in mm from the top left."""
    document = pdfium.PdfDocument(path)
    found = []
    for page in document:
        height = page.get_height()
        for item in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE]):
            left, bottom, right, top = (v * 25.4 / 72 for v in item.get_bounds())
            box = Box(left, height * 25.4 / 72 - top, right - left, top - bottom)
            found.append((np.asarray(item.get_bitmap().to_pil().convert("RGB")), box))
    document.close()
    return found


def lines_of(path: Path) -> list[tuple[str, Box]]:
    """The lines of text in the PDF's first page and where they lie, in mm from the top left."""
    document = pdfium.PdfDocument(path)
    page = document[0]
    text, k = page.get_textpage(), 25.4 / 72
    found = []
    for i in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(i)
        box = Box(left * k, (page.get_height() - top) * k, (right - left) * k, (top - bottom) * k)
        found.append((text.get_text_bounded(left, bottom, right, top), box))
    document.close()
    return found
