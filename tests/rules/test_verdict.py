"""What people read of a verdict: numbers with units, ranges, and what they are of."""

from __future__ import annotations

import math

import pytest

from gradphoto.portrait.rules import RULES
from gradphoto.portrait.rules.measured_as import MEASURED_AS
from gradphoto.portrait.rules.verdict import UNITS, number_text, range_text

BY_SIGN = {"EV", "dB", "L*", "a*", "C*"}


def test_every_rule_says_what_its_number_is_of() -> None:
    assert set(MEASURED_AS) == set(RULES)
    for zh, en in MEASURED_AS.values():
        assert any("\u4e00" <= c <= "\u9fff" for c in zh)
        assert en.isascii()
        assert zh[-1] not in "。，" and en[-1] != "."


def test_every_unit_has_words() -> None:
    assert {rule.unit for rule in RULES.values()} <= {*UNITS, *BY_SIGN}


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (2.7e-13, "dE", "0"),
        (-20480.0, "bytes", "-20,480"),
        (1234.4, "px", "1,234"),
        (0.1278, "percent", "0.128"),
        (0.13, "ratio", "13"),
        (-0.0, "deg", "0"),
    ],
)
def test_numbers_are_read_by_people(value: float, unit: str, text: str) -> None:
    assert number_text(value, unit) == text


@pytest.mark.parametrize(
    ("band", "unit", "zh", "en"),
    [
        ((-8.0, 8.0), "deg", "-8 ~ 8°", "-8 ~ 8°"),
        ((0.26, math.inf), "face widths", "≥ 0.26 倍脸宽", "≥ 0.26 face widths"),
        ((-math.inf, 4.0), "percent", "≤ 4 %", "≤ 4 %"),
        ((1.0, 1.0), "faces", "1 张脸", "1 face"),
        ((0.3, math.inf), "ratio", "≥ 30 %", "≥ 30 %"),
        ((0.0, 1.25), "x", "0 ~ 1.25 倍", "0 ~ 1.25×"),
        ((-2.0, 2.0), "EV", "-2 ~ 2 EV", "-2 ~ 2 EV"),
    ],
)
def test_ranges_carry_their_unit(band: tuple[float, float], unit: str, zh: str, en: str) -> None:
    assert range_text(band, unit) == (zh, en)
