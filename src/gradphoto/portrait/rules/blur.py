"""How blurred a picture is, from how much of its gradient energy a known further blur takes away.

Across a sharp edge that a Gaussian of width b has blurred, gradients after a further Gaussian of width s have an energy
proportional to 1 / sqrt(b^2 + s^2). Two such measurements, s = 1 and s = 2, give b; the contrast cancels out, so neither
skin, nor light, nor the amount of detail matters. Source: own, from the blurred step edge.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.closeup import Box
from gradphoto.portrait.rules.face_parts import pixel_box

FINE, COARSE = 1.0, 2.0
MARGIN = 6
DIRECTIONS = 8
# A uniform motion over this many px has the spread of a Gaussian of width 1.
LENGTH_PER_SPREAD = math.sqrt(12)

Energy = NDArray[np.float64]  # (3,): mean gx^2, gx gy, gy^2


def gaussian_blur(grey: NDArray[np.float32], box: Box) -> float:
    """Width (sigma, px) of the Gaussian blur of the edges in `box`; 0 for edges as sharp as pixels can show."""
    fine, coarse = _energies(grey, box)
    return math.sqrt(_variance(fine[0] + fine[2], coarse[0] + coarse[2]))


def motion_blur(grey: NDArray[np.float32], box: Box) -> float:
    """Length (px) of the uniform motion that explains how much more the most blurred direction is than the least."""
    fine, coarse = _energies(grey, box)
    variances = []
    for k in range(DIRECTIONS):
        angle = math.pi * k / DIRECTIONS
        along = np.array([math.cos(angle) ** 2, math.sin(2 * angle), math.sin(angle) ** 2])
        variances.append(_variance(float(along @ fine), float(along @ coarse)))
    return LENGTH_PER_SPREAD * math.sqrt(max(variances) - min(variances))


def _energies(grey: NDArray[np.float32], box: Box) -> tuple[Energy, Energy]:
    """Gradient energy of the box after the fine and after the coarse Gaussian."""
    x0, y0, x1, y1 = pixel_box(box, MARGIN)
    part = grey[y0:y1, x0:x1]
    return _energy(part, FINE), _energy(part, COARSE)


def _energy(part: NDArray[np.float32], sigma: float) -> Energy:
    smooth = np.asarray(cv2.GaussianBlur(part, (0, 0), sigma), np.float32)[
        MARGIN - 1 : 1 - MARGIN, MARGIN - 1 : 1 - MARGIN
    ]
    gx = (smooth[1:-1, 2:] - smooth[1:-1, :-2]) / 2
    gy = (smooth[2:, 1:-1] - smooth[:-2, 1:-1]) / 2
    return np.array([(gx * gx).mean(), (gx * gy).mean(), (gy * gy).mean()], np.float64)


def _variance(fine: float, coarse: float) -> float:
    """b^2 from the energies: (fine / coarse)^2 = (b^2 + COARSE^2) / (b^2 + FINE^2)."""
    ratio = max((fine / max(coarse, 1e-9)) ** 2, 1.0 + 1e-6)
    return max(0.0, (COARSE**2 - ratio * FINE**2) / (ratio - 1.0))
