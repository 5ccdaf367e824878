"""Where photos, captions, cut marks and the footer of a print sheet go: geometry only, no files.

Lengths are millimetres, x to the right and y down from the page's top left corner. Photos lie on the pixel grid of 300
dpi, so that each printed pixel is one pixel of the picture: a 33 mm wide photo is 390 px = 33.02 mm.

    SheetError (Exception)      code, zh, en: a size that doesn't exist or doesn't fit, captions that can't be read
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

DPI = 300
MM = 25.4 / DPI
"""Millimetres of one pixel."""

CAPTION_GAP, CAPTION_LINE = 0.6, 2.6
"""Room between a photo and its caption, and of each line of it."""
FOOTER_HEIGHT, FOOTER_WIDTH, RULER = 9.0, 118.0, 100.0
"""What the page number and the ruler need, and the ruler's length."""
TICK, TICK_OFFSET = 2.5, 0.3
"""A cut mark's length at most, and how far it keeps from the photo."""
ASPECTS = (0.64, 0.88)
"""Width by height of a print that a 3:4 portrait can be cropped to without touching the head: keeps at least 85 %."""


class SheetError(Exception):
    """The sheet can't be laid out as asked. `zh` and `en` say why."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")
        self.code = code
        self.zh = zh
        self.en = en


@dataclass(frozen=True)
class Paper:
    """A paper in portrait format, with the margin and gap used where none is asked for."""

    width: float
    height: float
    margin: float
    gap: float
    footer_always: bool = False


PAPERS = {
    "5inch": Paper(89, 127, margin=2, gap=1.5),
    "6inch": Paper(102, 152, margin=2, gap=1.5),
    "a4": Paper(210, 297, margin=10, gap=4, footer_always=True),
}


@dataclass(frozen=True)
class PhotoSize:
    """A print's size in millimetres."""

    width: float
    height: float

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height at 300 dpi."""
        return round(self.width / MM), round(self.height / MM)


SIZES = {"one-inch": PhotoSize(25, 35), "two-inch": PhotoSize(35, 49)}


def photo_size(name: str) -> PhotoSize:
    """The size called `name`: a key of SIZES, or WIDTHxHEIGHT in millimetres. Raises SheetError `unknown_size`, `size_shape`."""
    if name in SIZES:
        return SIZES[name]
    match = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)[xX×*](\d{1,3}(?:\.\d+)?)", name.strip())
    if match is None or min(map(float, match.groups())) < 1:
        raise SheetError(
            "unknown_size",
            f"不认识的照片尺寸“{name}”。可用：{'、'.join(SIZES)}，或以毫米表示的宽x高，如 33x48。",
            f"Unknown photo size {name!r}. Use {', '.join(SIZES)}, or width x height in millimetres, such as 33x48.",
        )
    size = PhotoSize(float(match[1]), float(match[2]))
    if not ASPECTS[0] <= size.width / size.height <= ASPECTS[1]:
        raise SheetError(
            "size_shape",
            f"{name} 毫米的比例无法从 3:4 的证照裁出而不伤及头部（宽高比须在 {ASPECTS[0]} 到 {ASPECTS[1]} 之间）。",
            f"{name} mm cannot be cropped out of a 3:4 portrait without touching the head "
            f"(width by height must be {ASPECTS[0]} to {ASPECTS[1]}).",
        )
    return size


@dataclass(frozen=True)
class Sheet:
    """What is asked for. `margin` and `gap` of None are the paper's own."""

    paper: Paper
    size: PhotoSize
    caption_lines: int = 1
    margin: float | None = None
    gap: float | None = None


@dataclass(frozen=True)
class Box:
    """A rectangle, from its top left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower edge."""
        return self.y + self.height


def caption_room(box: Box) -> float:
    """How wide a line may be under a photo: clear of the cut marks."""
    return box.width - 1.0


@dataclass(frozen=True)
class Line:
    """A straight line between two points."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Layout:
    """One page. `photos` are in reading order, `captions[i]` lies below `photos[i]` (height 0 where there are none).

    `space` is the room between neighbouring photos, across and down.
    """

    width: float
    height: float
    columns: int
    rows: int
    photos: tuple[Box, ...]
    captions: tuple[Box, ...]
    space: tuple[float, float]
    footer: Box | None

    def cut_marks(self, index: int) -> tuple[Line, ...]:
        """Up to eight ticks that go on from the edges of photo `index`, outside of every photo.

        Neighbours share the room between them; towards the paper's edge all of it is free.
        """
        box = self.photos[index]
        row, column = divmod(index, self.columns)
        left = box.x if column == 0 else self.space[0] / 2
        right = self.width - box.right if column == self.columns - 1 else self.space[0] / 2
        above = box.y if row == 0 else self.space[1] / 2
        below = self.height - box.bottom if row == self.rows - 1 else self.space[1] / 2
        across = (_tick(box.x, -1, left), _tick(box.right, 1, right))
        down = (_tick(box.y, -1, above), _tick(box.bottom, 1, below))
        return (
            *(Line(t[0], y, t[1], y) for t in across if t for y in (box.y, box.bottom)),
            *(Line(x, t[0], x, t[1]) for t in down if t for x in (box.x, box.right)),
        )


def _tick(edge: float, direction: int, room: float) -> tuple[float, float] | None:
    """From near `edge` outwards, or None where there is no room for a tick that can be seen."""
    end = min(TICK, room)
    return (edge + direction * TICK_OFFSET, edge + direction * end) if end > TICK_OFFSET + 0.2 else None


def lay_out(sheet: Sheet) -> Layout:
    """The page that takes most photos, portrait or landscape; portrait where both take as many.

    Raises SheetError `does_not_fit`.
    """
    paper = sheet.paper
    portrait, landscape = _page(sheet, paper.width, paper.height), _page(sheet, paper.height, paper.width)
    best = landscape if len(landscape.photos) > len(portrait.photos) else portrait
    if not best.photos:
        size = f"{sheet.size.width:g}x{sheet.size.height:g} mm"
        raise SheetError(
            "does_not_fit",
            f"{size} 的照片连同页边距、说明文字在 {paper.width:g}x{paper.height:g} mm 的纸上一张也放不下。"
            "请减小页边距（--margin）或换更大的纸。",
            f"Not one photo of {size} fits on {paper.width:g}x{paper.height:g} mm paper with its margins and caption. "
            "Use a smaller --margin or a larger paper.",
        )
    return best


def _page(sheet: Sheet, width: float, height: float) -> Layout:
    """The page in this orientation, its block of photos centred; no photos where none fit."""
    paper = sheet.paper
    margin = paper.margin if sheet.margin is None else sheet.margin
    gap = paper.gap if sheet.gap is None else sheet.gap
    across, down = (pixels * MM for pixels in sheet.size.pixels)
    caption = CAPTION_GAP + CAPTION_LINE * sheet.caption_lines if sheet.caption_lines else 0.0
    space = (_at_least_on_grid(gap), _at_least_on_grid(gap + caption))
    reserved = FOOTER_HEIGHT if paper.footer_always else 0.0
    columns = _count(width - 2 * margin, across, space[0])
    rows = _count(height - 2 * margin - reserved - caption, down, space[1])
    used = (columns * (across + space[0]) - space[0], rows * (down + space[1]) - space[1] + caption)
    footer = _footer(width, height, margin, height - 2 * margin - used[1])
    left = _on_grid((width - used[0]) / 2)
    top = _on_grid((height - used[1] - (FOOTER_HEIGHT if footer else 0.0)) / 2)
    photos = tuple(
        Box(left + column * (across + space[0]), top + row * (down + space[1]), across, down)
        for row in range(rows)
        for column in range(columns)
    )
    captions = tuple(Box(photo.x, photo.bottom, photo.width, caption) for photo in photos)
    return Layout(width, height, columns, rows, photos, captions, space, footer)


def _count(room: float, length: float, space: float) -> int:
    return max(0, int((room + space + 1e-6) // (length + space)))


def _on_grid(length: float) -> float:
    return round(length / MM) * MM


def _at_least_on_grid(length: float) -> float:
    return math.ceil(length / MM - 1e-6) * MM


def _footer(width: float, height: float, margin: float, spare: float) -> Box | None:
    """At the page's bottom, if the photos leave the height and the paper is wide enough for the ruler."""
    if spare < FOOTER_HEIGHT or width - 2 * margin < FOOTER_WIDTH:
        return None
    return Box(margin, height - margin - FOOTER_HEIGHT, width - 2 * margin, FOOTER_HEIGHT)
