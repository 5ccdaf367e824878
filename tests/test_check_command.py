"""`gradphoto check` as a user sees it: words, JSON, files, exit codes."""

from __future__ import annotations

import io
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from PIL import Image
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from gradphoto.cli import app
from gradphoto.portrait.batch import spread
from gradphoto.portrait.commands.check import Checked, Task, _died, work
from gradphoto.portrait.line_breaks import NEVER_FIRST
from gradphoto.portrait.report import schema
from gradphoto.portrait.standard import load_standard
from pictures import jpeg, sample

CHSI = load_standard()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    photos = tmp_path_factory.mktemp("photos")
    (photos / "class-2").mkdir()
    (photos / "1001.jpg").write_bytes(jpeg(sample()))
    (photos / "class-2" / "1001.jpg").write_bytes(jpeg(sample("astronaut")))
    (photos / "class-2" / "scan.jpg").write_bytes(b"%PDF-1.7\n")
    return photos


@pytest.fixture(scope="module")
def lenient(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A standard by which no rule fails a photo."""
    path = tmp_path_factory.mktemp("standards") / "lenient.toml"
    rules = "".join(f'[rules.{code}]\nworst = "warn"\n' for code in CHSI.rules)
    path.write_text(f'extends = "chsi-2017"\nname = "lenient"\n{rules}')
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["check", *map(str, arguments)], env={"COLUMNS": "140"})


def lines(result: Result) -> dict[str, Any]:
    """The reports printed, by the photo's path."""
    found = [json.loads(line) for line in result.stdout.splitlines()]
    return {each["photo"]: each["report"] for each in found}


def test_several_photos_as_json(folder: Path) -> None:
    result = run(folder, "--json", "-p", 1)
    assert result.exit_code == 1
    reports = lines(result)
    assert {Path(p).relative_to(folder).as_posix() for p in reports} == {
        "1001.jpg",
        "class-2/1001.jpg",
        "class-2/scan.jpg",
    }
    for path, report in reports.items():
        Draft202012Validator(schema()).validate(report)
        assert Path(path).stem not in json.dumps(report).replace(report["source"]["sha256"], "")
    assert [r["code"] for r in reports[str(folder / "class-2" / "scan.jpg")]["reasons"]] == ["pdf"]


def test_two_processes_say_the_same_as_one(folder: Path) -> None:
    one, two = (lines(run(folder, "--json", "-p", n)) for n in (1, 2))
    for report in [*one.values(), *two.values()]:
        report.pop("timings_ms")
        report.pop("engine")  # its hash changes while somebody works on the engine
    assert one == two


def test_warnings_alone_are_no_failure(folder: Path, lenient: Path) -> None:
    result = run(folder / "1001.jpg", "--standard", lenient)
    assert result.exit_code == 0
    assert "不合格 failed 0" in result.stdout
    assert "adjusted" in result.stdout


def test_the_table_shows_what_is_wrong_in_both_languages(folder: Path) -> None:
    result = run(folder / "class-2" / "1001.jpg")
    assert result.exit_code == 1
    assert "人像太小" in result.stdout
    assert "too small" in result.stdout
    assert "不合格 failed" in result.stdout


def test_what_the_engine_refused_for_is_counted(folder: Path) -> None:
    result = run(folder / "class-2" / "1001.jpg")
    assert result.stdout.count("人像太小") == 1
    assert "放大倍数" not in result.stdout  # the rule that would say the same again
    wrong = result.stdout.count("  ✗ ")
    assert f"不合格 failed {wrong}，" in result.stdout
    unread = run(folder / "class-2" / "scan.jpg").stdout
    assert "不合格 failed 1，" in unread


def test_lines_fit_a_terminal_and_break_where_reading_allows(folder: Path) -> None:
    result = CliRunner().invoke(app, ["check", str(folder / "class-2" / "1001.jpg")], env={"COLUMNS": "80"})
    lines = result.stdout.splitlines()[1:]  # the first holds the path, which stays whole
    assert max(map(cell_len, lines)) <= 80
    assert not [line for line in lines if line.strip() and line.strip()[0] in NEVER_FIRST]


def test_a_measure_says_what_it_is_of_with_its_unit(folder: Path) -> None:
    said = " ".join(run(folder / "class-2" / "1001.jpg").stdout.split())
    assert "（嘴唇之间的缝隙，占眼睛到下巴的距离）" in said
    assert "gap between the lips, of the length from eyes to chin" in said


def test_all_lists_the_rules_that_passed_too(folder: Path) -> None:
    few, every = (run(folder / "1001.jpg", *extra).stdout for extra in ([], ["--all"]))
    assert "只有本人一人" not in few
    assert "只有本人一人" in every
    assert len(every) > len(few)


def test_drawings_and_pages_go_where_they_are_asked_for(folder: Path, tmp_path: Path) -> None:
    result = run(folder, "--draw", tmp_path / "drawn", "--html", tmp_path / "pages", "-p", 1)
    assert result.exit_code == 1
    drawn = tmp_path / "drawn"
    assert sorted(p.relative_to(drawn).as_posix() for p in drawn.rglob("*.*")) == [
        "1001.check.jpg",
        "class-2/1001.check.jpg",
        "class-2/scan.check.jpg",
    ]
    for path in drawn.rglob("*.jpg"):
        assert Image.open(io.BytesIO(path.read_bytes())).width == 1080
    pages = list((tmp_path / "pages").rglob("*.check.html"))
    assert len(pages) == 3
    for page in pages:
        assert page.read_text("utf-8").startswith("<!doctype html>")
        assert "1001" not in page.read_text("utf-8").split("<h2>照片")[0]


def test_one_photo_may_have_its_page_by_name(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assert run(folder / "class-2" / "scan.jpg", "--html", page).exit_code == 1
    assert "PDF" in page.read_text("utf-8")


def test_a_file_that_is_no_report_is_not_replaced(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "thesis.html"
    page.write_text("years of work")
    result = run(folder / "class-2" / "scan.jpg", "--html", page)
    assert result.exit_code == 2
    assert "已经存在" in result.stderr and "not touched" in result.stderr
    assert page.read_text() == "years of work"


def test_wrong_usage(folder: Path, tmp_path: Path) -> None:
    assert run(folder, "--html", tmp_path / "one.html").exit_code == 2
    assert run(folder, "--standard", "no-such").exit_code == 2
    assert run(tmp_path / "gone.jpg").exit_code == 2
    assert run().exit_code == 2
    (tmp_path / "nothing").mkdir()
    assert run(tmp_path / "nothing").exit_code == 2


def test_a_photo_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    done = work(Task(tmp_path / "gone.jpg", CHSI, None, None))
    assert [r["code"] for r in done.report["reasons"]] == ["unreadable_file"]
    Draft202012Validator(schema()).validate(done.report)


def killed_by_one_photo(task: Task) -> Checked:
    """Stands in for a decoder that brings its process down on one photo."""
    if task.photo.name == "killer.jpg":
        os.kill(os.getpid(), signal.SIGKILL)
    return work(task)


def test_a_process_that_dies_takes_no_other_report_with_it(tmp_path: Path) -> None:
    for name in ("1.jpg", "killer.jpg", "2.jpg"):
        (tmp_path / name).write_bytes(b"%PDF-1.7\n")
    tasks = [Task(path, CHSI, None, None) for path in sorted(tmp_path.glob("*.jpg"))]
    done = {d.photo.name: d.report for d in spread(tasks, 2, killed_by_one_photo, _died)}
    assert {name: [r["code"] for r in report["reasons"]] for name, report in done.items()} == {
        "1.jpg": ["pdf"],
        "2.jpg": ["pdf"],
        "killer.jpg": ["worker_died"],
    }
