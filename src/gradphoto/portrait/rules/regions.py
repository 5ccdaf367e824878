"""Places on the face by mesh points, and the pixels inside them.

Points come as (the person's right, the person's left) where they are mirrored.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.closeup import HEIGHT, WIDTH, Box, CloseUp

Points = NDArray[np.floating]

# The whole face, from the hairline along the cheeks to the chin.
OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
# Skin that hair, frames and beards cover least: beside the nose, under the eyes.
INNER_CHEEKS = ((118, 119, 100, 142, 36, 205, 50), (347, 348, 329, 371, 266, 425, 280))
# Between the nostrils and the corners of the mouth.
MOUTH_SIDES = ((205, 36, 203, 206, 216, 207), (425, 266, 423, 426, 436, 427))
# Above the eyebrows; a fringe may cover it.
FOREHEAD = (104, 69, 108, 151, 337, 299, 333, 334, 296, 336, 9, 107, 66, 105)
NOSE_BRIDGE = (193, 122, 196, 3, 51, 5, 281, 248, 419, 351, 417, 168)


def outline(close: CloseUp, points: tuple[int, ...]) -> Points:
    """(N, 2) close-up pixels of mesh points."""
    return np.asarray(close.face.mesh[list(points), :2], np.float32)


def inside(values: NDArray[np.float32], polygon: Points) -> NDArray[np.float32]:
    """Values (832, 624, ...) of the close-up's pixels inside a polygon, as (M, ...); empty where it lies outside."""
    x0, y0, x1, y1 = pixel_box(box_of(polygon))
    if x1 <= x0 or y1 <= y0:
        return values[:0, 0]
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    cv2.fillPoly(mask, [np.rint(polygon - (x0, y0)).astype(np.int32)], 1)
    return np.asarray(values[y0:y1, x0:x1][mask.astype(bool)], np.float32)


def box_of(*polygons: Points) -> Box:
    """The smallest upright box around the polygons."""
    points = np.concatenate(polygons)
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)


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
    return np.concatenate([inside(values, outline(close, side)) for side in INNER_CHEEKS])
