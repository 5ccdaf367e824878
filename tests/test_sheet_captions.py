"""Captions and footer of print sheets: measured, read back and looked at in the PDF."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gradphoto.portrait.sheet_captions import CaptionFont, caption_for, read_captions
from gradphoto.portrait.sheet_layout import (
    FOOTER_WIDTH,
    PAPERS,
    Sheet,
    SheetError,
    lay_out,
    photo_size,
)
from gradphoto.portrait.sheet_pdf import FOOTER_SIZE, RULER_NOTE
from gradphoto.portrait.sheets import Print, PrintsRefused, write_sheets
from gradphoto.portrait.weights import model_file
from sheet_pages import (
    lines_of,
    named,
    portraits,
    rendered,
)


def test_captions_with_rare_characters_lie_centred_below_their_photos(
    model_folder: Path, tmp_path: Path
) -> None:
    paths = portraits(tmp_path, 4)
    captions = [
        ("202101", "张𬭎"),
        ("202102", "㛃怡"),
        ("202103", "买买提·吐尔逊"),
        ("202104", "2021级机电1班"),
    ]
    prints = [Print(path, caption) for path, caption in zip(paths, captions, strict=True)]
    write_sheets(prints, Sheet(PAPERS["5inch"], photo_size("33x48")), tmp_path / "out.pdf")
    layout = lay_out(Sheet(PAPERS["5inch"], photo_size("33x48"), 2))
    found = lines_of(tmp_path / "out.pdf")
    for caption, place in zip(captions, layout.captions, strict=True):
        for line in caption:
            ((_, box),) = [(t, b) for t, b in found if t.strip() == line]
            assert place.y <= box.y and box.bottom <= place.bottom + 0.3
            assert box.x + box.width / 2 == pytest.approx(place.x + place.width / 2, abs=0.5)
    assert [t.strip() for t, _ in found] == [line for caption in captions for line in caption]


def test_a_rare_character_is_drawn_and_not_a_box(model_folder: Path, tmp_path: Path) -> None:
    path = portraits(tmp_path, 1)[0]
    sheet = Sheet(PAPERS["5inch"], photo_size("33x48"))
    drawn = {}
    for text in ("𬭎", "㛃", "口", "·"):
        write_sheets([Print(path, (text,))], sheet, tmp_path / "out.pdf")
        (page,) = rendered(tmp_path / "out.pdf", 600)
        drawn[text] = (
            page.cut(lay_out(Sheet(sheet.paper, sheet.size, 1)).captions[0])[10:, 200:-200].min(axis=2) < 128
        )
    assert drawn["𬭎"].sum() > 1.5 * drawn["口"].sum()
    assert drawn["㛃"].sum() > 1.5 * drawn["口"].sum()
    assert 0 < drawn["·"].sum() < drawn["口"].sum() / 3


def test_long_captions_shrink_to_the_photos_width(model_folder: Path, tmp_path: Path) -> None:
    path = portraits(tmp_path, 1)[0]
    caption = "机械设计制造及其自动化二〇二一级一班"
    write_sheets([Print(path, (caption,))], Sheet(PAPERS["5inch"], photo_size("33x48")), tmp_path / "out.pdf")
    ((text, box),) = lines_of(tmp_path / "out.pdf")
    photo = lay_out(Sheet(PAPERS["5inch"], photo_size("33x48"), 1)).photos[0]
    assert text.strip() == caption
    assert photo.x < box.x and box.right < photo.right


def test_captions_that_cannot_be_printed_are_named_with_their_files(
    model_folder: Path, tmp_path: Path
) -> None:
    first, second, third = portraits(tmp_path, 3)
    prints = [Print(first, ("好",)), Print(second, ("\U000323af三",)), Print(third, ("很长" * 30,))]
    with pytest.raises(PrintsRefused) as caught:
        write_sheets(prints, Sheet(PAPERS["a4"], photo_size("33x48")), tmp_path / "out.pdf")
    refusals = caught.value.refusals
    assert [(path, reason.code) for path, reason in refusals] == [
        (second, "caption_glyph"),
        (third, "caption_too_long"),
    ]
    assert "U+323AF" in refusals[0][1].zh and "U+323AF" in refusals[0][1].en
    assert not (tmp_path / "out.pdf").exists()


def test_without_captions_and_footer_no_font_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADPHOTO_MODELS", str(tmp_path / "empty"))
    sheet = Sheet(PAPERS["5inch"], photo_size("33x48"))
    write_sheets([Print(path) for path in portraits(tmp_path, 2)], sheet, tmp_path / "out.pdf")
    (page,) = rendered(tmp_path / "out.pdf")
    assert page.text.strip() == ""


def test_the_footer_numbers_pages_and_its_ruler_measures_100_mm(model_folder: Path, tmp_path: Path) -> None:
    sheet = Sheet(PAPERS["a4"], photo_size("two-inch"))
    layout = lay_out(Sheet(sheet.paper, sheet.size, 1))
    count = len(layout.photos) + 1
    written = write_sheets(named(portraits(tmp_path, count)), sheet, tmp_path / "out.pdf")
    pages = rendered(tmp_path / "out.pdf", 600)
    assert written.pages == len(pages) == 2
    assert [f"{n} / 2" in page.text for n, page in enumerate(pages, 1)] == [True, True]
    assert "此标尺应长 100 mm" in pages[0].text
    assert layout.footer is not None
    dark = pages[0].cut(layout.footer).min(axis=2) < 128
    rule = dark[dark.sum(axis=1).argmax()]
    assert (np.ptp(np.flatnonzero(rule)) + 1) * 25.4 / 600 == pytest.approx(100, abs=0.2)


def test_the_list_of_captions(tmp_path: Path) -> None:
    text = "文件,学号,姓名\r\n2021000001.jpg,202101,张𬭎\r\n2021000002,202102,\r\n\r\n"
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        (tmp_path / "list.csv").write_bytes(text.encode(encoding))
        captions = read_captions(tmp_path / "list.csv")
        assert caption_for(Path("out/2021000001.jpg"), captions) == ("202101", "张𬭎")
        assert caption_for(Path("2021000002.jpg"), captions) == ("202102",)
        assert caption_for(Path("2021000003.jpg"), captions) is None


@pytest.mark.parametrize(
    ("data", "code"), [(b"a.jpg,1\na.jpg,2\n", "caption_twice"), (b"\xff\xfe\x00\xff", "captions_unreadable")]
)
def test_a_bad_list_of_captions_is_an_error(data: bytes, code: str, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(data)
    with pytest.raises(SheetError) as caught:
        read_captions(tmp_path / "list.csv")
    assert caught.value.code == code


def test_the_fonts_widths_are_those_drawn(model_folder: Path, tmp_path: Path) -> None:
    font = CaptionFont(model_file("font").path)
    assert font.width("张三", 10) == pytest.approx(2 * 10 * 25.4 / 72)
    assert font.missing("张𬭎㛃·a\U000323af") == "\U000323af"


def test_note_and_page_number_fit_the_narrowest_footer(model_folder: Path) -> None:
    font = CaptionFont(model_file("font").path)
    needed = font.width(RULER_NOTE, FOOTER_SIZE) + font.width("1000 / 1000", FOOTER_SIZE)
    assert needed + 3 <= FOOTER_WIDTH
