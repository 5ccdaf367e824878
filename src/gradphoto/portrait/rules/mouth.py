"""The mouth: closed, no teeth, no broad smile."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.closeup import CloseUp
from gradphoto.portrait.face import CHIN, FOREHEAD, MIRRORED_PAIRS
from gradphoto.portrait.rules.face_parts import (
    INNER_LIPS,
    eye_to_chin,
    lips_lab,
    mouth_box,
    points_of,
    skin_lab,
    turned_away,
)
from gradphoto.portrait.rules.subject import Subject
from gradphoto.portrait.rules.verdict import Measurement, Needs, Words, band_score, rule, sigmoid_score

# Points of the upper and of the lower inner lip that lie above each other.
LIP_GAPS = ((81, 178), (82, 87), (13, 14), (312, 317), (311, 402))
CORNERS, LIPS_MIDDLE = (61, 291), (0, 17)
# Teeth have less red in them than lips and skin, by this many a* units.
TEETH_LESS_RED = 3.5


@rule(
    "mouth_closed",
    group="mouth",
    unit="percent",
    needs=Needs.FACE,
    zh=Words("嘴巴闭合", "", "嘴巴张开了", "请自然合上嘴唇，不要露齿。"),
    en=Words("Mouth closed", "", "The mouth is open.", "Close your lips naturally."),
    score=sigmoid_score(5.0, -0.8),
)
def mouth_closed(subject: Subject) -> Measurement:
    """The widest gap between the inner lips over the length from eyes to chin, in percent (ISO/IEC 29794-5 MouthClosed).

    Closed 0.5 to 3; an open mouth 5 and more. Weakness: lips only just apart read as closed; `teeth` sees many of those.
    """
    if away := turned_away(subject):
        return away
    face = subject.close.face
    upper, lower = (face.mesh[list(points), :2] for points in zip(*LIP_GAPS, strict=True))
    gap = float(np.linalg.norm(upper - lower, axis=1).max())
    return Measurement(100 * gap / eye_to_chin(face), mouth_box(face))


@rule(
    "teeth",
    group="mouth",
    unit="percent",
    needs=Needs.FACE,
    zh=Words("不露牙齿", "", "露出了牙齿", "请合上嘴唇，微笑时也不要露出牙齿。"),
    en=Words("No teeth", "", "Teeth are visible.", "Close your lips; smile without showing your teeth."),
    score=band_score(0, 5, 40),
)
def teeth(subject: Subject) -> Measurement:
    """Share of the mouth's width in which something between the lips is less red than lips and skin and not dark. Own.

    Weaknesses: teeth in the shadow of the upper lip, or under 2 pixels of a 240-pixel face, are missed; a thing held
    between the lips counts as teeth.
    """
    if away := turned_away(subject):
        return away
    close = subject.close
    return Measurement(100 * _width_with_teeth(close), mouth_box(close.face))


@rule(
    "expression",
    group="mouth",
    unit="percent",
    needs=Needs.FACE,
    zh=Words("表情自然", "", "笑得太明显", "请放松面部，表情自然平和，可以微笑但不要大笑。"),
    en=Words(
        "Neutral expression",
        "",
        "The smile is too broad.",
        "Relax your face; a light smile is fine, a laugh is not.",
    ),
    score=sigmoid_score(6.0, -1.5),
)
def expression(subject: Subject) -> Measurement:
    """How far the corners of the mouth are raised over the middle of the lips, percent of the mouth's width, seen from
    the front whatever the pose (towards ISO/IEC 29794-5 ExpressionNeutrality; own formula).

    Neutral -7 to 4, a light smile 3 to 6, a laugh 7 and more. Weaknesses: a smile of the eyes alone, a frown and raised
    brows are not seen.
    """
    if away := turned_away(subject):
        return away
    face = subject.close.face
    down = _downwards(face.mesh)
    corners, middle = ((face.mesh[list(points)] @ down).mean() for points in (CORNERS, LIPS_MIDDLE))
    width = float(np.linalg.norm(face.mesh[CORNERS[0]] - face.mesh[CORNERS[1]]))
    return Measurement(float(100 * (middle - corners) / max(width, 1e-6)), mouth_box(face))


def _downwards(mesh: NDArray[np.float32]) -> NDArray[np.float32]:
    """(3,) unit vector from forehead to chin, at right angles to the line between the mesh's mirrored points."""
    right, left = np.array(MIRRORED_PAIRS[:6]).T
    across = (mesh[left] - mesh[right]).sum(axis=0)
    across /= np.linalg.norm(across)
    down = mesh[CHIN] - mesh[FOREHEAD]
    down = down - across * np.dot(down, across)
    return np.asarray(down / np.linalg.norm(down), np.float32)


def _width_with_teeth(close: CloseUp) -> float:
    """Share of the columns between the corners of the mouth that hold at least two pixels of teeth."""
    x0, y0, x1, y1 = (int(v) for v in mouth_box(close.face))
    lips = points_of(close.face, INNER_LIPS)
    inner = np.zeros((y1 - y0, x1 - x0), np.uint8)
    cv2.fillPoly(inner, [np.rint(lips - (x0, y0)).astype(np.int32)], 1)
    mouth, lip, skin = close.lab[y0:y1, x0:x1], lips_lab(close), skin_lab(close)
    # The mesh is a pixel or two off where the lips meet.
    between = cv2.dilate(inner, np.ones((5, 1), np.uint8)) > 0
    pale = (mouth[..., 1] < min(lip[1], skin[1]) - TEETH_LESS_RED) & (
        mouth[..., 0] > max(lip[0] - 5, skin[0] / 2)
    )
    columns = ((between & pale).sum(axis=0) >= 2).sum()
    width = float(np.ptp(lips[:, 0]))
    return min(1.0, float(columns) / max(width, 1.0))
