"""Known changes to the face in a shipped photo: what a rule on eyes, mouth or skin must follow."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gradphoto.portrait.closeup import take_closeup
from gradphoto.portrait.face import Face, find_faces
from gradphoto.portrait.judge import verdicts
from gradphoto.portrait.matte import matte_person
from gradphoto.portrait.photo import open_photo
from gradphoto.portrait.rules import RULES, Needs, Verdict
from gradphoto.portrait.rules.subject import Subject
from gradphoto.portrait.standard import load_standard
from pictures import Pixels, jpeg, pixels, sample

Points = NDArray[np.floating]


@cache
def plain(name: str = "biden") -> Pixels:
    """A photo that every rule on eyes, mouth and skin passes: eyes open, lips closed, no glasses, forehead clear."""
    return pixels(sample(name))


@cache
def face_in(name: str = "biden") -> Face:
    """The face of `plain(name)`, in its pixels."""
    return find_faces(plain(name))[0]


def seen(picture: Pixels, with_matte: bool = False) -> Subject:
    """What the engine sees of a picture."""
    photo = open_photo(jpeg(Image.fromarray(picture))).decode()
    faces = find_faces(photo.pixels)
    matte = matte_person(photo.pixels, faces[0]) if with_matte else None
    return Subject(load_standard(), photo, faces, take_closeup(photo.pixels, faces[0], matte))


def verdict(code: str, picture: Pixels) -> Verdict:
    """One rule's word on a picture."""
    needs_matte = RULES[code].needs is not Needs.FACE
    (found,) = verdicts(seen(picture, needs_matte), frozenset({code}))
    return found


def value(code: str, picture: Pixels) -> float:
    """One rule's value on a picture; it must have one."""
    measured = verdict(code, picture).value
    assert measured is not None
    return measured


def painted(picture: Pixels, polygon: Points, colour: tuple[int, int, int], strength: float = 1.0) -> Pixels:
    """The polygon painted over, `strength` 0..1, with an edge as soft as a lens makes it."""
    filled = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(filled, [np.rint(polygon).astype(np.int32)], 1)
    mask = strength * cv2.GaussianBlur(filled.astype(np.float32), (0, 0), 0.7)[..., None]
    return np.asarray(picture * (1 - mask) + np.array(colour) * mask + 0.5, np.uint8)


def ellipse(centre: Points, width: float, height: float) -> Points:
    """An ellipse as a polygon (60, 2)."""
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    return np.asarray(centre) + np.column_stack([width / 2 * np.cos(angle), height / 2 * np.sin(angle)])


def bent(picture: Pixels, shift: Points) -> Pixels:
    """The picture with each pixel taken from where `shift` (H, W, 2) points, relative to itself."""
    ys, xs = np.mgrid[: picture.shape[0], : picture.shape[1]].astype(np.float32)
    source = np.stack([xs, ys], axis=-1) + shift.astype(np.float32)
    empty = np.empty((0, 0), np.int16)
    return np.asarray(cv2.remap(picture, source, empty, cv2.INTER_CUBIC), np.uint8)


def offsets_from(picture: Pixels, centre: Points) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(H, W) each: how far right of and below `centre` every pixel lies."""
    ys, xs = np.mgrid[: picture.shape[0], : picture.shape[1]].astype(np.float32)
    return xs - np.float32(centre[0]), ys - np.float32(centre[1])
