"""What lies over the face: glasses, hair on the forehead and over the ears, a mask."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.closeup import HEIGHT, WIDTH, CloseUp
from gradphoto.portrait.face_mesh import Eye
from gradphoto.portrait.rules.face_parts import (
    ABOVE_LIPS,
    BELOW_LIPS,
    CHEEKS,
    DARK_LENS,
    FOREHEAD,
    NOSE_TIP,
    box_of,
    eyes_box,
    grey_in,
    lab_in,
    lens_brightness,
    points_of,
    skin_lab,
    turned_away,
)
from gradphoto.portrait.rules.subject import Subject
from gradphoto.portrait.rules.verdict import (
    Box,
    Measurement,
    Needs,
    Words,
    band_score,
    not_measured,
    rule,
    sigmoid_score,
)

# Hair is darker than this share of the skin's lightness L*, even on dark skin.
HAIR_TO_SKIN = 0.62
# The nose bridge between the eyes, where the frame of glasses crosses: (right, left) and (top, bottom).
BRIDGE_SIDES, BRIDGE_ENDS = (193, 417), (8, 197)
# The side of the face at the ear, (right, left): the points that lie farthest out, and those that bound its height.
EAR_SIDES = ((127, 234, 93), (356, 454, 323))
EAR_HEIGHT = ((127, 132), (356, 361))
FRAME_SEEN = 5.0  # percent: below this line across the bridge there are no glasses, or none that glare would tell from eyes
EAR_REACH = (2, 26)  # pixels outside the mesh where an ear shows
EAR_YAW = 10.0  # degrees; beyond, the head itself hides an ear
EYE_LEVEL_SKIN = (193, 122, 196, 197, 419, 351, 417, 168)


@rule(
    "ears",
    group="cover",
    unit="percent",
    needs=Needs.MATTE,
    zh=Words(
        "露出双耳",
        "有一只耳朵看不清，可能被头发等遮住，或在阴影里",
        "",
        "请把头发别到耳后，两只耳朵都要露出来，脸两侧的光要一样；因宗教或医疗原因遮住的，请联系老师人工处理。",
    ),
    en=Words(
        "Both ears visible",
        "An ear can't be seen clearly: covered, by hair for example, or in shadow.",
        "",
        "Tuck your hair behind both ears, with the same light from both sides. If you cover them for religious or medical "
        "reasons, ask your adviser.",
    ),
    score=sigmoid_score(8.0, 2.5),
)
def ears(subject: Subject) -> Measurement:
    """Share of a strip beside the face, at the height of the ears, that belongs to the person and has the skin's colour;
    of the side where it is less. Own.

    Weaknesses: light hair has the colour of skin; an ear in shadow, or flat against the head, may be missed; an ear that
    the turned head hides counts as covered. A warning, never more.
    """
    if abs(subject.face.pose.yaw) > EAR_YAW:
        return not_measured("头转得太偏，有一只耳朵看不到", "the head is turned: one ear is out of sight")
    close = subject.close
    shares = [_ear_share(close, subject.alpha, side) for side in (0, 1)]
    worse = int(np.argmin(shares))
    return Measurement(100 * shares[worse], _ear_box(close, worse))


@rule(
    "forehead",
    group="cover",
    unit="percent",
    needs=Needs.FACE,
    zh=Words(
        "露出额头和眉毛", "", "刘海或帽檐遮住了额头", "请把刘海梳开或夹起，露出整个额头和眉毛；摘下帽子。"
    ),
    en=Words(
        "Forehead and eyebrows clear",
        "",
        "A fringe or a hat covers the forehead.",
        "Comb or pin your fringe aside so that forehead and eyebrows are clear; take off any hat.",
    ),
    score=band_score(0, 10, 60),
)
def forehead(subject: Subject) -> Measurement:
    """Share of the forehead, from the eyebrows up to the mesh's edge, that is darker than 62 % of the cheek's L* on its
    own side. Own.

    Weaknesses: fair or thin hair is missed; a low hairline and deep shadow count a little.
    """
    if away := turned_away(subject):
        return away
    close = subject.close
    values = [float(np.median(lab_in(close, cheek)[:, 0])) for cheek in CHEEKS]
    dark: list[NDArray[np.bool_]] = []
    for outline, own in zip(FOREHEAD, values, strict=True):
        skin = max(own, 0.7 * max(values))  # a cheek under hair is no measure of skin
        dark.append(lab_in(close, outline)[:, 0] < HAIR_TO_SKIN * skin)
    points = np.concatenate([points_of(close.face, outline) for outline in FOREHEAD])
    return Measurement(100 * float(np.concatenate(dark).mean()), box_of(points))


@rule(
    "glasses",
    group="cover",
    unit="percent",
    needs=Needs.FACE,
    zh=Words(
        "不戴眼镜", "", "戴着眼镜", "最好摘下眼镜再拍；平时一直戴镜的可以保留，但镜片不能有色、不能反光。"
    ),
    en=Words(
        "No glasses",
        "",
        "Glasses are worn.",
        "Better take them off. Those who always wear glasses may keep them if the lenses are clear and don't reflect.",
    ),
    score=sigmoid_score(6.5, -1.5),
)
def glasses(subject: Subject) -> Measurement:
    """The strongest horizontal line across the nose bridge between the eyes: luma steps a pixel, percent of the skin's
    luma. Own.

    No glasses 0.5 to 5; frames 7 to 30. Weaknesses: rimless and thin frames are missed; deep wrinkles or a strand of hair
    across the bridge look like a frame.
    """
    if away := turned_away(subject):
        return away
    return Measurement(_bridge_line(subject.close), eyes_box(subject.close.face, 20.0))


@rule(
    "tinted_glasses",
    group="cover",
    unit="ratio",
    needs=Needs.FACE,
    zh=Words("镜片透明", "戴着墨镜或有色眼镜", "", "请摘下墨镜或有色眼镜。"),
    en=Words("Clear lenses", "The glasses are dark or tinted.", "", "Take off sunglasses or tinted glasses."),
    score=sigmoid_score(0.42, 0.05),
)
def tinted_glasses(subject: Subject) -> Measurement:
    """Luminance of the skin under the eyes over that of the cheeks: of a lens before it, about the light that the lens
    lets through twice. Own; ISO/IEC 29794-5 EyesVisible has no formula for lenses.

    Without dark lenses 0.55 to 1.2. Weaknesses: a light tint is missed; a lens that mirrors the sky looks brighter.
    """
    if away := turned_away(subject):
        return away
    return Measurement(lens_brightness(subject.close), eyes_box(subject.close.face, 20.0))


@rule(
    "glasses_glare",
    group="cover",
    unit="percent",
    needs=Needs.FACE,
    zh=Words("镜片不反光", "", "眼睛上有反光", "请摘下眼镜，或换个方向，避开镜片里映出的灯和窗户再拍。"),
    en=Words(
        "No glare over the eyes",
        "",
        "There is glare over an eye.",
        "Take off the glasses, or turn away from the lamp or window that they reflect.",
    ),
    score=band_score(0, 3, 20),
)
def glasses_glare(subject: Subject) -> Measurement:
    """The largest white, burnt-out spot over an eye, percent of the square of the eye's width. Own.

    The light that every eye reflects makes 0.5 to 2. Weaknesses: glare beside the eye, coloured or faint, is not seen; in
    an overexposed photo the white of the eye itself burns out.
    """
    if lens_brightness(subject.close) < DARK_LENS:
        return not_measured("深色镜片，见“镜片透明”", "dark lenses: see that rule")
    if away := turned_away(subject):
        return away
    if _bridge_line(subject.close) < FRAME_SEEN:
        return not_measured("没有看到眼镜", "no glasses were seen")
    face = subject.close.face
    spots = [_white_spot(subject.close, eye) for eye in (face.right_eye, face.left_eye)]
    share, region = max(spots, key=lambda spot: spot[0])
    return Measurement(100 * share, region)


@rule(
    "glasses_frame",
    group="cover",
    unit="percent",
    needs=Needs.FACE,
    zh=Words("镜框不遮眼睛", "", "镜框挡住了眼睛", "请把眼镜往上推一推，或摘下眼镜。"),
    en=Words(
        "Frame clear of the eyes", "", "The frame lies over an eye.", "Push the glasses up, or take them off."
    ),
    score=band_score(0, 0, 20),
)
def glasses_frame(subject: Subject) -> Measurement:
    """A frame across an eye. Not measured: a rim and an eyelid with lashes look alike to edges and colours."""
    return not_measured(
        "镜框与眼睑难以可靠区分，由审核人员看", "a rim looks too much like an eyelid: a person looks at this"
    )


@rule(
    "face_covered",
    group="cover",
    unit="dE",
    needs=Needs.FACE,
    zh=Words("口鼻没有遮挡", "", "口罩等物品遮住了口鼻", "请摘下口罩，手和物品不要挡住脸。"),
    en=Words(
        "Nose and mouth not covered",
        "",
        "A mask or another thing covers nose and mouth.",
        "Take off the mask; keep hands and things away from the face.",
    ),
    score=sigmoid_score(15.0, -2.0),
)
def face_covered(subject: Subject) -> Measurement:
    """How unlike the skin between the eyes the tip of the nose, the upper lip and the chin are, the least of the three:
    distance in L*a*b* with half weight on L* (towards ISO/IEC 29794-5 MouthOcclusionPrevention; own formula).

    A beard never covers the nose, so it doesn't count. Weakness: a hand, or a cloth of the colour of skin, is not seen.
    """
    if away := turned_away(subject):
        return away
    close = subject.close
    skin = np.median(lab_in(close, EYE_LEVEL_SKIN), axis=0)
    weights = np.array([0.5, 1.0, 1.0])
    unlike = [
        float(np.linalg.norm((np.median(lab_in(close, part), axis=0) - skin) * weights))
        for part in (NOSE_TIP, ABOVE_LIPS, BELOW_LIPS)
    ]
    points = np.concatenate([points_of(close.face, part) for part in (NOSE_TIP, ABOVE_LIPS, BELOW_LIPS)])
    return Measurement(min(unlike), box_of(points, 4.0))


def _ear_box(close: CloseUp, side: int) -> Box:
    """Where the ear of this side (0: the person's right) shows."""
    points = close.face.mesh[:, :2]
    top, bottom = (float(points[i, 1]) for i in EAR_HEIGHT[side])
    xs = points[list(EAR_SIDES[side]), 0]
    near, far = EAR_REACH
    if side == 0:
        return float(xs.min()) - far, top, float(xs.min()) - near, bottom
    return float(xs.max()) + near, top, float(xs.max()) + far, bottom


def _ear_share(close: CloseUp, alpha: NDArray[np.float32], side: int) -> float:
    x0, y0, x1, y1 = (int(v) for v in _ear_box(close, side))
    strip = np.s_[max(0, y0) : max(y1, y0 + 1), max(0, x0) : min(WIDTH, x1)]
    lab, skin = close.lab[strip], skin_lab(close)
    alike = np.hypot(lab[..., 1] - skin[1], lab[..., 2] - skin[2]) < 12
    return float((alike & (lab[..., 0] > 0.45 * skin[0]) & (alpha[strip] > 0.5)).mean())


def _bridge_line(close: CloseUp) -> float:
    points = close.face.mesh[:, :2]
    x0, x1 = (int(points[i, 0]) for i in BRIDGE_SIDES)
    y0, y1 = (int(points[i, 1]) for i in BRIDGE_ENDS)
    bridge = close.grey[max(0, y0 - 3) : max(y1, y0 + 4) + 3, x0 + 2 : max(x1 - 1, x0 + 6)]
    slope = cv2.Sobel(cv2.GaussianBlur(bridge, (0, 0), 1.0), cv2.CV_32F, 0, 1, ksize=3) / 8
    rows = np.median(np.abs(slope), axis=1)[3:-3]
    skin = float(np.median(np.concatenate([grey_in(close, cheek) for cheek in CHEEKS])))
    return 100 * float(rows.max()) / max(skin, 1.0)


def _white_spot(close: CloseUp, eye: Eye) -> tuple[float, Box]:
    """The largest white spot over this eye, as a share of its width squared, and where it is."""
    width = float(np.linalg.norm(eye.outline[0] - eye.outline[8]))
    x0, y0, x1, y1 = box_of(eye.outline, 0.15 * width)
    window = np.s_[max(0, int(y0)) : min(HEIGHT, int(y1) + 1), max(0, int(x0)) : min(WIDTH, int(x1) + 1)]
    white = np.asarray(close.pixels[window].min(axis=2) >= 225, np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(white, connectivity=4)
    area = int(stats[1:, cv2.CC_STAT_AREA].max()) if count > 1 else 0
    return area / max(width * width, 1.0), (x0, y0, x1, y1)
