"""Crop + alpha + background -> portrait: foreground colours estimated, so that no old background shines through.

    I = alpha * F + (1 - alpha) * B          what the camera saw
    portrait = alpha * F + (1 - alpha) * new what we make

F is estimated by blur fusion: Forte, "Approximate Fast Foreground Colour Estimation", ICIP 2021. The paper takes two
passes, radius 90 and 6. Here two more lie between them, and all but the last run at a quarter of the size, which takes
less time. With a true alpha the error falls; with the predicted one it is about 5 % above the paper's (docs/engine.md).
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Crop = tuple[float, float, float, float]

WIDE_RADII, NARROW_RADIUS = (90, 45, 20), 6  # pixels of a frame 640 high
SHRINK = 4


def resample(pixels: NDArray[np.uint8], crop: Crop, width: int, height: int) -> NDArray[np.uint8]:
    """The crop (x0, y0, x1, y1 in pixels, fractions allowed) of `pixels` at width x height: Lanczos, antialiased.

    Past the photo's edge its last pixel goes on; `inside_photo` says where that is, and nothing of it may be kept.
    """
    x0, y0, x1, y1 = crop
    height_in, width_in = pixels.shape[:2]
    # Only the crop and what the filter reaches beyond it is handed on: copying a whole photo would cost more.
    reach = math.ceil(3 * max((x1 - x0) / width, (y1 - y0) / height, 1.0)) + 1
    left, right = math.floor(x0) - reach, math.ceil(x1) + reach
    top, bottom = math.floor(y0) - reach, math.ceil(y1) + reach
    part = pixels[max(0, top) : bottom, max(0, left) : right]
    beyond = max(0, -top), max(0, bottom - height_in), max(0, -left), max(0, right - width_in)
    if any(beyond):
        part = np.asarray(cv2.copyMakeBorder(part, *beyond, cv2.BORDER_REPLICATE), np.uint8)
    box = (x0 - left, y0 - top, x1 - left, y1 - top)
    resized = Image.fromarray(np.ascontiguousarray(part)).resize(
        (width, height), Image.Resampling.LANCZOS, box=box
    )
    return np.asarray(resized, np.uint8)


def inside_photo(pixels: NDArray[np.uint8], crop: Crop, width: int, height: int) -> NDArray[np.float32]:
    """(height, width): 1 where a frame pixel's centre lies inside the photo, else 0."""
    x0, y0, x1, y1 = crop
    xs = x0 + (np.arange(width) + 0.5) * (x1 - x0) / width
    ys = y0 + (np.arange(height) + 0.5) * (y1 - y0) / height
    across = (xs > 0) & (xs < pixels.shape[1])
    down = (ys > 0) & (ys < pixels.shape[0])
    return np.outer(down, across).astype(np.float32)


def foreground(image: NDArray[np.float32], alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    """Foreground colours F (H, W, 3) of `image` (H, W, 3), 0..255, for `alpha` (H, W)."""
    scale = image.shape[0] / 640
    height, width = alpha.shape
    small = (max(1, width // SHRINK), max(1, height // SHRINK))
    small_image = _resized(image, small, cv2.INTER_AREA)
    small_alpha = _resized(alpha, small, cv2.INTER_AREA)
    fore = back = small_image
    for radius in WIDE_RADII:
        fore_mean, back = _blurred(fore, back, small_alpha, max(1, round(radius * scale / SHRINK)))
        fore = _moved(small_image, fore_mean, back, small_alpha)
    fore_mean, back = (_resized(mean, (width, height), cv2.INTER_LINEAR) for mean in (fore_mean, back))
    fore = _moved(image, fore_mean, back, alpha)
    fore_mean, back = _blurred(fore, back, alpha, max(1, round(NARROW_RADIUS * scale)))
    return _moved(image, fore_mean, back, alpha)


def composite(
    image: NDArray[np.uint8], alpha: NDArray[np.float32], background: tuple[int, int, int]
) -> NDArray[np.uint8]:
    """`image` (H, W, 3) with everything that is not the person replaced by one colour.

    Inside the person the camera's own bytes stay; only pixels that are partly the person are computed.
    """
    made = image.copy()
    made[alpha <= 0] = background
    mixed = (alpha > 0) & (alpha < 1)
    a = alpha[mixed][:, None]
    colours = a * foreground(image.astype(np.float32), alpha)[mixed] + (1 - a) * np.array(
        background, np.float32
    )
    made[mixed] = np.clip(np.rint(colours), 0, 255)
    return made


def _resized(values: NDArray[np.float32], size: tuple[int, int], how: int) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(values, size, interpolation=how), np.float32)


def _blurred(
    fore: NDArray[np.float32], back: NDArray[np.float32], alpha: NDArray[np.float32], radius: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Local means of F weighted by alpha and of B weighted by 1 - alpha."""
    size = (radius, radius)
    a = alpha[..., None]
    blurred = cv2.blur(alpha, size)[..., None]
    fore_mean = cv2.blur(fore * a, size) / (blurred + 1e-5)
    back_mean = cv2.blur(back * (1 - a), size) / (1 - blurred + 1e-5)
    return fore_mean, back_mean


def _moved(
    image: NDArray[np.float32],
    fore: NDArray[np.float32],
    back: NDArray[np.float32],
    alpha: NDArray[np.float32],
) -> NDArray[np.float32]:
    """F moved so that the equation above holds with B, as far as colours allow."""
    a = alpha[..., None]
    return np.asarray(np.clip(fore + a * (image - a * fore - (1 - a) * back), 0, 255), np.float32)
