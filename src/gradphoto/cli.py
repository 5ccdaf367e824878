"""The one `gradphoto` command. Today it holds the picture engine's; the service joins its own here."""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from gradphoto import __version__
from gradphoto.portrait.commands import code, models
from gradphoto.portrait.commands.check import check
from gradphoto.portrait.commands.compare import compare
from gradphoto.portrait.commands.sheet import sheet
from gradphoto.portrait.commands.standardize import standardize
from gradphoto.portrait.commands.standards import standards
from gradphoto.portrait.commands.verify import verify
from gradphoto.usage import Commands

app = typer.Typer(
    name="gradphoto",
    cls=Commands,
    help="毕业证照：从手机照片到合规证照。 From a phone photo to a graduation portrait.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gradphoto {__version__}")
        raise typer.Exit()


@app.callback()
def _gradphoto(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="版本号。 The version.")
    ] = False,
) -> None:
    pass


app.command()(check)
app.command()(standardize)
app.command()(verify)
app.command()(compare)
app.command()(sheet)
app.command()(standards)
app.add_typer(code.app, name="code")
app.add_typer(models.app, name="models")


def main() -> None:
    """The entry point of the console script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a GBK console knows no tick mark; that must not end a run
    app()
