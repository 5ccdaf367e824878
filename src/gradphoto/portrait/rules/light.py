"""Light: bright enough, not burnt, even from left to right, in natural colours, no red eyes.

Everything is measured on the close-up. Skin is never judged by how dark it is: what counts is whether the brightest
spots of the face are dark too, and how one half of the face differs from the other.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.closeup import CloseUp
from gradphoto.portrait.face_mesh import Eye
from gradphoto.portrait.rules.face_parts import (
    INNER_CHEEKS,
    MOUTH_SIDES,
    NOSE_BRIDGE,
    OVAL,
    cheek_skin,
    eyes_unseen,
    face_box,
    inside,
    points_of,
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

# Luma up to which a pixel holds no detail, and from which it is burnt (OFIQ).
BLACK, BURNT = 25, 247
# Natural skin in CIE a*, b* (ISO/IEC 29794-5 NaturalColour).
SKIN_A, SKIN_B = (5.0, 25.0), (5.0, 35.0)
# Lids further apart than this share of the eye's width show the pupil.
OPEN = 0.12


@rule(
    "face_brightness",
    group="light",
    unit="L*",
    needs=Needs.FACE,
    zh=Words(
        "面部亮度",
        "脸部太暗",
        "",
        "请面向窗户或灯光拍摄，不要背对光源；光线不足时请多开几盏灯。",
    ),
    en=Words(
        "Brightness of the face",
        "The face is too dark.",
        "",
        "Face a window or a lamp, never with the light behind you; switch on more lights if it is dim.",
    ),
    score=sigmoid_score(45, 4),
)
def face_brightness(subject: Subject) -> Measurement:
    """CIE L* that one face pixel in a hundred exceeds: glints and eye whites, bright on any skin. Source: own.

    Dark skin in good light has such spots as well (measured from 58 up), light skin two stops under has not.
    Weakness: a glint on spectacles or an earring within the face hides darkness; half a stop under passes.
    """
    lightness = inside(subject.close.lab[..., 0], points_of(subject.close.face, OVAL))
    return Measurement(float(np.percentile(lightness, 99)), face_box(subject.close))


@rule(
    "underexposed",
    group="light",
    unit="percent",
    needs=Needs.FACE,
    zh=Words("面部死黑区域", "", "脸上有大片死黑、看不清细节的地方", "请在明亮、均匀的光线下重新拍摄。"),
    en=Words(
        "Black areas on the face",
        "",
        "Large parts of the face are black, without detail.",
        "Take it again in bright, even light.",
    ),
    score=band_score(0, 5, 60),
)
def underexposed(subject: Subject) -> Measurement:
    """Share of skin pixels with luma up to 25 (ISO/IEC 29794-5 UnderExposurePrevention, on cheeks, nose and mouth sides).

    OFIQ counts the whole face; hair over the forehead and dark eyebrows would count as darkness there.
    Weakness: a black beard or a mask on the mouth's sides counts; seldom above half of the pixels.
    """
    return Measurement(100 * float((_skin(subject.close) <= BLACK).mean()), face_box(subject.close))


@rule(
    "overexposed",
    group="light",
    unit="percent",
    needs=Needs.FACE,
    zh=Words(
        "面部过曝", "", "脸上有大片发白、没有细节的地方", "请避开直射的强光和闪光灯，光线柔和一些再拍。"
    ),
    en=Words(
        "Burnt areas on the face",
        "",
        "Large parts of the face are burnt out to white.",
        "Keep out of direct sun and flash; use softer light.",
    ),
    score=band_score(0, 1, 20),
)
def overexposed(subject: Subject) -> Measurement:
    """Share of face pixels with luma of 247 and more (ISO/IEC 29794-5 OverExposurePrevention).

    Weakness: glints on spectacles count (up to about 1 percent); what was burnt and then darkened is not seen.
    """
    luma = inside(subject.close.grey, points_of(subject.close.face, OVAL))
    return Measurement(100 * float((luma >= BURNT).mean()), face_box(subject.close))


@rule(
    "uneven_light",
    group="light",
    unit="EV",
    needs=Needs.FACE,
    zh=Words(
        "左右脸亮度",
        "照片右侧的半边脸偏暗（阴阳脸）",
        "照片左侧的半边脸偏暗（阴阳脸）",
        "请正对光源，或者转身让两侧脸受光一样；不要让光只从一侧照来。",
    ),
    en=Words(
        "Light left and right",
        "The half of the face on the photo's right is darker.",
        "The half of the face on the photo's left is darker.",
        "Face the light, or turn until both sides get the same; no light from one side only.",
    ),
    score=band_score(-0.2, 0.2, 2.5),
)
def uneven_light(subject: Subject) -> Measurement:
    """How much more light the half on the photo's right gives off than the left one, in photographic stops (EV).

    log2 of the ratio of median luminances (linear, from L*) of mirrored skin patches: inner cheeks, and beside the mouth.
    The smaller of the two counts, 0 where they disagree, so that a lock of hair over one patch is no shadow. A ratio
    doesn't depend on how dark skin or photo are. Same purpose as ISO/IEC 29794-5 IlluminationUniformity; formula: own.
    Weakness: a turned head, or hair over a whole cheek, also differs; shadows alike on both sides are not seen.
    """
    close = subject.close
    stops = [_stops(close, *patches) for patches in (INNER_CHEEKS, MOUTH_SIDES)]
    value = min(stops, key=abs) if stops[0] * stops[1] > 0 else 0.0
    return Measurement(value, _darker_half(close, value))


@rule(
    "dynamic_range",
    group="light",
    unit="bits",
    needs=Needs.FACE,
    zh=Words("面部层次", "脸部灰蒙蒙的，明暗层次太少", "", "请擦干净镜头，并在光线充足的地方拍摄。"),
    en=Words(
        "Tones of the face",
        "The face is flat: it has too few tones.",
        "",
        "Wipe the lens and take it again in good light.",
    ),
    score=lambda bits: 12.5 * bits,
)
def dynamic_range(subject: Subject) -> Measurement:
    """Entropy of the face's luma over 256 levels (ISO/IEC 29794-5 DynamicRange; score 12.5 times the entropy).

    Weakness: very smooth (beautified, drawn) faces have less; noise adds to it.
    """
    luma = inside(subject.close.grey, points_of(subject.close.face, OVAL))
    share = np.bincount(luma.astype(np.uint8), minlength=256) / max(1, len(luma))
    share = share[share > 0]
    return Measurement(float(-(share * np.log2(share)).sum()), face_box(subject.close))


@rule(
    "natural_colour",
    group="light",
    unit="dE",
    needs=Needs.FACE,
    zh=Words(
        "肤色自然",
        "",
        "脸的颜色不自然（偏黄、偏蓝、偏红或发灰）",
        "请在白天自然光或白光灯下拍摄，关掉滤镜和彩色灯光，相机白平衡设为自动。",
    ),
    en=Words(
        "Natural skin colour",
        "",
        "The skin has an unnatural cast (yellow, blue, red or grey).",
        "Use daylight or white lamps, no filters or coloured light, automatic white balance.",
    ),
    score=lambda distance: 200 / (1 + math.exp(distance / 10)),
)
def natural_colour(subject: Subject) -> Measurement:
    """Distance of the inner cheeks' mean a*, b* from the range 5..25, 5..35 (ISO/IEC 29794-5 NaturalColour; its score).

    Other than OFIQ, which gives 100 to every negative a* or b*, the distance goes on evenly.
    Weakness: it sees the cast on the skin only; strong rouge counts as a cast.
    """
    a, b = cheek_skin(subject.close, subject.close.lab[..., 1:]).mean(axis=0)
    distance = math.hypot(_outside(float(a), SKIN_A), _outside(float(b), SKIN_B))
    return Measurement(distance, face_box(subject.close))


@rule(
    "colour_photo",
    group="light",
    unit="C*",
    needs=Needs.FACE,
    zh=Words("彩色照片", "这是黑白照片，或者几乎没有颜色", "", "请上传彩色照片，不要用黑白或褪色滤镜。"),
    en=Words(
        "Colour photo",
        "The photo is black and white, or nearly so.",
        "",
        "Please send a colour photo, without black-and-white or faded filters.",
    ),
    score=band_score(5, math.inf, 5),
)
def colour_photo(subject: Subject) -> Measurement:
    """Mean CIE chroma of the inner cheeks: 0 in grey; skin of any tone is above 5. Source: own.

    Weakness: a toned (sepia) black-and-white photo has colour and passes.
    """
    ab = cheek_skin(subject.close, subject.close.lab[..., 1:])
    return Measurement(float(np.hypot(ab[:, 0], ab[:, 1]).mean()), face_box(subject.close))


@rule(
    "red_eye",
    group="light",
    unit="a*",
    needs=Needs.FACE,
    zh=Words("红眼", "", "眼睛因闪光灯变红", "请关掉闪光灯重新拍摄。"),
    en=Words("Red eyes", "", "The flash made the eyes red.", "Switch the flash off and take it again."),
    score=band_score(-math.inf, 25, 25),
)
def red_eye(subject: Subject) -> Measurement:
    """CIE a* that a quarter of the pupil's pixels exceed, of the redder eye. Source: own.

    Brown eyes stay under 26, a lit retina is above 40. Not measured where the eyes are closed or behind dark lenses.
    Weakness: red contact lenses count as well.
    """
    if unseen := eyes_unseen(subject):
        return unseen
    close = subject.close
    seen = [(_pupil_redness(close, eye), eye) for eye in (close.face.right_eye, close.face.left_eye)]
    measured = [(redness, eye) for redness, eye in seen if redness is not None]
    if not measured:
        return not_measured("眼睛没有睁开，看不到瞳孔", "the eyes are closed, no pupil is seen")
    redness, eye = max(measured, key=lambda pair: pair[0])
    x, y = (float(v) for v in eye.iris[0])
    return Measurement(redness, (x - 20, y - 20, x + 20, y + 20))


def _skin(close: CloseUp) -> NDArray[np.float32]:
    patches = (*INNER_CHEEKS, *MOUTH_SIDES, NOSE_BRIDGE)
    return np.concatenate([inside(close.grey, points_of(close.face, patch)) for patch in patches])


def _stops(close: CloseUp, right: tuple[int, ...], left: tuple[int, ...]) -> float:
    """log2 of the luminance of the person's left patch (the photo's right) over that of the right one."""
    luminances = []
    for patch in (right, left):
        lightness = float(np.median(inside(close.lab[..., 0], points_of(close.face, patch))))
        luminances.append(((lightness + 16) / 116) ** 3)
    return math.log2(luminances[1] / luminances[0])


def _darker_half(close: CloseUp, stops: float) -> Box:
    x0, y0, x1, y1 = face_box(close)
    middle = (x0 + x1) / 2
    return (middle, y0, x1, y1) if stops < 0 else (x0, y0, middle, y1)


def _outside(value: float, band: tuple[float, float]) -> float:
    return max(band[0] - value, value - band[1], 0.0)


def _pupil_redness(close: CloseUp, eye: Eye) -> float | None:
    """None where the eye is closed. The pupil: the inner 60 percent of the iris."""
    if eye.opening < OPEN:
        return None
    centre = eye.iris[0]
    radius = 0.6 * float(np.linalg.norm(eye.iris[1:] - centre, axis=1).mean())
    angles = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    circle = centre + radius * np.column_stack([np.cos(angles), np.sin(angles)])
    redness = inside(close.lab[..., 1], circle)
    return float(np.percentile(redness, 75)) if len(redness) else None
