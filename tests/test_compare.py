"""1:1 comparison: one person's photos lie closer than two people's, and the words follow the distance."""

from __future__ import annotations

import sys
from itertools import combinations, product
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gradphoto.cli import app
from gradphoto.portrait.compare import Likeness, _network, compare, likeness
from gradphoto.portrait.reasons import Refused
from pictures import jpeg, sample

ONE = ("obama", "obama2", "obama3", "obama-partial-face")
OTHERS = ("biden", "astronaut")


def distance(first: str, second: str) -> float:
    return compare(jpeg(sample(first)), jpeg(sample(second))).distance


def test_photos_of_one_person_lie_closer_than_those_of_two() -> None:
    genuine = [distance(a, b) for a, b in combinations(ONE, 2)]
    impostor = [distance(a, b) for a, b in product(ONE[:3], OTHERS)]
    assert max(genuine) < 0.5
    assert min(impostor) > 0.6


def test_the_same_photo_saved_again_is_similar() -> None:
    again = compare(jpeg(sample()), jpeg(sample(), 60))
    assert again.likeness is Likeness.SIMILAR
    assert set(again.as_dict()) == {"distance", "likeness", "zh", "en"}  # no template leaves


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (0.0, "similar"),
        (0.339, "similar"),
        (0.34, "a_person_must_look"),
        (0.599, "a_person_must_look"),
        (0.6, "different"),
    ],
)
def test_words_follow_the_distance(value: float, word: str) -> None:
    assert likeness(value).value == word


def test_a_photo_without_a_face_is_refused() -> None:
    with pytest.raises(Refused, match="no_face"):
        compare(jpeg(sample()), jpeg(sample().crop((0, 500, 910, 1137))))


def test_the_command(tmp_path: Path) -> None:
    for name in ("obama", "biden"):
        (tmp_path / f"{name}.jpg").write_bytes(jpeg(sample(name)))
    alike = CliRunner().invoke(app, ["compare", str(tmp_path / "obama.jpg"), str(tmp_path / "obama.jpg")])
    assert alike.exit_code == 0
    assert "相似" in alike.stdout
    other = CliRunner().invoke(
        app, ["compare", str(tmp_path / "obama.jpg"), str(tmp_path / "biden.jpg"), "--json"]
    )
    assert other.exit_code == 1
    assert '"different"' in other.stdout


def test_without_the_extra_the_command_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "dlib", None)  # as where it is not installed
    _network.cache_clear()
    (tmp_path / "a.jpg").write_bytes(jpeg(sample()))
    result = CliRunner().invoke(app, ["compare", str(tmp_path / "a.jpg"), str(tmp_path / "a.jpg")])
    _network.cache_clear()
    assert result.exit_code == 2
    assert "可选组件" in result.stderr
    assert "pip install dlib-bin && gradphoto models fetch --group compare" in result.stderr
