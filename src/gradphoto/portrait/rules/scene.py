"""What is behind the person in the photo, and how much picture there is around the head.

The background is replaced, so nothing here fails a photo: a restless one makes the cut-out worse. Where the crop lacks
pixels the engine refuses the photo and says so; the margins here give the numbers.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.closeup import FACE_WIDTH, HEIGHT
from gradphoto.portrait.face import OTHER_PERSON_SHARE
from gradphoto.portrait.placement import Measures
from gradphoto.portrait.rules.subject import Subject
from gradphoto.portrait.rules.verdict import (
    Box,
    Measurement,
    Needs,
    Words,
    band_score,
    not_measured,
    rule,
)

STEP = 4  # background colours vary slowly: every fourth pixel is enough
EMPTY = 0.05  # alpha up to which a pixel is background
CLEAR_OF_PERSON = 12  # px: the matte's soft edge and the hair's own blur
LEAST_SAMPLES = 1200
# Up to this much spread (root mean square, dE) in a*b*, and in L*, a background is one wall, perhaps with a shadow.
ONE_COLOUR, MANY_TONES = 3.0, 16.0
SHADOW_REACH, FAR_FROM_PERSON = 55, 110  # px from the person


@rule(
    "background_plain",
    group="scene",
    unit="dE",
    needs=Needs.MATTE,
    zh=Words(
        "拍照背景干净",
        "",
        "身后的背景杂乱，抠图的边缘可能不干净",
        "请站在干净的白墙或单色墙前，离墙约一米。",
    ),
    en=Words(
        "Plain background",
        "",
        "The background is restless: the cut-out's edge may suffer.",
        "Stand about a metre in front of a plain, light wall.",
    ),
    score=band_score(0, 5, 35),
)
def background_plain(subject: Subject) -> Measurement:
    """How far the background's colours lie from an evenly lit wall: root mean square distance (CIE 1976 dE) from the best
    linear gradient in L*a*b*. Own; ISO/IEC 29794-5 BackgroundUniformity takes the mean gradient's strength instead.

    Weakness: only what is in the close-up (1.3 face widths to each side of the head) is seen.
    """
    at, lab = _background(subject)
    if len(lab) < LEAST_SAMPLES:
        return _no_background()
    return Measurement(float(np.sqrt((_off_gradient(at, lab) ** 2).sum(axis=1).mean())))


@rule(
    "background_shadow",
    group="scene",
    unit="L*",
    needs=Needs.MATTE,
    zh=Words("墙上没有影子", "", "身后墙上有明显的影子", "请离墙约一米，不要让灯从一侧或正上方照射。"),
    en=Words(
        "No shadow on the wall",
        "",
        "There is a clear shadow on the wall behind.",
        "Stand about a metre from the wall, with the light in front of you.",
    ),
    score=band_score(0, 4, 25),
)
def background_shadow(subject: Subject) -> Measurement:
    """How much darker (L*) the wall is close to the head than far from it, on the darker side. Own measure.

    Only on plain walls. Weakness: a wall that gets darker towards the head, as in vignettes turned inside out.
    """
    at, lab = _background(subject)
    if len(lab) < LEAST_SAMPLES:
        return _no_background()
    spread = np.sqrt((_off_gradient(at, lab) ** 2).mean(axis=0))
    if np.hypot(spread[1], spread[2]) > ONE_COLOUR or spread[0] > MANY_TONES:
        return not_measured("背景不是单色墙，看不出影子", "the background is not plain enough to tell")
    distance = _distance(subject)[at[:, 1], at[:, 0]]
    beside = at[:, 1] * STEP < subject.close.face.chin
    far = beside & (distance > FAR_FROM_PERSON)
    middle = subject.close.face.centre_x
    darker: list[tuple[float, bool]] = []
    for is_left in (True, False):
        side = (at[:, 0] * STEP < middle) == is_left
        near = beside & side & (distance < SHADOW_REACH)
        if near.sum() > 60 and far.sum() > 150:
            darker.append((float(np.median(lab[far, 0]) - np.median(lab[near, 0])), is_left))
    if not darker:
        return _no_background()
    value, is_left = max(darker)
    left, right = subject.close.face.cheeks
    box = (left - 90, 120.0, left, 500.0) if is_left else (right, 120.0, right + 90, 500.0)
    return Measurement(max(0.0, value), box)


@rule(
    "background_people",
    group="scene",
    unit="faces",
    needs=Needs.FACE,
    zh=Words(
        "背景里没有人像",
        "",
        "背景里有较小的人脸（路人、海报或照片）",
        "请换一个没有其他人、没有海报的背景。",
    ),
    en=Words(
        "Nobody in the background",
        "",
        "There is a smaller face in the background (a passer-by, a poster?).",
        "Choose a background without people or posters.",
    ),
    score=band_score(0, 0, 2),
)
def background_people(subject: Subject) -> Measurement:
    """Faces less than a quarter as wide as the subject's; larger ones count in `one_face`. Own.

    Weaknesses: as for `one_face`; patterns are now and then taken for faces.
    """
    limit = OTHER_PERSON_SHARE * subject.faces[0].width
    small = [face for face in subject.faces[1:] if face.width < limit]
    return Measurement(float(len(small)), _face_box(subject, small[0].box) if small else None)


@rule(
    "margin_above",
    group="margins",
    unit="face widths",
    needs=Needs.MATTE,
    zh=Words("头顶上方留白", "头顶离照片上边太近", "", "请离镜头再远一点，头顶上方至少留一个拳头。"),
    en=Words(
        "Room above the hair",
        "The hair is too near the photo's upper edge.",
        "",
        "Step back: leave a fist's height above your head.",
    ),
    score=band_score(0.33, math.inf, 0.33),
)
def margin_above(subject: Subject) -> Measurement:
    """From the top of the hair to the photo's upper edge, in widths of the face (ISO/IEC 29794-5 has it as
    MarginAboveOfTheFaceImage, from the eyes). A portrait at the aims takes 0.33, the tightest one 0.17.
    """
    m = _measures(subject)
    return Measurement(max(0.0, m.hair_top) / m.face_width)


@rule(
    "margin_below",
    group="margins",
    unit="face widths",
    needs=Needs.FACE,
    zh=Words(
        "下巴以下的画面",
        "下巴以下拍得太少，证照需要拍到胸口",
        "",
        "请离镜头再远一点，从胸口往上拍；不要用已经裁好的一寸照。",
    ),
    en=Words(
        "Picture below the chin",
        "Too little below the chin: the portrait reaches down to the chest.",
        "",
        "Step back: from the chest up. Do not use a photo that was already cropped.",
    ),
    score=band_score(1.0, math.inf, 1.0),
)
def margin_below(subject: Subject) -> Measurement:
    """From the chin to the photo's lower edge, in widths of the face (compare ISO/IEC 29794-5
    MarginBelowOfTheFaceImage). A portrait at the aims takes about 1.0, the tightest one about 0.5.
    """
    face = subject.face
    return Measurement(max(0.0, subject.photo.pixels.shape[0] - face.chin) / face.width)


@rule(
    "margin_sides",
    group="margins",
    unit="face widths",
    needs=Needs.FACE,
    zh=Words("左右两侧的画面", "脸离照片的侧边太近", "", "请站到画面中间，离镜头再远一点，双肩都要拍到。"),
    en=Words(
        "Picture to both sides",
        "The face is too near one side of the photo.",
        "",
        "Stand in the middle and step back until both shoulders are in view.",
    ),
    score=band_score(0.5, math.inf, 0.5),
)
def margin_sides(subject: Subject) -> Measurement:
    """From the cheek to the nearer side of the photo, in widths of the face (compare ISO/IEC 29794-5
    LeftwardCropOfTheFaceImage, RightwardCropOfTheFaceImage). At the aims a portrait takes 0.5, the tightest one 0.26.
    """
    left, right = subject.face.cheeks
    return Measurement(max(0.0, min(left, subject.photo.pixels.shape[1] - right)) / subject.face.width)


def _measures(subject: Subject) -> Measures:
    if subject.measures is None:
        raise LookupError("this photo has no matte")
    return subject.measures


def _distance(subject: Subject) -> NDArray[np.float32]:
    """(H / 4, W / 4): how far each pixel is from the person, close-up px."""
    empty = (subject.alpha[::STEP, ::STEP] <= EMPTY).astype(np.uint8)
    return np.asarray(cv2.distanceTransform(empty, cv2.DIST_L2, 3) * STEP, np.float32)


def _background(subject: Subject) -> tuple[NDArray[np.int_], NDArray[np.float32]]:
    """Places (N, 2: x, y in steps of 4 px) and colours (N, 3) of the photo's background above the chest."""
    free = subject.close.inside[::STEP, ::STEP] & (_distance(subject) > CLEAR_OF_PERSON)
    free[min(HEIGHT, round(subject.close.face.chin + 0.5 * FACE_WIDTH)) // STEP :] = False
    ys, xs = np.nonzero(free)
    return np.stack([xs, ys], axis=1), subject.close.lab[::STEP, ::STEP][ys, xs]


def _off_gradient(at: NDArray[np.int_], lab: NDArray[np.float32]) -> NDArray[np.float64]:
    """What is left of `lab` (N, 3) when its best plane over the picture is taken off."""
    plane = np.column_stack([at, np.ones(len(at))]).astype(np.float64)
    fitted, *_ = np.linalg.lstsq(plane, lab.astype(np.float64), rcond=None)
    return np.asarray(lab - plane @ fitted, np.float64)


def _face_box(subject: Subject, box: NDArray[np.float32]) -> Box:
    """A box of the decoded photo in close-up pixels."""
    (dx, dy), k = subject.close.origin, subject.close.scale
    x0, y0, x1, y1 = (float(v) for v in box)
    return (x0 - dx) * k, (y0 - dy) * k, (x1 - dx) * k, (y1 - dy) * k


def _no_background() -> Measurement:
    return not_measured("照片里看不到足够的背景", "too little background is in the picture")
