"""Make-up and retouching, as far as pixels tell. Warnings for the reviewer, never more."""

from __future__ import annotations

import cv2
import numpy as np

from gradphoto.portrait.closeup import CloseUp
from gradphoto.portrait.rules.face_parts import (
    BROWS,
    CHEEKS,
    EYES,
    box_of,
    grey_in,
    lips_lab,
    mouth_box,
    pixels_in,
    points_of,
    skin_lab,
    turned_away,
)
from gradphoto.portrait.rules.subject import Subject
from gradphoto.portrait.rules.verdict import Measurement, Needs, Words, not_measured, rule, sigmoid_score

# Close-up pixels per photo pixel above which the photo has too few pixels to tell smooth skin from a small picture.
FINEST_SCALE = 0.9


@rule(
    "lipstick",
    group="skin",
    unit="a*",
    needs=Needs.FACE,
    zh=Words("不涂口红", "", "嘴唇颜色比自然唇色红得多，像涂了口红", "请擦掉口红，素颜或只化淡妆。"),
    en=Words(
        "No lipstick",
        "",
        "The lips are much redder than lips by nature are: it looks like lipstick.",
        "Wipe off the lipstick; no make-up, or very little.",
    ),
    score=sigmoid_score(20.0, -2.5),
)
def lipstick(subject: Subject) -> Measurement:
    """Redness a* of the lips less that of the cheeks, medians. Own.

    Lips without colour -2 to 17, lipstick 19 to 35. Weaknesses: pale, brown and violet lipstick is missed; cold lips or
    blush move the value.
    """
    if away := turned_away(subject):
        return away
    close = subject.close
    redness = lips_lab(close)[1] - skin_lab(close)[1]
    return Measurement(float(redness), mouth_box(close.face))


@rule(
    "eye_makeup",
    group="skin",
    unit="percent",
    needs=Needs.FACE,
    zh=Words("不化眼妆", "", "化了眼妆", "请卸掉眼影、眼线和假睫毛。"),
    en=Words("No eye make-up", "", "Eye make-up is worn.", "Take off eye shadow, eyeliner and false lashes."),
    score=sigmoid_score(50.0, -10.0),
)
def eye_makeup(subject: Subject) -> Measurement:
    """Eye shadow, eyeliner, false lashes. Not measured: shadow under the brows, dark lids and thick lashes give the same
    colours, and would fail people for what they are.
    """
    return not_measured(
        "眼妆与天生的眼睑阴影难以可靠区分，由审核人员看",
        "can't be told from naturally dark lids: a person looks at this",
    )


@rule(
    "smooth_skin",
    group="skin",
    unit="percent",
    needs=Needs.FACE,
    zh=Words("没有美颜磨皮", "皮肤过于光滑，像用了美颜或磨皮", "", "请关闭手机的美颜、磨皮、滤镜后重新拍。"),
    en=Words(
        "No beauty filter",
        "The skin is too smooth: it looks like a beauty filter.",
        "",
        "Turn off the phone's beauty mode and filters, and take it again.",
    ),
    score=sigmoid_score(6.0, 1.0),
)
def smooth_skin(subject: Subject) -> Measurement:
    """Fine detail of the cheeks over that of eyes and brows, in percent: standard deviations of what a Gaussian of 1.2
    pixels takes away, over the luma's median. Own.

    Skin 7 to 60, smoothed skin 2 to 5. Dividing by lashes and brows makes it independent of how sharp the photo is.
    Weaknesses: strong noise reduction and low JPEG quality smooth too; small children have such skin; not measured where
    the face has under 267 pixels in the photo.
    """
    if away := turned_away(subject):
        return away
    close = subject.close
    if close.scale > FINEST_SCALE:
        return not_measured(
            "照片里的脸太小，看不出皮肤细节", "the face is too small in the photo to show the skin's detail"
        )
    points = np.concatenate([points_of(close.face, cheek) for cheek in CHEEKS])
    return Measurement(100 * _skin_detail(close), box_of(points))


def _skin_detail(close: CloseUp) -> float:
    parts = (*CHEEKS, *BROWS, *EYES)
    x0, y0, x1, y1 = (int(v) for v in box_of(np.concatenate([points_of(close.face, p) for p in parts]), 6.0))
    corner = np.array([x0, y0], np.float32)
    grey = close.grey[y0:y1, x0:x1]
    fine = grey - cv2.GaussianBlur(grey, (0, 0), 1.2)

    def detail(outline: tuple[int, ...]) -> float:
        return float(pixels_in(fine, points_of(close.face, outline) - corner).std())

    cheek = np.mean([detail(c) / max(1.0, float(np.median(grey_in(close, c)))) for c in CHEEKS])
    skin = float(np.median(np.concatenate([grey_in(close, c) for c in CHEEKS])))
    structure = max(detail(part) for part in (*BROWS, *EYES)) / max(1.0, skin)
    return float(cheek) / max(structure, 1e-6)
