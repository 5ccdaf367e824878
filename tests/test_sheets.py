"""Print sheets: the crop, and the PDF measured as a printer renders it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from gradphoto.portrait.reasons import Refused
from gradphoto.portrait.sheet_layout import (
    MM,
    PAPERS,
    Box,
    Sheet,
    lay_out,
    photo_size,
)
from gradphoto.portrait.sheets import Print, PrintsRefused, print_pixels, write_sheets
from sheet_pages import (
    BLUE,
    SIZE_NAMES,
    embedded,
    named,
    portrait,
    portraits,
    rendered,
    saved,
)


def lossless(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(("size", "cut"), [("33x48", 19.9), ("two-inch", 11.7), ("one-inch", 11.4)])
def test_narrower_prints_lose_as_much_left_as_right_and_nothing_above(size: str, cut: float) -> None:
    ramp = np.zeros((640, 480, 3), np.uint8)
    ramp[..., 0] = np.arange(480) // 2
    ramp[..., 1] = np.arange(640)[:, None] // 3
    result = print_pixels(lossless(Image.fromarray(ramp)), photo_size(size)).astype(float)
    left, right = result[50, 0, 0] * 2, 480 - result[50, -1, 0] * 2
    assert left == pytest.approx(cut, abs=3)
    assert right == pytest.approx(cut, abs=3)
    assert result[0, 50, 1] <= 1
    assert result[-1, 50, 1] >= 212


def test_lower_prints_lose_at_the_bottom_only() -> None:
    ramp = np.zeros((640, 480, 3), np.uint8)
    ramp[..., 0] = np.arange(480) // 2
    ramp[..., 1] = np.arange(640)[:, None] // 3
    result = print_pixels(lossless(Image.fromarray(ramp)), photo_size("35x45"))
    assert result[0, 50, 1] <= 1
    assert result[-1, 50, 1] == pytest.approx((480 * 531 / 413) / 3, abs=2)
    assert (result[50, 0, 0], result[50, -1, 0]) == (0, 239)


@pytest.mark.parametrize("size", SIZE_NAMES)
def test_circles_stay_circles(size: str) -> None:
    picture = Image.new("RGB", (480, 640), "white")
    ImageDraw.Draw(picture).ellipse((140, 150, 340, 350), fill="black")
    dark = print_pixels(lossless(picture), photo_size(size))[..., 0] < 128
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    assert abs(np.ptp(rows) - np.ptp(columns)) <= 1
    assert (columns[0] + columns[-1]) / 2 == pytest.approx((dark.shape[1] - 1) / 2, abs=1)


def test_a_portrait_made_for_the_print_is_not_resampled() -> None:
    picture = portrait().resize((295, 413))
    assert np.array_equal(print_pixels(lossless(picture), photo_size("one-inch")), np.asarray(picture))


@pytest.mark.parametrize(
    ("picture", "size", "code"),
    [
        (Image.new("RGB", (640, 480)), "33x48", "not_a_portrait"),
        (Image.new("RGB", (500, 500)), "33x48", "not_a_portrait"),
        (Image.new("RGB", (3000, 4000)), "33x48", "not_a_portrait"),
        (Image.new("RGB", (240, 320)), "33x48", "print_too_few_pixels"),
        (Image.new("RGB", (480, 640)), "60x80", "print_too_few_pixels"),
        (Image.new("RGB", (90, 120)), "33x48", "too_small"),
    ],
)
def test_what_is_no_portrait_is_refused(picture: Image.Image, size: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        print_pixels(lossless(picture), photo_size(size))
    assert [reason.code for reason in caught.value.reasons] == [code]


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("size", SIZE_NAMES)
def test_photos_measured_on_the_rendered_page(
    paper: str, size: str, model_folder: Path, tmp_path: Path
) -> None:
    layout = lay_out(Sheet(PAPERS[paper], photo_size(size), 1))
    count = len(layout.photos)
    colours = [(255, 40 + 3 * n, 255 - 4 * n) for n in range(count)]
    paths = [
        saved(Image.new("RGB", (480, 640), c), tmp_path / f"{n}.jpg", 100) for n, c in enumerate(colours)
    ]
    write_sheets(named(paths), Sheet(PAPERS[paper], photo_size(size)), tmp_path / "out.pdf")
    (page,) = rendered(tmp_path / "out.pdf", 600)
    assert page.size == pytest.approx((layout.width, layout.height), abs=0.01)
    wanted = photo_size(size)
    for box, colour in zip(layout.photos, colours, strict=True):
        around = Box(box.x - 2, box.y - 2, box.width + 4, box.height + 4)
        near = np.abs(page.cut(around).astype(int) - colour).max(axis=2) <= 1
        rows, columns = np.flatnonzero(near.sum(axis=1) > 100), np.flatnonzero(near.sum(axis=0) > 100)
        k = 25.4 / 600
        left, top = round(around.x / k) + columns[0], round(around.y / k) + rows[0]
        measured = [v * k for v in (left, top, np.ptp(columns) + 1, np.ptp(rows) + 1)]
        assert measured == pytest.approx([box.x, box.y, box.width, box.height], abs=0.1)
        assert measured[2:] == pytest.approx([wanted.width, wanted.height], abs=0.1)


@pytest.mark.parametrize("paper", PAPERS)
def test_each_rendered_pixel_is_the_prints(paper: str, model_folder: Path, tmp_path: Path) -> None:
    sheet = Sheet(PAPERS[paper], photo_size("33x48"))
    layout = lay_out(Sheet(PAPERS[paper], sheet.size, 1))
    paths = portraits(tmp_path, len(layout.photos))
    write_sheets(named(paths), sheet, tmp_path / "out.pdf")
    (page,) = rendered(tmp_path / "out.pdf")
    for path, box in zip(paths, layout.photos, strict=True):
        expected = print_pixels(path.read_bytes(), sheet.size).astype(int)
        assert np.abs(page.cut(box).astype(int) - expected).max() <= 1


def test_pictures_are_embedded_without_loss_or_scaling_and_in_order(
    model_folder: Path, tmp_path: Path
) -> None:
    paths = portraits(tmp_path, 11)[::-1]
    sheet = Sheet(PAPERS["6inch"], photo_size("33x48"))
    written = write_sheets(named(paths), sheet, tmp_path / "out.pdf")
    assert (written.pages, written.photos) == (3, 11)
    layout = lay_out(sheet)
    found = embedded(tmp_path / "out.pdf")
    assert len(found) == 11
    for number, (path, (pixels, box)) in enumerate(zip(paths, found, strict=True)):
        assert np.array_equal(pixels, print_pixels(path.read_bytes(), sheet.size))
        place = layout.photos[number % len(layout.photos)]
        assert (box.x, box.y) == pytest.approx((place.x, place.y), abs=0.01)
        assert (box.width, box.height) == pytest.approx((390 * MM, 567 * MM), abs=0.02)


def test_colours_are_declared_srgb_and_printers_told_not_to_scale(model_folder: Path, tmp_path: Path) -> None:
    write_sheets(
        named(portraits(tmp_path, 2)), Sheet(PAPERS["a4"], photo_size("33x48")), tmp_path / "out.pdf"
    )
    data = (tmp_path / "out.pdf").read_bytes()
    assert data.count(b"/ICCBased") == 2
    assert b"/PrintScaling /None" in data
    assert b"/DCTDecode" not in data


def test_cut_marks_are_drawn_where_the_layout_says(model_folder: Path, tmp_path: Path) -> None:
    layout = lay_out(Sheet(PAPERS["5inch"], photo_size("two-inch"), 1))
    paths = portraits(tmp_path, len(layout.photos))
    write_sheets(named(paths), Sheet(PAPERS["5inch"], photo_size("two-inch")), tmp_path / "out.pdf")
    (page,) = rendered(tmp_path / "out.pdf", 600)
    k = 600 / 25.4
    for index in range(len(paths)):
        for mark in layout.cut_marks(index):
            x, y = round((mark.x1 + mark.x2) / 2 * k), round((mark.y1 + mark.y2) / 2 * k)
            assert page.pixels[y - 2 : y + 3, x - 2 : x + 3].min() < 60
        photo = layout.photos[index]
        beyond = Box(photo.x - 0.2, photo.y - 0.2, photo.width + 0.4, 0.2)
        assert page.cut(beyond).min() >= 250, "room between the photo and its marks"


def test_a_white_portrait_is_outlined_outside_of_it(model_folder: Path, tmp_path: Path) -> None:
    sheet = Sheet(PAPERS["5inch"], photo_size("33x48"), 0)
    white = portraits(tmp_path, 1, (255, 255, 255))
    write_sheets([Print(white[0])], sheet, tmp_path / "white.pdf")
    (page,) = rendered(tmp_path / "white.pdf")
    box = lay_out(sheet).photos[0]
    expected = print_pixels(white[0].read_bytes(), sheet.size).astype(int)
    assert np.abs(page.cut(box).astype(int) - expected).max() <= 1
    for edge in (
        Box(box.x - 0.2, box.y + 1, 0.2, 40),
        Box(box.right, box.y + 1, 0.2, 40),
        Box(box.x + 1, box.y - 0.2, 30, 0.2),
    ):
        darkest = page.cut(edge).min(axis=2).min(axis=1 if edge.width < 1 else 0)
        assert darkest.max() < 245
        assert darkest.min() > 150
    blue = portraits(tmp_path, 1)
    write_sheets([Print(blue[0])], sheet, tmp_path / "blue.pdf")
    (plain,) = rendered(tmp_path / "blue.pdf")
    assert plain.cut(Box(box.x - 0.2, box.y + 1, 0.2, 40)).min() == 255


def test_the_same_portraits_give_the_same_bytes(model_folder: Path, tmp_path: Path) -> None:
    prints = named(portraits(tmp_path, 5))
    for name in ("a.pdf", "b.pdf"):
        write_sheets(prints, Sheet(PAPERS["a4"], photo_size("33x48")), tmp_path / name)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_the_font_is_subset(model_folder: Path, tmp_path: Path) -> None:
    path = saved(Image.new("RGB", (480, 640), BLUE), tmp_path / "a.jpg")
    write_sheets([Print(path, ("张𬭎",))], Sheet(PAPERS["a4"], photo_size("33x48")), tmp_path / "out.pdf")
    assert (tmp_path / "out.pdf").stat().st_size < 60_000


def test_copies_follow_each_other_and_are_stored_once(model_folder: Path, tmp_path: Path) -> None:
    paths = portraits(tmp_path, 3)
    sheet = Sheet(PAPERS["5inch"], photo_size("33x48"))
    written = write_sheets(named(paths), sheet, tmp_path / "out.pdf", copies=4)
    assert (written.pages, written.photos) == (3, 12)
    found = embedded(tmp_path / "out.pdf")
    for number, (pixels, _) in enumerate(found):
        assert np.array_equal(pixels, print_pixels(paths[number // 4].read_bytes(), sheet.size))
    assert (tmp_path / "out.pdf").read_bytes().count(b"/Subtype /Image") == 3


def test_many_portraits_make_several_files_with_pages_numbered_on(model_folder: Path, tmp_path: Path) -> None:
    sheet = Sheet(PAPERS["a4"], photo_size("33x48"))
    layout = lay_out(Sheet(sheet.paper, sheet.size, 1))
    each = len(layout.photos)
    paths = portraits(tmp_path, 2 * each + 3)
    written = write_sheets(named(paths), sheet, tmp_path / "out.pdf", per_file=each)
    assert written.files == tuple(tmp_path / f"out-{n}.pdf" for n in (1, 2, 3))
    assert sorted(tmp_path.glob("*.pdf")) == list(written.files)
    found = [item for path in written.files for item in embedded(path)]
    assert len(found) == len(paths)
    for path, (pixels, _) in zip(paths, found, strict=True):
        assert np.array_equal(pixels, print_pixels(path.read_bytes(), sheet.size))
    assert "3 / 3" in rendered(written.files[2])[0].text


def test_one_bad_portrait_leaves_the_earlier_file_alone(model_folder: Path, tmp_path: Path) -> None:
    good = portraits(tmp_path, 2)
    (tmp_path / "note.jpg").write_bytes(b"not a picture")
    wide = saved(Image.new("RGB", (640, 480)), tmp_path / "wide.jpg")
    (tmp_path / "out.pdf").write_bytes(b"yesterday's")
    paths = [good[0], tmp_path / "note.jpg", wide, tmp_path / "gone.jpg", good[1]]
    with pytest.raises(PrintsRefused) as caught:
        write_sheets(named(paths), Sheet(PAPERS["a4"], photo_size("33x48")), tmp_path / "out.pdf")
    assert [(path.name, reason.code) for path, reason in caught.value.refusals] == [
        ("note.jpg", "not_an_image"),
        ("wide.jpg", "not_a_portrait"),
        ("gone.jpg", "unreadable_file"),
    ]
    assert (tmp_path / "out.pdf").read_bytes() == b"yesterday's"
    assert not list(tmp_path.glob(".sheets-*"))
