"""`gradphoto standards`: the list in spite of a broken file, one standard for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from gradphoto.cli import app
from gradphoto.portrait.standard import FOLDER_VARIABLE, load_standard


def run(*arguments: str, folder: Path | None = None) -> Result:
    env = {"COLUMNS": "80", FOLDER_VARIABLE: "" if folder is None else str(folder)}
    return CliRunner().invoke(app, ["standards", *arguments], env=env)


def test_a_broken_file_does_not_stop_the_list(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("[frame\n")
    (tmp_path / "ours.toml").write_text('extends = "chsi-2017"\nname = "ours"\n')
    result = run(folder=tmp_path)
    assert result.exit_code == 1
    assert all(name in result.stdout for name in ("ours", "chsi-2017", "two-inch"))
    assert "broken.toml" in result.stderr
    assert "不是有效的 TOML" in result.stderr and "not valid TOML" in result.stderr


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    result = run(folder=tmp_path / "gone")
    assert result.exit_code == 2
    assert "文件夹不存在" in result.stderr and "does not exist" in result.stderr


def test_one_standard_is_a_table_for_people() -> None:
    result = run("chsi-2017-white")
    assert result.exit_code == 0
    assert "{" not in result.stdout
    assert "50 ~ 110 像素 px，目标 aim 80" in result.stdout
    assert "衣服与背景颜色分明 *" in result.stdout
    assert max(map(cell_len, result.stdout.splitlines())) <= 80


def test_one_standard_as_json_is_all_of_it() -> None:
    values = json.loads(run("two-inch", "--json").stdout)
    assert values == load_standard("two-inch").model_dump(mode="json")


@pytest.mark.parametrize("name", ["nowhere", "none.toml"])
def test_one_that_cannot_be_used_is_wrong_usage(name: str) -> None:
    assert run(name).exit_code == 2


def test_the_list_as_json() -> None:
    listed = json.loads(run("--json").stdout)
    assert {"chsi-2017", "one-inch"} <= {each["name"] for each in listed}
    assert set(listed[0]) == {"name", "title", "width", "height", "color", "sha256"}
