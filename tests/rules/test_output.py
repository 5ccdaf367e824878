"""The finished portrait and its cut-out: bands missed, colours off, fringes, holes and lost hair of known size."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from gradphoto.portrait.rules import Outcome
from gradphoto.portrait.rules.cutout import finished_of
from gradphoto.portrait.rules.subject import Subject
from person_scenes import (
    CHSI,
    GOOD,
    Alpha,
    Mask,
    before_wall,
    changed,
    close_grid,
    finished_with,
    person,
    value,
    verdict,
)

PORTRAIT = (
    "hair_top",
    "eye_line",
    "face_width",
    "centred",
    "background_exact",
    "background_uniform",
    "file_size",
)
EDGE = ("halo", "matte_holes", "background_left", "eaten_hair")
GROUND = np.array(CHSI.background.rgb, np.float32)
WALL = (225, 222, 218)
SUIT = (330.0, 590.0)  # dark cloth in the portrait


@cache
def walled(name: str = "obama") -> Subject:
    """The person before a plain light wall; the matte and the portrait are the real ones."""
    return before_wall(person(name), WALL)


def composed(
    subject: Subject, fore: np.ndarray[tuple[int, ...], np.dtype[np.float32]], alpha: Alpha
) -> Subject:
    """The walled person whose portrait was made of this foreground and alpha."""
    return finished_with(subject, alpha[..., None] * fore + (1 - alpha[..., None]) * GROUND, alpha)


def disc(x: float, y: float, radius: float) -> Mask:
    """(640, 480) in the portrait."""
    ys, xs = np.mgrid[0 : CHSI.frame.height, 0 : CHSI.frame.width]
    return np.asarray(np.hypot(xs - x, ys - y) < radius, np.bool_)


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("code", [*PORTRAIT, *EDGE])
def test_nothing_is_found_on_real_portraits(code: str, name: str) -> None:
    assert verdict(code, person(name)).outcome in (Outcome.PASS, Outcome.NOT_MEASURED)


def test_before_a_plain_wall_all_is_measured_and_passes() -> None:
    assert {verdict(code, walled()).outcome for code in EDGE} == {Outcome.PASS}


@pytest.mark.parametrize(
    ("code", "landed", "beyond"),
    [
        ("hair_top", {"hair_top": 45.0}, -5.0),
        ("hair_top", {"hair_top": 110.0}, 0.0),
        ("hair_top", {"hair_top": 113.5}, 3.5),
        ("eye_line", {"eye_line": 180.0}, -20.0),
        ("eye_line", {"eye_line": 301.0}, 1.0),
        ("face_width", {"face_width": 170.0}, -10.0),
        ("face_width", {"face_width": 310.0}, 10.0),
        ("centred", {"centre_x": 220.0}, -8.0),
        ("centred", {"centre_x": 260.0}, 8.0),
    ],
)
def test_the_composition_counts_pixels_beyond_the_band(
    code: str, landed: dict[str, float], beyond: float
) -> None:
    finished = finished_of(person())
    there: dict[str, Any] = {**landed}
    moved = replace(finished, placement=replace(finished.placement, **there))
    found = verdict(code, replace(person(), finished=moved))
    assert found.value == pytest.approx(beyond)
    assert found.outcome is (Outcome.FAIL if beyond else Outcome.PASS)


@pytest.mark.parametrize("off", [0, 5, 12, 30])
def test_a_wrong_background_colour_is_measured(off: int) -> None:
    finished = finished_of(person())
    shift = (1 - finished.alpha[..., None]) * np.array([0, -off, 0], np.float32)
    found = verdict("background_exact", finished_with(person(), finished.pixels + shift))
    assert found.value == pytest.approx(off, abs=3)
    assert found.outcome is {0: Outcome.PASS, 5: Outcome.WARN}.get(off, Outcome.FAIL)


@pytest.mark.parametrize("amplitude", [0.0, 4.0, 10.0])
def test_an_uneven_background_is_measured(amplitude: float) -> None:
    """A horizontal cosine has a standard deviation of its amplitude over the root of 2."""
    finished = finished_of(person())
    wave = amplitude * np.cos(np.arange(640) / 640 * 6 * np.pi)[:, None, None]
    ground = (1 - finished.alpha[..., None]) * wave
    found = verdict("background_uniform", finished_with(person(), finished.pixels + ground))
    assert found.value == pytest.approx(amplitude / np.sqrt(2), abs=0.2 * amplitude + 0.5)
    assert found.outcome is (Outcome.PASS if amplitude < 2 else Outcome.WARN)


@pytest.mark.parametrize(
    ("size", "beyond", "outcome"),
    [
        (15000, -5480.0, Outcome.WARN),
        (20480, 0.0, Outcome.PASS),
        (40000, 0.0, Outcome.PASS),
        (40001, 1.0, Outcome.FAIL),
    ],
)
def test_the_size_counts_bytes_beyond_the_window(size: int, beyond: float, outcome: Outcome) -> None:
    finished = finished_of(person())
    sized = replace(finished, encoded=replace(finished.encoded, data=bytes(size)))
    found = verdict("file_size", replace(person(), finished=sized))
    assert found.value == beyond
    assert found.outcome is outcome


@pytest.mark.parametrize("leak", [0.0, 0.2, 0.5, 1.0])
def test_the_halo_is_the_share_of_old_background_in_the_edge(leak: float) -> None:
    """A person of one dark colour before a light wall; of the edge's foreground so much is wall."""
    subject = person()
    dark, wall = np.array([40, 35, 35], np.float32), np.array(WALL, np.float32)
    alpha = subject.alpha[..., None]
    old = alpha * dark + (1 - alpha) * wall
    flat = changed(subject, np.asarray(np.rint(old), np.uint8))
    cut = finished_of(subject).alpha[..., None]
    edge = (cut < 0.95).astype(np.float32)
    made = cut * (dark + leak * edge * (wall - dark)) + (1 - cut) * GROUND
    found = verdict("halo", finished_with(flat, made))
    assert found.value == pytest.approx(100 * leak, abs=8)
    assert found.outcome is (Outcome.PASS if leak < 0.4 else Outcome.WARN)


@pytest.mark.parametrize("radius", [6, 12, 20])
def test_a_hole_is_as_large_as_it_is(radius: float) -> None:
    subject = walled()
    finished = finished_of(subject)
    hole = disc(*SUIT, radius)
    alpha = np.where(hole, np.float32(0), finished.alpha)
    found = verdict("matte_holes", composed(subject, finished.pixels.astype(np.float32), alpha))
    assert found.value == pytest.approx(np.pi * radius**2, rel=0.2)
    assert found.outcome is Outcome.WARN


def test_a_gap_that_shows_the_wall_is_no_hole() -> None:
    x, y = close_grid(walled())
    hole = disc(*SUIT, 14)
    pixels = walled().close.pixels.copy()
    ys, xs = np.mgrid[0:832, 0:624]
    middle = x[hole].mean(), y[hole].mean()
    pixels[np.hypot(xs - middle[0], ys - middle[1]) < 20 * np.sqrt(2)] = WALL
    finished = finished_of(walled())
    alpha = np.where(hole, np.float32(0), finished.alpha)
    gap = finished_with(changed(walled(), pixels), finished.pixels.astype(np.float32), alpha)
    assert verdict("matte_holes", gap).value == 0


def beside_the_head(subject: Subject, inward: float) -> tuple[float, float]:
    """A place in the portrait `inward` px inside the hair's outline (negative: outside), right of the crown."""
    alpha = finished_of(subject).alpha
    placement = finished_of(subject).placement
    y = round((placement.hair_top + placement.eye_line) / 2 - 20)
    outline = int(np.flatnonzero(alpha[y] > 0.5)[-1])
    return outline - inward, float(y)


@pytest.mark.parametrize("radius", [8, 12])
def test_a_piece_of_wall_left_in_the_hair_is_as_large_as_it_is(radius: float) -> None:
    subject = walled()
    x, y = close_grid(subject)
    at = beside_the_head(subject, inward=16)
    centre = float(x[round(at[1]), round(at[0])]), float(y[round(at[1]), round(at[0])])
    per_pixel = float(x[0, 1] - x[0, 0])
    ys, xs = np.mgrid[0:832, 0:624]
    pixels = subject.close.pixels.copy()
    pixels[np.hypot(xs - centre[0], ys - centre[1]) < radius * per_pixel] = WALL
    finished = finished_of(subject)
    full = np.where(disc(*at, radius + 4), np.float32(1), finished.alpha)
    left = finished_with(changed(subject, pixels), finished.pixels.astype(np.float32), full)
    found = verdict("background_left", left)
    assert found.value == pytest.approx(np.pi * radius**2, rel=0.25)
    assert found.outcome is Outcome.WARN


@pytest.mark.parametrize("radius", [14, 18])
def test_lost_hair_is_as_much_as_was_taken(radius: float) -> None:
    subject = walled("obama2")
    finished = finished_of(subject)
    at = beside_the_head(subject, inward=radius)
    alpha = np.where(disc(*at, radius), np.float32(0), finished.alpha)
    before = value("eaten_hair", subject)
    found = verdict("eaten_hair", composed(subject, finished.pixels.astype(np.float32), alpha))
    assert found.value is not None
    assert found.value - before == pytest.approx(np.pi * radius**2, rel=0.3)
    assert found.outcome is Outcome.WARN


def test_a_standard_that_keeps_the_background_has_no_cut_out() -> None:
    keeps = CHSI.model_copy(update={"background": CHSI.background.model_copy(update={"replace": False})})
    kept = replace(person(), standard=keeps)
    for code in (*EDGE, "background_exact", "background_uniform"):
        assert verdict(code, kept).outcome is Outcome.NOT_MEASURED
