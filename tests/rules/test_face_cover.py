"""What covers the face: fringe, glasses, tinted lenses, glare, a mask, hair over the ears."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from face_scenes import ellipse, face_in, painted, plain, value, verdict
from gradphoto.portrait.face_mesh import Eye
from gradphoto.portrait.rules import Outcome
from gradphoto.portrait.rules.face_parts import FOREHEAD, points_of
from pictures import Pixels

COVER = ("forehead", "glasses", "tinted_glasses", "face_covered")
LOWER_FACE = (
    197,
    280,
    352,
    401,
    435,
    367,
    397,
    365,
    379,
    378,
    400,
    377,
    152,
    148,
    176,
    149,
    150,
    136,
    172,
    138,
    215,
)


def eyes() -> tuple[Eye, Eye]:
    return face_in().right_eye, face_in().left_eye


def lens(eye: Eye) -> np.ndarray:
    """Where the lens of glasses lies before this eye."""
    width = float(np.linalg.norm(eye.outline[0] - eye.outline[8]))
    return ellipse(eye.outline.mean(axis=0) + np.array([0, 0.15 * width]), 1.75 * width, 1.4 * width)


def framed(picture: Pixels, thickness: float = 0.02) -> Pixels:
    """Dark frames: a rim around each eye and a bridge, `thickness` of the face's width."""
    drawn, line = picture.copy(), max(2, round(thickness * face_in().width))
    right, left = (lens(eye) for eye in eyes())
    cv2.polylines(
        drawn, [np.rint(r).astype(np.int32) for r in (right, left)], True, (25, 25, 25), line, cv2.LINE_AA
    )
    y = int(right[:, 1].mean() - 0.1 * np.ptp(right[:, 1]))
    ends = (int(right[:, 0].max()), y), (int(left[:, 0].min()), y)
    cv2.line(drawn, *ends, (25, 25, 25), line, cv2.LINE_AA)
    return drawn


def tinted(picture: Pixels, light: float) -> Pixels:
    """Lenses that let through the share `light` of the light."""
    mask = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.rint(lens(eye)).astype(np.int32) for eye in eyes()], 1)
    dimmed = np.where(mask[..., None] > 0, picture * light ** (1 / 2.2), picture)
    return np.asarray(dimmed + 0.5, np.uint8)


def fringe(picture: Pixels, share: float) -> Pixels:
    """Dark hair over `share` of the forehead, from above."""
    points = np.concatenate([points_of(face_in(), outline) for outline in FOREHEAD])
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    low = y0 + share * (y1 - y0)
    return (
        painted(picture, np.array([[x0, y0 - 40], [x1, y0 - 40], [x1, low], [x0, low]]), (30, 25, 22))
        if share
        else picture
    )


def masked(picture: Pixels, colour: tuple[int, int, int], strength: float = 1.0) -> Pixels:
    left = points_of(face_in(), (*LOWER_FACE, 123, 50))
    return painted(picture, left, colour, strength)


@pytest.mark.parametrize("code", COVER)
def test_a_free_face_passes(code: str) -> None:
    assert verdict(code, plain()).outcome is Outcome.PASS


def test_forehead_follows_the_fringe() -> None:
    shares = np.array([0.0, 0.3, 0.6, 0.9])
    values = [value("forehead", fringe(plain(), share)) for share in shares]
    assert values == sorted(values)
    assert values == pytest.approx(100 * shares, abs=22)
    assert verdict("forehead", fringe(plain(), 0.9)).outcome is Outcome.FAIL


def test_frames_are_seen_and_only_warned_of() -> None:
    found = verdict("glasses", framed(plain()))
    assert found.outcome is Outcome.WARN
    assert found.value is not None and found.value > 2 * value("glasses", plain())


def test_brightness_follows_the_tint() -> None:
    clean = value("tinted_glasses", plain())
    lights = np.array([1.0, 0.7, 0.5, 0.3, 0.15])
    values = [value("tinted_glasses", tinted(plain(), light)) for light in lights]
    assert values == pytest.approx(clean * lights, abs=0.08)


def test_sunglasses_fail_and_leave_no_eyes_to_measure() -> None:
    dark = tinted(plain(), 0.1)
    assert verdict("tinted_glasses", dark).outcome is Outcome.FAIL
    for code in ("eyes_open", "gaze", "glasses_glare"):
        assert verdict(code, dark).outcome is Outcome.NOT_MEASURED, code


def test_glare_follows_the_size_of_the_spot() -> None:
    glasses, values = framed(plain()), []
    eye = eyes()[0]
    width = float(np.linalg.norm(eye.outline[0] - eye.outline[8]))
    for size in (0.0, 0.25, 0.4, 0.5):
        spot = (
            painted(glasses, ellipse(eye.iris[0], size * width, size * width), (255, 255, 255))
            if size
            else glasses
        )
        values.append(value("glasses_glare", spot))
    expected = 100 * np.pi / 4 * np.array([0.0, 0.25, 0.4, 0.5]) ** 2
    assert values == pytest.approx(expected, rel=0.35, abs=1)
    assert verdict("glasses_glare", glasses).outcome is Outcome.PASS
    assert values[-1] > 10


def test_no_glasses_no_word_on_glare() -> None:
    assert verdict("glasses_glare", plain()).outcome is Outcome.NOT_MEASURED


@pytest.mark.parametrize(
    "colour", [(120, 170, 215), (235, 238, 240), (20, 20, 22)], ids=["blue", "white", "black"]
)
def test_a_mask_is_seen(colour: tuple[int, int, int]) -> None:
    values = [value("face_covered", masked(plain(), colour, strength)) for strength in (0.0, 0.5, 1.0)]
    assert values == sorted(values)
    assert verdict("face_covered", masked(plain(), colour)).outcome is Outcome.WARN


def test_a_frame_over_the_eye_is_left_to_a_person() -> None:
    assert verdict("glasses_frame", framed(plain())).outcome is Outcome.NOT_MEASURED


def test_ears_follow_the_hair() -> None:
    """Hair from the eyes' height downwards over the person's right ear, as far as `share` of the ear."""
    face = face_in("obama")
    x, top, bottom = face.cheeks[0], float(face.mesh[127, 1]), float(face.mesh[132, 1])
    reach, values = 0.2 * face.width, []
    for share in (0.0, 0.5, 1.0):
        low = top + share * (bottom - top)
        hair = np.array([[x - reach, top - 20], [x + 2, top - 20], [x + 2, low], [x - reach, low]])
        values.append(value("ears", painted(plain("obama"), hair, (28, 24, 22)) if share else plain("obama")))
    assert values == sorted(values, reverse=True)
    assert values[0] > 3 > values[-1]


def test_a_turned_head_hides_an_ear_by_itself() -> None:
    assert verdict("ears", plain("obama2")).outcome is Outcome.NOT_MEASURED
