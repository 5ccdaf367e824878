"""Every rule still says of fixed inputs what the table says, and the table is of the rules there are."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.conformance import INPUTS, Difference, Said, differences, said, table
from bench.rules_table import PAGE, with_table

from gradphoto.portrait.rules import RULES

pytestmark = pytest.mark.usefixtures("model_folder")


def test_the_table_has_every_input_and_every_rule() -> None:
    found = table()
    assert list(found) == list(INPUTS)
    assert {code for rules in found.values() for code in rules} == set(RULES)


@pytest.mark.parametrize("name", INPUTS)
def test_every_rule_says_what_the_table_says(name: str) -> None:
    found = differences(name, table()[name], said(name))
    assert not found, "\n".join(map(str, [*found, "If meant: python -m bench conformance --write"]))


def test_the_page_of_rules_has_the_table_of_today() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_table(page), "python -m bench rules"


def test_a_difference_beyond_the_tolerance_is_told() -> None:
    then = {"roll": Said(4.0, 100), "yaw": Said(1.0, 100), "gone": Said(1.0, 1), "pitch": Said(None, None)}
    now = {"roll": Said(4.15, 99), "yaw": Said(1.3, 100), "pitch": Said(2.0, 100)}
    found = differences("x", then, now)
    assert [d.rule for d in found] == ["yaw", "gone", "pitch"]
    assert str(found[0]) == "x: yaw: 1 (score 100) in the table, 1.3 (score 100) now"
    assert found[1] == Difference("x", "gone", Said(1.0, 1), None)


def test_a_score_may_differ_by_one_only() -> None:
    assert not differences("x", {"roll": Said(4.0, 90)}, {"roll": Said(4.0, 91)})
    assert differences("x", {"roll": Said(4.0, 90)}, {"roll": Said(4.0, 92)})
