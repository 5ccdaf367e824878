"""The evaluation's own arithmetic: errors of known verdicts, labels read as written."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.error_rates import equal_error, error_curve, upper_limit
from bench.labels import ANSWERS, GROUPS, LABELS, Labels, load_labels
from bench.series import ranks

from gradphoto.portrait.rules import RULES


def test_equal_error_of_separate_and_of_mixed_values() -> None:
    assert equal_error(np.array([2.0, 3.0]), np.array([-2.0, -1.0])) == 0
    assert equal_error(np.array([0.0, 2.0]), np.array([-1.0, 1.0])) == 0.5
    assert equal_error(np.array([]), np.array([1.0])) is None


def test_the_error_curve_goes_from_rejecting_all_to_accepting_all() -> None:
    accepts, rejects = error_curve(np.array([1.0, 4.0]), np.array([0.0, 2.0]))
    assert accepts.tolist() == [0, 0, 0.5, 0.5, 1]
    assert rejects.tolist() == [1, 0.5, 0.5, 0, 0]


@pytest.mark.parametrize(("errors", "trials", "limit"), [(0, 59, 0.0495), (0, 299, 0.00997), (2, 50, 0.1206)])
def test_the_upper_limit_is_that_of_clopper_and_pearson(errors: int, trials: int, limit: float) -> None:
    assert upper_limit(errors, trials) == pytest.approx(limit, abs=2e-4)


def test_nothing_is_known_of_no_trials() -> None:
    assert upper_limit(0, 0) == 1


def test_ranks_of_ties_are_their_mean() -> None:
    assert ranks(np.array([5.0, 1.0, 5.0])).tolist() == [1.5, 0, 1.5]


def test_every_label_is_a_known_column_of_a_known_rule() -> None:
    labels = load_labels()
    columns = next(iter(labels.values())).columns
    assert set(ANSWERS) <= set(RULES)
    assert {column for used in ANSWERS.values() for column in used} | set(GROUPS) <= set(columns)


def test_a_defect_is_there_if_one_column_says_so_and_absent_if_all_do() -> None:
    labels = Labels("x.jpg", {"a": True, "b": None, "c": False})
    assert labels.any_of("a", "b") is True
    assert labels.any_of("b", "c") is None
    assert labels.any_of("c") is False
    assert labels.any_of() is None


@pytest.mark.parametrize("text", ["file,yaw\na.jpg,2\n", "file,yaw\na.jpg,1\na.jpg,0\n"])
def test_labels_that_make_no_sense_are_refused(tmp_path: Path, text: str) -> None:
    table = tmp_path / "labels.csv"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.jpg"):
        load_labels(table)


def test_the_table_names_files_only() -> None:
    assert all(Path(name).name == name for name in load_labels(LABELS))
