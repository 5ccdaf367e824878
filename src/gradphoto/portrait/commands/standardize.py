"""`gradphoto standardize`: photos to portraits, and why not where not."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from gradphoto.portrait.batch import Outcome, Task, meeting, plan, run, to_be_replaced
from gradphoto.portrait.commands.common import counted, loaded_standard, needs_models, stop
from gradphoto.portrait.commands.words import paragraph
from gradphoto.portrait.os_errors import error_words
from gradphoto.portrait.standard import DEFAULT_STANDARD

INDENT = 4
DETAILED_UP_TO = 40  # photos; above that the table lists the refused ones only

PhotosArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="PHOTO...", exists=True, help="照片文件或文件夹（含子文件夹）。 Photos, or folders of photos."
    ),
]
OutOption = Annotated[
    Path, typer.Option("--out", "-o", file_okay=False, help="结果文件夹。 Folder for the results.")
]
StandardOption = Annotated[
    str,
    typer.Option(
        "--standard", "-s", help="照片标准的名称，或 .toml 文件。 Name of a photo standard, or a .toml file."
    ),
]


@needs_models
def standardize(
    photos: PhotosArgument,
    out: OutOption,
    standard: StandardOption = DEFAULT_STANDARD,
    draft: Annotated[
        bool,
        typer.Option(
            "--draft", help="规则不合格也制作（仅供预览）。 Make it in spite of failed rules, as a preview."
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="每张照片输出一行 JSON。 Print one JSON object a photo.")
    ] = False,
    processes: Annotated[
        int, typer.Option("--processes", "-p", min=0, help="进程数，0 为每核一个。 Processes; 0: one a core.")
    ] = 0,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="已完成的也重做。 Also redo what is already done.")
    ] = False,
) -> None:
    """把手机照片制作成毕业证照。 Make graduation portraits out of phone photos.

    每张照片得到 名称.jpg（证照）和 名称.record.json（制作记录）；做不成的得到 名称.refusal.json，写明原因。
    中断后再次运行会接着做。

    Each photo NAME gives NAME.jpg and NAME.record.json in the folder --out; or NAME.refusal.json with the reasons.
    Run it again after an interruption and it goes on where it stopped.

    Exit codes: 0 all done, 1 some refused, 2 wrong usage.
    """
    chosen = loaded_standard(standard)
    tasks = plan(photos, out, chosen, draft)
    if not tasks:
        typer.echo("没有找到照片。 No photos found.", err=True)
        raise typer.Exit(2)
    _check_places(tasks, out)
    _announce_replacements(tasks)
    outcomes = _run_showing_progress(tasks, processes or os.cpu_count() or 1, fresh, as_json)
    if not as_json:
        _summarise(outcomes, out)
    raise typer.Exit(0 if all(o.ok for o in outcomes) else 1)


def _check_places(tasks: list[Task], out: Path) -> None:
    """Ends the command before any work where results can't be written or would overwrite each other."""
    if clashing := meeting(tasks):
        names = ", ".join(str(task.photo) for task in clashing[:4])
        stop(
            f"这些照片会得到同一个结果文件名：{names}",
            f"These photos would give results of one name: {names}",
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        zh, en = error_words(error)
        stop(f"无法建立结果文件夹 {out}：{zh}", f"Cannot create the folder {out}: {en}")


def _announce_replacements(tasks: list[Task]) -> None:
    """Says beforehand which results of an earlier run will not stay as they are."""
    standards, drafts = to_be_replaced(tasks)
    for name, count in standards.items():
        typer.echo(
            f"注意：结果文件夹里有 {count} 张按标准 {name} 制作的证照，将被替换。\n"
            f"Note: {counted(count, 'portrait')} of the standard {name} will be replaced.",
            err=True,
        )
    if drafts:
        typer.echo(
            f"注意：结果文件夹里有 {drafts} 张草稿，将重新检查；不合格的会被删除。要保留草稿请加 --draft。\n"
            f"Note: {counted(drafts, 'draft')} will be judged anew and removed where rules fail; "
            "--draft keeps drafts.",
            err=True,
        )


def _run_showing_progress(tasks: list[Task], processes: int, fresh: bool, as_json: bool) -> list[Outcome]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    outcomes: list[Outcome] = []
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("制作中", total=len(tasks))
        for outcome in run(tasks, processes, fresh):
            outcomes.append(outcome)
            progress.advance(bar)
            if as_json:
                typer.echo(json.dumps(outcome.as_dict(), ensure_ascii=False))
    return outcomes


def _summarise(outcomes: list[Outcome], out: Path) -> None:
    console = Console(highlight=False)
    shown = sorted(outcomes, key=lambda o: str(o.task.photo))
    made = [o for o in shown if o.ok]
    if made and len(shown) <= DETAILED_UP_TO:
        console.print(_table(made))
    for outcome in shown:
        if outcome.reasons or (outcome.warnings and len(shown) <= DETAILED_UP_TO):
            _explain(console, outcome)
    refused = len(shown) - len(made)
    earlier = sum(o.resumed for o in outcomes)
    again = f"，其中之前已处理 done before {earlier}" if earlier else ""
    drafts = sum(o.is_draft for o in outcomes)
    of_them = f"，其中草稿（规则不合格，仅供预览）drafts {drafts}" if drafts else ""
    doubtful = sum(bool(o.warnings) for o in outcomes)
    doubts = f"，其中有提醒（由人工决定）with warnings {doubtful}" if doubtful else ""
    paragraph(console, f"完成 done {len(made)}{of_them}{doubts}，退回 refused {refused}{again}")
    if refused > 1:
        for code, count in Counter(r.code for o in outcomes for r in o.reasons).most_common():
            console.print(f"{count:>5}  {code}")
    console.print(f"结果 results: {escape(str(out))}", soft_wrap=True)


def _table(outcomes: list[Outcome]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("照片\nphoto", overflow="fold")
    for heading in ("头顶\nhair", "眼睛\neyes", "脸宽\nface", "毫秒\nms"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("证照\nportrait", overflow="fold")
    for o in outcomes:
        numbers = [f"{o.placement[k]:.0f}" for k in ("hair_top", "eye_line", "face_width")]
        took = f"{sum(o.timings_ms.values()):.0f}" if o.timings_ms else ""
        mark = "[yellow]草稿 draft[/]" if o.is_draft else "[green]✓[/]"
        table.add_row(escape(o.task.photo.name), *numbers, took, f"{mark} {escape(o.task.portrait.name)}")
    return table


def _explain(console: Console, outcome: Outcome) -> None:
    """The photo, then why it was refused or is a draft, then what a person decides about."""
    mark = "[red]✗[/]" if not outcome.ok else "[yellow]草稿 draft[/]" if outcome.is_draft else "[green]✓[/]"
    console.print(f"{mark} [bold]{escape(str(outcome.task.photo))}[/]", soft_wrap=True)
    for sign, reasons in (("  [red]✗[/]", outcome.reasons), ("  [yellow]![/]", outcome.warnings)):
        for reason in reasons:
            paragraph(console, reason.zh, INDENT, first=sign)
            paragraph(console, reason.en, INDENT, "dim")
