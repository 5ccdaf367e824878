"""Draws print sheets into a PDF: photos without loss, captions, cut marks, footer. `sheet_layout` says where."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from fpdf import FPDF
from fpdf.image_datastructures import RasterImageInfo
from fpdf.prefs import ViewerPreferences
from numpy.typing import NDArray

from gradphoto.portrait.encode import srgb_profile
from gradphoto.portrait.sheet_captions import CAPTION_SIZE, POINT, SMALLEST_CAPTION, CaptionFont
from gradphoto.portrait.sheet_layout import (
    CAPTION_GAP,
    CAPTION_LINE,
    MM,
    RULER,
    Box,
    Layout,
    Line,
    caption_room,
)

FONT = "captions"
FOOTER_SIZE = 6
ASCENT = 0.88
"""Of Noto Sans CJK, in ems: from the top of a line to its baseline."""
HAIRLINE = 0.1
# Pixels by which a picture is drawn smaller on each side. PDF numbers are rounded to hundredths of a point, and a picture
# that touches one more row of the printer's grid would be stretched over it.
INSET = 0.06
PALE = 225
"""Grey level from which a photo's edge is lost on white paper."""
RULER_NOTE = "请按实际大小（100%）打印，此标尺应长 100 mm。 Print at actual size: this ruler measures 100 mm."
# PDF files carry a date; a fixed one keeps the bytes the same.
DATE = datetime(2000, 1, 1, tzinfo=UTC)

Pixels = NDArray[np.uint8]


class SheetPdf:
    """One PDF of sheets with `layout`, set in `font` (None: it has neither captions nor a footer)."""

    def __init__(self, layout: Layout, font: CaptionFont | None) -> None:
        self._layout = layout
        self._font = font
        self._pdf = FPDF(unit="mm", format=(layout.width, layout.height))
        self._pdf.set_auto_page_break(False)
        self._pdf.set_creation_date(DATE)
        self._pdf.viewer_preferences = ViewerPreferences(print_scaling="None")
        self._pdf.image_cache.icc_profiles[srgb_profile()] = 0
        self._pdf.set_line_width(HAIRLINE)
        if font is not None:
            self._pdf.add_font(FONT, fname=font.path)

    def add_page(self, number: int, pages: int) -> None:
        """Begins page `number` of `pages`."""
        self._pdf.add_page()
        if self._layout.footer is not None and self._font is not None:
            self._draw_footer(self._layout.footer, self._font, f"{number} / {pages}")

    def add_photo(self, place: int, pixels: Pixels, caption: Sequence[str]) -> None:
        """Puts a photo (H, W, 3) sRGB with its caption and cut marks at `place` (0, 1, ...) of the page."""
        box = self._layout.photos[place]
        name, inset = self._embedded(pixels), INSET * MM
        self._pdf.image(name, box.x + inset, box.y + inset, box.width - 2 * inset, box.height - 2 * inset)
        if _is_pale(pixels):
            self._outline(box)
        self._pdf.set_draw_color(0)
        self._lines(self._layout.cut_marks(place))
        if self._font is not None:
            self._caption(self._layout.captions[place], self._font, caption)

    def save(self, path: Path) -> None:
        """Writes the PDF."""
        path.write_bytes(self._pdf.output())

    def _embedded(self, pixels: Pixels) -> str:
        """The name of the picture in the PDF. Each is stored once, however often it is printed."""
        name = hashlib.sha256(pixels.tobytes()).hexdigest()
        images = self._pdf.image_cache.images
        if name not in images:
            height, width = pixels.shape[:2]
            images[name] = RasterImageInfo(
                i=len(images) + 1, usages=0, w=width, h=height, cs="DeviceRGB", bpc=8, dpn=3, f="FlateDecode",
                dp=f"/Predictor 15 /Colors 3 /Columns {width}", data=_deflated(pixels), iccp_i=0, inverted=False,
            )  # fmt: skip
        return name

    def _outline(self, box: Box) -> None:
        """A light line around a photo whose background is the paper's colour; wholly outside of it."""
        away = HAIRLINE / 2 + 0.02
        self._pdf.set_draw_color(190)
        self._pdf.rect(box.x - away, box.y - away, box.width + 2 * away, box.height + 2 * away)

    def _caption(self, box: Box, font: CaptionFont, lines: Sequence[str]) -> None:
        for number, line in enumerate(lines):
            size = font.caption_size(line, caption_room(box)) or SMALLEST_CAPTION
            self._pdf.set_font(FONT, size=size)
            base = box.y + CAPTION_GAP + number * CAPTION_LINE + ASCENT * CAPTION_SIZE * POINT
            self._pdf.text(box.x + (box.width - font.width(line, size)) / 2, base, line)

    def _draw_footer(self, box: Box, font: CaptionFont, page: str) -> None:
        base = box.bottom - 3
        self._pdf.set_draw_color(0)
        self._pdf.set_font(FONT, size=FOOTER_SIZE)
        self._lines([Line(box.x, base, box.x + RULER, base)])
        for step in range(11):
            x, high = box.x + step * RULER / 10, 2.0 if step % 5 == 0 else 1.2
            self._lines([Line(x, base, x, base - high)])
        self._pdf.text(box.x, box.bottom, RULER_NOTE)
        self._pdf.text(box.right - font.width(page, FOOTER_SIZE), box.bottom, page)

    def _lines(self, lines: Sequence[Line]) -> None:
        for line in lines:
            self._pdf.line(line.x1, line.y1, line.x2, line.y2)


def _is_pale(pixels: Pixels) -> bool:
    """Whether most of the photo's upper edge, or of the upper half of a side, is nearly white."""
    half = pixels.shape[0] // 2
    edges = (pixels[0], pixels[:half, 0], pixels[:half, -1])
    return any(float(np.median(edge.min(axis=1))) >= PALE for edge in edges)


def _deflated(pixels: Pixels) -> bytes:
    """For FlateDecode with PNG predictors: each row less the row above it ("Up"), which leaves flat backgrounds zero.

    Run lengths and Huffman codes alone come within 2 % of zlib's full search on such rows, in a tenth of the time.
    """
    height, width = pixels.shape[:2]
    rows = np.full((height, 1 + width * 3), 2, np.uint8)  # 2: Up, PNG specification clause 9.2
    flat = pixels.reshape(height, -1)
    rows[:, 1:] = np.diff(flat, axis=0, prepend=np.zeros((1, width * 3), np.uint8))
    packer = zlib.compressobj(6, strategy=zlib.Z_RLE)
    return packer.compress(rows.tobytes()) + packer.flush()
