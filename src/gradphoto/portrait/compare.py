"""Two photos: the same person? Similar, different, or a person must look. Never a decision by itself.

An optional extra (`pip install gradphoto[compare]`, `gradphoto models fetch --group compare`). What is computed of a
face lives for the length of one call: no template is kept, returned or written.

Network: dlib's face recognition network (King, 2017), Euclidean distance of its 128 numbers. Its usual limit of 0.6
takes half of the East Asian impostor pairs tried for one person, so only below 0.34 are faces called similar, and up to
0.60 a person must look: docs/compare.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.face import Face, find_faces
from gradphoto.portrait.photo import open_photo
from gradphoto.portrait.reasons import refuse
from gradphoto.portrait.weights import model_file

SIMILAR_BELOW, DIFFERENT_FROM = 0.34, 0.60
LONG_SIDE = 1400
FIVE_POINTS = (263, 362, 33, 133, 2)


class Likeness(StrEnum):
    """What the distance says. Only a person decides."""

    SIMILAR = "similar"
    A_PERSON_MUST_LOOK = "a_person_must_look"
    DIFFERENT = "different"


WORDS = {
    Likeness.SIMILAR: ("两张照片相似", "The two photos look alike."),
    Likeness.A_PERSON_MUST_LOOK: ("不能确定，需要人工核对", "Not certain: a person must look."),
    Likeness.DIFFERENT: ("两张照片差别较大，需要人工核对", "The two photos differ: a person must look."),
}


@dataclass(frozen=True)
class Comparison:
    """Distance of the two faces (0 the same picture, 0.5 to 1 strangers) and what it says."""

    distance: float
    likeness: Likeness

    def as_dict(self) -> dict[str, Any]:
        """As in the command's JSON."""
        zh, en = WORDS[self.likeness]
        return {"distance": round(self.distance, 3), "likeness": self.likeness.value, "zh": zh, "en": en}


class CompareMissing(Exception):
    """The optional package is not installed."""


def compare(first: bytes, second: bytes) -> Comparison:
    """Compares the widest face of each photo. Raises Refused for a file or a photo without a face, CompareMissing."""
    distance = float(np.linalg.norm(_embedding(first) - _embedding(second)))
    return Comparison(distance, likeness(distance))


def likeness(distance: float) -> Likeness:
    """The word for a distance."""
    if distance < SIMILAR_BELOW:
        return Likeness.SIMILAR
    return Likeness.DIFFERENT if distance >= DIFFERENT_FROM else Likeness.A_PERSON_MUST_LOOK


def _embedding(data: bytes) -> NDArray[np.float64]:
    dlib, network = _network()
    source = open_photo(data)
    reduction = next((r for r in (8, 4, 2) if max(source.width, source.height) / r >= LONG_SIDE), 1)
    pixels = source.decode(reduction).pixels
    faces = find_faces(pixels)
    if not faces:
        raise refuse("no_face")
    return np.asarray(network.compute_face_descriptor(pixels, _five_points(dlib, faces[0])))


def _five_points(dlib: Any, face: Face) -> Any:
    """What dlib aligns a face by, taken from the mesh: outer and inner corners of both eyes, base of the nose."""
    points = [dlib.point(round(float(x)), round(float(y))) for x, y in face.mesh[list(FIVE_POINTS), :2]]
    left, right = face.cheeks
    box = dlib.rectangle(round(left), round(face.forehead), round(right), round(face.chin))
    return dlib.full_object_detection(box, points)


@cache
def _network() -> tuple[Any, Any]:
    try:
        import dlib
    except ImportError:
        raise CompareMissing from None
    return dlib, dlib.face_recognition_model_v1(str(model_file("face-embedding").path))
