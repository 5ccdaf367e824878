"""The finished portrait against its own standard: composition, background, file size.

Composition is what placement says of the portrait: the engine measured the face in the photo, and the portrait is a crop
of it at one scale. Everything else is measured on the decoded JPEG itself.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.rules.cutout import decoded_of, finished_of
from gradphoto.portrait.rules.edge import kept
from gradphoto.portrait.rules.subject import Subject
from gradphoto.portrait.rules.verdict import Measurement, Needs, Words, band_score, not_measured, rule
from gradphoto.portrait.standard import Band

BACKGROUND_MARGIN = 16  # px from the person: JPEG blocks that hold nothing else
LEAST_PIXELS = 100
EMPTY = 0.004  # alpha up to which the portrait shows the new background alone


def beyond(value: float, band: Band) -> float:
    """How far `value` lies outside the band, in its unit and to a tenth: negative below, positive above, else 0."""
    return round(min(0.0, value - band.min) + max(0.0, value - band.max), 1)


@rule(
    "hair_top",
    group="portrait",
    unit="px",
    needs=Needs.PORTRAIT,
    zh=Words(
        "头顶到上边的距离",
        "头顶离证照上边太近",
        "头顶离证照上边太远",
        "请重新拍一张：头顶上方至少留一个拳头。",
    ),
    en=Words(
        "Top of the hair to the top edge",
        "The hair is too near the portrait's upper edge.",
        "The hair is too far from the portrait's upper edge.",
        "Take another photo with a fist's height above your head.",
    ),
    score=band_score(0, 0, 30),
)
def hair_top(subject: Subject) -> Measurement:
    """Pixels by which the top of the hair lies outside the standard's band; negative: too high. Own measure.

    Weakness: where the matte misses thin hair, its top is lower than the eye sees it.
    """
    bands, placement = subject.standard.composition, finished_of(subject).placement
    return Measurement(beyond(placement.hair_top, bands.hair_top))


@rule(
    "eye_line",
    group="portrait",
    unit="px",
    needs=Needs.PORTRAIT,
    zh=Words(
        "眼睛的高度", "眼睛在证照里太高", "眼睛在证照里太低", "请重新拍一张：从胸口往上，头顶上方留一个拳头。"
    ),
    en=Words(
        "Height of the eyes",
        "The eyes are too high in the portrait.",
        "The eyes are too low in the portrait.",
        "Take another photo from the chest up, with a fist's height above your head.",
    ),
    score=band_score(0, 0, 50),
)
def eye_line(subject: Subject) -> Measurement:
    """Pixels by which the middle between the pupils lies outside the standard's band; negative: too high. Own measure."""
    bands, placement = subject.standard.composition, finished_of(subject).placement
    return Measurement(beyond(placement.eye_line, bands.eye_line))


@rule(
    "face_width",
    group="portrait",
    unit="px",
    needs=Needs.PORTRAIT,
    zh=Words("脸的大小", "脸在证照里太小", "脸在证照里太大", "请重新拍一张：从胸口往上，离镜头约一米半。"),
    en=Words(
        "Size of the face",
        "The face is too small in the portrait.",
        "The face is too large in the portrait.",
        "Take another photo from the chest up, about a metre and a half away.",
    ),
    score=band_score(0, 0, 60),
)
def face_width(subject: Subject) -> Measurement:
    """Pixels by which the width cheek to cheek lies outside the standard's band (compare ISO/IEC 29794-5 HeadSize)."""
    bands, placement = subject.standard.composition, finished_of(subject).placement
    return Measurement(beyond(placement.face_width, bands.face_width))


@rule(
    "centred",
    group="portrait",
    unit="px",
    needs=Needs.PORTRAIT,
    zh=Words("左右居中", "脸偏向证照左侧", "脸偏向证照右侧", "请重新拍一张：站在画面正中。"),
    en=Words(
        "Centred",
        "The face is off to the portrait's left.",
        "The face is off to the portrait's right.",
        "Take another photo, standing in the middle.",
    ),
    score=band_score(0, 0, 24),
)
def centred(subject: Subject) -> Measurement:
    """Pixels by which the middle between the cheeks lies outside the standard's band. Own measure."""
    bands, placement = subject.standard.composition, finished_of(subject).placement
    return Measurement(beyond(placement.centre_x, bands.centre_x))


@rule(
    "background_exact",
    group="portrait",
    unit="levels",
    needs=Needs.PORTRAIT,
    zh=Words("证照背景色准确", "", "证照的背景色与标准不符", "请换一张背景干净的照片；仍不行请联系老师。"),
    en=Words(
        "The portrait's background colour",
        "",
        "The portrait's background is not the standard's colour.",
        "Try a photo with a plainer background; if that does not help, ask your adviser.",
    ),
    score=band_score(0, 2, 20),
)
def background_exact(subject: Subject) -> Measurement:
    """Largest difference of any channel (0..255) between the standard's colour and the decoded JPEG, over pixels that
    are background alone and 16 px and more from the person (every second row and column). Own measure.
    """
    if not subject.standard.background.replace:
        return kept()
    clear = _clear(subject, BACKGROUND_MARGIN)
    if clear.sum() < LEAST_PIXELS:
        return _no_ground()
    off = decoded_of(subject)[::2, ::2][clear] - np.array(subject.standard.background.rgb, np.float32)
    return Measurement(float(np.abs(off).max()))


@rule(
    "background_uniform",
    group="portrait",
    unit="levels",
    needs=Needs.PORTRAIT,
    zh=Words("证照背景均匀", "", "证照背景不均匀，有残留的原背景", "请换一张背景干净、人与背景分明的照片。"),
    en=Words(
        "The portrait's background is even",
        "",
        "The portrait's background is uneven: remains of the old one.",
        "Take another photo in front of a plain wall that differs from hair and clothes.",
    ),
    score=band_score(0, 1, 10),
)
def background_uniform(subject: Subject) -> Measurement:
    """Standard deviation (levels, 0..255) of the decoded JPEG's background outside the person's edge. Own measure; compare
    ISO/IEC 29794-5 BackgroundUniformity.

    Weakness: ringing of the JPEG next to the person is in it, 1 level or less at the qualities used.
    """
    if not subject.standard.background.replace:
        return kept()
    clear = _clear(subject, 2)
    if clear.sum() < LEAST_PIXELS:
        return _no_ground()
    seen = np.ascontiguousarray(decoded_of(subject)[::2, ::2])
    return Measurement(float(cv2.meanStdDev(seen, mask=clear.astype(np.uint8))[1].max()))


@rule(
    "file_size",
    group="portrait",
    unit="bytes",
    needs=Needs.PORTRAIT,
    zh=Words("证照文件大小", "文件比规定的小", "文件比规定的大", "请联系老师：这张照片压不进规定的大小。"),
    en=Words(
        "Size of the file",
        "The file is smaller than the standard's window.",
        "The file is larger than the standard's window.",
        "Ask your adviser: this photo does not fit the size window.",
    ),
    score=band_score(0, 0, 20000),
)
def file_size(subject: Subject) -> Measurement:
    """Bytes by which the JPEG's size lies outside the standard's window; negative: too small."""
    size, window = len(finished_of(subject).encoded.data), subject.standard.file
    return Measurement(float(min(0, size - window.bytes_min) + max(0, size - window.bytes_max)))


def _clear(subject: Subject, margin: int) -> NDArray[np.bool_]:
    """(height / 2, width / 2): background alone, `margin` px and more from the person; every second row and column."""
    empty = (finished_of(subject).alpha <= EMPTY).astype(np.uint8)
    window = np.ones((2 * margin + 1, 2 * margin + 1), np.uint8)
    return np.asarray(cv2.erode(empty, window)[::2, ::2] > 0, np.bool_)


def _no_ground() -> Measurement:
    return not_measured("证照里几乎没有背景", "there is next to no background in the portrait")
