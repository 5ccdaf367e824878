"""BlazeFace: where the faces are, roughly (a box and six points each).

Source: Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs", 2019. Two networks of the
family are used: the full-range one (192 px, faces up to about five metres away) and, only where that finds nobody, the
short-range one (128 px, a face that fills the picture).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.inference import network

MIN_SCORE = 0.5
SAME_FACE_IOU = 0.3


@dataclass(frozen=True)
class Detection:
    """A face as the detector saw it, in pixels of the picture: box (x0, y0, x1, y1), points (6, 2), score 0..1.

    The points are right eye, left eye (the person's own), nose tip, mouth, right and left ear.
    """

    box: NDArray[np.float32]
    points: NDArray[np.float32]
    score: float

    @property
    def width(self) -> float:
        """Width of the box in pixels."""
        return float(self.box[2] - self.box[0])


@dataclass(frozen=True)
class Range:
    """One network of the family: its weight, input side in px, and the layers of its anchor grid.

    A layer is (stride in px, anchors a cell).
    """

    weight: str
    side: int
    layers: tuple[tuple[int, int], ...]


FULL_RANGE = Range("face-detection-full-range", 192, ((4, 1),))
SHORT_RANGE = Range("face-detection-short-range", 128, ((8, 2), (16, 6)))


def detect(pixels: NDArray[np.uint8]) -> list[Detection]:
    """All faces in `pixels` (H, W, 3) sRGB, best first; an empty list where there are none."""
    return _detect(pixels, FULL_RANGE) or _detect(pixels, SHORT_RANGE)


def _detect(pixels: NDArray[np.uint8], family: Range) -> list[Detection]:
    letterboxed, scale, offset = _letterbox(pixels, family.side)
    batch = letterboxed.astype(np.float32)[None] / 127.5 - 1.0
    regressed, logits = network(family.weight)(batch)
    scores = (1.0 / (1.0 + np.exp(-np.clip(logits[0, :, 0], -50, 50)))).astype(np.float32)
    kept = np.flatnonzero(scores >= MIN_SCORE)
    values = regressed[0, kept].reshape(-1, 8, 2) / family.side
    anchors = _anchors(family)[kept]
    centres, sizes = values[:, 0] + anchors, values[:, 1]
    corners = np.stack([centres - sizes / 2, centres + sizes / 2], axis=1)
    points = np.concatenate([corners, values[:, 2:] + anchors[:, None]], axis=1)
    return _merge(((points * family.side - offset) / scale).astype(np.float32), scores[kept])


def _letterbox(pixels: NDArray[np.uint8], side: int) -> tuple[NDArray[np.uint8], float, NDArray[np.float32]]:
    """`pixels` fitted into a black square of `side`: the square, its scale, and the offset (x, y) in it."""
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    new_w, new_h = max(1, round(width * scale)), max(1, round(height * scale))
    square = np.zeros((side, side, 3), np.uint8)
    x, y = (side - new_w) // 2, (side - new_h) // 2
    square[y : y + new_h, x : x + new_w] = cv2.resize(pixels, (new_w, new_h), interpolation=cv2.INTER_AREA)
    return square, scale, np.array([x, y], np.float32)


@cache
def _anchors(family: Range) -> NDArray[np.float32]:
    """Centres (N, 2) of the anchor grid, in units of the input's side."""
    layers = []
    for stride, repeats in family.layers:
        cells = family.side // stride
        ys, xs = np.mgrid[0:cells, 0:cells]
        centres = (np.stack([xs, ys], axis=-1).reshape(-1, 2) + 0.5) / cells
        layers.append(np.repeat(centres, repeats, axis=0))
    return np.concatenate(layers).astype(np.float32)


def _merge(points: NDArray[np.float32], scores: NDArray[np.float32]) -> list[Detection]:
    """Weighted non-maximum suppression: overlapping answers become their score-weighted mean (BlazeFace, section 4)."""
    faces: list[Detection] = []
    left = list(np.argsort(-scores))
    while left:
        overlaps = _iou(points[left[0], :2], points[left, :2])
        same = [i for i, iou in zip(left, overlaps, strict=True) if iou > SAME_FACE_IOU] or [left[0]]
        left = [i for i in left if i not in same]
        mean = np.average(points[same], axis=0, weights=scores[same]).astype(np.float32)
        faces.append(Detection(mean[:2].reshape(4), mean[2:], float(scores[same].max())))
    return faces


def _iou(box: NDArray[np.float32], boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Intersection over union of one (2, 2) corner box with many (N, 2, 2)."""
    overlap = np.clip(np.minimum(box[1], boxes[:, 1]) - np.maximum(box[0], boxes[:, 0]), 0, None).prod(axis=1)
    union = (box[1] - box[0]).prod() + (boxes[:, 1] - boxes[:, 0]).prod(axis=1) - overlap
    return np.asarray(overlap / np.maximum(union, 1e-9), np.float32)
