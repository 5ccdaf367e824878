"""Make-up and retouching: lips reddened, skin smoothed by known amounts."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from face_scenes import face_in, plain, value, verdict
from gradphoto.portrait.rules import Outcome
from gradphoto.portrait.rules.face_parts import BROWS, EYES, OUTER_LIPS, points_of
from pictures import Pixels


def reddened(picture: Pixels, by: float) -> Pixels:
    """The lips with a* raised by `by`."""
    lips = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(lips, [np.rint(points_of(face_in(), OUTER_LIPS)).astype(np.int32)], 1)
    lab = np.asarray(cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
    lab[..., 1] += by * lips
    return np.asarray(np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1) * 255 + 0.5, np.uint8)


def beautified(strength: float, name: str = "biden") -> Pixels:
    """What beauty filters do: the skin smoothed, eyes and brows left as they are."""
    picture = plain(name)
    eyes = np.zeros(picture.shape[:2], np.uint8)
    for outline in (*EYES, *BROWS):
        cv2.fillPoly(eyes, [np.rint(points_of(face_in(name), outline)).astype(np.int32)], 1)
    keep = cv2.GaussianBlur(cv2.dilate(eyes, np.ones((9, 9), np.uint8)).astype(np.float32), (0, 0), 3.0)[
        ..., None
    ]
    mixed = strength * (1 - keep)
    return np.asarray(picture * (1 - mixed) + cv2.GaussianBlur(picture, (0, 0), 6.0) * mixed, np.uint8)


def test_a_bare_face_passes() -> None:
    assert verdict("lipstick", plain()).outcome is Outcome.PASS
    assert verdict("smooth_skin", plain()).outcome is Outcome.PASS


def test_redness_follows_the_lipstick() -> None:
    added = np.array([0.0, 10.0, 20.0, 30.0])
    values = np.array([value("lipstick", reddened(plain(), by)) for by in added])
    assert values - values[0] == pytest.approx(added, abs=4)
    assert verdict("lipstick", reddened(plain(), 30)).outcome is Outcome.WARN


def test_smoothing_lowers_the_detail() -> None:
    values = [value("smooth_skin", beautified(by)) for by in (0.0, 0.3, 0.6, 1.0)]
    assert values == sorted(values, reverse=True)
    assert np.array(values[:3]) / values[0] == pytest.approx([1.0, 0.7, 0.4], abs=0.15)
    assert verdict("smooth_skin", plain("obama2")).outcome is Outcome.PASS
    assert verdict("smooth_skin", beautified(1.0, "obama2")).outcome is Outcome.WARN


def test_a_soft_photo_is_not_called_smooth() -> None:
    """Blur takes lashes and skin alike."""
    soft = np.asarray(cv2.GaussianBlur(plain(), (0, 0), 2.0), np.uint8)
    assert verdict("smooth_skin", soft).outcome is Outcome.PASS


def test_a_small_face_is_not_measured() -> None:
    small = Image.fromarray(plain())
    small = small.resize((small.width // 3, small.height // 3), Image.Resampling.LANCZOS)
    assert verdict("smooth_skin", np.asarray(small, np.uint8)).outcome is Outcome.NOT_MEASURED


def test_eye_makeup_is_left_to_a_person() -> None:
    assert verdict("eye_makeup", plain()).outcome is Outcome.NOT_MEASURED
