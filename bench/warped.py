"""Faces bent by known amounts: eyes that look aside, an opening mouth, a smile. As `bench.degrade`.

Only the picture is bent, so that what a face does besides, as cheeks do in a smile, is not shown.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.painted import INNER_LIPS
from bench.scene import Pixels, Scene
from gradphoto.portrait.rules.face_parts import eye_to_chin

Push = tuple[float, float, float, float, float]
CORNERS = (61, 291)
DARK_MOUTH = (42, 20, 20)


def looking_aside(scene: Scene, percent: float) -> Pixels:
    """Both irises moved towards the picture's right by `percent` of the eye's width."""
    pushes: list[Push] = []
    for eye in (scene.face.right_eye, scene.face.left_eye):
        x, y = (float(v) for v in eye.iris[0])
        radius = float(np.linalg.norm(eye.iris[1] - eye.iris[3])) / 2
        pushes.append((x, y, percent / 100 * float(np.ptp(eye.outline[:, 0])), 0.0, 1.2 * radius))
    return _pushed(scene, pushes)


def smiling(scene: Scene, percent: float) -> Pixels:
    """The corners of the mouth raised by `percent` of its width."""
    corners = scene.face.mesh[list(CORNERS), :2]
    width = float(np.linalg.norm(corners[1] - corners[0]))
    return _pushed(
        scene, [(float(x), float(y), 0.0, -percent / 100 * width, 0.2 * width) for x, y in corners]
    )


def mouth_opened(scene: Scene, percent: float) -> Pixels:
    """A dark gap between the lips, in the middle `percent` of the length from eyes to chin high; the chin gives way."""
    x, y = (np.broadcast_to(axis, scene.alpha.shape).astype(np.float32) for axis in scene.grid())
    lips = scene.face.mesh[list(INNER_LIPS), :2]
    (left, _), (right, _) = lips.min(axis=0), lips.max(axis=0)
    across = np.clip(1 - ((x - (left + right) / 2) / ((right - left) / 2)) ** 2, 0, 1)
    line = float(lips[:, 1].mean())
    gap = percent / 100 * eye_to_chin(scene.face) * across
    reach = 1.5 * (scene.face.chin - line)
    below = np.clip(1 - (y - line - gap) / reach, 0, 1)
    source = np.where(y > line, y - gap * below, y).astype(np.float32)
    bent = cv2.remap(scene.pixels, x.copy(), source, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    inside = ((y > line) & (y < line + gap)).astype(np.float32)
    soft = cv2.GaussianBlur(inside, (0, 0), 0.7 * scene.unit)[..., None]
    return np.asarray(np.rint(bent * (1 - soft) + np.array(DARK_MOUTH) * soft), np.uint8)


def _pushed(scene: Scene, pushes: list[Push]) -> Pixels:
    """Places (x, y) moved by (dx, dy), what is within about `radius` with them."""
    x, y = (np.broadcast_to(axis, scene.alpha.shape).astype(np.float32) for axis in scene.grid())
    from_x: NDArray[np.float32] = x.copy()
    from_y: NDArray[np.float32] = y.copy()
    for at_x, at_y, dx, dy, radius in pushes:
        near = np.exp(-((x - at_x - dx) ** 2 + (y - at_y - dy) ** 2) / (2 * radius**2))
        from_x -= dx * near
        from_y -= dy * near
    return np.asarray(
        cv2.remap(scene.pixels, from_x, from_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )
