"""How far colours are apart for the eye: CIE dE2000, and sRGB bytes as CIE L*a*b*."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Lab = NDArray[np.float32]


def lab_of(rgb: tuple[int, int, int]) -> Lab:
    """(3,) L*a*b* (D65) of an sRGB colour given as three bytes."""
    return np.asarray(lab_pixels(np.array([[rgb]], np.uint8))[0, 0], np.float32)


def lab_pixels(pixels: NDArray[np.uint8]) -> Lab:
    """(H, W, 3) L*a*b* (D65) of sRGB pixels; L 0..100."""
    return np.asarray(cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def delta_e(first: NDArray[np.floating], second: NDArray[np.floating]) -> NDArray[np.float64]:
    """CIE dE2000 between L*a*b* colours (..., 3), broadcast (ISO/CIE 11664-6).

    Written after Sharma, Wu & Dalal, "The CIEDE2000 Color-Difference Formula: Implementation Notes, Supplementary Test
    Data, and Mathematical Observations", Color Research & Application 30(1), 2005; checked against their test pairs.
    """
    (l1, a1, b1), (l2, a2, b2) = (np.moveaxis(np.asarray(c, np.float64), -1, 0) for c in (first, second))
    mean_chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 1.5 - 0.5 * np.sqrt(mean_chroma**7 / (mean_chroma**7 + 25.0**7))
    c1, c2 = np.hypot(a1 * g, b1), np.hypot(a2 * g, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a * g)) % 360 for a, b in ((a1, b1), (a2, b2)))
    both = (c1 * c2) > 0
    turn = np.where(both, (h2 - h1 + 180) % 360 - 180, 0.0)
    # Exactly opposite hues: the formula's own test pairs take the turn as +180.
    turn = np.where(both & (np.abs(h2 - h1) == 180), h2 - h1, turn)
    hue = _mean_hue(h1, h2, both)
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = (
        1
        - 0.17 * _cos(hue - 30)
        + 0.24 * _cos(2 * hue)
        + 0.32 * _cos(3 * hue + 6)
        - 0.20 * _cos(4 * hue - 63)
    )
    s_l = 1 + 0.015 * (lightness - 50) ** 2 / np.sqrt(20 + (lightness - 50) ** 2)
    d_l, d_c = (l2 - l1) / s_l, (c2 - c1) / (1 + 0.045 * chroma)
    d_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * chroma * t)
    rotation = np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2))))
    r_t = -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * rotation
    return np.asarray(np.sqrt(d_l**2 + d_c**2 + d_h**2 + r_t * d_c * d_h), np.float64)


def _mean_hue(
    h1: NDArray[np.float64], h2: NDArray[np.float64], both: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Mean hue angle in degrees; of a grey and a colour, the colour's."""
    total = h1 + h2
    far = np.abs(h1 - h2) > 180
    mean = np.where(far, np.where(total < 360, total + 360, total - 360), total) / 2
    return np.asarray(np.where(both, mean, total), np.float64)


def _cos(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.cos(np.radians(degrees))
