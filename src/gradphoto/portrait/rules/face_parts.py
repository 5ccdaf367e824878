"""Where the parts of a face are in a close-up, the pixels inside them, and what colour its skin is: shared by all rules.

Numbers are points of the 468-point face mesh; right and left are the person's own, so the right is on the picture's left.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.closeup import HEIGHT, WIDTH, CloseUp
from gradphoto.portrait.face import CHIN, Face
from gradphoto.portrait.face_mesh import Eye
from gradphoto.portrait.rules.subject import Subject
from gradphoto.portrait.rules.verdict import Box, Measurement, not_measured

Outline = tuple[int, ...]

INNER_LIPS: Outline = (
    *(78, 191, 80, 81, 82, 13, 312, 311, 310, 415),
    *(308, 324, 318, 402, 317, 14, 87, 178, 88, 95),
)
OUTER_LIPS: Outline = (
    *(61, 185, 40, 39, 37, 0, 267, 269, 270, 409),
    *(291, 375, 321, 405, 314, 17, 84, 181, 91, 146),
)
# The whole face, from the hairline along the cheeks to the chin.
OVAL: Outline = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
# Above the eyebrows, both sides at once; a fringe may cover it.
MID_FOREHEAD: Outline = (104, 69, 108, 151, 337, 299, 333, 334, 296, 336, 9, 107, 66, 105)
NOSE_BRIDGE: Outline = (193, 122, 196, 3, 51, 5, 281, 248, 419, 351, 417, 168)
# Always (right, left).
# Skin that hair, frames and beards cover least: beside the nose, under the eyes. Two rings all but alike: the rules on
# light and noise have their limits from the first, those on eyes, mouth and skin from the second.
INNER_CHEEKS: tuple[Outline, Outline] = (
    (118, 119, 100, 142, 36, 205, 50),
    (347, 348, 329, 371, 266, 425, 280),
)
CHEEKS: tuple[Outline, Outline] = ((117, 118, 119, 100, 36, 205, 50), (346, 347, 348, 329, 266, 425, 280))
UNDER_EYES: tuple[Outline, Outline] = (
    (228, 229, 230, 231, 120, 119, 118, 117),
    (448, 449, 450, 451, 349, 348, 347, 346),
)
# Between the nostrils and the corners of the mouth.
MOUTH_SIDES: tuple[Outline, Outline] = (
    (205, 36, 203, 206, 216, 207),
    (425, 266, 423, 426, 436, 427),
)
FOREHEAD: tuple[Outline, Outline] = (
    (67, 109, 10, 151, 9, 107, 66, 105, 104),
    (297, 338, 10, 151, 9, 336, 296, 334, 333),
)
BROWS: tuple[Outline, Outline] = (
    (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
)
EYES: tuple[Outline, Outline] = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
)
NOSE_TIP: Outline = (51, 5, 281, 275, 4, 45)
ABOVE_LIPS: Outline = (165, 92, 40, 37, 0, 267, 270, 322, 391, 393, 164, 167)
BELOW_LIPS: Outline = (
    *(202, 204, 194, 201, 200, 421, 418, 424, 422, 430),
    *(394, 395, 369, 396, 175, 171, 140, 170, 169, 210),
)

# Beyond this the mesh guesses half of the face. The rules of the pose fail long before.
MEASURABLE_YAW = 35.0
# A lens that lets less of the light through than this leaves nothing of the eye to measure.
DARK_LENS = 0.3


def turned_away(subject: Subject) -> Measurement | None:
    """Why nothing of the face can be measured, where it is turned too far away."""
    if abs(subject.face.pose.yaw) <= MEASURABLE_YAW:
        return None
    return not_measured("脸转得太偏，看不全", "the face is turned too far away")


def eyes_unseen(subject: Subject) -> Measurement | None:
    """Why nothing of the eyes can be measured: turned away, or behind dark lenses."""
    if lens_brightness(subject.close) < DARK_LENS:
        return not_measured("深色镜片挡住了眼睛", "dark lenses hide the eyes")
    return turned_away(subject)


def pixels_in(
    image: NDArray[np.generic], points: NDArray[np.floating], hole: NDArray[np.floating] | None = None
) -> NDArray[np.float32]:
    """The pixels (N,) or (N, C) of `image` inside the polygon of `points` (M, 2), but for a `hole`; at least one."""
    height, width = image.shape[:2]
    x0, y0 = np.clip(np.floor(points.min(axis=0)).astype(int), 0, (width - 1, height - 1))
    x1, y1 = np.clip(np.ceil(points.max(axis=0)).astype(int) + 1, (x0 + 1, y0 + 1), (width, height))
    filled = _filled((x0, y0, x1, y1), points, hole)
    part = image[y0:y1, x0:x1]
    found = part[filled] if filled.any() else part.reshape(-1, *image.shape[2:])[:1]
    return np.asarray(found, np.float32)


def inside(values: NDArray[np.float32], polygon: NDArray[np.floating]) -> NDArray[np.float32]:
    """Values (832, 624, ...) of the close-up's pixels inside a polygon, as (M, ...); empty where it lies outside."""
    x0, y0, x1, y1 = box = pixel_box(box_of(polygon))
    if x1 <= x0 or y1 <= y0:
        return values[:0, 0]
    return np.asarray(values[y0:y1, x0:x1][_filled(box, polygon)], np.float32)


def _filled(
    box: tuple[int, int, int, int],
    polygon: NDArray[np.floating],
    hole: NDArray[np.floating] | None = None,
) -> NDArray[np.bool_]:
    """The polygon, but for its hole, as a mask of the box."""
    x0, y0, x1, y1 = box
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    for points, value in ((polygon, 1), (hole, 0)):
        if points is not None:
            cv2.fillPoly(mask, [np.rint(points - (x0, y0)).astype(np.int32)], value)
    return mask > 0


def lab_in(close: CloseUp, outline: Outline) -> NDArray[np.float32]:
    """L*a*b* (N, 3) inside the polygon through these mesh points."""
    return pixels_in(close.lab, points_of(close.face, outline))


def grey_in(close: CloseUp, outline: Outline) -> NDArray[np.float32]:
    """Luma (N,) inside the polygon through these mesh points."""
    return pixels_in(close.grey, points_of(close.face, outline))


def points_of(face: Face, outline: Outline) -> NDArray[np.float32]:
    """(N, 2) of these mesh points."""
    return face.mesh[list(outline), :2]


def lips_lab(close: CloseUp) -> NDArray[np.float32]:
    """(3,) median L*a*b* of the lips, without what shows between them."""
    outer, inner = (points_of(close.face, outline) for outline in (OUTER_LIPS, INNER_LIPS))
    return np.asarray(np.median(pixels_in(close.lab, outer, hole=inner), axis=0), np.float32)


def skin_lab(close: CloseUp) -> NDArray[np.float32]:
    """(3,) median L*a*b* of the cheeks."""
    both = np.concatenate([lab_in(close, cheek) for cheek in CHEEKS])
    return np.asarray(np.median(both, axis=0), np.float32)


def lens_brightness(close: CloseUp) -> float:
    """Luminance of the skin right under the eyes over that of the cheeks: about 0.6 to 1.2, or that of a lens before it.

    The mean of both sides, each against its own cheek, so that light from one side does not matter.
    """
    ratios = [
        np.median(grey_in(close, under)) / max(1.0, float(np.median(grey_in(close, cheek))))
        for under, cheek in zip(UNDER_EYES, CHEEKS, strict=True)
    ]
    return float(np.mean(np.power(ratios, 2.2)))


def eye_to_chin(face: Face) -> float:
    """From the middle between the pupils to the chin: the length that ISO/IEC 29794-5 measures a face by."""
    return float(np.linalg.norm(face.pupils.mean(axis=0) - face.mesh[CHIN, :2]))


def lids(eye: Eye) -> NDArray[np.float32]:
    """The lids as a polygon (16, 2): the lower from the outer corner to the inner, the upper back."""
    return np.concatenate([eye.outline[:9], eye.outline[:8:-1]])


def box_of(points: NDArray[np.floating], margin: float = 0.0) -> Box:
    """The box around `points` (N, 2) with `margin` pixels on every side."""
    (x0, y0), (x1, y1) = points.min(axis=0) - margin, points.max(axis=0) + margin
    return float(x0), float(y0), float(x1), float(y1)


def eyes_box(face: Face, margin: float = 8.0) -> Box:
    """The box around both eyes."""
    return box_of(np.concatenate([face.right_eye.outline, face.left_eye.outline]), margin)


def mouth_box(face: Face, margin: float = 6.0) -> Box:
    """The box around the lips."""
    return box_of(points_of(face, OUTER_LIPS), margin)


def pixel_box(box: Box, margin: float = 0.0) -> tuple[int, int, int, int]:
    """A box in whole close-up pixels, widened by `margin` on every side and cut to the close-up."""
    x0, y0 = max(0, int(box[0] - margin)), max(0, int(box[1] - margin))
    return x0, y0, min(WIDTH, int(box[2] + margin) + 1), min(HEIGHT, int(box[3] + margin) + 1)


def face_box(close: CloseUp) -> Box:
    """From cheek to cheek and from the hairline to the chin."""
    left, right = close.face.cheeks
    return left, close.face.forehead, right, close.face.chin


def inner_face_box(close: CloseUp) -> Box:
    """From above the eyebrows to the chin, without the contour: what must be in focus."""
    x0, _, x1, y1 = face_box(close)
    width = x1 - x0
    return x0 + 0.1 * width, close.face.eye_line - 0.2 * width, x1 - 0.1 * width, y1 - 0.02 * width


def cheek_skin(close: CloseUp, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Values of both inner cheeks together, (M, ...)."""
    return np.concatenate([inside(values, points_of(close.face, side)) for side in INNER_CHEEKS])
