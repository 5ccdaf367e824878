"""Chinese and English set in lines, for drawings and terminals: `length` says how wide a text is, in whatever unit.

Words and numbers stay whole; the rest may break anywhere but before what closes and after what opens.
"""

from __future__ import annotations

import re
from collections.abc import Callable

PIECES = re.compile(
    r"-?[0-9][0-9.,]* ~ -?[0-9][0-9.,]*(?: ?[%°])?"  # a range
    r"|[0-9.]+ [\u4e00-\u9fff]|[A-Za-z0-9.,:;'\"!?()/%°#≤≥±×~+\-]+|\s+|."
)
NEVER_FIRST = frozenset("，。、；：！？）》」』”’…％°")
NEVER_LAST = frozenset("（《「『“‘")
ORPHAN = 4
NARROWER = 0.86


def wrapped(text: str, width: float, length: Callable[[str], float]) -> list[str]:
    """`text` in lines no longer than `width`. A word or number is broken only where it alone is too long.

    A last line of one to three characters gets company from the line before.
    """
    lines = _filled(text, width, length)
    if len(lines) > 1 and len(lines[-1]) < ORPHAN:
        narrower = _filled(text, width * NARROWER, length)
        return narrower if len(narrower) == len(lines) else lines
    return lines


def _filled(text: str, width: float, length: Callable[[str], float]) -> list[str]:
    lines, line = [], ""
    for piece in _pieces(text, width, length):
        if not line or length(line + piece.rstrip()) <= width:
            line += piece
        else:
            lines.append(line.rstrip())
            line = piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str, width: float, length: Callable[[str], float]) -> list[str]:
    """What may not be parted, each with the punctuation that clings to it."""
    joined: list[str] = []
    for piece in PIECES.findall(text):
        clings = joined and (piece[0] in NEVER_FIRST or joined[-1][-1] in NEVER_LAST)
        if clings and length(joined[-1] + piece) <= width:
            joined[-1] += piece
        elif length(piece) > width:
            joined += list(piece)
        else:
            joined.append(piece)
    return joined
