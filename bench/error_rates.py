"""Shares of errors of a rule, from how far outside its band photos with the defect and good photos lie."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

# Distances outside the good band (negative: inside) of photos with the defect, and of good ones.
Spread = tuple[NDArray[np.float64], NDArray[np.float64]]
CONFIDENCE = 0.95


def equal_error(defects: NDArray[np.float64], good: NDArray[np.float64]) -> float | None:
    """The share of errors of both kinds at the threshold where they are most alike; None without both kinds."""
    if not defects.size or not good.size:
        return None
    accepts, rejects = error_curve(defects, good)
    best = int(np.argmin(np.abs(accepts - rejects)))
    return float((accepts[best] + rejects[best]) / 2)


def error_curve(defects: NDArray[np.float64], good: NDArray[np.float64]) -> Spread:
    """Shares of false accepts and false rejects at every threshold, from one that rejects all to one that accepts all."""
    thresholds = np.concatenate([[-np.inf], np.unique(np.concatenate([defects, good]))])
    accepts = np.array([(defects <= t).mean() for t in thresholds])
    rejects = np.array([(good > t).mean() for t in thresholds])
    return accepts, rejects


def upper_limit(errors_seen: int, trials: int) -> float:
    """The share of errors that is not exceeded with 95 % confidence (Clopper and Pearson, one-sided), by bisection."""
    if trials == 0 or errors_seen >= trials:
        return 1.0
    low, high = errors_seen / trials, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        chance = sum(
            math.comb(trials, k) * middle**k * (1 - middle) ** (trials - k) for k in range(errors_seen + 1)
        )
        low, high = (middle, high) if chance > 1 - CONFIDENCE else (low, middle)
    return high
