"""docs/states.md, written from the table: `python -m gradphoto.collection.states_page > docs/states.md`."""

from __future__ import annotations

import os
import sys


def page() -> str:
    """The page: a diagram (Mermaid) and the table. Django must be set up."""
    from gradphoto.collection.models.collection import State
    from gradphoto.collection.transitions import TABLE

    lines = [
        "# States of a collection",
        "",
        "Drawn from `src/gradphoto/collection/transitions.py`; a test holds the two together.",
        "",
    ]
    lines += ["```mermaid", "stateDiagram-v2", "    [*] --> verified"]
    lines += [f"    {row.state} --> {row.next}: {row.event}" for row in TABLE]
    lines += ["    erased --> [*]", "```", "", "| state | on the page |", "|---|---|"]
    lines += [f"| {state} | {state.label} |" for state in State]
    lines += ["", "| from | event | to | who | guards | effects |", "|---|---|---|---|---|---|"]
    for row in TABLE:
        who = ", ".join(sorted(row.who))
        lines.append(
            f"| {row.state} | {row.event} | {row.next} | {who} | {', '.join(row.guards)} | {', '.join(row.effects)} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gradphoto.settings")
    django.setup()
    sys.stdout.write(page())
