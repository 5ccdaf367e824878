"""Where the drawing looks: the portrait's frame on the photo, and the part of the photo's plane that is shown.

Boxes are (x0, y0, x1, y1).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from gradphoto.portrait.placement import Measures, Placement, place
from gradphoto.portrait.reasons import Reason, Refused
from gradphoto.portrait.report import Finding
from gradphoto.portrait.report_legend import WIDTH
from gradphoto.portrait.rules.subject import Subject
from gradphoto.portrait.standard import Standard

Box = tuple[float, float, float, float]

MAX_HEIGHT = 1620  # of the photo's part of the drawing
CONTEXT = 0.16  # shares of the frame's width seen around the frame
SIDES = ("above", "below", "left", "right")
UNLIMITED = 1000.0


@dataclass(frozen=True)
class Frame:
    """The portrait's frame on the photo: `box` in full-size photo pixels, frame pixels per photo pixel, and which pixels
    of it are missing on which side. A frame that is only `wanted` has no portrait.
    """

    box: Box
    scale: float
    missing: dict[str, int]
    wanted: bool

    def y(self, frame_y: float) -> float:
        """Photo pixels of a height in the frame."""
        return self.box[1] + frame_y / self.scale

    def x(self, frame_x: float) -> float:
        """Photo pixels of a column of the frame."""
        return self.box[0] + frame_x / self.scale

    def lacking(self, width: float, height: float) -> list[Box]:
        """The strips of the frame that a photo of this size lacks, in photo pixels."""
        x0, y0, x1, y1 = self.box
        strips = {
            "above": (x0, y0, x1, 0.0),
            "below": (x0, height, x1, y1),
            "left": (x0, y0, 0.0, y1),
            "right": (width, y0, x1, y1),
        }
        return [s for side, s in strips.items() if side in self.missing and s[0] < s[2] and s[1] < s[3]]


@dataclass(frozen=True)
class View:
    """The part of the photo's plane that is shown (`box`, full-size photo pixels), and picture pixels per photo pixel."""

    box: Box
    scale: float

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        x0, y0, x1, y1 = self.box
        return max(1, round((x1 - x0) * self.scale)), max(1, round((y1 - y0) * self.scale))

    def __call__(self, box: Box) -> Box:
        """A box of photo pixels in picture pixels."""
        return self.x(box[0]), self.y(box[1]), self.x(box[2]), self.y(box[3])

    def x(self, x: float) -> float:
        """Picture pixels of a photo column."""
        return (x - self.box[0]) * self.scale

    def y(self, y: float) -> float:
        """Picture pixels of a photo row."""
        return (y - self.box[1]) * self.scale


def portrait_frame(subject: Subject) -> Frame | None:
    """The frame of the portrait, or the one that it would take; None where none would do or nothing was measured."""
    if subject.finished is not None:
        placement = subject.finished.placement
        return Frame(placement.crop, placement.scale, {}, wanted=False)
    if subject.measures is None:
        return None
    missing = _missing(subject.refused)
    try:
        placement, missing = _place_as_if(subject.measures, subject.standard, missing)
    except Refused:
        return None
    if any(r.code == "hair_cut_off" for r in subject.refused):
        missing["above"] = 0  # nobody knows how many
    return Frame(placement.crop, placement.scale, missing, wanted=True)


def _missing(reasons: tuple[Reason, ...]) -> dict[str, int]:
    """Photo pixels missing on each side, as the engine found."""
    codes = ((r, r.code.removeprefix("missing_")) for r in reasons)
    return {side: int(r.data["pixels"]) for r, side in codes if side in SIDES}


def _place_as_if(
    measures: Measures, standard: Standard, missing: dict[str, int]
) -> tuple[Placement, dict[str, int]]:
    """The placement in a photo that had what it lacks, the missing pixels and enough of them, and what that is. Raises
    Refused.
    """
    limits = standard.limits.model_copy(update={} if missing else {"upscale": UNLIMITED})
    lacks = {side: missing[side] + 1 if side in missing else 0 for side in SIDES}
    dx, dy = lacks["left"], lacks["above"]
    whole = replace(
        measures,
        width=measures.width + dx + lacks["right"],
        height=measures.height + dy + lacks["below"],
        hair_top=measures.hair_top + dy,
        eye_line=measures.eye_line + dy,
        centre_x=measures.centre_x + dx,
    )
    try:
        found = place(whole, standard.model_copy(update={"limits": limits}))
    except Refused as refused:
        again = _missing(refused.reasons)
        if missing or not again:
            raise
        return _place_as_if(measures, standard, again)
    x0, y0, x1, y1 = found.crop
    return replace(found, crop=(x0 - dx, y0 - dy, x1 - dx, y1 - dy)), missing


def view_of(subject: Subject, frame: Frame | None, findings: list[Finding]) -> View:
    """Frame and marked regions with something around them; the whole photo where there is no frame."""
    source = subject.photo.source
    whole: Box = (0.0, 0.0, float(source.width), float(source.height))
    if frame is None:
        return _fitted(whole)
    margin = CONTEXT * (frame.box[2] - frame.box[0])
    around = grown(frame.box, margin)
    for finding in findings:
        if finding.verdict is not None and finding.verdict.region is not None:
            around = union(around, grown(finding.verdict.region, margin / 2))
    # Beyond the photo only where the frame is, and there with room for the words.
    reach = union(whole, grown(frame.box, margin / (2 if frame.missing else 6)))
    return _fitted(intersection(around, reach))


def _fitted(box: Box) -> View:
    width, height = box[2] - box[0], box[3] - box[1]
    return View(box, min(WIDTH / width, MAX_HEIGHT / height))


def whole_pixels(box: Box) -> tuple[int, int, int, int]:
    """Rounded."""
    x0, y0, x1, y1 = (round(v) for v in box)
    return x0, y0, x1, y1


def grown(box: Box, by: float) -> Box:
    """By so much on every side."""
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def union(a: Box, b: Box) -> Box:
    """The smallest box that holds both."""
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


def intersection(a: Box, b: Box) -> Box:
    """What both have; of no size, or inside out, where they do not meet."""
    return max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])


def touch(a: Box, b: Box) -> bool:
    """Whether the boxes have anything in common."""
    x0, y0, x1, y1 = intersection(a, b)
    return x0 < x1 and y0 < y1


def overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    x0, y0, x1, y1 = intersection(a, b)
    both = max(0.0, x1 - x0) * max(0.0, y1 - y0)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return both / max(areas - both, 1e-9)
