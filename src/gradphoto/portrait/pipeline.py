"""The whole way in one page: bytes of a phone photo -> verdicts, portrait and record, or the reasons why not."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.closeup import take_closeup
from gradphoto.portrait.compose import composite, inside_photo, resample
from gradphoto.portrait.encode import Encoded, encode
from gradphoto.portrait.face import Face, find_faces
from gradphoto.portrait.judge import failures, verdicts
from gradphoto.portrait.matte import Matte, matte_person
from gradphoto.portrait.photo import Photo, PhotoSource, open_photo
from gradphoto.portrait.placement import Edges, Measures, Placement, place
from gradphoto.portrait.reasons import Reason, Refused, reason
from gradphoto.portrait.record import make_record
from gradphoto.portrait.rules import Outcome, Verdict
from gradphoto.portrait.rules.subject import Finished, Subject
from gradphoto.portrait.standard import Standard

REDUCTIONS = (8, 4, 2, 1)
# Faces are looked for at a long side of at least this; a photo is decoded smaller where its format allows.
WORKING_SIDE = 1400
# Frame pixels per decoded pixel at the face's aim from which on a finer decoding is needed to lose nothing.
COARSE = 1.0


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
class Portrait:
    """A finished portrait: the JPEG, where things landed in it, its record and the time each stage took."""

    jpeg: bytes
    placement: Placement
    record: dict[str, Any]
    timings_ms: dict[str, float]


@dataclass(frozen=True)
class Judgement:
    """Every rule's verdict on a photo, the reasons why no portrait could be made, or the portrait."""

    subject: Subject
    verdicts: tuple[Verdict, ...]
    portrait: Portrait | None
    timings_ms: dict[str, float]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why this photo can't become a graduation portrait; empty where it can."""
        return (*self.subject.refused, *failures(list(self.verdicts)))


def standardize(data: bytes, standard: Standard, draft: bool = False) -> Portrait:
    """The portrait of the person in the photo `data`, after `standard`. Raises Refused with every reason found.

    A `draft` is made in spite of failed rules, wherever a portrait can be made at all. Deterministic: the same bytes,
    standard and versions give the same portrait and record.
    """
    judgement = judge(data, standard)
    if judgement.portrait is None or (judgement.reasons and not draft):
        raise Refused(*judgement.reasons)
    return judgement.portrait


def judge(data: bytes, standard: Standard) -> Judgement:
    """Verdicts of every rule, and the portrait where one can be made. Raises Refused only for a file that is no photo."""
    timings = Timings()
    subject = examine(data, standard, timings)
    if subject.measures is not None and subject.matte is not None and not subject.refused:
        subject = _finish(subject, subject.matte, subject.measures, timings)
    with timings.stage("rules"):
        found = tuple(verdicts(subject))
    portrait = None if subject.finished is None else _portrait(subject, subject.finished, found, timings)
    return Judgement(subject, found, portrait, timings.ms)


def examine(data: bytes, standard: Standard, timings: Timings) -> Subject:
    """The photo with its faces, close-up, matte and measures, as far as they can be had. Raises Refused for the file."""
    with timings.stage("open"):
        source = open_photo(data)
    photo, faces = _photo_and_faces(source, standard, timings)
    subject = Subject(standard, photo, faces)
    if not faces:
        return replace(subject, refused=(reason("no_face"),))
    try:
        with timings.stage("matte"):
            matte = matte_person(photo.pixels, faces[0])
    except Refused as refused:
        return replace(subject, closeup=take_closeup(photo.pixels, faces[0], None), refused=refused.reasons)
    with timings.stage("closeup"):
        closeup = take_closeup(photo.pixels, faces[0], matte)
    cut = (reason("hair_cut_off"),) if matte.is_cut_above(faces[0]) else ()
    return replace(
        subject, closeup=closeup, matte=matte, measures=_measures(photo, faces[0], matte), refused=cut
    )


def _finish(subject: Subject, matte: Matte, measures: Measures, timings: Timings) -> Subject:
    """Places, composes and encodes; the subject then holds the finished picture, or why there is none."""
    standard = subject.standard
    try:
        with timings.stage("place"):
            placement = place(measures, standard)
        with timings.stage("compose"):
            pixels, alpha = compose(subject.photo, matte, placement, standard)
        with timings.stage("encode"):
            encoded = encode(pixels, standard.frame.dpi, standard.file)
    except Refused as refused:
        return replace(subject, refused=refused.reasons)
    return replace(subject, finished=Finished(pixels, alpha, placement, encoded))


def _portrait(subject: Subject, finished: Finished, found: tuple[Verdict, ...], timings: Timings) -> Portrait:
    standard, encoded = subject.standard, finished.encoded
    operations = [*subject.photo.steps, *_operations(finished.placement, standard, encoded)]
    failed, warned = (
        [v.rule.code for v in found if v.outcome is outcome] for outcome in (Outcome.FAIL, Outcome.WARN)
    )
    record = make_record(
        _source(subject.photo.source), standard, operations, _output(encoded, standard), failed, warned
    )
    return Portrait(encoded.data, finished.placement, record, timings.ms)


def compose(
    photo: Photo, matte: Matte, placement: Placement, standard: Standard
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """The portrait's pixels (height, width, 3) and alpha (height, width): crop, uniform scale and, if the standard says
    so, a new background.
    """
    frame, background, scale = standard.frame, standard.background, photo.scale
    x0, y0, x1, y1 = placement.crop
    crop = (x0 * scale, y0 * scale, x1 * scale, y1 * scale)
    image = resample(photo.pixels, crop, frame.width, frame.height)
    alpha = matte.on_frame(crop, frame.width, frame.height)
    alpha = alpha * inside_photo(photo.pixels, crop, frame.width, frame.height)
    return (composite(image, alpha, background.rgb) if background.replace else image), alpha


def _photo_and_faces(source: PhotoSource, standard: Standard, timings: Timings) -> tuple[Photo, list[Face]]:
    """The photo decoded no larger than the portrait needs, and the faces in it."""
    long_side = max(source.width, source.height)
    reduction = next((r for r in REDUCTIONS if long_side / r >= WORKING_SIDE), 1)
    with timings.stage("decode"):
        photo = source.decode(reduction)
    with timings.stage("faces"):
        faces = find_faces(photo.pixels)
    finer = reduction
    while faces and finer > 1 and _too_coarse(standard, faces[0].width * reduction / finer):
        finer //= 2
    if finer == reduction:
        return photo, faces
    with timings.stage("decode"):
        closer = source.decode(finer)
    return closer, [face.scaled(closer.scale / photo.scale) for face in faces]


def _too_coarse(standard: Standard, face_width: float) -> bool:
    return standard.composition.face_width.aim / face_width > COARSE


def _measures(photo: Photo, face: Face, matte: Matte) -> Measures:
    """For placement, in full-size pixels of the source."""
    k = 1.0 / photo.scale
    left, right = matte.clear_beside(face)
    return Measures(
        width=photo.source.width,
        height=photo.source.height,
        hair_top=matte.hair_top(face) * k,
        eye_line=face.eye_line * k,
        face_width=face.width * k,
        centre_x=face.centre_x * k,
        edges=Edges(matte.is_clear_above(face), left * k, right * k),
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
