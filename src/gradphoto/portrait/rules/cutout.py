"""The finished cut-out beside the photo it was cut from, for the rules on its edge. Everything at half the frame's size:
edges are two pixels wide and more there, and it takes a quarter of the time.
"""

from __future__ import annotations

import io
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gradphoto.portrait.rules.colours import Lab, lab_pixels
from gradphoto.portrait.rules.subject import Finished, Subject

Mask = NDArray[np.bool_]
T = TypeVar("T")
Floats = NDArray[np.float32]

HALF = 2
LOCAL = 15  # half-size px: the window in which a pixel's own fore- and background are looked for
# alpha from which a pixel is the person alone, and up to which it is background alone
PERSON, GROUND = 0.97, 0.02
HEAD_REACH = 20  # half-size px to both sides of the head's outline
WALL_FROM = 14  # half-size px from the person from which on the old background is surely that
LEAST_PIXELS = 100


@dataclass(frozen=True)
class Cutout:
    """At half the frame's size, (h, w, ...): `old` uint8, the photo where the portrait was taken from; `seen`, where it is
    known; `alpha`; `decoded` float32, the JPEG; `head`, what lies around the outline of hair and neck, the face left out;
    `eyes`, the row of the eyes.
    """

    old: NDArray[np.uint8]
    seen: Mask
    alpha: Floats
    decoded: Floats
    head: Mask
    eyes: int

    @cached_property
    def lab(self) -> Lab:
        """The photo in L*a*b*."""
        return lab_pixels(self.old)

    @cached_property
    def wall(self) -> Lab:
        """L*a*b* of the old background, carried on smoothly behind the person and into what is close to the outline:
        there the matte may be wrong, and its errors must not vouch for themselves.
        """
        height, width = self.alpha.shape
        small = (width // 4, height // 4)
        ground = (self.alpha < GROUND).astype(np.uint8)
        away = cv2.distanceTransform(ground, cv2.DIST_L2, 3) > WALL_FROM
        empty = (away & self.seen & ~closed_in(ground > 0)).astype(np.float32)
        weight = cv2.resize(empty, small, interpolation=cv2.INTER_AREA)
        colour = cv2.resize(self.lab * empty[..., None], small, interpolation=cv2.INTER_AREA)
        for size in (5, 9, 17, 33, 65):  # nearer colours outweigh farther ones a hundredfold
            colour = colour + 1e-2 * cv2.blur(colour, (size, size))
            weight = weight + 1e-2 * cv2.blur(weight, (size, size))
        filled = colour / (weight[..., None] + 1e-12)
        return np.asarray(cv2.resize(filled, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)

    @cached_property
    def hair(self) -> Lab | None:
        """(3,) median L*a*b* of the solid person around the outline above the eyes; None where there is too little."""
        solid = (self.head & (self.alpha > 0.95))[: self.eyes]
        if solid.sum() < LEAST_PIXELS:
            return None
        return np.asarray(np.median(self.lab[: self.eyes][solid], axis=0), np.float32)

    @cached_property
    def local(self) -> tuple[Floats, Floats, Mask]:
        """sRGB means of the person and of the old background around each pixel, and where there are both."""
        fore, near = _mean_around(self.old, (self.alpha > PERSON) & self.seen)
        back, beyond = _mean_around(self.old, (self.alpha < GROUND) & self.seen)
        return fore, back, (near > 0.02) & (beyond > 0.02)


def once_per_subject(measure: Callable[[Subject], T]) -> Callable[[Subject], T]:
    """Remembers what `measure` gave for a subject, as long as that lives."""
    known: dict[int, T] = {}

    @wraps(measure)
    def remembered(subject: Subject) -> T:
        key = id(subject)
        if key not in known:
            known[key] = measure(subject)
            weakref.finalize(subject, known.pop, key, None)
        return known[key]

    return remembered


def closed_in(empty: Mask) -> Mask:
    """Those of the `empty` pixels that no path of empty pixels joins to the frame's edge."""
    count, labels = cv2.connectedComponents(empty.astype(np.uint8), connectivity=8)
    closed = np.ones(count, bool)
    closed[np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])] = False
    closed[0] = False
    return np.asarray(closed[labels], np.bool_)


def finished_of(subject: Subject) -> Finished:
    """The portrait, for rules that need one: they run only where there is one."""
    if subject.finished is None:
        raise LookupError("no portrait was made")
    return subject.finished


@once_per_subject
def decoded_of(subject: Subject) -> NDArray[np.uint8]:
    """(height, width, 3): the portrait's JPEG as a reader sees it."""
    data = finished_of(subject).encoded.data
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.uint8)


@once_per_subject
def cutout_of(subject: Subject) -> Cutout:
    """The cut-out of a subject with a finished portrait."""
    finished = finished_of(subject)
    height, width = (side // HALF for side in finished.alpha.shape)
    old, seen = _old_picture(subject, width, height)
    alpha = np.asarray(cv2.resize(finished.alpha, (width, height), interpolation=cv2.INTER_AREA), np.float32)
    decoded = cv2.resize(decoded_of(subject), (width, height), interpolation=cv2.INTER_AREA)
    eyes = max(0, round(finished.placement.eye_line / HALF))
    return Cutout(old, seen, alpha, decoded.astype(np.float32), _head(finished, alpha), eyes)


def _old_picture(subject: Subject, width: int, height: int) -> tuple[NDArray[np.uint8], Mask]:
    """The photo on the portrait's frame at this size, taken from the close-up, and where it is known."""
    close = subject.close
    x0, y0, x1, _ = (v * subject.photo.scale for v in finished_of(subject).placement.crop)
    (dx, dy), k = close.origin, close.scale
    step = (x1 - x0) / width * k
    matrix = np.array([[step, 0, (x0 - dx) * k + (step - 1) / 2], [0, step, (y0 - dy) * k + (step - 1) / 2]])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    soft = cv2.blur(close.pixels, (2, 2))  # bilinear sampling at half the size would skip pixels
    old = cv2.warpAffine(soft, matrix, (width, height), flags=how, borderMode=cv2.BORDER_REPLICATE)
    seen = cv2.warpAffine(close.inside.astype(np.uint8) * 255, matrix, (width, height), flags=how)
    return np.asarray(old, np.uint8), seen > 254


def _head(finished: Finished, alpha: Floats) -> Mask:
    """What lies HEAD_REACH to both sides of the outline, down to the chin, but for the face."""
    placement = finished.placement
    solid = (alpha > 0.5).astype(np.uint8)
    away = cv2.distanceTransform(solid, cv2.DIST_L2, 3) + cv2.distanceTransform(1 - solid, cv2.DIST_L2, 3)
    band = np.asarray(away < HEAD_REACH, np.bool_)
    face, eyes, middle = (v / HALF for v in (placement.face_width, placement.eye_line, placement.centre_x))
    band[max(0, round(eyes + 0.65 * face)) :] = False
    band[max(0, round(eyes - 0.35 * face)) :, max(0, round(middle - face / 2)) : round(middle + face / 2)] = (
        False
    )
    return band


def _mean_around(old: NDArray[np.uint8], where: Mask) -> tuple[Floats, Floats]:
    """Mean colour of the pixels `where` around each pixel, and their share there."""
    size, weight = (LOCAL, LOCAL), where.astype(np.float32)
    share = cv2.blur(weight, size)
    mean = cv2.blur(old * weight[..., None], size) / (share[..., None] + 1e-5)
    return np.asarray(mean, np.float32), np.asarray(share, np.float32)
