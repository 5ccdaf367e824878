"""`gradphoto check`: what is right and wrong with photos, before anything is made of them."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from gradphoto.portrait.batch import plan, read_file, spread, write_file
from gradphoto.portrait.commands.common import loaded_standard, needs_models, stop
from gradphoto.portrait.commands.standardize import PhotosArgument, StandardOption
from gradphoto.portrait.commands.words import ended, paragraph
from gradphoto.portrait.reasons import Refused, reason
from gradphoto.portrait.report import SAME_AS, report_refused
from gradphoto.portrait.report import check as checked
from gradphoto.portrait.report_drawing import draw as drawn
from gradphoto.portrait.report_html import html as page
from gradphoto.portrait.standard import DEFAULT_STANDARD, Standard
from gradphoto.portrait.weights import model_file

MARKS = {"pass": "✓", "warn": "!", "fail": "✗", "not_measured": "—"}
STYLES = {"pass": "green", "warn": "yellow", "fail": "red", "not_measured": "dim"}
ORDER = ("fail", "warn", "not_measured", "pass")
INDENT = 4
OUTCOMES = {"pass": "合格 pass", "warn": "有提醒 warnings", "fail": "不合格 fail"}


@dataclass(frozen=True)
class Task:
    """One photo to check, and where its drawing and its page go."""

    photo: Path
    standard: Standard
    draw: Path | None
    html: Path | None


@dataclass(frozen=True)
class Checked:
    """One photo's report as JSON."""

    photo: Path
    report: dict[str, Any]


@needs_models
def check(
    photos: PhotosArgument,
    standard: StandardOption = DEFAULT_STANDARD,
    as_json: Annotated[
        bool, typer.Option("--json", help="每张照片输出一行 JSON。 Print one JSON object a photo.")
    ] = False,
    draw: Annotated[
        Path | None,
        typer.Option(
            "--draw", file_okay=False, metavar="DIR", help="把标注图画到这个文件夹。 Draw into this folder."
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            metavar="DIR|FILE.html",
            help="写成网页报告：文件夹，或一个 .html 文件。 Write HTML reports: a folder, or one .html file.",
        ),
    ] = None,
    show_all: Annotated[
        bool, typer.Option("--all", help="也列出合格的项目。 Also list the rules that passed.")
    ] = False,
    processes: Annotated[
        int, typer.Option("--processes", "-p", min=0, help="进程数，0 为每核一个。 Processes; 0: one a core.")
    ] = 0,
) -> None:
    """检查照片哪里合格、哪里要改，不制作证照。 Say what is right and wrong with photos; make no portrait.

    Exit codes: 0 all pass (warnings among them), 1 some fail, 2 wrong usage.
    """
    tasks = _tasks(photos, loaded_standard(standard), draw, html)
    outcomes = []
    for each in _run(tasks, processes or os.cpu_count() or 1):
        outcomes.append(each.report["outcome"])
        if as_json:
            typer.echo(json.dumps({"photo": str(each.photo), "report": each.report}, ensure_ascii=False))
        else:
            _show(each, show_all)
    if not as_json and len(outcomes) > 1:
        _count(outcomes)
    raise typer.Exit(1 if "fail" in outcomes else 0)


def _tasks(photos: list[Path], standard: Standard, draw: Path | None, html: Path | None) -> list[Task]:
    planned = plan(photos, Path(), standard)
    if not planned:
        typer.echo("没有找到照片。 No photos found.", err=True)
        raise typer.Exit(2)
    if html is not None and html.suffix.lower() in {".html", ".htm"} and len(planned) > 1:
        typer.echo("照片不止一张，--html 请给一个文件夹。 Several photos: --html needs a folder.", err=True)
        raise typer.Exit(2)
    if html is not None and html.is_file() and b"gradphoto" not in html.read_bytes():
        stop(
            f"{html} 已经存在，不是本程序生成的网页，没有改动它。",
            f"{html} exists, is no report of gradphoto, and was not touched.",
        )
    if draw is not None or html is not None:
        model_file("font")  # rather now than after the first photo
    return [
        Task(
            each.photo,
            standard,
            _beside(draw, each.stem, ".check.jpg"),
            _beside(html, each.stem, ".check.html"),
        )
        for each in planned
    ]


def _beside(folder: Path | None, stem: Path, ending: str) -> Path | None:
    if folder is None or folder.suffix.lower() in {".html", ".htm"}:
        return folder
    return folder / stem.with_name(stem.name + ending)


def _run(tasks: list[Task], processes: int) -> Iterator[Checked]:
    return spread(tasks, processes, work, _died)


def work(task: Task) -> Checked:
    """One photo, start to end: reads and judges it, writes drawing and page."""
    try:
        report = checked(read_file(task.photo), task.standard)
    except Refused as refused:
        report = report_refused(None, task.standard, refused.reasons)
    if task.draw is not None:
        task.draw.parent.mkdir(parents=True, exist_ok=True)
        drawn(report).save(task.draw, "JPEG", quality=88)
    if task.html is not None:
        task.html.parent.mkdir(parents=True, exist_ok=True)
        write_file(task.html, page(report).encode())
    return Checked(task.photo, report.as_dict())


def _died(task: Task) -> Checked:
    report = report_refused(task.photo.read_bytes(), task.standard, (reason("worker_died"),))
    return Checked(task.photo, report.as_dict())


def _show(checked: Checked, show_all: bool) -> None:
    """Engine refusals, then the rules that are not well, then how many went how."""
    console, report = Console(), checked.report
    outcome = report["outcome"]
    console.print(
        f"[bold {STYLES[outcome]}]{MARKS[outcome]} {OUTCOMES[outcome]}[/]  {escape(str(checked.photo))}",
        soft_wrap=True,
    )
    rules = {v["code"] for v in report["verdicts"]}
    refusals = [why for why in report["reasons"] if why["code"] not in rules]
    for why in refusals:
        paragraph(console, why["zh"], INDENT, first="  [red]✗[/]")
        paragraph(console, why["en"], INDENT, "dim")
    said = {SAME_AS.get(why["code"]) for why in refusals}
    verdicts = [v for v in report["verdicts"] if v["code"] not in said]
    for v in sorted(verdicts, key=lambda v: ORDER.index(v["verdict"])):
        if show_all or v["verdict"] in {"warn", "fail"}:
            _show_verdict(console, v)
    _show_counts(console, Counter(v["verdict"] for v in verdicts), len(refusals))


def _show_verdict(console: Console, v: dict[str, Any]) -> None:
    """Of a rule that passed one line; of the others the title, then cause, numbers and cure in both languages."""
    mark = f"  [{STYLES[v['verdict']]}]{MARKS[v['verdict']]}[/]"
    adjusted = "（本标准调整过 adjusted）" if v["adjusted"] else ""
    title = f"{v['title']['zh']} {v['title']['en']}{adjusted}"
    (value, band), (value_en, band_en) = (
        (v["value_text"][language], v["band_text"][language]) for language in ("zh", "en")
    )
    if v["verdict"] == "pass":
        paragraph(console, f"{title}：{value}，允许 {band}", INDENT, first=mark)
        return
    zh = en = ""
    if v["verdict"] != "not_measured":
        wanted = ("最好", "better") if v["verdict"] == "warn" else ("允许", "allowed")
        zh = f"实测 {value}，{wanted[0]} {band}（{v['measure']['zh']}）。"
        en = f" Measured {value_en}, {wanted[1]} {band_en}: {v['measure']['en']}."
    paragraph(console, title, INDENT, "bold", mark)
    paragraph(console, ended(v["cause"]["zh"]) + zh + ended(v["fix"]["zh"]), INDENT)
    paragraph(console, f"{v['cause']['en']}{en} {v['fix']['en']}".strip(), INDENT, "dim")


def _show_counts(console: Console, rules: Counter[str], refusals: int) -> None:
    """What the engine refused for counts among what failed."""
    paragraph(
        console,
        f"合格 passed {rules['pass']}，提醒 warnings {rules['warn']}，不合格 failed {rules['fail'] + refusals}，"
        f"未判断 not measured {rules['not_measured']}",
        2,
    )


def _count(outcomes: list[str]) -> None:
    counts = {name: outcomes.count(name) for name in OUTCOMES}
    typer.echo("，".join(f"{OUTCOMES[name]} {count}" for name, count in counts.items()))
