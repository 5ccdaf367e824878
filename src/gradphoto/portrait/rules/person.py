"""Head, hair, clothes and shoulders: what the person wears, and how they sit.

Hair, clothes and skin are told apart by place and colour (`figure`), which is enough to warn and, for clothes that
vanish in the new background, to fail; what can't be told so is left to a person, and the report says so.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.closeup import EYES_AT, FACE_WIDTH, HEIGHT, CloseUp
from gradphoto.portrait.rules.colours import delta_e, lab_of
from gradphoto.portrait.rules.figure import SOLID, STEP, bounds, chest, clothes_top, head, skin_colour
from gradphoto.portrait.rules.subject import Subject
from gradphoto.portrait.rules.verdict import Measurement, Needs, Words, band_score, not_measured, rule

# Fewer pixels than these (of a face 240 wide) are too little hair or cloth to speak of.
LEAST_HAIR, LEAST_CLOTHES = 2500, 12000
BALD_SHARE = 0.85
# Natural dark hair: up to this L* and chroma, less chroma where the hue is no hair's; grey and white at any L*.
DARK_L, DARK_CHROMA, COOL_CHROMA, GREY_CHROMA = 35.0, 18.0, 8.0, 7.0
HAIR_HUES = (-30.0, 105.0)  # degrees in the a*b* plane, red to yellow
COVER_CHROMA, COVER_SEEN = 14.0, 25.0
# Light so coloured that the skin itself is bluish or green: no colour of hair can be told.
STRANGE_LIGHT_B = -2.0
NEAREST_SHARE = 20.0  # percent of the clothes that may be nearer to the background than the value
BLUE_HUES, BLUE_CHROMA, BLUE_L = (115.0, 300.0), 9.0, 40.0
PATTERN_WINDOW, PATTERN_STD = 17, 8.0
SHOULDER_COLUMNS = (0.65, 1.2)  # beside the face's middle, face widths
LEAST_COLUMNS = 24
SHOULDER_ROW = EYES_AT[1] + round(390 / 240 * FACE_WIDTH)  # the portrait's lower edge at the aims


@rule(
    "head_cover",
    group="head",
    unit="percent",
    needs=Needs.MATTE,
    zh=Words(
        "不戴帽子、头巾、发带",
        "",
        "头上有头发不会有的颜色，像是帽子、头巾或发带",
        "请摘下帽子、头巾或发带，发夹用深色小夹；因宗教或医疗原因佩戴的，请联系老师人工处理。",
    ),
    en=Words(
        "No hat, scarf or headband",
        "",
        "Something on the head has a colour that hair does not have: a hat, scarf or headband?",
        "Take it off. If you wear it for religious or medical reasons, ask your adviser.",
    ),
    score=band_score(0, 5, 60),
)
def head_cover(subject: Subject) -> Measurement:
    """Share of the head above the eyes in a blue, green or purple that no natural hair has, percent. Own measure, in
    place of ISO/IEC 29794-5 NoHeadCoverings, which needs a network.

    One-sided: a cover in black, brown, grey or beige looks like hair to it, so that without evidence of a cover the rule
    says "not measured" and never "pass". Weakness: hair dyed blue or green counts as a cover.
    """
    top = head(subject.close, subject.alpha)
    if top.pixels >= LEAST_HAIR and skin_colour(subject.close)[2] >= STRANGE_LIGHT_B:
        chroma, hue = _chroma_hue(top.lab)
        strange = (chroma > COVER_CHROMA) & (top.lab[:, 0] > 6) & ~_between(hue, HAIR_HUES)
        share = 100 * float(strange.mean())
        if share >= COVER_SEEN:
            return Measurement(share, top.box)
    return not_measured(
        "与头发颜色相近的帽子和头巾无法自动分辨，由审核人员查看",
        "covers in the colour of hair cannot be told from hair: a person looks at this",
    )


@rule(
    "earrings",
    group="head",
    unit="",
    needs=Needs.FILE,
    zh=Words("不戴耳环", "", "戴着耳环", "请摘下耳环。"),
    en=Words("No earrings", "", "Earrings are worn.", "Take off the earrings."),
    score=band_score(0, 0, 1),
)
def earrings(subject: Subject) -> Measurement:
    """Never measured: an earring is a few pixels beside hair and shadow, and no measure tried told it from those."""
    return not_measured(
        "耳环太小，无法可靠地自动识别，由审核人员查看",
        "too small to be told reliably: a person looks at this",
    )


@rule(
    "necklace",
    group="head",
    unit="",
    needs=Needs.FILE,
    zh=Words("不戴项链", "", "戴着项链", "请摘下项链。"),
    en=Words("No necklace", "", "A necklace is worn.", "Take off the necklace."),
    score=band_score(0, 0, 1),
)
def necklace(subject: Subject) -> Measurement:
    """Never measured: a thin chain looks like a fold of the skin or the edge of a collar."""
    return not_measured(
        "项链太细，无法可靠地自动识别，由审核人员查看", "too thin to be told reliably: a person looks at this"
    )


@rule(
    "hair_colour",
    group="head",
    unit="dE",
    needs=Needs.MATTE,
    zh=Words(
        "头发颜色自然",
        "",
        "发色偏浅或偏彩，不是黑色或深棕色",
        "如果染过头发，请恢复黑色或深棕色再拍；天生如此的请忽略，由审核人员判断。",
    ),
    en=Words(
        "Natural hair colour",
        "",
        "The hair is lighter or more colourful than black or dark brown.",
        "If it is dyed, return to black or dark brown first; if it is your own colour, ignore this.",
    ),
    score=band_score(0, 10, 30),
)
def hair_colour(subject: Subject) -> Measurement:
    """Distance in CIE L*a*b* of the hair's median colour from black to dark brown, or from grey to white: 0 inside.

    The hair is what lies above the eyes outside the face's outline and is not skin-coloured. Own measure.
    Weaknesses: bright reflexes and coloured light shift it; a hat is taken for hair.
    """
    if skin_colour(subject.close)[2] < STRANGE_LIGHT_B:
        return not_measured("光线颜色异常，看不出发色", "the light is too coloured to tell")
    top = head(subject.close, subject.alpha)
    if top.pixels < LEAST_HAIR or top.skin.mean() > BALD_SHARE:
        return not_measured("头发很少或很短，看不出发色", "there is too little hair to tell")
    return Measurement(_unnatural(np.median(top.lab[~top.skin], axis=0)), top.box)


@rule(
    "clothes_colour",
    group="clothes",
    unit="dE",
    needs=Needs.MATTE,
    zh=Words(
        "衣服与背景颜色分明",
        "衣服颜色与证照的背景色太接近，身体会“融进”背景",
        "",
        "请换一件颜色不同的衣服，深色最好；蓝底证照不要穿蓝色、浅蓝、浅绿，白底不要穿白色。",
    ),
    en=Words(
        "Clothes stand out from the background",
        "The clothes have nearly the portrait's background colour.",
        "",
        "Wear another colour, best a dark one: no blue or light green on blue, no white on white.",
    ),
    score=band_score(25, 200, 25),
)
def clothes_colour(subject: Subject) -> Measurement:
    """CIE dE2000 between the standard's background and the clothes: a fifth of them is nearer than the value. Own.

    Clothes are the person from 0.3 face widths below the chin on, less what has the colour of the skin. Weakness: long
    hair in front of them counts as clothes (dark, so it never makes the value worse on a light background).
    """
    body = chest(subject.close, subject.alpha)
    cloth = body.lab[~body.skin]
    if _is_little(cloth):
        return _no_clothes()
    away = delta_e(cloth[::5], lab_of(subject.standard.background.rgb))
    return Measurement(float(np.percentile(away, NEAREST_SHARE)), body.box)


@rule(
    "clothes_blue",
    group="clothes",
    unit="percent",
    needs=Needs.MATTE,
    zh=Words(
        "蓝底不穿蓝色、浅绿色衣服",
        "",
        "衣服里蓝色或浅绿色太多，证照是蓝底",
        "请换一件不是蓝色、浅蓝、浅绿的衣服，深色最好。",
    ),
    en=Words(
        "No blue or light green clothes on blue",
        "",
        "Much of the clothes is blue or light green, and so is the portrait's background.",
        "Wear neither blue nor light green, best something dark.",
    ),
    score=band_score(0, 10, 60),
)
def clothes_blue(subject: Subject) -> Measurement:
    """Share of the clothes (see `clothes_colour`) in a light blue, cyan or green, percent. Own; blue backgrounds only.

    Dark blue suits are let be. Weakness: white and grey cloth in blue daylight.
    """
    ground = lab_of(subject.standard.background.rgb)[None]
    if not _blue(ground)[0]:
        return not_measured("只用于蓝底证照", "for blue backgrounds only")
    body = chest(subject.close, subject.alpha)
    cloth = body.lab[~body.skin]
    if _is_little(cloth):
        return _no_clothes()
    return Measurement(100 * float(_blue(cloth).mean()), body.box)


@rule(
    "clothes_pattern",
    group="clothes",
    unit="percent",
    needs=Needs.MATTE,
    zh=Words("衣服素净", "", "衣服花纹、图案或文字较多", "请换一件单色、没有大图案和文字的有领上衣。"),
    en=Words(
        "Plain clothes",
        "",
        "The clothes are busy: patterns, pictures or writing.",
        "Wear one plain colour with a collar.",
    ),
    score=band_score(0, 20, 60),
)
def clothes_pattern(subject: Subject) -> Measurement:
    """Share of the clothes whose L* varies by more than 8 (standard deviation in 17 x 17 px), percent. Own measure.

    Collar, lapels, a tie and folds make up to a third. Weakness: long hair in front of light clothes.
    """
    top = clothes_top(subject.close)
    solid = (subject.alpha[top:] > SOLID).astype(np.uint8)
    inner = cv2.erode(solid, np.ones((PATTERN_WINDOW, PATTERN_WINDOW), np.uint8)) > 0
    if inner.sum() < LEAST_CLOTHES:
        return _no_clothes()
    light = np.ascontiguousarray(subject.close.lab[top:, :, 0])
    size = (PATTERN_WINDOW, PATTERN_WINDOW)
    variance = cv2.blur(light * light, size) - cv2.blur(light, size) ** 2
    left, upper, right, lower = bounds(inner, 1)
    share = 100 * float((variance[inner] > PATTERN_STD**2).mean())
    return Measurement(share, (left, upper + top, right, lower + top))


@rule(
    "collar",
    group="clothes",
    unit="",
    needs=Needs.FILE,
    zh=Words("有领上衣", "上衣没有领子", "", "请穿有领子的上衣。"),
    en=Words("A collar", "There is no collar.", "", "Wear something with a collar."),
    score=band_score(1, 1, 1),
)
def collar(subject: Subject) -> Measurement:
    """Never measured: collars come in too many cuts to be told by edges and colours."""
    return not_measured(
        "领子样式太多，无法可靠地自动识别，由审核人员查看", "collars differ too much: a person looks at this"
    )


@rule(
    "bare_skin",
    group="clothes",
    unit="percent",
    needs=Needs.MATTE,
    zh=Words(
        "不穿无袖、吊带、低领",
        "",
        "肩膀或胸口露出较多皮肤（或衣服接近肤色）",
        "请穿有袖、领口不低的上衣。",
    ),
    en=Words(
        "Not sleeveless, not low-cut",
        "",
        "Much of shoulders and chest is bare (or has the colour of skin).",
        "Wear sleeves and a neckline that is not low.",
    ),
    score=band_score(0, 15, 50),
)
def bare_skin(subject: Subject) -> Measurement:
    """Share of shoulders and chest in the colour of the cheeks, percent. Own measure.

    Weaknesses: beige and pale pink clothes look like skin; bare shoulders in another light than the face do not.
    """
    body = chest(subject.close, subject.alpha)
    if body.pixels < 3 * LEAST_CLOTHES:
        return _no_clothes()
    return Measurement(100 * float(body.skin.mean()), body.box)


@rule(
    "shoulders_inside",
    group="shoulders",
    unit="face widths",
    needs=Needs.MATTE,
    zh=Words(
        "双肩入镜", "有一侧或两侧肩膀没有拍进来", "", "请离镜头远一点，从胸口往上拍，双肩都要在画面里。"
    ),
    en=Words(
        "Both shoulders in the picture",
        "One or both shoulders are not in the picture.",
        "",
        "Step back: from the chest up, both shoulders in view.",
    ),
    score=band_score(0.75, 10, 0.5),
)
def shoulders_inside(subject: Subject) -> Measurement:
    """How far the body reaches sideways from the face's middle, on the narrower side, at the portrait's lower edge (1.6
    face widths below the eyes); face widths. Own measure. No neck is 0.4 wide to a side; shoulders are 0.8 and more.

    Weakness: a body turned sideways is narrower on one side.
    """
    inside = subject.close.inside[:, round(subject.close.face.centre_x)]
    last = min(SHOULDER_ROW, int(np.flatnonzero(inside).max(initial=8)))
    row = subject.alpha[last - 6 : last - 2].mean(axis=0)
    middle = round(subject.close.face.centre_x)
    reach = min(float(row[:middle].sum()), float(row[middle:].sum())) / FACE_WIDTH
    return Measurement(reach, (0.0, last - 100.0, float(len(row)), float(last)))


@rule(
    "shoulders_level",
    group="shoulders",
    unit="deg",
    needs=Needs.MATTE,
    zh=Words("双肩齐平", "照片左侧的肩膀低", "照片右侧的肩膀低", "请坐直，双肩放松、一样高。"),
    en=Words(
        "Shoulders level",
        "The shoulder on the photo's left is lower.",
        "The shoulder on the photo's right is lower.",
        "Sit up straight, shoulders relaxed and at one height.",
    ),
    score=band_score(-3, 3, 15),
)
def shoulders_level(subject: Subject) -> Measurement:
    """Angle of the line between the tops of both shoulders, at equal distances from the face's middle; degrees. Own.

    Weaknesses: long hair and high collars hide the shoulder's line; a head off the body's middle shifts it (about a degree
    for a twentieth of the face's width).
    """
    left, right = (_shoulder_line(subject.close, subject.alpha, side) for side in (-1, 1))
    both = np.isfinite(left) & np.isfinite(right)
    if both.sum() < LEAST_COLUMNS:
        return not_measured(
            "肩膀轮廓被头发遮住或没有拍到", "hair hides the shoulders' line, or it is not in the picture"
        )
    apart = 2.0 * float(_columns()[both].mean())
    angle = float(np.degrees(np.arctan2(np.median(right[both] - left[both]), apart)))
    lines = np.concatenate([left[both], right[both]])
    middle = subject.close.face.centre_x
    return Measurement(
        angle, (middle - apart / 2, float(lines.min()), middle + apart / 2, float(lines.max()))
    )


def _columns() -> NDArray[np.int_]:
    """Distances from the face's middle at which the shoulders' line is looked for."""
    near, far = (round(share * FACE_WIDTH) for share in SHOULDER_COLUMNS)
    return np.arange(near, far, 2)


def _shoulder_line(close: CloseUp, alpha: NDArray[np.float32], side: int) -> NDArray[np.float64]:
    """y of the person's top below the jaw in the columns on one side (-1 left, 1 right); NaN where hair hangs there or
    nothing of the person is.
    """
    jaw = round(close.face.chin - 0.1 * FACE_WIDTH)
    columns = np.clip(round(close.face.centre_x) + side * _columns(), 0, alpha.shape[1] - 1)
    solid = alpha[jaw:, columns] > 0.5
    down = solid.argmax(axis=0)
    found = solid.any(axis=0) & (down > 0) & (down + jaw < HEIGHT - 8)
    return np.where(found, (down + jaw).astype(np.float64), np.nan)


def _is_little(cloth: NDArray[np.float32]) -> bool:
    return len(cloth) * STEP * STEP < LEAST_CLOTHES


def _no_clothes() -> Measurement:
    return not_measured("照片里看不到足够的衣服", "too little of the clothes is in the picture")


def _unnatural(lab: NDArray[np.floating]) -> float:
    """Distance of a hair colour from natural dark, grey and white."""
    chroma, hue = (float(v[0]) for v in _chroma_hue(lab[None]))
    allowed = DARK_CHROMA if HAIR_HUES[0] <= hue <= HAIR_HUES[1] else COOL_CHROMA
    from_dark = float(np.hypot(max(0.0, float(lab[0]) - DARK_L), max(0.0, chroma - allowed)))
    return min(from_dark, max(0.0, chroma - GREY_CHROMA))


def _blue(lab: NDArray[np.floating]) -> NDArray[np.bool_]:
    chroma, hue = _chroma_hue(lab)
    light = lab[..., 0] > BLUE_L
    return np.asarray(light & (chroma > BLUE_CHROMA) & _between(hue % 360, BLUE_HUES), np.bool_)


def _chroma_hue(lab: NDArray[np.floating]) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Chroma, and hue in degrees from -180 to 180, of colours (N, 3)."""
    return np.hypot(lab[:, 1], lab[:, 2]), np.degrees(np.arctan2(lab[:, 2], lab[:, 1]))


def _between(values: NDArray[np.floating], ends: tuple[float, float]) -> NDArray[np.bool_]:
    return np.asarray((values >= ends[0]) & (values <= ends[1]), np.bool_)
