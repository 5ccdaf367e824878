"""`gradphoto compare`: two photos, one person? (optional extra)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from gradphoto.portrait.commands.common import needs_models, stop
from gradphoto.portrait.compare import CompareMissing, Likeness
from gradphoto.portrait.compare import compare as compared
from gradphoto.portrait.reasons import Refused

INSTALL = "pip install dlib-bin && gradphoto models fetch --group compare"

PhotoArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="照片。 A photo.")]


@needs_models
def compare(
    first: PhotoArgument,
    second: PhotoArgument,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON.")] = False,
) -> None:
    """比较两张照片是否相似；只供人工核对参考，不保存任何人脸特征。 Compare two faces; only an aid for a person, nothing is kept.

    Exit codes: 0 similar, 1 a person must look (or no face), 2 wrong usage.
    """
    try:
        comparison = compared(first.read_bytes(), second.read_bytes())
    except CompareMissing:
        stop(
            f"人脸比对是可选组件，请先安装：{INSTALL}",
            f"Comparison is an optional extra; install it with: {INSTALL}",
        )
    except Refused as refused:
        reason = refused.reasons[0]
        typer.echo(
            json.dumps(reason.as_dict(), ensure_ascii=False) if as_json else f"{reason.zh}\n{reason.en}"
        )
        raise typer.Exit(1) from None
    found = comparison.as_dict()
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        typer.echo(f"{found['zh']}（距离 {found['distance']}）\n{found['en']} (distance {found['distance']})")
    raise typer.Exit(0 if comparison.likeness is Likeness.SIMILAR else 1)
