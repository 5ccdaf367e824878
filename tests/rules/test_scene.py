"""What is behind the person, and the margins: walls, shadows and crops of known size."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from gradphoto.portrait.rules import Outcome
from gradphoto.portrait.rules.subject import Subject
from person_scenes import before_wall, person, value, verdict
from pictures import Pixels

SHAPE = (832, 624, 3)


def grey_of(lightness: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Pixels:
    """A neutral wall with this L* (832, 624)."""
    lab = np.zeros(SHAPE, np.float32)
    lab[..., 0] = lightness
    return np.asarray(np.rint(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB) * 255), np.uint8)


def lit(level: float = 80.0) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.full(SHAPE[:2], level, np.float32)


@pytest.mark.parametrize("name", ["obama", "obama2", "biden"])
def test_flags_and_curtains_are_no_plain_wall(name: str) -> None:
    assert verdict("background_plain", person(name)).outcome is Outcome.WARN


@pytest.mark.parametrize("step", [0, 5, 10, 20, 30])
def test_the_spread_of_a_chequered_wall_is_measured(step: int) -> None:
    ys, xs = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    tiles = (ys // 20 + xs // 20) % 2 * 2.0 - 1.0
    found = verdict("background_plain", before_wall(person(), grey_of(lit(60) + np.float32(step) * tiles)))
    assert found.value == pytest.approx(step, abs=1.2)
    assert found.outcome is (Outcome.PASS if step <= 10 else Outcome.WARN)


def test_an_evenly_falling_light_is_still_a_plain_wall() -> None:
    slope = np.linspace(-20, 20, SHAPE[1], dtype=np.float32)[None, :]
    assert value("background_plain", before_wall(person(), grey_of(lit(70) + slope))) < 1.5


def test_without_background_nothing_is_measured() -> None:
    subject = person()
    close = replace(subject.close, alpha=np.ones_like(subject.alpha))
    for code in ("background_plain", "background_shadow"):
        assert verdict(code, replace(subject, closeup=close)).outcome is Outcome.NOT_MEASURED


def with_shadow(depth: float, left: bool) -> Subject:
    """A light wall with a shadow `depth` L* deep, up to 90 px from the person, on one side of the head."""
    subject = person()
    away = cv2.distanceTransform((subject.alpha < 0.05).astype(np.uint8), cv2.DIST_L2, 5)
    side = np.arange(SHAPE[1])[None, :] < subject.close.face.centre_x
    near = (away < 90) & (side if left else ~side)
    return before_wall(subject, grey_of(lit() - depth * cv2.blur(near.astype(np.float32), (15, 15))))


@pytest.mark.parametrize("left", [True, False])
@pytest.mark.parametrize("depth", [0, 5, 12, 20])
def test_a_shadow_is_as_dark_as_it_is(depth: float, left: bool) -> None:
    found = verdict("background_shadow", with_shadow(depth, left))
    assert found.value == pytest.approx(depth, abs=1.5)
    assert found.outcome is (Outcome.PASS if depth < 8 else Outcome.WARN)


def test_no_shadow_is_told_from_a_restless_wall() -> None:
    assert verdict("background_shadow", person("biden")).outcome is Outcome.NOT_MEASURED


def test_small_faces_behind_are_counted_and_large_ones_left_to_the_other_rule() -> None:
    subject = person()
    face = subject.face
    assert value("background_people", subject) == 0
    crowd = replace(subject, faces=[face, face.scaled(0.5), face.scaled(0.2), face.scaled(0.15)])
    found = verdict("background_people", crowd)
    assert found.value == 2
    assert found.outcome is Outcome.WARN


@pytest.mark.parametrize("rest", [0.0, 0.3, 0.8, 1.5])
def test_the_margin_below_is_what_the_crop_leaves(rest: float) -> None:
    subject = person()
    bottom = round(subject.face.chin + rest * subject.face.width)
    cut = replace(subject, photo=replace(subject.photo, pixels=subject.photo.pixels[:bottom]))
    found = verdict("margin_below", cut)
    assert found.value == pytest.approx(rest, abs=0.01)
    assert found.outcome is (Outcome.PASS if rest >= 0.5 else Outcome.WARN)


@pytest.mark.parametrize("rest", [0.1, 0.4, 1.0])
def test_the_margin_beside_is_what_the_crop_leaves(rest: float) -> None:
    subject = person()
    right = round(subject.face.cheeks[1] + rest * subject.face.width)
    cut = replace(subject, photo=replace(subject.photo, pixels=subject.photo.pixels[:, :right]))
    found = verdict("margin_sides", cut)
    assert found.value == pytest.approx(rest, abs=0.01)
    assert found.outcome is (Outcome.PASS if rest >= 0.26 else Outcome.WARN)


@pytest.mark.parametrize("rest", [0.0, 0.05, 0.2, 0.6])
def test_the_margin_above_is_that_of_the_hair(rest: float) -> None:
    subject = person()
    assert subject.measures is not None
    moved = replace(subject.measures, hair_top=rest * subject.measures.face_width)
    found = verdict("margin_above", replace(subject, measures=moved))
    assert found.value == pytest.approx(rest, abs=1e-6)
    assert found.outcome is (Outcome.PASS if rest >= 0.08 else Outcome.WARN)
