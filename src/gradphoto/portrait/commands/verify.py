"""`gradphoto verify`: does this portrait come from that photo, untouched?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from gradphoto.portrait.commands.common import needs_models, stop
from gradphoto.portrait.os_errors import error_words
from gradphoto.portrait.rules import RULES
from gradphoto.portrait.verify import Verification, draw_changes
from gradphoto.portrait.verify import verify as verified

PICTURES = frozenset({".png", ".jpg", ".jpeg"})

PortraitArgument = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, metavar="PORTRAIT", help="证照。 The portrait.")
]
SourceOption = Annotated[
    Path, typer.Option("--source", exists=True, dir_okay=False, help="原图。 The photo it was made from.")
]
RecordOption = Annotated[
    Path,
    typer.Option("--record", exists=True, dir_okay=False, help="制作记录。 The record beside the portrait."),
]
DrawOption = Annotated[
    Path | None,
    typer.Option("--draw", dir_okay=False, help="把改动处画在这个文件里。 Draw the changes into this file."),
]


@needs_models
def verify(
    portrait: PortraitArgument,
    source: SourceOption,
    record: RecordOption,
    draw: DrawOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON.")] = False,
) -> None:
    """核对证照：用原图按记录重新计算，看是否一致、哪里被改动。 Recompute a portrait and compare.

    Exit codes: 0 exactly as recorded, 1 anything else, 2 wrong usage.
    """
    if draw is not None:
        _check_place(draw)
    data = portrait.read_bytes()
    outcome = verified(data, source.read_bytes(), _read_record(record))
    if draw is not None and outcome.changes:
        try:
            draw_changes(data, outcome.changes).save(draw)
        except OSError as error:
            zh, en = error_words(error)
            stop(f"无法写入 {draw}：{zh}", f"Cannot write {draw}: {en}")
    typer.echo(json.dumps(outcome.as_dict(), ensure_ascii=False) if as_json else _words(outcome))
    raise typer.Exit(0 if outcome.ok else 1)


def _check_place(draw: Path) -> None:
    """Ends the command before any work where the drawing would replace a file, or is no kind of picture."""
    if draw.exists():
        stop(
            f"{draw} 已经存在，没有改动它。请用 --draw 换一个文件名。",
            f"{draw} exists and was not touched. Choose another name with --draw.",
        )
    if draw.suffix.lower() not in PICTURES:
        stop(f"--draw 的文件名应以 .png 或 .jpg 结尾：{draw}", f"--draw must end in .png or .jpg: {draw}")


def _read_record(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_bytes())
    except ValueError as error:
        stop("记录文件不是有效的 JSON。", f"The record is not valid JSON: {error}")
    if not isinstance(record, dict):
        stop("记录文件不是一个 JSON 对象。", "The record is not a JSON object.")
    return record


def _words(outcome: Verification) -> str:
    lines = [f"{'✓' if outcome.ok else '✗'} {outcome.zh}", f"  {outcome.en}"]
    if outcome.is_draft:
        rules = [RULES[code] for code in outcome.failed_rules]
        lines.append(f"  这是草稿，仅供预览。不合格：{'、'.join(rule.zh.title for rule in rules)}")
        lines.append(
            f"  This is a draft, a preview only. Failed: {', '.join(rule.en.title for rule in rules)}"
        )
    lines += [f"  改动 change: x {x}–{x + w}, y {y}–{y + h}" for x, y, w, h in outcome.changes]
    lines += [f"  注意 note: {note}" for note in outcome.notes]
    return "\n".join(lines)
