"""Things painted on a person or behind one, in known amounts. As `bench.degrade`: scene and amount to pixels."""

from __future__ import annotations

from dataclasses import replace

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


def framed(scene: Scene, share: float) -> Pixels:
    """Clear glasses whose rims hide `share` of what is behind them."""
    rims = share * _lenses(scene)[1][..., None]
    return np.asarray(np.rint(scene.pixels * (1 - rims) + 30 * rims), np.uint8)


def dark_lenses(scene: Scene, share: float) -> Pixels:
    """Glasses whose lenses hold back `share` of the light, in thin dark rims; 0 is without glasses."""
    if share == 0:
        return scene.pixels
    seen = lit(scene, (1 - share * _lenses(scene)[0])[..., None])
    return framed(replace(scene, pixels=seen), 1.0)


def glare(scene: Scene, share: float) -> Pixels:
    """Clear glasses with a white reflection over each eye, `share` of the eye's width wide."""
    worn = replace(scene, pixels=framed(scene, 1.0))
    mask = np.zeros_like(scene.alpha)
    for eye in (scene.face.right_eye, scene.face.left_eye):
        width = float(np.ptp(eye.outline[:, 0]))
        mask += _disc(scene, eye.outline.mean(axis=0), share * width / 2) if share else 0
    return _mixed(worn, np.clip(mask, 0, 1), (98.0, 0.0, 0.0))


def teeth_shown(scene: Scene, share: float) -> Pixels:
    """White teeth painted over the closed mouth, `share` of its width wide and a third of that high."""
    mouth = scene.face.mesh[list(INNER_LIPS), :2]
    reach = share * float(np.ptp(mouth[:, 0])) / 2
    mask = _ellipse(scene, mouth.mean(axis=0), reach, reach / 3) if share else np.zeros_like(scene.alpha)
    return _mixed(scene, mask, (86.0, 1.0, 6.0))


def dyed_hair(scene: Scene, share: float) -> Pixels:
    """The head above the brows and outside the face mixed with orange."""
    _, y = scene.grid()
    above = np.clip((scene.face.eye_line - 0.2 * scene.face.width - y) / (4 * scene.unit), 0, 1)
    hull = cv2.convexHull(np.ascontiguousarray(scene.face.mesh[:, :2]))
    face = _soft(scene, np.asarray(hull[:, 0], np.float32))
    return _mixed(scene, share * above * scene.alpha * (1 - face), (55.0, 38.0, 55.0))


def capped(scene: Scene, share: float) -> Pixels:
    """A dark blue cap from the top of the head down; at 1 it reaches the brows."""
    _, y = scene.grid()
    top = float(np.flatnonzero(scene.alpha.max(axis=1) > 0.5)[0])
    brows = scene.face.eye_line - 0.2 * scene.face.width
    above = np.clip((top + share * (brows - top) - y) / (2 * scene.unit), 0, 1)
    return _mixed(scene, above * scene.alpha * float(share > 0), (28.0, 6.0, -34.0))


def ears_covered(scene: Scene, share: float) -> Pixels:
    """Dark hair beside the cheeks; at 1 from above the eyes to the chin, over both ears."""
    (left, right), top = scene.face.cheeks, scene.face.eye_line - 0.15 * scene.face.width
    bottom = top + share * (scene.face.chin - top)
    mask = np.zeros_like(scene.alpha)
    for x0, x1 in ((left - 0.2 * scene.face.width, left), (right, right + 0.2 * scene.face.width)):
        mask += _soft(scene, np.array([[x0, top], [x1, top], [x1, bottom], [x0, bottom]]))
    return _mixed(scene, np.clip(mask, 0, 1) * float(share > 0), (18.0, 2.0, 4.0))


def sloping(scene: Scene, degrees: float) -> Pixels:
    """Before a light wall, the body below the chin sheared so that a level line falls by `degrees` to the right."""
    x, y = (np.broadcast_to(axis, scene.alpha.shape).astype(np.float32).copy() for axis in scene.grid())
    below = np.clip((y - scene.face.chin) / (0.1 * scene.face.width), 0, 1)
    shift = below * (x - scene.face.centre_x) * np.tan(np.radians(degrees))
    pixels = on_wall(scene, 0)
    return np.asarray(
        cv2.remap(pixels, x, y - shift.astype(np.float32), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )


def striped(scene: Scene, levels: float) -> Pixels:
    """Fine slanting stripes of +- `levels` grey levels, five pixels apart, as when a screen is photographed."""
    x, y = scene.grid()
    stripes = levels * np.sin(2 * np.pi * (0.17 * x + 0.11 * y))
    return np.asarray(np.clip(np.rint(scene.pixels + stripes[..., None]), 0, 255), np.uint8)


def fringe(scene: Scene, share: float) -> Pixels:
    """Dark hair from the hairline down; at 1 it reaches the upper lids, at 0.75 about the brows."""
    lids = min(eye.outline[:, 1].min() for eye in (scene.face.right_eye, scene.face.left_eye))
    (left, right), top = scene.face.cheeks, scene.face.forehead - 0.1 * scene.face.width
    bottom = top + share * (lids - top)
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    strands = 6 * np.sin(scene.grid()[0] / (2.2 * scene.unit)) * scene.alpha**0
    return _mixed(scene, _soft(scene, corners) * float(share > 0), (18.0 + strands, 2.0, 4.0))


def covered_mouth(scene: Scene, share: float) -> Pixels:
    """A light blue mask from the chin upwards; at 1 it reaches the middle of the nose, at 1.25 its root."""
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


def _lenses(scene: Scene) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where the lenses of common glasses are, 86 by 62 close-up pixels each, and where their rims and bridge are."""
    lenses, rims = np.zeros_like(scene.alpha), np.zeros_like(scene.alpha)
    half_width, half_height, rim = 43 * scene.unit, 31 * scene.unit, 3 * scene.unit
    middles = [eye.outline.mean(axis=0) for eye in (scene.face.right_eye, scene.face.left_eye)]
    for middle in middles:
        lens = _ellipse(scene, middle, half_width, half_height)
        lenses += lens
        rims += _ellipse(scene, middle, half_width + rim, half_height + rim) - lens
    ends = [np.array([m[0] + side * half_width, m[1]]) for m, side in zip(middles, (1, -1), strict=True)]
    bar = np.array([0, 2 * scene.unit])
    rims += _soft(scene, np.stack([ends[0] - bar, ends[1] - bar, ends[1] + bar, ends[0] + bar]))
    return np.clip(lenses, 0, 1), np.clip(rims, 0, 1)


def _ellipse(
    scene: Scene, middle: NDArray[np.floating], half_width: float, half_height: float
) -> NDArray[np.float32]:
    """1 inside an upright ellipse, with an edge about a pixel soft."""
    x, y = scene.grid()
    distance = np.hypot((x - middle[0]) / half_width, (y - middle[1]) / half_height)
    return np.asarray(np.clip((1 - distance) * min(half_width, half_height) + 0.5, 0, 1), np.float32)


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
