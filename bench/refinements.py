"""Steps that might sharpen an alpha on the frame with the help of the picture: tried here before the engine takes them."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def guided(
    radius: int, eps: float, shrink: int = 1, reach: int = 0
) -> Callable[[NDArray[np.uint8], Floats], Floats]:
    """A refinement by `guided_filter` with the colour picture, in 0..1, as the guide.

    With `reach`, alpha stays as it was wherever it is 0 or 1 for `reach` px around.
    """

    def refine(image: NDArray[np.uint8], alpha: Floats) -> Floats:
        filtered = guided_filter(image.astype(np.float32) / np.float32(255), alpha, radius, eps, shrink)
        if not reach:
            return filtered
        band = cv2.dilate(((alpha > 0.02) & (alpha < 0.98)).astype(np.float32), np.ones((2 * reach + 1,) * 2))
        soft = cv2.blur(band, (3, 3))
        return np.asarray(soft * filtered + (1 - soft) * alpha, np.float32)

    return refine


def guided_filter(guide: Floats, values: Floats, radius: int, eps: float, shrink: int = 1) -> Floats:
    """`values` (H, W) as, in every window, the linear function of the guide (H, W, 3) that fits them best, in 0..1.

        values ~ slopes . guide + offset        slopes = (covariance of the guide + eps I)^-1 covariance with the values

    He et al., "Guided Image Filtering", PAMI 2013. With `shrink` > 1 slopes and offsets are found in a picture that much
    smaller (He & Sun, "Fast Guided Filter", 2015); `radius` counts in pixels of the large one.
    """
    height, width = values.shape
    small = (round(width / shrink), round(height / shrink))
    g, v = (
        np.asarray(cv2.resize(x, small, interpolation=cv2.INTER_AREA), np.float32) for x in (guide, values)
    )
    side = 2 * max(1, round(radius / shrink)) + 1

    def mean(x: Floats) -> Floats:
        return np.asarray(cv2.blur(x, (side, side)), np.float32)

    mean_g, mean_v = mean(g), mean(v)
    together = mean(g * v[..., None]) - mean_g * mean_v[..., None]
    pairs = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
    products = np.stack(
        [mean(g[..., i] * g[..., j]) - mean_g[..., i] * mean_g[..., j] for i, j in pairs], axis=-1
    )
    slopes = _solved(products + np.array([eps, 0, 0, eps, 0, eps], np.float32), together)
    offsets = mean_v - (slopes * mean_g).sum(axis=2)
    fit = mean(np.dstack([slopes, offsets]))
    if shrink > 1:
        fit = np.asarray(cv2.resize(fit, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    return np.asarray(np.clip((fit[..., :3] * guide).sum(axis=2) + fit[..., 3], 0, 1), np.float32)


def _solved(upper: Floats, right: Floats) -> Floats:
    """x (H, W, 3) with M x = right for the symmetric 3 x 3 matrices M given by their upper triangles (H, W, 6)."""
    a, b, c, d, e, f = np.moveaxis(upper, -1, 0)
    p, q, r = d * f - e * e, c * e - b * f, b * e - c * d
    s, t, u = a * f - c * c, b * c - a * e, a * d - b * b
    x, y, z = np.moveaxis(right, -1, 0)
    whole = a * p + b * q + c * r
    return np.asarray(
        np.dstack([p * x + q * y + r * z, q * x + s * y + t * z, r * x + t * y + u * z]) / whole[..., None]
    )


def by_colours(image: NDArray[np.uint8], alpha: Floats, reach: float = 12.0, trust: float = 40.0) -> Floats:
    """In the band, where a pixel lies on the line between the sure colours around it; the less far apart, the less so."""
    pixels = image.astype(np.float32)
    fore, back = _spread_out(pixels, alpha > 0.95, reach), _spread_out(pixels, alpha < 0.05, reach)
    line = fore - back
    length = np.square(line).sum(axis=2)
    on_line = np.clip(((pixels - back) * line).sum(axis=2) / (length + 1e-3), 0, 1)
    band = cv2.blur(((alpha > 0.05) & (alpha < 0.95)).astype(np.float32), (3, 3))
    weight = band * length / (length + trust**2)
    return np.asarray(weight * on_line + (1 - weight) * alpha, np.float32)


def closed_form(image: NDArray[np.uint8], alpha: Floats) -> Floats:
    """Levin et al., PAMI 2008, in a band around the outline. Seconds: a bound for what colours alone can tell."""
    import pymatting

    trimap = np.full(alpha.shape, 0.5)
    kernel = np.ones((5, 5), np.uint8)
    trimap[cv2.erode((alpha > 0.95).astype(np.uint8), kernel) > 0] = 1
    trimap[cv2.erode((alpha < 0.05).astype(np.uint8), kernel) > 0] = 0
    return np.asarray(pymatting.estimate_alpha_cf(image.astype(np.float64) / 255, trimap), np.float32)


def _spread_out(pixels: Floats, known: NDArray[np.bool_], reach: float) -> Floats:
    """Mean colour of the known pixels around each pixel."""
    weight = known.astype(np.float32)[..., None]
    sums = cv2.GaussianBlur(pixels * weight, (0, 0), reach)
    counts = cv2.GaussianBlur(weight, (0, 0), reach)[..., None]
    return np.asarray(sums / (counts + 1e-6), np.float32)
