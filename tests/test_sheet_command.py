"""`gradphoto sheet` as a script sees it: the PDF, words, exit codes."""

from __future__ import annotations

from pathlib import Path

import pypdfium2 as pdfium
import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from gradphoto.portrait.commands.sheet import sheet

runner = CliRunner()
app = typer.Typer()
app.command()(sheet)


@pytest.fixture
def names(tmp_path: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Five portraits in the working folder."""
    monkeypatch.chdir(tmp_path)
    found = [f"20210{n}.jpg" for n in range(5)]
    for n, name in enumerate(found):
        Image.new("RGB", (480, 640), (40 * n, 90, 180)).save(name, quality=90)
    return found


def texts(path: str) -> list[str]:
    """The words of each page."""
    document = pdfium.PdfDocument(path)
    found = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return found


def size_in_mm(path: str) -> tuple[int, int]:
    document = pdfium.PdfDocument(path)
    width, height = document[0].get_size()
    document.close()
    return round(width * 25.4 / 72), round(height * 25.4 / 72)


def test_writes_a_sheet_and_says_how_much(names: list[str]) -> None:
    result = runner.invoke(app, [*names, "--paper", "5inch", "--size", "two-inch", "--out", "out.pdf"])
    assert result.exit_code == 0, result.output
    assert result.stdout == "5 张照片，2 页  5 photos on 2 pages\nout.pdf\n"
    assert size_in_mm("out.pdf") == (89, 127)
    first, second = texts("out.pdf")
    assert first.split() == ["202100", "202101", "202102", "202103"]
    assert second.split() == ["202104"]


@pytest.mark.parametrize(
    ("options", "size"),
    [
        (["--paper", "6inch", "--caption", "none"], (152, 102)),
        (["--paper", "6inch"], (102, 152)),
        (["--paper", "a4", "--size", "35x45"], (297, 210)),
        (["--paper", "a4", "--size", "30x40", "--margin", "20", "--gap", "1"], (210, 297)),
    ],
)
def test_papers_and_sizes(names: list[str], options: list[str], size: tuple[int, int]) -> None:
    assert runner.invoke(app, [*names, *options, "--out", "out.pdf"]).exit_code == 0
    assert size_in_mm("out.pdf") == size


def test_copies(names: list[str]) -> None:
    result = runner.invoke(
        app, [*names[:2], "--paper", "5inch", "--size", "33x48", "--copies", "4", "--out", "out.pdf"]
    )
    assert "8 张照片，2 页" in result.stdout
    assert [page.split() for page in texts("out.pdf")] == [["202100"] * 4, ["202101"] * 4]


def test_captions_out_of_a_list(names: list[str]) -> None:
    rows = [f"{name},学号{n},张𬭎·{n}" for n, name in enumerate(names)]
    Path("list.csv").write_text("file,a,b\n" + "\n".join(rows), encoding="utf-8")
    result = runner.invoke(app, [*names, "--paper", "a4", "--captions", "list.csv", "--out", "out.pdf"])
    assert result.exit_code == 0, result.output
    (page,) = texts("out.pdf")
    assert all(f"学号{n}" in page and f"张𬭎·{n}" in page for n in range(5))


def test_a_portrait_missing_in_the_list_is_named(names: list[str]) -> None:
    Path("list.csv").write_text("202100,a\n202101,b\n", encoding="utf-8")
    result = runner.invoke(app, [*names, "--captions", "list.csv", "--out", "out.pdf"])
    assert result.exit_code == 2
    assert "共 3 张" in result.stderr and "3 portraits" in result.stderr
    assert all(name in result.stderr for name in names[2:])
    assert not Path("out.pdf").exists()


def test_bad_portraits_are_all_named_in_both_languages(names: list[str]) -> None:
    Path("note.jpg").write_text("not a picture")
    Path("empty.jpg").touch()
    Image.new("RGB", (640, 480)).save("wide.jpg")
    result = runner.invoke(app, [names[0], "note.jpg", "wide.jpg", "empty.jpg", "--out", "out.pdf"])
    assert result.exit_code == 1
    assert all(f"✗ {name}" in result.stderr for name in ("note.jpg", "wide.jpg", "empty.jpg"))
    assert "不是制作好的证照" in result.stderr and "no finished portrait" in result.stderr
    assert "3 张无法冲印" in result.stderr and "nothing was written" in result.stderr
    assert not Path("out.pdf").exists()


def test_a_character_the_font_lacks_is_named_with_its_file(names: list[str]) -> None:
    Path("list.csv").write_text(f"{names[0]},\U000323af\n", encoding="utf-8")
    result = runner.invoke(app, [names[0], "--captions", "list.csv", "--out", "out.pdf"])
    assert result.exit_code == 1
    assert "U+323AF" in result.stderr and names[0] in result.stderr


@pytest.mark.parametrize(
    "options",
    [
        ["--size", "three-inch"],
        ["--size", "90x130", "--paper", "5inch"],
        ["--size", "50x50"],
        ["--paper", "7inch"],
        ["--copies", "0"],
        ["--captions", "missing.csv"],
        ["--caption", "none", "--captions", "x.csv"],
        ["--caption", "everything"],
    ],
)
def test_wrong_usage_exits_2(names: list[str], options: list[str]) -> None:
    result = runner.invoke(app, [*names, *options, "--out", "out.pdf"])
    assert result.exit_code == 2
    assert result.stderr
    assert not Path("out.pdf").exists()


def test_a_folder_that_does_not_exist_is_said(names: list[str]) -> None:
    result = runner.invoke(app, [*names, "--out", "nowhere/out.pdf"])
    assert result.exit_code == 2
    assert "无法写入 nowhere/out.pdf" in result.stderr and "Cannot write nowhere/out.pdf" in result.stderr


def test_a_missing_font_names_the_command_to_run(names: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADPHOTO_MODELS", "empty")
    result = runner.invoke(app, [*names, "--out", "out.pdf"])
    assert result.exit_code != 0
    assert "gradphoto models fetch" in result.stderr
