"""The layout of print sheets, in numbers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gradphoto.portrait.sheet_layout import (
    MM,
    PAPERS,
    SIZES,
    Box,
    Layout,
    Line,
    PhotoSize,
    Sheet,
    SheetError,
    lay_out,
    photo_size,
)
from sheet_pages import (
    SIZE_NAMES,
)


def overlap(line: Line, box: Box) -> bool:
    """Whether a straight upright or level line runs through the inside of `box`."""
    across = max(line.x1, line.x2) > box.x + 1e-6 and min(line.x1, line.x2) < box.right - 1e-6
    down = max(line.y1, line.y2) > box.y + 1e-6 and min(line.y1, line.y2) < box.bottom - 1e-6
    return across and down


def every_layout() -> Iterator[Layout]:
    for paper in PAPERS.values():
        for size in SIZE_NAMES:
            for lines in (0, 1, 2, 3):
                for margin, gap in ((None, None), (3.0, 0.0), (1.0, 6.0)):
                    yield lay_out(Sheet(paper, photo_size(size), lines, margin, gap))


@pytest.mark.parametrize(
    ("name", "pixels"),
    [("one-inch", (295, 413)), ("two-inch", (413, 579)), ("33x48", (390, 567)), ("35x45", (413, 531))],
)
def test_sizes_have_their_standard_pixels(name: str, pixels: tuple[int, int]) -> None:
    assert photo_size(name).pixels == pixels


def test_sizes_in_any_millimetres() -> None:
    assert photo_size("33×48") == photo_size("33X48") == PhotoSize(33, 48)
    assert photo_size("40.6x54.2").pixels == (480, 640)


@pytest.mark.parametrize(
    "name", ["three-inch", "33", "33x", "x48", "0x0", "-33x48", "33x48x2", "nanxnan", ""]
)
def test_unknown_sizes_say_what_there_is(name: str) -> None:
    with pytest.raises(SheetError) as caught:
        photo_size(name)
    assert caught.value.code == "unknown_size"
    assert all(known in caught.value.zh and known in caught.value.en for known in SIZES)


@pytest.mark.parametrize("name", ["50x50", "20x50", "48x33"])
def test_sizes_that_would_cut_into_the_head_are_refused(name: str) -> None:
    with pytest.raises(SheetError) as caught:
        photo_size(name)
    assert caught.value.code == "size_shape"


@pytest.mark.parametrize(
    ("paper", "size", "lines", "grid", "landscape"),
    [
        ("5inch", "one-inch", 1, (3, 3), False),
        ("5inch", "two-inch", 1, (2, 2), False),
        ("6inch", "33x48", 0, (4, 2), True),
        ("6inch", "35x45", 1, (4, 2), True),
        ("6inch", "two-inch", 1, (2, 2), False),
        ("a4", "33x48", 0, (5, 5), False),
        ("a4", "33x48", 2, (7, 3), True),
        ("a4", "one-inch", 1, (6, 6), False),
    ],
)
def test_the_paper_is_turned_where_more_photos_fit(
    paper: str, size: str, lines: int, grid: tuple[int, int], landscape: bool
) -> None:
    layout = lay_out(Sheet(PAPERS[paper], photo_size(size), lines))
    assert (layout.columns, layout.rows) == grid
    assert (layout.width > layout.height) is landscape


def test_everything_lies_on_the_page_and_apart() -> None:
    for layout in every_layout():
        boxes = [*layout.photos, *(box for box in layout.captions if box.height)]
        boxes += [layout.footer] if layout.footer else []
        for box in boxes:
            assert box.x >= 0 and box.y >= 0 and box.right <= layout.width and box.bottom <= layout.height
        for i, a in enumerate(boxes):
            for b in boxes[i + 1 :]:
                beside = a.right <= b.x + 1e-6 or b.right <= a.x + 1e-6
                assert beside or a.bottom <= b.y + 1e-6 or b.bottom <= a.y + 1e-6


def test_photos_lie_on_the_pixel_grid() -> None:
    for layout in every_layout():
        for box in layout.photos:
            for length in (box.x, box.y, box.width, box.height):
                assert length / MM == pytest.approx(round(length / MM), abs=1e-6)


def test_cut_marks_never_enter_a_photo_and_point_along_its_edges() -> None:
    for layout in every_layout():
        for index, photo in enumerate(layout.photos):
            for mark in layout.cut_marks(index):
                assert not any(overlap(mark, box) for box in layout.photos)
                assert mark.x1 == mark.x2 in (photo.x, photo.right) or mark.y1 == mark.y2 in (
                    photo.y,
                    photo.bottom,
                )
                assert min(mark.x1, mark.x2, mark.y1, mark.y2) >= -1e-6
                assert max(mark.x1, mark.x2) <= layout.width + 1e-6
                assert max(mark.y1, mark.y2) <= layout.height + 1e-6


def test_every_corner_has_two_marks_where_there_is_room() -> None:
    layout = lay_out(Sheet(PAPERS["a4"], photo_size("33x48"), 1))
    assert {len(layout.cut_marks(i)) for i in range(len(layout.photos))} == {8}
    touching = lay_out(Sheet(PAPERS["a4"], photo_size("33x48"), 0, gap=0))
    inner = touching.columns + 1
    assert touching.cut_marks(inner) == ()
    assert len(touching.cut_marks(0)) == 4


def test_a_photo_larger_than_the_paper_is_an_error() -> None:
    with pytest.raises(SheetError) as caught:
        lay_out(Sheet(PAPERS["5inch"], PhotoSize(90, 128)))
    assert caught.value.code == "does_not_fit"
    with pytest.raises(SheetError):
        lay_out(Sheet(PAPERS["5inch"], photo_size("33x48"), margin=40))
