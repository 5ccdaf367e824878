"""The eyes: open, and looking into the lens."""

from __future__ import annotations

import numpy as np

from gradphoto.portrait.face_mesh import Eye
from gradphoto.portrait.rules.face_parts import box_of, eyes_box, eyes_unseen
from gradphoto.portrait.rules.subject import Subject
from gradphoto.portrait.rules.verdict import (
    Measurement,
    Needs,
    Words,
    band_score,
    not_measured,
    rule,
    sigmoid_score,
)

# Of an eye's width, for every degree that the head is turned: where the irises of people lie who turn the head and
# still look into the lens. Seen from the side an eyeball shows its iris off the middle between the lids' corners.
GAZE_PERCENT_A_DEGREE = 0.4
# An eye less open than this shows no iris to speak of.
CLOSED = 0.08


@rule(
    "eyes_open",
    group="eyes",
    unit="ratio",
    needs=Needs.FACE,
    zh=Words(
        "双眼睁开", "眼睛闭着或没有睁开", "", "请自然睁开双眼，拍的一刻不要眨眼；多拍几张，挑睁眼的一张。"
    ),
    en=Words(
        "Eyes open",
        "An eye is closed or nearly closed.",
        "",
        "Open both eyes naturally and don't blink; take a few photos and choose one.",
    ),
    score=sigmoid_score(0.11, 0.015),
)
def eyes_open(subject: Subject) -> Measurement:
    """Height over width of the lids' outline, of the eye that is less open (ISO/IEC 29794-5 EyesOpen measures the same
    gap against the length of the face; the eye's own width makes it independent of how long a face is).

    Closed 0.03 to 0.06; open 0.17 to 0.35, narrow eyes among them; laughing eyes 0.14 to 0.18. Weakness: eyes cast down
    read as open.
    """
    if unseen := eyes_unseen(subject):
        return unseen
    eye = min(_eyes(subject), key=lambda eye: eye.opening)
    return Measurement(eye.opening, box_of(eye.outline, 8.0))


@rule(
    "gaze",
    group="eyes",
    unit="percent",
    needs=Needs.FACE,
    zh=Words(
        "目视镜头",
        "眼睛看向了照片的左侧",
        "眼睛看向了照片的右侧",
        "请看着手机背面的镜头，不要看屏幕或别处。",
    ),
    en=Words(
        "Looking into the lens",
        "The eyes look towards the photo's left.",
        "The eyes look towards the photo's right.",
        "Look into the lens on the back of the phone, nowhere else.",
    ),
    score=band_score(-4.0, 4.0, 16.0),
)
def gaze(subject: Subject) -> Measurement:
    """How far the irises lie off the middle between the lids' corners, mean of both eyes, percent of an eye's width,
    less what the turned head explains (0.4 % a degree of yaw). Positive towards the picture's right. Own.

    Weaknesses: only sideways: a glance up or down is not seen; 10 degrees of gaze make about 3 %.
    """
    if unseen := eyes_unseen(subject):
        return unseen
    if min(eye.opening for eye in _eyes(subject)) < CLOSED:
        return not_measured("眼睛闭着", "an eye is closed")
    right, left = (_iris_position(eye) for eye in _eyes(subject))
    offset = 50 * (right - left)  # both run from the outer corner to the inner
    value = offset + GAZE_PERCENT_A_DEGREE * subject.face.pose.yaw
    return Measurement(float(value), eyes_box(subject.close.face))


@rule(
    "eyes_hidden",
    group="eyes",
    unit="percent",
    needs=Needs.FACE,
    zh=Words("眼睛没有被挡住", "", "头发或镜框挡住了眼睛", "请把头发别到一边，让两只眼睛完全露出来。"),
    en=Words(
        "Eyes not hidden",
        "",
        "Hair or a frame hides an eye.",
        "Pin the hair aside so that both eyes can be seen completely.",
    ),
    score=band_score(0, 0, 20),
)
def eyes_hidden(subject: Subject) -> Measurement:
    """Hair or a frame across an eye (ISO/IEC 29794-5 EyesVisible). Not measured: lids, lashes and make-up are as dark as
    hair, and without a network that knows hair the two can't be told apart (a forehead under hair can: `forehead`).
    """
    return not_measured(
        "头发、镜框与睫毛难以可靠区分，由审核人员看",
        "hair and frames look too much like lashes: a person looks at this",
    )


def _eyes(subject: Subject) -> tuple[Eye, Eye]:
    face = subject.close.face
    return face.right_eye, face.left_eye


def _iris_position(eye: Eye) -> float:
    """Where the iris lies between the outer corner (0) and the inner (1)."""
    outer, inner = eye.outline[0], eye.outline[8]
    axis = inner - outer
    return float(np.dot(eye.iris[0] - outer, axis) / max(float(np.dot(axis, axis)), 1e-6))
