"""Photos judged once and kept: evaluating rules again then takes seconds, since only the rules run."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait import pipeline
from gradphoto.portrait.judge import verdicts
from gradphoto.portrait.reasons import Refused
from gradphoto.portrait.rules import Verdict
from gradphoto.portrait.rules.subject import Subject
from gradphoto.portrait.standard import Standard

THUMBNAIL = (234, 312)
# What a Subject is made by: a change here makes what was kept worthless.
ENGINE = (
    "photo",
    "face",
    "matte",
    "closeup",
    "compose",
    "placement",
    "encode",
    "inference",
    "pipeline",
    "rules/subject",
)


@dataclass(frozen=True)
class Judged:
    """A photo's verdicts by rule, and its close-up (H, W, 3) small, for sheets; the photo itself where there is none."""

    file: str
    verdicts: Mapping[str, Verdict]
    thumbnail: NDArray[np.uint8]
    refused: tuple[str, ...]


def judged(photo: Path, standard: Standard, cache: Path) -> Judged | None:
    """Every rule's verdict on a photo; None where the file is refused. What was examined is kept in `cache`."""
    subject = _subject(photo, standard, cache)
    if subject is None:
        return None
    found = {verdict.rule.code: verdict for verdict in verdicts(replace(subject, standard=standard))}
    return Judged(photo.name, found, _thumbnail(subject), tuple(reason.code for reason in subject.refused))


def _subject(photo: Path, standard: Standard, cache: Path) -> Subject | None:
    data = photo.read_bytes()
    kept = cache / f"{hashlib.sha256(data).hexdigest()[:16]}-{_engine(standard)}.pickle"
    if kept.is_file():
        with kept.open("rb") as stream:
            subject: Subject | None = pickle.load(stream)
        return subject
    try:
        subject = bare(pipeline.judge(data, standard).subject)
    except Refused:
        subject = None
    cache.mkdir(parents=True, exist_ok=True)
    with kept.open("wb") as stream:
        pickle.dump(subject, stream, protocol=pickle.HIGHEST_PROTOCOL)
    return subject


def bare(subject: Subject) -> Subject:
    """Without what rules have worked out and kept on it: that changes with the rules."""
    closeup = None if subject.closeup is None else replace(subject.closeup)
    return replace(subject, closeup=closeup)


def _engine(standard: Standard) -> str:
    """Changes when the engine or the standard does, not when a rule or its limits do."""
    digest = hashlib.sha256(standard.model_dump_json(exclude={"rules", "sha256"}).encode())
    folder = Path(pipeline.__file__).parent
    for start in ENGINE:
        for path in sorted(folder.glob(f"{start}*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _thumbnail(subject: Subject) -> NDArray[np.uint8]:
    pixels = subject.photo.pixels if subject.closeup is None else subject.closeup.pixels
    height, width = pixels.shape[:2]
    scale = min(THUMBNAIL[0] / width, THUMBNAIL[1] / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
