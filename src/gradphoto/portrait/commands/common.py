"""What the commands share: errors before any photo is touched end in two plain lines and exit code 2 or 3."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NoReturn, ParamSpec

import typer

from gradphoto.portrait.standard import Standard, StandardError, load_standard
from gradphoto.portrait.weights import WeightsError

P = ParamSpec("P")


def stop(zh: str, en: str, code: int = 2) -> NoReturn:
    """Says why in both languages on the error stream and ends the command."""
    typer.echo(f"{zh}\n{en}", err=True)
    raise typer.Exit(code)


def counted(count: int, noun: str) -> str:
    """`1 photo`, `2 photos`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def loaded_standard(name: str) -> Standard:
    """The profile, or the end of the command with file, key and reason."""
    try:
        return load_standard(name)
    except StandardError as error:
        stop(error.zh, error.en)


def needs_models(command: Callable[P, None]) -> Callable[P, None]:
    """A command that ends plainly, with what to run, where a model file is missing or altered."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except WeightsError as error:
            stop(error.zh, error.en)

    return wrapped
