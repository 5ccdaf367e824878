"""Live guidance while the photo is being taken: a small camera frame -> what to change, the most important first.

    guide(frame, standard) -> Guidance

Face, distance and place in the frame, pose, eyes and light, with the very rules and limits that the photo will be judged
by; no matte, so nothing about background, hair or clothes. Nothing is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.closeup import take_closeup
from gradphoto.portrait.face import Face, find_faces
from gradphoto.portrait.judge import verdicts
from gradphoto.portrait.photo import Photo, PhotoSource, read_photo
from gradphoto.portrait.photo_header import Header
from gradphoto.portrait.reasons import Refused
from gradphoto.portrait.rules import Outcome, Verdict
from gradphoto.portrait.rules.subject import Subject
from gradphoto.portrait.standard import Standard

Pixels = NDArray[np.uint8]

# In the order of the hints. Rules about fine detail (sharpness, skin) say nothing about a frame this small.
RULES = (
    "one_face",
    "roll",
    "yaw",
    "pitch",
    "eyes_open",
    "mouth_closed",
    "face_brightness",
    "underexposed",
    "overexposed",
    "uneven_light",
)
AT_MOST = 3
# Under this share of the frame's shorter side a face is too far away: of a photo of this shape, 1080 pixels on that side,
# too few would be left.
FAR = 0.19
# The top of the hair is not known without a matte: eyes to hair top in face widths, generous for high hair.
HAIR_ABOVE_EYES = 0.95
# What the portrait's frame may reach past the camera's, as a share of its side: there is slack in every band.
SLACK = 0.04


@dataclass(frozen=True)
class Hint:
    """One thing to change. `must`: the photo would be refused otherwise; else it would get a remark."""

    code: str
    zh: str
    en: str
    must: bool = True

    def as_dict(self) -> dict[str, Any]:
        """As the service hands it to the page."""
        return {"code": self.code, "zh": self.zh, "en": self.en, "must": self.must}


@dataclass(frozen=True)
class Guidance:
    """At most three hints, the most important first. `good`: nothing stands against taking the photo now."""

    good: bool
    hints: tuple[Hint, ...]
    face: tuple[float, float, float, float] | None = None
    """Cheek, forehead, cheek, chin in the frame's pixels, to draw on it."""

    def as_dict(self) -> dict[str, Any]:
        """As the service hands it to the page."""
        return {
            "good": self.good,
            "hints": [hint.as_dict() for hint in self.hints],
            "face": None if self.face is None else [round(v) for v in self.face],
        }


HINTS = {
    "no_face": ("没有看到脸，请正对镜头", "No face in view: look into the lens"),
    "too_far": ("请再靠近一些", "Come closer"),
    "too_close": ("请离远一点", "Step back a little"),
    "show_more_left": (
        "人太靠画面左边，请把镜头往左移一点",
        "Too far left: turn the camera a little to the left",
    ),
    "show_more_right": (
        "人太靠画面右边，请把镜头往右移一点",
        "Too far right: turn the camera a little to the right",
    ),
    "show_more_above": (
        "头顶空间不够，请把镜头抬高一点",
        "Not enough room above the head: tilt the camera up a little",
    ),
    "show_more_below": (
        "肩膀要拍进来，请把镜头放低一点",
        "Shoulders must be in view: tilt the camera down a little",
    ),
}


def guide(frame: Pixels | bytes, standard: Standard) -> Guidance:
    """What to change before the photo is taken. `frame`: (H, W, 3) uint8 sRGB, or an encoded picture, about 480 px.

    A frame that can't be read is one without a face; the next one comes soon.
    """
    try:
        photo = read_photo(frame) if isinstance(frame, bytes) else _photo(frame)
    except Refused as refused:
        return Guidance(False, tuple(Hint(r.code, r.zh, r.en) for r in refused.reasons))
    faces = find_faces(photo.pixels)
    if not faces:
        return Guidance(False, (_hint("no_face"),))
    subject = Subject(standard, photo, faces, take_closeup(photo.pixels, faces[0], None))
    found = sorted(verdicts(subject, frozenset(RULES)), key=lambda v: RULES.index(v.rule.code))
    wrong = [_spoken(v) for v in found if v.outcome is Outcome.FAIL]
    doubtful = [_spoken(v) for v in found if v.outcome is Outcome.WARN]
    others = [hint for hint in wrong if hint.code == "one_face"]
    placed = _composition(faces[0], photo.pixels.shape, standard)
    musts = [*others, *placed, *(hint for hint in wrong if hint not in others)]
    (left, right), face = faces[0].cheeks, faces[0]
    return Guidance(not musts, tuple([*musts, *doubtful][:AT_MOST]), (left, face.forehead, right, face.chin))


def _composition(face: Face, shape: tuple[int, ...], standard: Standard) -> list[Hint]:
    """Whether the portrait's frame, its face at the aim, fits into the camera's: distance first, then direction."""
    height, width = shape[:2]
    bands, frame = standard.composition, standard.frame
    unit = face.width / bands.face_width.aim  # camera pixels per portrait pixel
    across, down = frame.width * unit, frame.height * unit
    if across > width * (1 + SLACK) or down > height * (1 + SLACK):
        return [_hint("too_close")]
    if face.width < FAR * min(width, height):
        return [_hint("too_far")]
    x0 = face.centre_x - bands.centre_x.aim * unit
    y0 = min(face.eye_line - bands.eye_line.aim * unit, face.eye_line - HAIR_ABOVE_EYES * face.width)
    y1 = face.eye_line + (frame.height - bands.eye_line.max) * unit
    sides = {
        "above": -y0 / height,
        "below": (y1 - height) / height,
        "left": -x0 / width,
        "right": (x0 + across - width) / width,
    }
    lacking = sorted((side for side, lack in sides.items() if lack > SLACK), key=lambda side: -sides[side])
    return [_hint(f"show_more_{side}") for side in lacking]


def _hint(code: str) -> Hint:
    return Hint(code, *HINTS[code])


def _spoken(verdict: Verdict) -> Hint:
    """Cause and the first sentence of the fix: a hint is read in a second."""
    zh = f"{verdict.cause[0]}，{verdict.fix[0].partition('。')[0]}"
    en = f"{verdict.cause[1].rstrip('.')}. {verdict.fix[1].partition('. ')[0].rstrip('.')}."
    return Hint(verdict.rule.code, zh, en, verdict.outcome is Outcome.FAIL)


def _photo(pixels: Pixels) -> Photo:
    """Pixels of a camera, dressed as a photo that was read."""
    height, width = pixels.shape[:2]
    return Photo(pixels, 1, PhotoSource(b"", "", "JPEG", width, height, 1, Header()), ())
