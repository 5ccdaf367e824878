"""Photo + face -> alpha: which share of each pixel belongs to the person.

MODNet (Ke et al., "MODNet: Real-Time Trimap-Free Portrait Matting via Objective Decomposition", AAAI 2022) on a window
around the head that holds any crop the standard may want, so that no work goes into the rest of the photo.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.face import Face
from gradphoto.portrait.inference import network
from gradphoto.portrait.reasons import refuse

NETWORK_HEIGHT, NETWORK_WIDTH = 512, 384
# The window in face widths: as wide as a crop whose face is near the narrow end of its band, and high accordingly.
WINDOW_WIDTH = 2.6
EYES_FROM_TOP = 0.42
# The network's inside sits near 0.98 and its outside near 0.01: stretched to the full range.
ALPHA_FLOOR, ALPHA_SPAN = 0.03, 0.93
# An edge of the photo counts as clear of the person where less than this much of them (face widths) touches it.
EDGE_TOUCH = 0.02
# The hair's top is where the person gets this wide (face widths), not where the first stray hair ends.
HAIR_TOP_WIDTH = 0.12


@dataclass(frozen=True)
class Window:
    """A rectangle of whole pixels of the photo, and how many network pixels one of them is."""

    x0: int
    y0: int
    x1: int
    y1: int
    scale: float


@dataclass(frozen=True)
class Matte:
    """Alpha (h, w) float32 in 0..1 over `window`, at the network's resolution."""

    alpha: NDArray[np.float32]
    window: Window

    def on_frame(
        self, crop: tuple[float, float, float, float], width: int, height: int
    ) -> NDArray[np.float32]:
        """Alpha (height, width) of the crop (x0, y0, x1, y1, photo pixels). The window's edge goes on outside it."""
        x0, y0, x1, y1 = crop
        sx, sy = self.window.scale * (x1 - x0) / width, self.window.scale * (y1 - y0) / height
        left = (x0 - self.window.x0) * self.window.scale + (sx - 1) / 2
        top = (y0 - self.window.y0) * self.window.scale + (sy - 1) / 2
        matrix = np.array([[sx, 0.0, left], [0.0, sy, top]])
        alpha = cv2.warpAffine(
            self.alpha,
            matrix,
            (width, height),
            flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.clip(alpha, 0.0, 1.0)

    def hair_top(self, face: Face) -> float:
        """y of the top of the hair in photo pixels: the first row in which the person is HAIR_TOP_WIDTH wide."""
        scale, window = self.window.scale, self.window
        left = int((face.centre_x - face.width * 0.75 - window.x0) * scale)
        right = int((face.centre_x + face.width * 0.75 - window.x0) * scale)
        widths = self.alpha[:, max(0, left) : max(1, right)].sum(axis=1) / (face.width * scale)
        row = int(np.argmax(widths >= HAIR_TOP_WIDTH))
        before = float(widths[row - 1]) if row else 0.0
        share = (HAIR_TOP_WIDTH - before) / max(float(widths[row]) - before, 1e-6) if row else 0.0
        return window.y0 + (row - 0.5 + share) / scale

    def is_cut_above(self, face: Face) -> bool:
        """Whether the hair runs out of the photo at its upper edge."""
        return self.window.y0 == 0 and self.hair_top(face) < 1.0 / self.window.scale

    def is_clear_above(self, face: Face) -> bool:
        """Whether the upper edge shows background only."""
        return bool(self.alpha[:2].mean(axis=0).sum() < EDGE_TOUCH * face.width * self.window.scale)

    def clear_beside(self, face: Face) -> tuple[float, float]:
        """Down to which y (photo pixels) the left and the right edge show background only."""
        touch = EDGE_TOUCH * face.width * self.window.scale
        return self._clear_to(self.alpha[:, :2], touch), self._clear_to(self.alpha[:, -2:], touch)

    def _clear_to(self, edge: NDArray[np.float32], touch: float) -> float:
        touched = np.cumsum(edge.mean(axis=1)) >= touch
        row = int(np.argmax(touched)) if touched.any() else len(touched)
        return self.window.y0 + row / self.window.scale


def matte_person(pixels: NDArray[np.uint8], face: Face) -> Matte:
    """Alpha of the person with this face. `pixels` (H, W, 3) sRGB. Raises Refused `no_person_matte`."""
    window = window_around(face, pixels.shape[1], pixels.shape[0])
    patch = _sampled(pixels, window)
    raw = _run(patch)[: patch.shape[0], : patch.shape[1]]
    stretched = np.clip((raw - ALPHA_FLOOR) / ALPHA_SPAN, 0.0, 1.0)
    seed = (face.centre_x - window.x0) * window.scale, (face.eye_line - window.y0) * window.scale
    return Matte(keep_person(stretched, seed), window)


def window_around(face: Face, width: int, height: int) -> Window:
    """The matting window for a face in a photo of this size, clipped to the photo."""
    w = WINDOW_WIDTH * face.width
    h = w * NETWORK_HEIGHT / NETWORK_WIDTH
    x0, y0 = face.centre_x - w / 2, face.eye_line - h * EYES_FROM_TOP
    left, top = max(0, round(x0)), max(0, round(y0))
    right, bottom = min(width, round(x0 + w)), min(height, round(y0 + h))
    return Window(
        left, top, right, bottom, min(NETWORK_WIDTH / (right - left), NETWORK_HEIGHT / (bottom - top))
    )


def keep_person(alpha: NDArray[np.float32], seed: tuple[float, float]) -> NDArray[np.float32]:
    """`alpha` without what belongs to others: solid parts not joined to the one at `seed` (x, y), and what is nearer
    to those parts than to the person. Raises Refused `no_person_matte` where nothing solid is at the seed.
    """
    solid = (alpha > 0.5).astype(np.uint8)
    _, labels = cv2.connectedComponents(solid)
    x, y = (
        int(np.clip(v, 0, size - 1)) for v, size in zip(seed, (alpha.shape[1], alpha.shape[0]), strict=True)
    )
    person = labels[y, x]
    if person == 0:
        raise refuse("no_person_matte")
    others = (labels != person) & (labels != 0)
    kept = _loose_ends_dropped(alpha, labels == person)
    if not others.any():
        return kept
    to_person = cv2.distanceTransform((labels != person).astype(np.uint8), cv2.DIST_L2, 3)
    to_others = cv2.distanceTransform((~others).astype(np.uint8), cv2.DIST_L2, 3)
    return np.where(to_others < to_person, np.float32(0), kept)


def _loose_ends_dropped(alpha: NDArray[np.float32], person: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Faint patches that touch the person nowhere are set to 0."""
    _, labels = cv2.connectedComponents((alpha > 0.02).astype(np.uint8))
    mine = np.unique(labels[person])
    return np.where(np.isin(labels, mine), alpha, np.float32(0))


def _sampled(pixels: NDArray[np.uint8], window: Window) -> NDArray[np.uint8]:
    part = pixels[window.y0 : window.y1, window.x0 : window.x1]
    size = (
        min(NETWORK_WIDTH, round(part.shape[1] * window.scale)),
        min(NETWORK_HEIGHT, round(part.shape[0] * window.scale)),
    )
    how = cv2.INTER_AREA if window.scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(part, size, interpolation=how), np.uint8)


def _run(patch: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The network's raw alpha. A window that the photo's edge clips is filled up by its own edge, for the network only."""
    below, beside = NETWORK_HEIGHT - patch.shape[0], NETWORK_WIDTH - patch.shape[1]
    filled = cv2.copyMakeBorder(patch, 0, below, 0, beside, cv2.BORDER_REPLICATE)
    batch = np.ascontiguousarray(filled.transpose(2, 0, 1), np.float32)[None] / 127.5 - 1.0
    return np.asarray(network("modnet", (1, 3, NETWORK_HEIGHT, NETWORK_WIDTH))(batch)[0][0, 0], np.float32)
