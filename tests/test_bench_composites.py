"""The benchmark's own truth: composites that are what they say, and errors of known inputs."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.composites import Cutout, make_cases, mix, plain_trimap
from bench.errors import gradient, matte_error
from bench.refinements import guided_filter
from bench.scenes import PROCEDURAL

RNG = np.random.default_rng(5)


def ramp(height: int = 60, width: int = 80) -> np.ndarray:
    """0 at the left edge to 1 at the right."""
    return np.tile(np.linspace(0, 1, width, dtype=np.float32), (height, 1))


def disc(height: int = 240, width: int = 180) -> Cutout:
    ys, xs = np.mgrid[0:height, 0:width]
    alpha = np.clip(60 - np.hypot(xs - width / 2, ys - height / 2), 0, 1).astype(np.float32)
    return Cutout("disc", alpha, np.full((height, width, 3), (200, 30, 90), np.float32), 80.0)


def test_a_mixture_satisfies_the_compositing_equation() -> None:
    alpha = RNG.random((20, 30), np.float32)
    fore, back = RNG.random((2, 20, 30, 3), np.float32) * 255
    image = mix(alpha, fore, back)
    solved = ((image - back) * (fore - back)).sum(2) / np.square(fore - back).sum(2)
    assert np.abs(solved - alpha).max() < 1e-3


def test_cases_show_the_person_where_alpha_is_1_and_nothing_of_them_where_it_is_0() -> None:
    cutout = disc()
    scenes = {"flat": lambda rng, h, w: np.full((h, w, 3), 128, np.float32)}
    for case in make_cases([cutout], scenes, 3, seed=1):
        pixels = case.pixels.astype(float)
        assert np.abs(pixels[cutout.alpha == 1].mean(0) - (200, 30, 90)).max() < 3
        assert np.abs(pixels[:50].mean((0, 1)) - 128).max() < 3
        assert case.alpha is cutout.alpha


def test_cases_are_the_same_for_the_same_seed_only() -> None:
    def pixels(seed: int) -> list[np.ndarray]:
        return [case.pixels for case in make_cases([disc()], PROCEDURAL, 3, seed)]

    assert all(np.array_equal(a, b) for a, b in zip(pixels(1), pixels(1), strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(pixels(1), pixels(2), strict=True))


def test_nobody_meets_a_scene_twice_before_all_were_seen() -> None:
    people = [disc() for _ in range(len(PROCEDURAL))]
    cases = list(make_cases(people, PROCEDURAL, 2 * len(people), seed=3))
    for first, second in zip(cases, cases[len(people) :], strict=False):
        assert first.name != second.name


@pytest.mark.parametrize("name", PROCEDURAL)
def test_scenes_fill_the_picture(name: str) -> None:
    picture = PROCEDURAL[name](np.random.default_rng(1), 90, 70)
    assert picture.shape == (90, 70, 3)
    assert np.isfinite(picture).all()
    assert picture.std() > 0.5


def test_the_truth_has_no_error() -> None:
    error = matte_error(ramp(), ramp(), np.ones_like(ramp()))
    assert (error.sad, error.mse, error.gradient, error.edge_mse) == (0, 0, 0, 0)


def test_errors_of_a_matte_that_is_off_by_a_tenth_everywhere() -> None:
    truth = np.full((100, 50), 0.5, np.float32)
    error = matte_error(truth + np.float32(0.1), truth, np.ones_like(truth))
    assert error.sad == pytest.approx(0.5, rel=1e-4)  # 5,000 pixels x 0.1 in thousands
    assert error.mse == pytest.approx(10, rel=1e-4)  # 0.01 x 1,000
    assert error.edge_mse == pytest.approx(10, rel=1e-4)
    assert error.gradient == pytest.approx(0, abs=1e-9)  # a constant has no slope


def test_what_lies_outside_the_photo_does_not_count() -> None:
    inside = np.ones((40, 40), np.float32)
    inside[:10] = 0
    wrong = 1 - inside
    assert matte_error(wrong, np.zeros_like(wrong), inside).sad == 0


def test_the_gradient_of_a_ramp_is_its_slope_and_that_of_a_step_the_peak_of_the_bell() -> None:
    assert gradient(ramp())[30, 40] == pytest.approx(1 / 79, rel=0.01)
    step = (np.mgrid[0:60, 0:80][1] >= 40).astype(np.float32)
    bell = 1 / (1.4 * np.sqrt(2 * np.pi))
    assert gradient(step)[30, 39:41].max() == pytest.approx(bell, rel=0.12)  # between two samples of it


def test_a_plain_trimap_trusts_the_colour_only_near_the_person() -> None:
    rough = np.zeros((100, 100), np.float32)
    rough[:, 30:70] = 1
    distance = np.where(rough > 0, 50, 0).astype(np.float32)
    distance[50, 25:30] = 50  # a strand of hair that the rough matte missed
    distance[20, 95:] = 50  # dirt far away
    trimap = plain_trimap(rough, distance, face_width=40)
    assert trimap[50, 27] == 0.5
    assert trimap[80, 20] == 0
    assert trimap[80, 50] == 1
    assert trimap[20, 97] == 0


def test_the_guided_filter_leaves_what_is_linear_in_the_guide_and_smooths_what_is_not_in_it() -> None:
    guide = RNG.random((60, 80, 3), np.float32)
    linear = 0.2 + guide @ np.array([0.1, 0.3, 0.2], np.float32)
    assert np.abs(guided_filter(guide, linear, 4, 1e-7) - linear).max() < 1e-3
    unrelated = RNG.random((60, 80), np.float32)
    assert guided_filter(np.zeros_like(guide), unrelated, 4, 1e-4).std() < 0.2 * unrelated.std()
