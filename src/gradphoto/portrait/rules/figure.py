"""Where hair, skin and clothes are in the close-up: by place, matte and colour. No network says so; each rule that
uses these regions names what it mistakes.

All masks are over every third pixel of the close-up: colours of regions need no more.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.closeup import FACE_WIDTH, HEIGHT, CloseUp
from gradphoto.portrait.rules.face_parts import OVAL

Mask = NDArray[np.bool_]
Lab = NDArray[np.float32]
Box = tuple[float, float, float, float]

STEP = 3
CHEEKS = ((101, 36, 205, 187, 50), (330, 266, 425, 411, 280))

SOLID = 0.9  # alpha from which a pixel is the person alone
# How far from the cheeks' colour skin of the same person goes: in the a*b* plane, and darker or lighter in L*.
SKIN_CHROMA, SKIN_DARKER, SKIN_LIGHTER = 9.0, 32.0, 22.0
# The clothes begin so far under the chin, face widths; the neck above is left out.
CLOTHES_BELOW_CHIN = 0.3
HEAD_REACH = 0.75  # face widths from the face's middle to either side


@dataclass(frozen=True)
class Region:
    """A part of the person: `mask` (278, 208), the colours (N, 3) in it, which of them (N,) are like skin, and its box in
    close-up pixels.
    """

    mask: Mask
    lab: Lab
    skin: Mask
    box: Box

    @property
    def pixels(self) -> int:
        """Its area in close-up pixels."""
        return len(self.lab) * STEP * STEP


def skin_colour(close: CloseUp) -> Lab:
    """(3,) L*a*b*: the cheeks' median."""
    lab = _thinned(close)
    cheeks = _polygon(close, CHEEKS[0]) | _polygon(close, CHEEKS[1])
    return np.asarray(np.median(lab[cheeks], axis=0), np.float32)


def head(close: CloseUp, alpha: NDArray[np.float32]) -> Region:
    """The solid person above the eye line and outside the face's outline: hair, a bald head, or what covers it."""
    outline = cv2.dilate(_polygon(close, OVAL).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    mask = (alpha[::STEP, ::STEP] > SOLID) & ~outline
    mask[round(close.face.eye_line / STEP) :] = False
    left, right = (close.face.centre_x + sign * HEAD_REACH * FACE_WIDTH for sign in (-1, 1))
    mask[:, : max(0, round(left / STEP))] = False
    mask[:, round(right / STEP) :] = False
    return _region(close, cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)


def chest(close: CloseUp, alpha: NDArray[np.float32]) -> Region:
    """The solid person below the neck: clothes, bare skin, and long hair where it hangs there."""
    mask = alpha[::STEP, ::STEP] > SOLID
    mask[: clothes_top(close) // STEP] = False
    return _region(close, mask)


def clothes_top(close: CloseUp) -> int:
    """The close-up's row from which on clothes are looked at."""
    return min(HEIGHT - 12, round(close.face.chin + CLOTHES_BELOW_CHIN * FACE_WIDTH))


def like_skin(lab: Lab, skin: Lab) -> Mask:
    """Which of the colours (..., 3) may be this person's skin, in light or shade."""
    off = lab - skin
    chroma = np.hypot(off[..., 1], off[..., 2])
    return np.asarray(
        (chroma < SKIN_CHROMA) & (off[..., 0] > -SKIN_DARKER) & (off[..., 0] < SKIN_LIGHTER), np.bool_
    )


def bounds(mask: Mask, step: int = STEP) -> Box:
    """The box around the pixels of a mask over every `step`-th pixel; nothing where there are none."""
    ys, xs = np.flatnonzero(mask.any(axis=1)) * step, np.flatnonzero(mask.any(axis=0)) * step
    if not len(ys):
        return 0.0, 0.0, 0.0, 0.0
    return float(xs[0]), float(ys[0]), float(xs[-1] + step), float(ys[-1] + step)


def _region(close: CloseUp, mask: Mask) -> Region:
    lab = _thinned(close)[mask]
    return Region(mask, lab, like_skin(lab, skin_colour(close)), bounds(mask))


def _thinned(close: CloseUp) -> Lab:
    return close.lab[::STEP, ::STEP]


def _polygon(close: CloseUp, outline: tuple[int, ...]) -> Mask:
    filled = np.zeros(_thinned(close).shape[:2], np.uint8)
    cv2.fillPoly(filled, [np.rint(close.face.mesh[list(outline), :2] / STEP).astype(np.int32)], 1)
    return filled.astype(bool)
