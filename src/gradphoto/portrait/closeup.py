"""The close-up: the head at one size whatever the photo's, for every rule that looks at pixels.

The face is 240 pixels wide in it, as at the aim of the national rule, so that a measure in pixels means the same for
every photo and what is measured is about what the portrait will show. Nothing is rotated.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.face import Face
from gradphoto.portrait.face_mesh import Eye
from gradphoto.portrait.matte import Matte

FACE_WIDTH = 240
WIDTH, HEIGHT = 624, 832  # the matting window's 2.6 face widths, 3 : 4
EYES_AT = (WIDTH // 2, 350)  # where the middle between cheeks and the eye line lie

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class CloseUp:
    """`pixels` (832, 624, 3) uint8 sRGB; `alpha` (832, 624) float32 of the person, None before matting; `inside` (832,
    624) bool, False where the photo has no pixels (there `pixels` repeats the photo's edge); `face` in its pixels.

    A close-up pixel (x, y) is at x / scale + origin_x, y / scale + origin_y in the decoded photo.
    """

    pixels: NDArray[np.uint8]
    inside: NDArray[np.bool_]
    alpha: NDArray[np.float32] | None
    face: Face
    scale: float
    origin: tuple[float, float]

    @cached_property
    def grey(self) -> NDArray[np.float32]:
        """Luma (832, 624) float32 0..255 (ITU-R BT.601)."""
        return np.asarray(cv2.cvtColor(self.pixels, cv2.COLOR_RGB2GRAY), np.float32)

    @cached_property
    def lab(self) -> NDArray[np.float32]:
        """CIE L*a*b* (832, 624, 3) float32, D65: L 0..100."""
        return np.asarray(cv2.cvtColor(self.pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)

    def mask(self, *outline: int) -> NDArray[np.bool_]:
        """(832, 624) bool: inside the polygon through these mesh points."""
        return self.polygon(self.face.mesh[list(outline), :2])

    def polygon(self, points: NDArray[np.floating]) -> NDArray[np.bool_]:
        """(832, 624) bool: inside the polygon of `points` (N, 2), close-up pixels."""
        filled = np.zeros((HEIGHT, WIDTH), np.uint8)
        cv2.fillPoly(filled, [np.rint(points).astype(np.int32)], 1)
        return filled.astype(bool)

    def box_in_photo(self, box: Box) -> Box:
        """A box (x0, y0, x1, y1) of the close-up in decoded photo pixels."""
        (dx, dy), k = self.origin, self.scale
        return box[0] / k + dx, box[1] / k + dy, box[2] / k + dx, box[3] / k + dy


def take_closeup(pixels: NDArray[np.uint8], face: Face, matte: Matte | None) -> CloseUp:
    """The close-up of `face` in `pixels` (H, W, 3) sRGB."""
    scale = FACE_WIDTH / face.width
    origin = (face.centre_x - EYES_AT[0] / scale, face.eye_line - EYES_AT[1] / scale)
    sampled = _sampled(pixels, scale, origin)
    crop = (origin[0], origin[1], origin[0] + WIDTH / scale, origin[1] + HEIGHT / scale)
    xs = origin[0] + (np.arange(WIDTH) + 0.5) / scale
    ys = origin[1] + (np.arange(HEIGHT) + 0.5) / scale
    inside = np.outer((ys > 0) & (ys < pixels.shape[0]), (xs > 0) & (xs < pixels.shape[1]))
    alpha = matte.on_frame(crop, WIDTH, HEIGHT) * inside if matte is not None else None
    return CloseUp(sampled, inside, alpha, _moved(face, scale, origin), scale, origin)


def _sampled(pixels: NDArray[np.uint8], scale: float, origin: tuple[float, float]) -> NDArray[np.uint8]:
    """Area-averaged when shrinking: a first whole-number shrink, then bilinear."""
    shrink = max(1, int(1 / scale))
    x0, y0 = max(0, int(origin[0]) - 2 * shrink), max(0, int(origin[1]) - 2 * shrink)
    x1, y1 = int(origin[0] + WIDTH / scale) + 2 * shrink, int(origin[1] + HEIGHT / scale) + 2 * shrink
    part = pixels[y0:y1, x0:x1]
    kx = ky = 1.0
    if shrink > 1:
        size = (max(1, part.shape[1] // shrink), max(1, part.shape[0] // shrink))
        kx, ky = part.shape[1] / size[0], part.shape[0] / size[1]
        part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    step_x, step_y = 1 / (scale * kx), 1 / (scale * ky)
    matrix = np.array(
        [
            [step_x, 0, (origin[0] - x0) / kx + (step_x - 1) / 2],
            [0, step_y, (origin[1] - y0) / ky + (step_y - 1) / 2],
        ]
    )
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(part, matrix, (WIDTH, HEIGHT), flags=how, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _moved(face: Face, scale: float, origin: tuple[float, float]) -> Face:
    """The face in close-up pixels."""
    shift = -np.array(origin, np.float32)

    def move(points: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray((points + shift) * scale, np.float32)

    right, left = (Eye(move(eye.outline), move(eye.iris)) for eye in (face.right_eye, face.left_eye))
    mesh = np.concatenate([move(face.mesh[:, :2]), face.mesh[:, 2:] * np.float32(scale)], axis=1)
    box = move(face.box.reshape(2, 2)).reshape(4)
    return Face(face.score, box, mesh, face.presence, right, left, face.pose)
