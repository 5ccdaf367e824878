"""docs/settings.md, written from the settings' own table: `python -m gradphoto.settings.page > docs/settings.md`."""

from __future__ import annotations

import sys

from gradphoto import settings
from gradphoto.settings.env import TABLE


def page() -> str:
    """The page."""
    assert settings.DATA
    lines = [
        "# Settings of the service",
        "",
        "Environment variables; every one works unset. `NAME_FILE=/path` reads the value from a file instead.",
        "",
        "| name | default | meaning |",
        "|---|---|---|",
    ]
    lines += [
        f"| `{row.name}` | {f'`{row.default}`' if row.default else ''} | {row.meaning} |"
        for row in TABLE.values()
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
