"""The drawing: everything where it was measured, type that can be read on a phone, nothing cut off."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from gradphoto.portrait.line_breaks import NEVER_FIRST
from gradphoto.portrait.report import Report, check
from gradphoto.portrait.report_drawing import GOOD, draw, draw_guides
from gradphoto.portrait.report_legend import (
    AT_MOST,
    BODY,
    COLOURS,
    WIDTH,
    font,
    header,
    legend,
    summary,
    wrapped,
)
from gradphoto.portrait.report_view import Frame, View, portrait_frame, view_of
from gradphoto.portrait.rules import Outcome
from gradphoto.portrait.standard import RuleLimits, load_standard
from pictures import jpeg, pixels, sample, side_by_side

CHSI = load_standard()
LENIENT = CHSI.model_copy(
    update={"rules": {code: RuleLimits(good=(-1e9, 1e9), worst="warn") for code in CHSI.rules}}
)
CUT = 430  # rows of the photo that is cut at the chin

PHOTOS = {
    "portrait": lambda: sample(),
    "cut below": lambda: sample().crop((0, 0, 910, CUT)),
    "cut above": lambda: sample().crop((0, 45, 910, 1137)),
    "too small": lambda: sample("astronaut"),
    "no face": lambda: sample().crop((0, 500, 910, 1137)),
    "two people": lambda: side_by_side(sample(), sample()),
    "tilted": lambda: sample("biden"),
}


@cache
def report(name: str, lenient: bool = False) -> Report:
    return check(jpeg(PHOTOS[name]()), LENIENT if lenient else CHSI)


def framed(name: str) -> tuple[Frame, View, np.ndarray]:
    """Frame, view and the drawn pixels of one of the photos."""
    made = report(name)
    assert made.judgement is not None
    frame = portrait_frame(made.judgement.subject)
    image = draw_guides(made)
    assert frame is not None
    assert image is not None
    return frame, view_of(made.judgement.subject, frame, made.findings), pixels(image).astype(int)


def near(colour: tuple[int, int, int], patch: np.ndarray) -> int:
    """How many pixels of the patch have about this colour."""
    return int((np.abs(patch - np.array(colour)).max(axis=-1) < 12).sum())


@pytest.mark.parametrize("name", PHOTOS)
def test_a_drawing_fits_a_phone(name: str) -> None:
    image = draw(report(name))
    assert image.width == WIDTH
    guides = draw_guides(report(name))
    assert guides is not None
    below = legend(report(name))
    assert image.height == header(report(name)).height + guides.height + (below.height if below else 0)
    assert guides.height <= 1.6 * WIDTH


def test_type_is_readable_at_375_points() -> None:
    assert BODY * 375 / WIDTH >= 13


def test_measured_lines_lie_where_they_were_measured() -> None:
    frame, view, image = framed("portrait")
    made = report("portrait")
    assert made.judgement is not None
    measures = made.judgement.subject.measures
    assert measures is not None
    x = round(view.x(frame.x(470)))  # in the right-hand patch, clear of face and words
    offset = (image.shape[1] - view.size[0]) // 2
    for y in (measures.hair_top, measures.eye_line):
        row = round(view.y(y))
        assert near(GOOD, image[row - 3 : row + 4, x + offset - 3 : x + offset + 4]) >= 14
        assert near(GOOD, image[row - 15 : row - 8, x + offset - 3 : x + offset + 4]) == 0


def test_bands_in_the_frame_are_those_of_the_standard() -> None:
    frame, view, _ = framed("portrait")
    made = report("portrait").as_dict()["placement"]
    measures = report("portrait").judgement.subject.measures  # type: ignore[union-attr]
    assert measures is not None
    assert (measures.eye_line - frame.box[1]) * frame.scale == pytest.approx(made["eye_line"], abs=0.1)
    assert frame.y(640) == pytest.approx(frame.box[3])
    assert view.x(frame.x(480)) == pytest.approx(view(frame.box)[2])


def test_missing_pixels_are_those_that_the_refusal_counts() -> None:
    frame, view, _ = framed("cut below")
    (reason,) = [r for r in report("cut below").reasons if r.code == "missing_below"]
    assert frame.wanted
    assert frame.missing == {"below": reason.data["pixels"]}
    assert frame.box[3] - CUT == pytest.approx(reason.data["pixels"], abs=2)
    (strip,) = frame.lacking(910, CUT)
    assert strip[1] == CUT
    assert view.box[3] >= frame.box[3]


def test_cut_hair_says_so_instead_of_a_number() -> None:
    frame, _, image = framed("cut above")
    assert frame.missing["above"] == 0
    assert frame.box[1] < 0
    assert near(COLOURS[Outcome.FAIL], image[:160]) > 2000


def test_a_frame_that_would_be_enlarged_too_much_is_shown_all_the_same() -> None:
    frame, _, _ = framed("too small")
    assert frame.wanted
    assert frame.scale > CHSI.limits.upscale


def test_a_failed_region_is_framed_in_red_with_its_number() -> None:
    made = report("two people")
    _, view, image = framed("two people")
    found = next(f for f in made.findings if f.code == "one_face")
    assert found.verdict is not None
    assert found.verdict.region is not None
    x0, y0, x1, y1 = (round(v) for v in view(found.verdict.region))
    edge = image[(y0 + y1) // 2, x1 - 6 : x1 + 1]
    assert near(COLOURS[Outcome.FAIL], edge) >= 4
    assert 0 <= x0 < x1 <= image.shape[1]


@pytest.mark.parametrize(
    ("name", "lenient", "outcome"), [("portrait", True, Outcome.PASS), ("tilted", False, Outcome.FAIL)]
)
def test_the_header_shows_the_outcome_at_a_glance(name: str, lenient: bool, outcome: Outcome) -> None:
    made = report(name, lenient)
    assert made.outcome is outcome
    assert header(made).getpixel((3, 3)) == COLOURS[outcome]
    assert summary(made)[0].startswith("合格" if outcome is Outcome.PASS else "不合格")


def test_where_all_is_well_there_is_no_legend() -> None:
    assert legend(report("portrait", lenient=True)) is None


def test_the_legend_grows_with_the_findings_and_ends() -> None:
    few, many = (legend(report(name)) for name in ("no face", "tilted"))
    assert few is not None
    assert many is not None
    assert len(report("no face").findings) < len(report("tilted").findings)
    assert few.height < many.height <= 480 * (AT_MOST + 1)


def test_a_file_that_is_no_photo_has_header_and_legend() -> None:
    made = check(b"%PDF-1.7\n", CHSI)
    assert draw_guides(made) is None
    assert draw(made).height > header(made).height


def test_the_photo_itself_is_not_touched() -> None:
    made = report("portrait")
    assert made.judgement is not None
    before = made.judgement.subject.photo.pixels.copy()
    draw(made)
    assert np.array_equal(before, made.judgement.subject.photo.pixels)


WORDS = st.text(st.sampled_from("请把脸正对镜头，。、（）“”：鼻尖 abcXYZ012.%°≤~-"), max_size=60)


@given(text=WORDS, width=st.integers(120, 900))
@settings(max_examples=60, deadline=None)
def test_wrapping_loses_nothing_and_fits(text: str, width: int) -> None:
    lines = wrapped(text, BODY, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(font(BODY).getlength(line) <= width for line in lines)


def test_no_line_begins_with_what_closes() -> None:
    text = (
        "请平视镜头；请拍照的人把手机举到与您眼睛同高。（按规定，照片不能旋转。）允许 -8 ~ 8°，实测 11.1°。"
    )
    for width in range(200, 900, 20):
        lines = wrapped(text, BODY, width)
        assert not any(line[0] in NEVER_FIRST for line in lines)
        assert any("11.1°" in line for line in lines)


def test_drawings_of_the_same_report_are_the_same() -> None:
    one, two = (draw(report("tilted")) for _ in range(2))
    assert isinstance(one, Image.Image)
    assert one.tobytes() == two.tobytes()
