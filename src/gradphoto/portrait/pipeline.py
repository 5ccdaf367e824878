"""The whole way in one page: bytes of a phone photo -> portrait and record, or the reasons why not."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.compose import composite, inside_photo, resample
from gradphoto.portrait.encode import Encoded, encode
from gradphoto.portrait.face import Face, find_faces, the_subject
from gradphoto.portrait.matte import Matte, matte_person
from gradphoto.portrait.photo import Photo, PhotoSource, open_photo
from gradphoto.portrait.placement import Edges, Measures, Placement, place
from gradphoto.portrait.reasons import refuse
from gradphoto.portrait.record import make_record
from gradphoto.portrait.standard import Standard

REDUCTIONS = (8, 4, 2, 1)
# Faces are looked for at a long side of at least this; a photo is decoded smaller where its format allows.
WORKING_SIDE = 1400
# Frame pixels per decoded pixel at the face's aim above which a finer decoding is worth its time.
COARSE = 0.8


@dataclass
class Timings:
    """Milliseconds by stage, in the order of the stages."""

    ms: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Adds the time its block takes to the stage `name`."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.ms[name] = self.ms.get(name, 0.0) + (time.perf_counter() - start) * 1000


@dataclass(frozen=True)
class Subject:
    """The person in a photo as measured: lengths in pixels of `photo` (which may be smaller than the source)."""

    photo: Photo
    face: Face
    matte: Matte
    hair_top: float

    @property
    def measures(self) -> Measures:
        """For placement, in full-size pixels of the source."""
        k = 1.0 / self.photo.scale
        source, face = self.photo.source, self.face
        left, right = self.matte.clear_beside(face)
        return Measures(
            width=source.width,
            height=source.height,
            hair_top=self.hair_top * k,
            eye_line=face.eye_line * k,
            face_width=face.width * k,
            centre_x=face.centre_x * k,
            edges=Edges(self.matte.is_clear_above(face), left * k, right * k),
        )


@dataclass(frozen=True)
class Portrait:
    """A finished portrait: the JPEG, where things landed in it, its record and the time each stage took."""

    jpeg: bytes
    placement: Placement
    record: dict[str, Any]
    timings_ms: dict[str, float]


def standardize(data: bytes, standard: Standard) -> Portrait:
    """The portrait of the person in the photo `data`, after `standard`. Raises Refused with every reason found.

    Deterministic: the same bytes, standard and versions give the same portrait and record.
    """
    timings = Timings()
    subject = measure(data, standard, timings)
    with timings.stage("place"):
        placement = place(subject.measures, standard)
    with timings.stage("compose"):
        pixels = compose(subject, placement, standard)
    with timings.stage("encode"):
        encoded = encode(pixels, standard.frame.dpi, standard.file)
    operations = [*subject.photo.steps, *_operations(placement, standard, encoded)]
    record = make_record(_source(subject.photo.source), standard, operations, _output(encoded, standard))
    return Portrait(encoded.data, placement, record, timings.ms)


def measure(data: bytes, standard: Standard, timings: Timings | None = None) -> Subject:
    """Finds the one person in the photo. Raises Refused for the file, the faces, the pose or the matte."""
    timings = timings or Timings()
    with timings.stage("open"):
        source = open_photo(data)
    photo, face = _photo_and_face(source, standard, timings)
    _check_roll(face, standard)
    with timings.stage("matte"):
        matte = matte_person(photo.pixels, face)
        hair_top = matte.hair_top(face)
    if matte.is_cut_above(face):
        raise refuse("hair_cut_off")
    return Subject(photo, face, matte, hair_top)


def compose(subject: Subject, placement: Placement, standard: Standard) -> NDArray[np.uint8]:
    """The portrait's pixels (height, width, 3): crop, uniform scale and, if the standard says so, a new background."""
    frame, scale = standard.frame, subject.photo.scale
    x0, y0, x1, y1 = placement.crop
    crop = (x0 * scale, y0 * scale, x1 * scale, y1 * scale)
    image = resample(subject.photo.pixels, crop, frame.width, frame.height)
    if not standard.background.replace:
        return image
    alpha = subject.matte.on_frame(crop, frame.width, frame.height)
    inside = inside_photo(subject.photo.pixels, crop, frame.width, frame.height)
    return composite(image, alpha * inside, standard.background.rgb)


def _photo_and_face(source: PhotoSource, standard: Standard, timings: Timings) -> tuple[Photo, Face]:
    """The photo decoded no larger than the portrait needs, and the subject's face in it."""
    long_side = max(source.width, source.height)
    reduction = next((r for r in REDUCTIONS if long_side / r >= WORKING_SIDE), 1)
    with timings.stage("decode"):
        photo = source.decode(reduction)
    with timings.stage("faces"):
        face = the_subject(find_faces(photo.pixels))
    finer = reduction
    while finer > 1 and standard.composition.face_width.aim / (face.width * reduction / finer) > COARSE:
        finer //= 2
    if finer == reduction:
        return photo, face
    with timings.stage("decode"):
        closer = source.decode(finer)
    return closer, face.scaled(closer.scale / photo.scale)


def _check_roll(face: Face, standard: Standard) -> None:
    """A tilted head is refused, never straightened."""
    roll, limit = face.pose.roll, standard.limits.roll
    if abs(roll) > limit:
        side_zh, side_en = ("左肩", "left shoulder") if roll > 0 else ("右肩", "right shoulder")
        raise refuse(
            "head_tilted", degrees=round(abs(roll), 1), limit=limit, side_zh=side_zh, side_en=side_en
        )


def _source(source: PhotoSource) -> dict[str, Any]:
    return {
        "sha256": source.sha256,
        "bytes": len(source.data),
        "format": source.format,
        "width": source.width,
        "height": source.height,
    }


def _operations(placement: Placement, standard: Standard, encoded: Encoded) -> list[dict[str, Any]]:
    """What was done after decoding, in order, every parameter named."""
    frame, background = standard.frame, standard.background
    return [
        {
            "op": "crop",
            "box": [round(v, 3) for v in placement.crop],
            "unit": "full-size source pixels, upright",
        },
        {
            "op": "scale",
            "factor": round(placement.scale, 6),
            "to": [frame.width, frame.height],
            "filter": "lanczos",
            "placement": placement.as_dict(),
        },
        *(
            [
                {
                    "op": "replace_background",
                    "color": background.color,
                    "alpha": "modnet",
                    "foreground": "blur-fusion x2",
                }
            ]
            if background.replace
            else []
        ),
        {"op": "encode", "format": "JPEG", "quality": encoded.quality, "subsampling": encoded.subsampling},
    ]


def _output(encoded: Encoded, standard: Standard) -> dict[str, Any]:
    return {
        "sha256": hashlib.sha256(encoded.data).hexdigest(),
        "bytes": len(encoded.data),
        "width": standard.frame.width,
        "height": standard.frame.height,
        "dpi": standard.frame.dpi,
    }
