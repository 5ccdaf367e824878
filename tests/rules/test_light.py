"""Light: exposures, casts and shadows of known size."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from face_scenes import ellipse, face_in, painted, plain, seen, value, verdict
from gradphoto.portrait.judge import verdicts
from gradphoto.portrait.rules import Outcome, Verdict
from pictures import Pixels

SAMPLES = ("obama", "obama2", "obama3", "biden", "astronaut")
LIGHT = (
    "face_brightness",
    "underexposed",
    "overexposed",
    "uneven_light",
    "dynamic_range",
    "natural_colour",
    "colour_photo",
    "red_eye",
)


def exposed(picture: Pixels, stops: float | NDArray[np.floating]) -> Pixels:
    """The picture with its linear light changed by so many stops, per pixel (H, W) or throughout."""
    encoded = picture.astype(np.float64) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    linear = np.clip(linear * np.exp2(np.broadcast_to(stops, picture.shape[:2]))[..., None], 0, 1)
    again = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(again * 255), np.uint8)


def lightness(stops: float, before: float) -> float:
    """L* after so many stops."""
    return (before + 16) * math.exp2(stops / 3) - 16


def half_shadow(picture: Pixels, stops: float) -> Pixels:
    """The photo's right half, from the middle of the face on, so many stops darker."""
    x = np.arange(picture.shape[1]) - face_in().mesh[1, 0]
    return exposed(picture, np.broadcast_to(np.where(x > 0, -stops, 0.0), picture.shape[:2]))


@pytest.mark.parametrize("name", SAMPLES)
def test_portraits_in_good_light_pass(name: str) -> None:
    outcomes = {v.rule.code: v.outcome for v in verdicts(seen(plain(name)), frozenset(LIGHT))}
    assert set(outcomes.values()) == {Outcome.PASS}, outcomes


@cache
def lit(stops: float) -> dict[str, Verdict]:
    """Every rule on light of the photo exposed by so many stops more."""
    return {v.rule.code: v for v in verdicts(seen(exposed(plain(), stops)), frozenset(LIGHT))}


def values(code: str, *stops: float) -> list[float]:
    return [lit(s)[code].value or 0.0 for s in stops]


def test_brightness_follows_the_exposure() -> None:
    (clean,) = values("face_brightness", 0)
    for stops in (-1, -3, -4):
        assert values("face_brightness", stops) == [pytest.approx(lightness(stops, clean), abs=1.5)]
    assert lit(-4)["face_brightness"].outcome is Outcome.FAIL


def test_black_and_burnt_areas_grow_with_the_exposure() -> None:
    dark, burnt = values("underexposed", 0, -3, -4, -5), values("overexposed", 0, 1, 2, 3)
    assert dark == sorted(dark) and dark[0] < 1 and dark[-1] > 50
    assert burnt == sorted(burnt) and burnt[0] < 1 and burnt[-1] > 30
    assert lit(-5)["underexposed"].outcome is Outcome.FAIL
    assert lit(3)["overexposed"].outcome is Outcome.FAIL


def test_exposure_alone_is_not_uneven() -> None:
    assert values("uneven_light", -3, 1) == pytest.approx(values("uneven_light", 0, 0), abs=0.15)


def test_uneven_light_reads_the_shadow_in_stops() -> None:
    clean = value("uneven_light", plain())
    assert clean == pytest.approx(0, abs=0.5)
    for stops in (1.0, 2.0, 3.0):
        assert value("uneven_light", half_shadow(plain(), stops)) == pytest.approx(clean - stops, abs=0.35)
    mirrored = np.ascontiguousarray(half_shadow(plain(), 2.0)[:, ::-1])
    assert value("uneven_light", mirrored) == pytest.approx(2.0 - clean, abs=0.35)


def test_uneven_light_names_the_darker_side() -> None:
    found = verdict("uneven_light", half_shadow(plain(), 2.5))
    assert found.outcome is Outcome.FAIL and "右侧" in found.cause[0]
    assert found.region is not None
    assert found.region[0] == pytest.approx(face_in().centre_x, abs=0.05 * face_in().width)


def test_tones_vanish_with_the_contrast() -> None:
    bits = []
    for contrast in (1.0, 0.5, 0.25, 0.125):
        flat = np.asarray(128 + (plain().astype(np.float32) - 128) * contrast, np.uint8)
        bits.append(value("dynamic_range", flat))
    # Half the contrast is half the levels: one bit less.
    assert np.diff(bits) == pytest.approx(-1, abs=0.25)


def test_a_cast_counts_by_its_size() -> None:
    distances = []
    for gain in (1.0, 1.3, 1.6, 2.0):
        blue = plain().astype(np.float32) * (1 / gain, 1, gain)
        distances.append(value("natural_colour", np.asarray(np.clip(blue, 0, 255), np.uint8)))
    assert distances[0] < 3 and distances == sorted(distances) and distances[-1] > 15


def test_black_and_white_has_no_chroma() -> None:
    grey = np.repeat(plain().mean(axis=2, keepdims=True), 3, axis=2)
    clean = value("colour_photo", plain())
    for share in (0.5, 0.2, 0.0):
        faded = np.asarray(np.rint(grey + (plain() - grey) * share), np.uint8)
        assert value("colour_photo", faded) == pytest.approx(share * clean, abs=0.15 * clean)
    assert verdict("colour_photo", np.asarray(grey, np.uint8)).outcome is Outcome.FAIL


def test_a_red_pupil_is_seen_in_either_eye() -> None:
    for eye in (face_in().right_eye, face_in().left_eye):
        across = 1.6 * math.dist(eye.iris[0], eye.iris[1])
        red = painted(plain(), ellipse(eye.iris[0], across, across), (190, 30, 40))
        found = verdict("red_eye", red)
        assert found.outcome is Outcome.FAIL and found.region is not None
        x0, y0, x1, y1 = found.region
        assert x0 < eye.iris[0][0] < x1 and y0 < eye.iris[0][1] < y1
