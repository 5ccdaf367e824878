"""Settings that come from the environment: typed, checked, each with a default that works unset.

    value = setting("GRADPHOTO_PORT", whole, "8000", "port of the web server")

Every call adds a row to TABLE; docs/settings.md is written from it and a test holds the two together. A secret may also
come from a file: GRADPHOTO_X_FILE=/run/secrets/x stands for GRADPHOTO_X.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class WrongSetting(Exception):
    """A setting that can't be used: its name, what was found and what would do."""


@dataclass(frozen=True)
class Row:
    """One line of the settings table."""

    name: str
    default: str
    meaning: str


TABLE: dict[str, Row] = {}


def setting(name: str, kind: Callable[[str], T], default: str, meaning: str) -> T:
    """The value of the environment variable `name` read as `kind`, or the default. Raises WrongSetting."""
    TABLE[name] = Row(name, default, meaning)
    text = _text(name, default)
    try:
        return kind(text)
    except ValueError as error:
        raise WrongSetting(f"{name}={text!r}: {error}. {meaning}") from None


def _text(name: str, default: str) -> str:
    file = os.environ.get(f"{name}_FILE")
    if file:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise WrongSetting(f"{name}_FILE={file!r}: {error.strerror}") from None
    return os.environ.get(name, default)


def text(value: str) -> str:
    """Any text."""
    return value


def whole(value: str) -> int:
    """A whole number."""
    return int(value)


def flag(value: str) -> bool:
    """1/0, true/false, yes/no, on/off."""
    known = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if value.lower() not in known:
        raise ValueError("must be 1 or 0")
    return known[value.lower()]


def words(value: str) -> list[str]:
    """A list, separated by commas."""
    return [part.strip() for part in value.split(",") if part.strip()]


def folder(value: str) -> Path:
    """A folder; need not exist yet."""
    return Path(value).expanduser().resolve()
