"""`gradphoto code read`: the payload of a collection code in a picture."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from gradphoto.portrait.code import Code, read_code, read_codes
from gradphoto.portrait.os_errors import unreadable
from gradphoto.portrait.reasons import Reason, Refused

app = typer.Typer(help="图像采集码（二维码）。 The collection code (QR).", no_args_is_help=True)


@app.callback()
def _code() -> None:
    """Keeps `read` a subcommand while it is the only one."""


@app.command()
def read(
    images: Annotated[
        list[Path],
        typer.Argument(
            metavar="IMAGE...", exists=True, dir_okay=False, help="截图或照片。 Screenshots or photos."
        ),
    ],
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="每个图片输出一行 JSON，内容另以 base64 给出。 Print one JSON object an image."
        ),
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="图片里有几个码就读几个。 Read every code, where there are several.")
    ] = False,
) -> None:
    """读出图片中二维码的内容。 Print what the QR code in a picture says.

    内容是保密信息，只写到标准输出。非文本内容以 base64: 开头输出。

    The payload is a secret and goes to the standard output only. What is no text is printed after "base64:".

    Exit codes: 0 all read, 1 some not, 2 wrong usage.
    """
    refused = False
    for path in images:
        codes, reasons = _read(path, every)
        refused |= bool(reasons)
        if as_json:
            typer.echo(json.dumps(_row(path, codes, reasons), ensure_ascii=False))
        else:
            _print(path, codes, reasons)
    raise typer.Exit(1 if refused else 0)


def _read(path: Path, every: bool) -> tuple[Sequence[Code], Sequence[Reason]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        return (), (unreadable(error),)
    try:
        return (read_codes(data) if every else (read_code(data),)), ()
    except Refused as refusal:
        return (), refusal.reasons


def _row(path: Path, codes: Sequence[Code], reasons: Sequence[Reason]) -> dict[str, Any]:
    return {
        "source": str(path),
        "ok": not reasons,
        "codes": [
            {
                "format": code.format,
                "text": code.text,
                "base64": base64.b64encode(code.raw).decode(),
                "corners": [[round(x, 1), round(y, 1)] for x, y in code.corners],
            }
            for code in codes
        ],
        "reasons": [r.as_dict() for r in reasons],
    }


def _print(path: Path, codes: Sequence[Code], reasons: Sequence[Reason]) -> None:
    for code in codes:
        typer.echo(_line(code))
    for why in reasons:
        typer.echo(f"✗ {path}\n  {why.zh}\n  {why.en}", err=True)


def _line(code: Code) -> str:
    """On one line whatever it holds: control characters could steer the terminal or pass for a second code."""
    if code.text is not None and code.text.isprintable():
        return code.text
    return "base64:" + base64.b64encode(code.raw).decode()
