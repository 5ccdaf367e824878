"""Where the numbers of findings stand in the drawing: by the frame they belong to, on nothing else that must be seen.

Findings at about one place share a frame and stand in one row. A row that can't stand at its frame has a line to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gradphoto.portrait.report import Finding
from gradphoto.portrait.report_legend import BADGE
from gradphoto.portrait.report_view import Box, intersection, overlap, touch

GAP = 8  # between numbers, and between a frame and its row
SMALL = 3 * BADGE  # a frame no higher or no wider than this would vanish under a number
PART_OF_FACE = 0.7  # of its height: what is higher is the whole face
SAME_PLACE = 0.8  # of intersection over union
EDGE = 4  # pixels kept free at the picture's edge


@dataclass(frozen=True)
class Group:
    """Findings with one frame (picture pixels), the worst first."""

    box: Box
    findings: list[Finding]


@dataclass(frozen=True)
class Row:
    """A group's numbers: their row, and the line (x0, y0, x1, y1) to the frame where they stand off it."""

    group: Group
    box: Box
    line: Box | None


def grouped(findings: list[Finding]) -> list[tuple[Box, list[Finding]]]:
    """Findings that point at about the same place (full-size photo pixels), together; the worst first."""
    groups: list[tuple[Box, list[Finding]]] = []
    for finding in findings:
        region = finding.verdict and finding.verdict.region
        if not region:
            continue
        same = next((group for box, group in groups if overlap(box, region) > SAME_PLACE), None)
        if same is None:
            groups.append((region, [finding]))
        else:
            same.append(finding)
    return groups


def rows(groups: list[Group], face: Box | None, taken: list[Box], size: tuple[int, int]) -> list[Row]:
    """A row for every group inside a picture of `size`, off the words and numbers that are there (`taken`)."""
    taken = list(taken)
    found = []
    for group in groups:
        small = [g.box for g in groups if g is not group and _is_small(g.box)]
        count = len(group.findings)
        extent = (count * (BADGE + GAP) - GAP, BADGE)
        box = _free(_wanted(group.box, face), extent, [*taken, *small], size)
        taken.append(box)
        found.append(Row(group, box, _line(group.box, box)))
    return found


def _is_small(box: Box) -> bool:
    return min(box[2] - box[0], box[3] - box[1]) <= SMALL


def _wanted(box: Box, face: Box | None) -> tuple[float, float]:
    """Above the frame's left corner; for a part of the face beside it, so that the face stays free; for something small
    beside the face on its other side, where no line to the face's parts passes.
    """
    above = box[0] - BADGE / 2, box[1] - BADGE - GAP
    if face is None or box[3] - box[1] > PART_OF_FACE * (face[3] - face[1]):
        return above
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    if not face[1] < y < face[3]:
        return above
    if face[0] < x < face[2]:
        return max(face[2], box[2]) + 14, y - BADGE / 2
    if _is_small(box):
        return (box[2] + GAP if x > face[2] else box[0] - BADGE - GAP), y - BADGE / 2
    return above


def _free(
    start: tuple[float, float], extent: tuple[float, float], taken: list[Box], size: tuple[int, int]
) -> Box:
    """The free place for a row that is nearest to `start`; `start` itself, moved into the picture, if none is."""
    x0 = min(max(EDGE, start[0]), size[0] - extent[0] - EDGE)
    y0 = min(max(EDGE, start[1]), size[1] - extent[1] - EDGE)
    for dx, dy in _nearest_first():
        spot = (x0 + dx, y0 + dy, x0 + dx + extent[0], y0 + dy + extent[1])
        inside = min(spot[:2]) >= EDGE and spot[2] <= size[0] - EDGE and spot[3] <= size[1] - EDGE
        if inside and not any(touch(spot, t) for t in taken):
            return spot
    return x0, y0, x0 + extent[0], y0 + extent[1]


def _nearest_first() -> Iterator[tuple[float, float]]:
    step = (BADGE + GAP) / 2
    moves = [(i * step, j * step) for i in range(-16, 17) for j in range(-16, 17)]
    yield from sorted(moves, key=lambda move: (move[0] ** 2 + move[1] ** 2, -move[0], -move[1]))


def _line(frame: Box, row: Box) -> Box | None:
    """From the frame's edge to the row's, the shortest way; None where they stand together."""
    if touch((frame[0] - GAP, frame[1] - 2 * GAP, frame[2] + GAP, frame[3] + GAP), row):
        return None
    (xa, xb), (ya, yb) = (_nearest(frame[i], frame[i + 2], row[i], row[i + 2]) for i in (0, 1))
    return xa, ya, xb, yb


def _nearest(a0: float, a1: float, b0: float, b1: float) -> tuple[float, float]:
    """The points of two ranges that are nearest to each other; the middle of what they have in common."""
    low, _, high, _ = intersection((a0, 0, a1, 0), (b0, 0, b1, 0))
    if low <= high:
        return (low + high) / 2, (low + high) / 2
    return (a1, b0) if a1 < b0 else (a0, b1)
