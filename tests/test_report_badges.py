"""Numbers in the drawing: at their frame or tied to it, on no word, no other number and no small frame."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gradphoto.portrait.report import Finding
from gradphoto.portrait.report_badges import GAP, SMALL, Group, rows
from gradphoto.portrait.report_legend import BADGE
from gradphoto.portrait.report_view import Box, grown, touch
from gradphoto.portrait.rules import Outcome

SIZE = (1080, 1400)
FACE: Box = (380.0, 400.0, 760.0, 1000.0)


def group(box: Box, *numbers: int) -> Group:
    words = ("", "")
    return Group(box, [Finding(n, f"rule{n}", Outcome.WARN, words, words, words) for n in numbers])


def test_numbers_stand_above_the_frame_they_belong_to() -> None:
    (row,) = rows([group((200, 300, 600, 900), 1, 2)], None, [], SIZE)
    assert row.line is None
    assert row.box == (200 - BADGE / 2, 300 - BADGE - GAP, 200 + BADGE * 1.5 + GAP, 300 - GAP)


def test_a_part_of_the_face_has_its_numbers_beside_the_face_and_a_line() -> None:
    (row,) = rows([group((480, 800, 660, 880), 4)], FACE, [], SIZE)
    assert row.box[0] > FACE[2]
    assert row.line is not None
    assert row.line[0] == 660 and row.line[2] == row.box[0]


def test_a_number_that_must_move_keeps_its_line() -> None:
    ear: Box = (770, 500, 830, 700)
    parts = [group((480, 540, 660, 640), 1), group((470, 545, 690, 655), 2), group(ear, 3)]
    found = rows(parts, FACE, [], SIZE)
    for row in found[:2]:
        assert not touch(row.box, ear)
        assert row.line is not None
        x0, y0, x1, y1 = row.line
        assert touch((x0, y0, x0 + 1, y0 + 1), grown(row.group.box, 1))
        assert touch((x1, y1, x1 + 1, y1 + 1), grown(row.box, 1))


@given(
    st.lists(
        st.tuples(st.integers(5, 900), st.integers(5, 1200), st.integers(20, 170), st.integers(20, 170)),
        min_size=1,
        max_size=9,
    )
)
def test_no_number_hides_another_or_leaves_the_picture(corners: list[tuple[int, int, int, int]]) -> None:
    groups = [group((x, y, x + w, y + h), n) for n, (x, y, w, h) in enumerate(corners, start=1)]
    word: Box = (40.0, 40.0, 160.0, 100.0)
    found = rows(groups, FACE, [word], SIZE)
    for number, row in enumerate(found):
        assert row.box[0] >= 0 and row.box[2] <= SIZE[0]
        assert row.box[1] >= 0 and row.box[3] <= SIZE[1]
        assert not touch(row.box, word)
        assert not any(touch(row.box, other.box) for other in found[:number])
        assert SMALL > BADGE
