"""`gradphoto standardize` as a user sees it: warnings, drafts, and results of an earlier run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gradphoto.cli import app
from gradphoto.portrait.standard import load_standard
from pictures import jpeg, sample

pytestmark = pytest.mark.usefixtures("model_folder")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "1001.jpg"
    path.write_bytes(jpeg(sample()))
    return path


@pytest.fixture
def lenient(tmp_path: Path) -> Path:
    """A standard by which no rule fails a photo."""
    path = tmp_path / "lenient.toml"
    rules = "".join(f'[rules.{code}]\nworst = "warn"\n' for code in load_standard().rules)
    path.write_text(f'extends = "chsi-2017"\nname = "lenient"\n{rules}')
    return path


def run(photo: Path, *arguments: object) -> Result:
    out = photo.parent / "out"
    return CliRunner().invoke(
        app, ["standardize", str(photo), "--out", str(out), *map(str, arguments)], env={"COLUMNS": "100"}
    )


def test_warnings_of_a_portrait_are_shown(photo: Path, lenient: Path) -> None:
    first, again = (run(photo, "--standard", lenient) for _ in range(2))
    assert first.exit_code == again.exit_code == 0
    assert "最好" in first.stdout and "better" in first.stdout
    for result in (first, again):
        assert "笑得太明显" in result.stdout or "表情自然" in result.stdout
        assert "with warnings 1" in result.stdout
    record = json.loads((photo.parent / "out" / "1001.record.json").read_bytes())
    assert record["failed_rules"] == []
    assert "expression" in record["warned_rules"]


def test_warnings_are_in_the_json(photo: Path, lenient: Path) -> None:
    row = json.loads(run(photo, "--standard", lenient, "--json").stdout)
    assert row["ok"] and not row["draft"]
    assert {"code", "zh", "en"} == set(row["warnings"][0])


def test_a_strict_run_says_what_becomes_of_drafts(photo: Path) -> None:
    assert run(photo, "--draft").exit_code == 0
    assert not run(photo, "--draft").stderr
    strict = run(photo)
    assert strict.exit_code == 1
    assert "1 张草稿" in strict.stderr and "1 draft will be judged anew" in strict.stderr
    assert not (photo.parent / "out" / "1001.jpg").exists()


def test_results_of_another_standard_are_announced(photo: Path, lenient: Path) -> None:
    run(photo, "--standard", lenient)
    other = run(photo, "--draft")
    assert "按标准 lenient 制作的证照" in other.stderr and "standard lenient" in other.stderr


def test_verify_says_that_it_is_a_draft_and_draws_over_nothing(photo: Path) -> None:
    run(photo, "--draft")
    portrait, record = photo.parent / "out" / "1001.jpg", photo.parent / "out" / "1001.record.json"
    command = ["verify", str(portrait), "--source", str(photo), "--record", str(record)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0
    assert "这是草稿" in result.stdout and "This is a draft" in result.stdout
    assert json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)["draft"] is True
    before = portrait.read_bytes()
    for place, words in ((portrait, "已经存在"), (photo.parent / "changes.txt", ".png")):
        refused = CliRunner().invoke(app, [*command, "--draw", str(place)])
        assert refused.exit_code == 2
        assert words in refused.stderr
    assert portrait.read_bytes() == before
