"""Lines of Chinese and English: no wider than asked, nothing lost, no stop at a line's beginning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from gradphoto.portrait.line_breaks import NEVER_FIRST, wrapped

SENTENCE = "头歪向了左肩。实测 21.1°，允许 -8 ~ 8°（头在画面里歪斜的角度）。请把头摆正，两耳一样高。"


@pytest.mark.parametrize("width", range(20, 90))
def test_chinese_breaks_by_its_width_on_screen(width: int) -> None:
    lines = wrapped(SENTENCE, width, cell_len)
    assert all(cell_len(line) <= width for line in lines)
    assert not any(line[0] in NEVER_FIRST for line in lines)
    assert "".join(lines).replace(" ", "") == SENTENCE.replace(" ", "")
    assert any("-8 ~ 8°" in line for line in lines)


@given(st.text("头摆正，。 abc(1.5)：", min_size=1, max_size=60), st.integers(4, 40))
def test_nothing_is_lost_or_wider_than_asked(text: str, width: int) -> None:
    lines = wrapped(text, width, cell_len)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cell_len(line) <= width for line in lines)
