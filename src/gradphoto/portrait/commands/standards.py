"""`gradphoto standards`: which photo standards there are, or one in full."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gradphoto.portrait.commands.common import loaded_standard, stop
from gradphoto.portrait.rules import RULES
from gradphoto.portrait.rules.verdict import range_text
from gradphoto.portrait.standard import (
    Band,
    RuleLimits,
    Standard,
    StandardError,
    adjusted_rules,
    load_standard,
    standard_names,
)

WORST = {"fail": "[red]不合格 fail[/]", "warn": "[yellow]提醒 warn[/]", "off": "[dim]不判断 off[/]"}


def standards(
    name: Annotated[
        str | None,
        typer.Argument(
            help="只看这一个的全部数值；也可为 .toml 文件。 Show this one in full (name or .toml)."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON.")] = False,
) -> None:
    """列出照片标准，或检查并显示其中一个。 List the photo standards; check and show one of them.

    Exit codes: 0 all well, 1 some of the files listed can't be used, 2 wrong usage or a standard that can't be used.
    """
    if name is None:
        _list(as_json)
        return
    standard = loaded_standard(name)
    if as_json:
        typer.echo(json.dumps(standard.model_dump(mode="json"), ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False)
    console.print(_values(standard))
    console.print(_rules(standard))


def _list(as_json: bool) -> None:
    """Every standard that can be used; what is wrong with the others goes to the error stream."""
    good: list[Standard] = []
    broken: list[StandardError] = []
    try:
        names = standard_names()
    except StandardError as error:
        stop(error.zh, error.en)
    for name in names:
        try:
            good.append(load_standard(name))
        except StandardError as error:
            broken.append(error)
    if as_json:
        typer.echo(json.dumps([_brief(each) for each in good], ensure_ascii=False, indent=2))
    else:
        Console().print(_table(good))
    for fault in broken:
        typer.echo(f"✗ {fault.zh}\n  {fault.en}", err=True)
    raise typer.Exit(1 if broken else 0)


def _brief(standard: Standard) -> dict[str, Any]:
    return {
        "name": standard.name,
        "title": {"zh": standard.title_zh, "en": standard.title_en},
        "width": standard.frame.width,
        "height": standard.frame.height,
        "color": standard.background.color,
        "sha256": standard.sha256,
    }


def _table(listed: list[Standard]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("名称\nName", "像素\nPixels", "底色\nColour"):
        table.add_column(heading, no_wrap=True)
    table.add_column("说明\nTitle", overflow="fold")
    for each in listed:
        size = f"{each.frame.width}×{each.frame.height}"
        table.add_row(each.name, size, each.background.color, escape(f"{each.title_zh}\n{each.title_en}"))
    return table


def _values(standard: Standard) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=standard.name, title_justify="left")
    table.add_column("项目 Value")
    table.add_column("内容", overflow="fold")
    for what, value in _value_rows(standard):
        table.add_row(what, escape(value))
    return table


def _value_rows(standard: Standard) -> Iterator[tuple[str, str]]:
    frame, bands, file = standard.frame, standard.composition, standard.file
    yield "说明 Title", f"{standard.title_zh}\n{standard.title_en}"
    yield "依据 Source", standard.source or "—"
    yield "画面 Frame", f"{frame.width}×{frame.height} 像素 px，{frame.dpi} dpi"
    yield "头顶到上边 Hair top", _band(bands.hair_top)
    yield "眼睛到上边 Eye line", _band(bands.eye_line)
    yield "脸宽 Face width", _band(bands.face_width)
    yield "脸的中线 Middle", _band(bands.centre_x)
    colour = standard.background.color
    yield "背景 Background", colour if standard.background.replace else "保留原背景 kept as it is"
    size = f"{file.bytes_min:,} ~ {file.bytes_max:,} 字节 bytes"
    yield "文件 File", f"JPEG {size}，质量 quality ≥ {file.quality_min}"
    yield "最多放大 Enlargement", f"{standard.limits.upscale:g}×"
    yield "SHA-256", standard.sha256


def _band(band: Band) -> str:
    return f"{band.min:g} ~ {band.max:g} 像素 px，目标 aim {band.aim:g}"


def _rules(standard: Standard) -> Table:
    """Every rule with its limits in both ranges; a star where they are not the national standard's."""
    adjusted = adjusted_rules(standard)
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        caption="* 与国家规范不同 not the national limit" if adjusted else None,
    )
    table.add_column("规则\nRule", overflow="fold")
    for heading in ("合格\ngood", "提醒\ntolerated", "其余\nthe rest"):
        table.add_column(heading, overflow="fold")
    for code, rule in RULES.items():
        limits = standard.rules.get(code)
        star = " *" if code in adjusted else ""
        table.add_row(f"{rule.zh.title}{star}\n[dim]{code}[/]", *_limits(limits, rule.unit))
    return table


def _limits(limits: RuleLimits | None, unit: str) -> tuple[str, str, str]:
    if limits is None or limits.worst == "off":
        return "", "", WORST["off"]
    tolerated = range_text(limits.tolerated, unit)[0] if limits.tolerated else ""
    return range_text(limits.good, unit)[0], tolerated, WORST[limits.worst]
