"""How far a matte or a picture is from the truth.

SAD, MSE and gradient error after Rhemann et al., "A Perceptually Motivated Online Benchmark for Image Matting", CVPR 2009.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

GRADIENT_SIGMA = 1.4
# An edge is where the true alpha is neither of these.
EDGE = (0.02, 0.98)


@dataclass(frozen=True)
class MatteError:
    """Smaller is better. `sad` is a sum in thousands, `gradient` a sum, `mse` and `edge_mse` means times 1,000."""

    sad: float
    mse: float
    gradient: float
    edge_mse: float


def matte_error(alpha: Floats, truth: Floats, inside: Floats) -> MatteError:
    """Error of `alpha` against `truth`, both (H, W) in 0..1, where `inside` (H, W) is not 0."""
    counted = inside > 0
    wrong = (alpha - truth)[counted]
    edge = is_edge(truth) & counted
    steps = (gradient(alpha) - gradient(truth))[counted]
    return MatteError(
        sad=float(np.abs(wrong).sum() / 1000),
        mse=float(np.square(wrong).mean() * 1000),
        gradient=float(np.square(steps).sum()),
        edge_mse=mean_square(alpha[edge] - truth[edge]) * 1000,
    )


def is_edge(truth: Floats) -> NDArray[np.bool_]:
    """Where the true alpha is strictly between the two values of EDGE."""
    return (truth > EDGE[0]) & (truth < EDGE[1])


def gradient(alpha: Floats) -> Floats:
    """Magnitude (H, W) of the gradient, by derivatives of a Gaussian."""
    reach = np.arange(-5, 6, dtype=np.float32)
    bell = np.exp(-np.square(reach) / (2 * GRADIENT_SIGMA**2))
    bell /= bell.sum()
    slope = -reach * bell / GRADIENT_SIGMA**2
    across = cv2.sepFilter2D(alpha, cv2.CV_32F, slope, bell, borderType=cv2.BORDER_REPLICATE)
    down = cv2.sepFilter2D(alpha, cv2.CV_32F, bell, slope, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(np.hypot(across, down), np.float32)


def mean_square(values: Floats) -> float:
    """Mean of the squares, 0 for nothing."""
    return float(np.square(values).mean()) if values.size else 0.0
