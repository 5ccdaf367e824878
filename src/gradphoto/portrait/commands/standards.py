"""`gradphoto standards`: which photo standards there are, or one in full."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from gradphoto.portrait.commands.common import loaded_standard
from gradphoto.portrait.standard import standard_names


def standards(
    name: Annotated[
        str | None,
        typer.Argument(
            help="只看这一个的全部数值；也可为 .toml 文件。 Show this one in full (name or .toml)."
        ),
    ] = None,
) -> None:
    """列出照片标准，或检查并显示其中一个。 List the photo standards; check and show one of them."""
    if name is not None:
        typer.echo(json.dumps(loaded_standard(name).model_dump(mode="json"), ensure_ascii=False, indent=2))
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("名称 Name", "像素 Pixels", "底色 Colour", "说明 Title"):
        table.add_column(heading, overflow="fold")
    for each in map(loaded_standard, standard_names()):
        size = f"{each.frame.width}×{each.frame.height}"
        table.add_row(each.name, size, each.background.color, f"{each.title_zh}\n{each.title_en}")
    Console().print(table)
