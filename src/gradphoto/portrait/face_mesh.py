"""Face mesh and irises: 468 points of a face, five of each iris, from a rough box.

Sources: Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs", 2019;
Ablavatski et al., "Real-time Pupil Tracking from Monocular Video for Digital Puppetry", 2020.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.face_detector import Detection
from gradphoto.portrait.inference import network

MESH_SIDE, IRIS_SIDE = 192, 64
MESH_MARGIN, IRIS_MARGIN = 1.5, 2.3
RIGHT_EYE, LEFT_EYE = (33, 133), (263, 362)  # outer and inner corner, the person's own right and left


@dataclass(frozen=True)
class Window:
    """A square window on the picture, turned with the head: centre (x, y) and side in px, angle in radians.

    Only what the networks look at is turned; the portrait's own pixels never are.
    """

    centre: tuple[float, float]
    side: float
    angle: float
    mirrored: bool = False

    def sample(self, pixels: NDArray[np.uint8], out: int) -> NDArray[np.float32]:
        """The window's pixels as (1, out, out, 3) float32 in 0..1; black outside the picture."""
        to_window = self._matrix(out)
        shrink = int(self.side / out / 1.5)
        if shrink > 1:  # area-average first: a bilinear warp alone would skip pixels
            pixels, to_window = self._shrunk(pixels, shrink, to_window)
        patch = cv2.warpAffine(pixels, to_window, (out, out), flags=cv2.INTER_LINEAR)
        return patch[None].astype(np.float32) / 255.0

    def to_picture(self, points: NDArray[np.float32], out: int) -> NDArray[np.float32]:
        """Points (N, 2 or 3) of a window sampled at `out` px, in the picture's pixels; z is scaled alike."""
        inverse = cv2.invertAffineTransform(self._matrix(out))
        xy = points[:, :2] @ inverse[:, :2].T + inverse[:, 2]
        return np.concatenate([xy, points[:, 2:] * (self.side / out)], axis=1).astype(np.float32)

    def _matrix(self, out: int) -> NDArray[np.float64]:
        """2x3 matrix from picture pixels to window pixels."""
        k = out / self.side
        cos, sin = np.cos(self.angle) * k, np.sin(self.angle) * k
        rotation = np.array([[cos, sin], [-sin, cos]])
        if self.mirrored:
            rotation[0] *= -1
        shift = np.array([out / 2, out / 2]) - rotation @ np.array(self.centre)
        return np.column_stack([rotation, shift])

    def _shrunk(
        self, pixels: NDArray[np.uint8], shrink: int, to_window: NDArray[np.float64]
    ) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        """The part of the picture around the window, 1/shrink in size, and the matrix that goes with it."""
        reach = self.side * 0.75
        x0, y0 = (max(0, int(c - reach)) for c in self.centre)
        x1, y1 = (int(c + reach) + 1 for c in self.centre)
        part = pixels[y0:y1, x0:x1]
        if part.size == 0:
            return pixels, to_window
        size = (max(1, part.shape[1] // shrink), max(1, part.shape[0] // shrink))
        small = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
        scale = np.array([part.shape[1] / size[0], part.shape[0] / size[1]])
        linear = to_window[:, :2] * scale
        return small, np.column_stack([linear, to_window[:, 2] + to_window[:, :2] @ np.array([x0, y0])])


@dataclass(frozen=True)
class Mesh:
    """468 points (x, y, z) in the picture's pixels, z towards the back of the head; presence 0..1."""

    points: NDArray[np.float32]
    presence: float


@dataclass(frozen=True)
class Eye:
    """One eye in the picture's pixels: outline (16, 2) of the lids, iris (5, 2) with the pupil's centre first."""

    outline: NDArray[np.float32]
    iris: NDArray[np.float32]

    @property
    def opening(self) -> float:
        """Height over width of the lids' outline (eye aspect ratio): about 0.05 closed, 0.2 and more open."""
        lower, upper = self.outline[1:8], self.outline[9:16]
        height = np.linalg.norm(lower - upper, axis=1).mean()
        return float(height / np.linalg.norm(self.outline[0] - self.outline[8]))


def fit_mesh(pixels: NDArray[np.uint8], face: Detection) -> Mesh:
    """The mesh of one detected face: once from the detector's box, and again from the mesh that gives."""
    right_eye, left_eye = face.points[:2]
    side = float((face.box[2:] - face.box[:2]).max()) * MESH_MARGIN
    first = _mesh_in(pixels, _window((face.box[:2] + face.box[2:]) / 2, side, left_eye - right_eye))
    return _mesh_in(pixels, _window_around(first))


def fit_eye(pixels: NDArray[np.uint8], mesh: Mesh, corners: tuple[int, int]) -> Eye:
    """Lids and iris of the eye with the mesh corners (outer, inner).

    The network knows one eye; the person's own left eye is shown to it mirrored.
    """
    outer, inner = mesh.points[corners[0], :2], mesh.points[corners[1], :2]
    mirrored = corners == LEFT_EYE
    axis = (outer - inner) if mirrored else (inner - outer)
    side = float(np.linalg.norm(axis)) * IRIS_MARGIN
    window = Window(_xy((outer + inner) / 2), side, float(np.arctan2(axis[1], axis[0])), mirrored)
    outline, iris = network("iris")(window.sample(pixels, IRIS_SIDE))
    return Eye(
        window.to_picture(outline.reshape(-1, 3)[:16, :2], IRIS_SIDE),
        window.to_picture(iris.reshape(-1, 3)[:, :2], IRIS_SIDE),
    )


def _mesh_in(pixels: NDArray[np.uint8], window: Window) -> Mesh:
    points, logit = network("face-mesh")(window.sample(pixels, MESH_SIDE))
    presence = 1.0 / (1.0 + np.exp(-float(logit.ravel()[0])))
    return Mesh(window.to_picture(points.reshape(468, 3), MESH_SIDE), presence)


def _window_around(mesh: Mesh) -> Window:
    low, high = mesh.points[:, :2].min(axis=0), mesh.points[:, :2].max(axis=0)
    axis = mesh.points[LEFT_EYE[0], :2] - mesh.points[RIGHT_EYE[0], :2]
    return _window((low + high) / 2, float((high - low).max()) * MESH_MARGIN, axis)


def _window(centre: NDArray[np.floating], side: float, axis: NDArray[np.floating]) -> Window:
    return Window(_xy(centre), max(side, 1.0), float(np.arctan2(axis[1], axis[0])))


def _xy(point: NDArray[np.floating]) -> tuple[float, float]:
    return float(point[0]), float(point[1])
