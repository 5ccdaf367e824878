"""`gradphoto sheet`: portraits on sheets for the printer."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gradphoto.portrait.commands.common import counted, needs_models, stop
from gradphoto.portrait.os_errors import error_words
from gradphoto.portrait.sheet_captions import caption_for, read_captions
from gradphoto.portrait.sheet_layout import PAPERS, Sheet, SheetError, photo_size
from gradphoto.portrait.sheets import Print, PrintsRefused, Written, write_sheets

NAMED_AT_MOST = 10  # files in an error message


class PaperName(StrEnum):
    """The papers by the names they are sold under."""

    FIVE_INCH = "5inch"
    SIX_INCH = "6inch"
    A4 = "a4"


class CaptionKind(StrEnum):
    """What stands below a photo where no list is given."""

    NAME = "name"
    NONE = "none"


PortraitsArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="PORTRAIT...",
        exists=True,
        dir_okay=False,
        help="证照文件，按给出的顺序排版。 Portraits, set in this order.",
    ),
]
OutOption = Annotated[
    Path, typer.Option("--out", "-o", dir_okay=False, help="输出的 PDF。 The PDF to write.")
]
PaperOption = Annotated[
    PaperName, typer.Option("--paper", help="纸张：5 寸 89×127、6 寸 102×152、A4 210×297 毫米。 The paper.")
]
SizeOption = Annotated[
    str,
    typer.Option(
        "--size",
        help="照片尺寸：one-inch（25×35）、two-inch（35×49）或 宽x高 毫米，如 33x48、35x45。 "
        "one-inch, two-inch, or WIDTHxHEIGHT in mm.",
    ),
]
CaptionsOption = Annotated[
    Path | None,
    typer.Option(
        "--captions",
        metavar="FILE.csv",
        exists=True,
        dir_okay=False,
        help="说明文字表，每行：文件名,第一行,第二行…… A list of captions, a row: file,line,line,...",
    ),
]
CaptionOption = Annotated[
    CaptionKind | None,
    typer.Option(
        "--caption",
        help="照片下方印文件名（name，默认）或不印（none）。 Below each photo: its file's name, or nothing.",
    ),
]
CopiesOption = Annotated[
    int, typer.Option("--copies", min=1, max=100, help="每人连续印几张。 Prints of each portrait.")
]
MarginOption = Annotated[
    float | None, typer.Option("--margin", min=0, max=50, help="页边距，毫米。 Margin of the page in mm.")
]
GapOption = Annotated[
    float | None, typer.Option("--gap", min=0, max=50, help="照片间距，毫米。 Room between photos in mm.")
]


@needs_models
def sheet(
    portraits: PortraitsArgument,
    out: OutOption,
    paper: PaperOption = PaperName.SIX_INCH,
    size: SizeOption = "33x48",
    captions: CaptionsOption = None,
    caption: CaptionOption = None,
    copies: CopiesOption = 1,
    margin: MarginOption = None,
    gap: GapOption = None,
) -> None:
    """把证照排成冲印版面（PDF，300 dpi，带裁切线）。 Set portraits on sheets for printing (PDF, 300 dpi, cut marks).

    照片只裁不拉伸，横排竖排自动选放得多的。人数多时自动分成几个文件。

    Photos are cropped, never stretched; the paper is turned where more fit. Many portraits make several files.

    Exit codes: 0 all done, 1 some refused (nothing written), 2 wrong usage.
    """
    if out.suffix.lower() != ".pdf":
        stop(f"输出文件名应以 .pdf 结尾：{out}", f"The file to write must end in .pdf: {out}")
    if captions is not None and caption is not None:
        stop("--captions 与 --caption 只能用一个。", "Use --captions or --caption, not both.")
    try:
        prints = _captioned(portraits, captions, caption)
        wanted = Sheet(PAPERS[paper], photo_size(size), margin=margin, gap=gap)
        written = write_sheets(prints, wanted, out, copies)
    except SheetError as error:
        stop(error.zh, error.en)
    except PrintsRefused as refused:
        _show(refused)
        raise typer.Exit(1) from None
    except OSError as error:
        zh, en = error_words(error)
        stop(f"无法写入 {out}：{zh}", f"Cannot write {out}: {en}")
    _summarise(written)


def _captioned(portraits: Sequence[Path], captions: Path | None, kind: CaptionKind | None) -> list[Print]:
    """Each portrait with its caption's lines. Raises SheetError for a portrait that the list lacks."""
    if captions is None:
        return [Print(path, () if kind is CaptionKind.NONE else (path.stem,)) for path in portraits]
    listed = read_captions(captions)
    found = [(path, caption_for(path, listed)) for path in portraits]
    lacking = [path.name for path, lines in found if lines is None]
    if lacking:
        names = ", ".join(lacking[:NAMED_AT_MOST]) + (" ..." if len(lacking) > NAMED_AT_MOST else "")
        raise SheetError(
            "caption_lacking",
            f"{captions.name} 里没有这些照片（共 {len(lacking)} 张）的说明：{names}",
            f"{captions.name} has no caption for {counted(len(lacking), 'portrait')}: {names}",
        )
    return [Print(path, lines or ()) for path, lines in found]


def _show(refused: PrintsRefused) -> None:
    for path, why in refused.refusals:
        typer.echo(f"✗ {path}\n  {why.zh}\n  {why.en}", err=True)
    count = len({path for path, _ in refused.refusals})
    typer.echo(
        f"{count} 张无法冲印，没有写出文件。 {count} cannot be printed; nothing was written.", err=True
    )


def _summarise(written: Written) -> None:
    typer.echo(
        f"{written.photos} 张照片，{written.pages} 页  "
        f"{counted(written.photos, 'photo')} on {counted(written.pages, 'page')}"
    )
    for path in written.files:
        typer.echo(str(path))
