"""Photo -> faces: landmarks, irises, eye line, chin, cheeks, and the pose of the head in degrees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.face_detector import Detection, detect
from gradphoto.portrait.face_mesh import LEFT_EYE, RIGHT_EYE, Eye, Mesh, fit_eye, fit_mesh

# Points of the mesh, as (the person's right, the person's left) or from top to bottom.
CHEEKS = ((234, 454), (93, 323), (132, 361), (127, 356))
MIRRORED_PAIRS = (*CHEEKS, (33, 263), (133, 362), (61, 291), (98, 327), (172, 397))
DOWNWARDS = ((10, 152), (151, 199), (9, 200))
FOREHEAD, CHIN = 10, 152

MIN_PRESENCE = 0.5
# A second face counts as a person in the picture from this share of the subject's width on; smaller ones are
# posters, patterns and false alarms of the detector.
OTHER_PERSON_SHARE = 0.25


@dataclass(frozen=True)
class Pose:
    """Degrees. Yaw: positive towards the picture's right. Pitch: positive with the chin up. Roll: positive clockwise."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True)
class Face:
    """One face, all in pixels of the picture it was found in (x right, y down)."""

    score: float
    box: NDArray[np.float32]  # (4,) x0, y0, x1, y1 of the detector
    mesh: NDArray[np.float32]  # (468, 3)
    presence: float  # the mesh network's own belief that this is a face, 0..1
    right_eye: Eye
    left_eye: Eye
    pose: Pose

    @property
    def pupils(self) -> NDArray[np.float32]:
        """(2, 2): the person's right pupil, then the left."""
        return np.stack([self.right_eye.iris[0], self.left_eye.iris[0]])

    @property
    def eye_line(self) -> float:
        """y of the middle between the pupils."""
        return float(self.pupils[:, 1].mean())

    @property
    def cheeks(self) -> tuple[float, float]:
        """x of the face's left and right edge in the picture, cheekbone height."""
        xs = self.mesh[np.array(CHEEKS).ravel(), 0]
        return float(xs.min()), float(xs.max())

    @property
    def width(self) -> float:
        """Cheek to cheek in pixels."""
        left, right = self.cheeks
        return right - left

    @property
    def centre_x(self) -> float:
        """x midway between the cheeks."""
        return sum(self.cheeks) / 2

    @property
    def chin(self) -> float:
        """y of the chin's lowest point."""
        return float(self.mesh[CHIN, 1])

    @property
    def forehead(self) -> float:
        """y of the mesh's uppermost point: about the hairline, never the top of the hair."""
        return float(self.mesh[FOREHEAD, 1])

    def scaled(self, factor: float) -> Face:
        """The same face in the same picture at another size."""
        return Face(
            self.score,
            self.box * np.float32(factor),
            self.mesh * np.float32(factor),
            self.presence,
            Eye(self.right_eye.outline * np.float32(factor), self.right_eye.iris * np.float32(factor)),
            Eye(self.left_eye.outline * np.float32(factor), self.left_eye.iris * np.float32(factor)),
            self.pose,
        )


def find_faces(pixels: NDArray[np.uint8]) -> list[Face]:
    """All faces in `pixels` (H, W, 3) sRGB that detector and mesh agree on, widest first."""
    found = [(detection, fit_mesh(pixels, detection)) for detection in detect(pixels)]
    faces = [_face(pixels, d, mesh) for d, mesh in found if mesh.presence >= MIN_PRESENCE]
    return _distinct(sorted(faces, key=lambda face: -face.width))


def _face(pixels: NDArray[np.uint8], detection: Detection, mesh: Mesh) -> Face:
    return Face(
        detection.score,
        detection.box,
        mesh.points,
        mesh.presence,
        fit_eye(pixels, mesh, RIGHT_EYE),
        fit_eye(pixels, mesh, LEFT_EYE),
        head_pose(mesh.points),
    )


def _distinct(faces: list[Face]) -> list[Face]:
    """Drops a second answer for the same face: its centre lies inside a wider face's cheeks and height."""
    kept: list[Face] = []
    for face in faces:
        x, y = face.mesh[:, :2].mean(axis=0)
        if not any(f.cheeks[0] < x < f.cheeks[1] and f.forehead < y < f.chin for f in kept):
            kept.append(face)
    return kept


# The mesh's midline leans: its chin lies behind its forehead, so a level head reads as bent down by this many degrees.
# The median over frontal photographs; how it was measured, and the spread: docs/pose.md.
LEVEL_LEAN = 6.5


def head_pose(mesh: NDArray[np.float32]) -> Pose:
    """Pose from mesh points (468, 3): the directions of its mirrored pairs and of its midline.

    Angles are those of the face towards the line of sight, which is what a viewer of the cropped portrait sees; the
    angle between that line and the lens's axis is not added.
    """
    right, left = np.array(MIRRORED_PAIRS).T
    across = (mesh[left] - mesh[right]).sum(axis=0)
    top, bottom = np.array(DOWNWARDS).T
    down = (mesh[bottom] - mesh[top]).sum(axis=0)
    yaw = np.degrees(np.arctan2(across[2], np.hypot(across[0], across[1])))
    lean = np.degrees(np.arctan2(down[2], np.hypot(down[0], down[1])))
    roll = np.degrees(np.arctan2(across[1], across[0]))
    return Pose(float(yaw), LEVEL_LEAN - float(lean), float(roll))
