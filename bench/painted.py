"""Things painted on a person or behind one, in known amounts. As `bench.degrade`: scene and amount to pixels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.degrade import from_lab, lit, to_lab
from bench.scene import Pixels, Scene

LIPS = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
INNER_LIPS = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
WALL = (225, 225, 222)


def eyes_narrowed(scene: Scene, share: float) -> Pixels:
    """The lids' opening squeezed to `share` of itself by bending the picture around both eyes."""
    x, y = (np.broadcast_to(axis, scene.alpha.shape).astype(np.float32).copy() for axis in scene.grid())
    for eye in (scene.face.right_eye, scene.face.left_eye):
        (x0, y0), (x1, y1) = eye.outline.min(axis=0), eye.outline.max(axis=0)
        middle, half = (y0 + y1) / 2, (y1 - y0) / 2
        reach = 3 * half
        offset = y - middle
        across = np.clip(1.5 - np.abs(x - (x0 + x1) / 2) / (0.6 * (x1 - x0)), 0, 1)
        squeezed = _stretched(np.abs(offset), half, reach, share)
        y += np.where(np.abs(offset) < reach, across * (np.sign(offset) * squeezed - offset), 0)
    return np.asarray(
        cv2.remap(scene.pixels, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _stretched(distance: NDArray[np.float32], half: float, reach: float, share: float) -> NDArray[np.float32]:
    """Where a pixel so far from the eye's middle comes from: the opening shrinks, the skin around fills up."""
    inner = share * half
    inside = distance / max(share, 1e-3)
    outside = half + (distance - inner) * (reach - half) / (reach - inner)
    return np.asarray(np.where(distance < inner, inside, outside), np.float32)


def lipstick(scene: Scene, share: float) -> Pixels:
    """Lips mixed with red, `share` of the way in L*a*b*."""
    lips = _soft(scene, scene.face.mesh[list(LIPS), :2])
    lips *= 1 - _soft(scene, scene.face.mesh[list(INNER_LIPS), :2])
    return _mixed(scene, lips * share, (38.0, 58.0, 28.0))


def red_pupils(scene: Scene, share: float) -> Pixels:
    """Pupils mixed with the red that a flash gives."""
    mask = np.zeros_like(scene.alpha)
    for eye in (scene.face.right_eye, scene.face.left_eye):
        radius = float(np.linalg.norm(eye.iris[1] - eye.iris[3])) / 2
        mask += _disc(scene, eye.iris[0], 0.6 * radius)
    return _mixed(scene, np.clip(mask, 0, 1) * share, (45.0, 65.0, 40.0))


def dark_lenses(scene: Scene, share: float) -> Pixels:
    """Round lenses that hold back `share` of the light, in thin dark rims."""
    mask, rims = np.zeros_like(scene.alpha), np.zeros_like(scene.alpha)
    for eye in (scene.face.right_eye, scene.face.left_eye):
        middle, radius = eye.outline.mean(axis=0), 0.19 * scene.face.width
        mask += _disc(scene, middle, radius)
        rims += _disc(scene, middle, radius + 2.5 * scene.unit) - _disc(scene, middle, radius)
    seen = scene.pixels if share == 0 else lit(scene, (1 - share * np.clip(mask, 0, 1))[..., None])
    rims = np.clip(rims + _bridge(scene), 0, 1) * float(share > 0)
    return np.asarray(np.rint(seen * (1 - rims[..., None]) + 30 * rims[..., None]), np.uint8)


def glare(scene: Scene, share: float) -> Pixels:
    """A white reflection over each eye, `share` of the eye's width wide."""
    mask = np.zeros_like(scene.alpha)
    for eye in (scene.face.right_eye, scene.face.left_eye):
        width = float(np.ptp(eye.outline[:, 0]))
        mask += _disc(scene, eye.outline.mean(axis=0), share * width / 2) if share else 0
    return _mixed(scene, np.clip(mask, 0, 1), (98.0, 0.0, 0.0))


def fringe(scene: Scene, share: float) -> Pixels:
    """Dark hair from the hairline down; at 1 it reaches the upper lids, at 0.75 about the brows."""
    lids = min(eye.outline[:, 1].min() for eye in (scene.face.right_eye, scene.face.left_eye))
    (left, right), top = scene.face.cheeks, scene.face.forehead - 0.1 * scene.face.width
    bottom = top + share * (lids - top)
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    strands = 6 * np.sin(scene.grid()[0] / (2.2 * scene.unit)) * scene.alpha**0
    return _mixed(scene, _soft(scene, corners) * float(share > 0), (18.0 + strands, 2.0, 4.0))


def covered_mouth(scene: Scene, share: float) -> Pixels:
    """A light blue mask from the chin upwards; at 1 it reaches the middle of the nose."""
    (left, right), chin = scene.face.cheeks, scene.face.chin
    top = chin - share * 0.62 * (chin - scene.face.eye_line) * 1.2
    corners = np.array([[left, top], [right, top], [right, chin], [left, chin]])
    oval = _disc(
        scene, np.array([scene.face.centre_x, scene.face.eye_line]), 1.15 * (chin - scene.face.eye_line)
    )
    return _mixed(scene, _soft(scene, corners) * oval * float(share > 0), (78.0, -8.0, -14.0))


def on_wall(scene: Scene, texture: float) -> Pixels:
    """Before a light wall with a checked pattern of +- `texture` grey levels."""
    x, y = scene.grid()
    size = 20 * scene.unit
    checks = np.where((np.floor(x / size) + np.floor(y / size)) % 2 == 0, 1.0, -1.0)
    return _behind(scene, np.array(WALL) - 40 * (texture > 0) + texture * checks[..., None])


def on_wall_with_shadow(scene: Scene, stops: float) -> Pixels:
    """Before a light wall on which the person throws a shadow `stops` deep to the right."""
    shift = np.array([[1, 0, 0.25 * scene.face.width], [0, 1, 0.08 * scene.face.width]])
    height, width = scene.alpha.shape
    shade = cv2.warpAffine(scene.alpha, shift, (width, height), borderMode=cv2.BORDER_REPLICATE)
    shade = cv2.GaussianBlur(shade, (0, 0), 5 * scene.unit)[..., None]
    return _behind(scene, np.array(WALL) * (2.0 ** (-stops * shade)) ** (1 / 2.2))


def clothed(scene: Scene, share: float, colour: tuple[int, int, int] = (100, 197, 255)) -> Pixels:
    """Before a light wall, everything of the person below the neck mixed with the background blue."""
    _, y = scene.grid()
    below = np.clip((y - scene.face.chin - 0.28 * scene.face.width) / (6 * scene.unit), 0, 1)
    mask = (share * below * scene.alpha)[..., None]
    return np.asarray(np.rint(on_wall(scene, 0) * (1 - mask) + np.array(colour) * mask), np.uint8)


def _behind(scene: Scene, wall: NDArray[np.float64]) -> Pixels:
    alpha = scene.alpha[..., None]
    return np.asarray(np.clip(np.rint(scene.pixels * alpha + wall * (1 - alpha)), 0, 255), np.uint8)


def _bridge(scene: Scene) -> NDArray[np.float32]:
    """From lens to lens over the nose."""
    inner = [scene.face.right_eye.outline.mean(axis=0), scene.face.left_eye.outline.mean(axis=0)]
    radius = 0.19 * scene.face.width
    left, right, y = inner[0][0] + radius, inner[1][0] - radius, float(np.mean([p[1] for p in inner]))
    half = 2 * scene.unit
    return _soft(scene, np.array([[left, y - half], [right, y - half], [right, y + half], [left, y + half]]))


def _disc(scene: Scene, middle: NDArray[np.floating], radius: float) -> NDArray[np.float32]:
    """1 inside a circle, with an edge one pixel soft."""
    x, y = scene.grid()
    return np.asarray(np.clip(radius + 0.5 - np.hypot(x - middle[0], y - middle[1]), 0, 1), np.float32)


def _soft(scene: Scene, points: NDArray[np.floating]) -> NDArray[np.float32]:
    """1 inside a polygon, with a soft edge."""
    mask = np.zeros_like(scene.alpha)
    cv2.fillPoly(mask, [np.rint(points).astype(np.int32)], 1.0)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), scene.unit), np.float32)


def _mixed(
    scene: Scene, mask: NDArray[np.float32], lab: tuple[float | NDArray[np.float32], float, float]
) -> Pixels:
    """The picture mixed with a colour, L*a*b*, where the mask is."""
    seen = to_lab(scene.pixels)
    channels = [seen[..., i] + mask * (lab[i] - seen[..., i]) for i in range(3)]
    return from_lab(np.stack(channels, axis=-1))
