"""Head, clothes and shoulders: colours painted and outlines moved by known amounts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from gradphoto.portrait.judge import verdicts
from gradphoto.portrait.rules import Outcome
from gradphoto.portrait.rules.colours import delta_e, lab_of
from gradphoto.portrait.rules.figure import clothes_top, skin_colour
from gradphoto.portrait.standard import load_standard
from person_scenes import CHSI, GOOD, Colour, Mask, changed, painted, person, value, verdict

CLOTHES = ("clothes_colour", "clothes_blue", "clothes_pattern", "bare_skin")
BACKGROUND = CHSI.background.rgb


def clothes() -> Mask:
    """Everything below the neck."""
    subject = person()
    where = subject.alpha > 0.02
    where[: clothes_top(subject.close) - 3] = False
    return where


def share_of(where: Mask, share: float) -> Mask:
    """The part of a mask left of the column that cuts off this share of its pixels."""
    counts = np.cumsum(where.sum(axis=0)) / where.sum()
    part = where.copy()
    part[:, int(np.argmax(counts >= share)) :] = False
    return part


def hair() -> Mask:
    """Everything above the eyes that is not face: as far as paint must go."""
    subject = person()
    where = subject.alpha > 0.02
    where[round(subject.close.face.eye_line) :] = False
    oval = subject.close.polygon(subject.close.face.mesh[:, :2][np.array(FACE)])
    return where & ~oval


FACE = (10, 297, 284, 389, 454, 361, 397, 379, 400, 152, 176, 150, 172, 132, 234, 162, 54, 67)


@pytest.mark.parametrize("name", GOOD)
def test_men_in_dark_suits_pass(name: str) -> None:
    found = verdicts(person(name), frozenset({*CLOTHES, "hair_colour", "shoulders_inside"}))
    assert {v.rule.code for v in found if v.outcome is not Outcome.PASS} == set()


@pytest.mark.parametrize(
    ("colour", "outcome"),
    [
        (BACKGROUND, Outcome.FAIL),
        ((130, 205, 255), Outcome.FAIL),
        ((140, 200, 235), Outcome.FAIL),
        ((200, 225, 240), Outcome.WARN),
        ((20, 25, 40), Outcome.PASS),
        ((150, 30, 40), Outcome.PASS),
        ((245, 245, 245), Outcome.PASS),
    ],
)
def test_clothes_are_as_far_from_the_background_as_their_colour(colour: Colour, outcome: Outcome) -> None:
    found = verdict("clothes_colour", painted(person(), clothes(), colour))
    assert found.value == pytest.approx(float(delta_e(lab_of(colour), lab_of(BACKGROUND))), abs=0.5)
    assert found.outcome is outcome


def test_white_clothes_warn_on_white() -> None:
    white = replace(painted(person(), clothes(), (235, 235, 238)), standard=load_standard("chsi-2017-white"))
    assert verdict("clothes_colour", white).outcome is Outcome.WARN
    assert verdict("clothes_blue", white).outcome is Outcome.NOT_MEASURED


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("colour", [(150, 200, 240), (160, 220, 160)])
def test_the_share_of_blue_and_green_clothes_is_found(share: float, colour: Colour) -> None:
    dark = painted(person(), clothes(), (30, 30, 30))
    found = verdict("clothes_blue", painted(dark, share_of(clothes(), share), colour))
    assert found.value == pytest.approx(100 * share, abs=4)
    assert found.outcome is (Outcome.WARN if share > 0.3 else Outcome.PASS)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9])
def test_the_share_of_striped_cloth_is_found(share: float) -> None:
    dark = painted(person(), clothes(), (60, 60, 60))
    rows = (np.arange(dark.alpha.shape[0]) // 6 % 2 == 0)[:, None]
    found = verdict("clothes_pattern", painted(dark, share_of(clothes(), share) & rows, (150, 150, 150)))
    assert found.value == pytest.approx(100 * share, abs=10)
    assert found.outcome is (Outcome.WARN if share > 0.5 else Outcome.PASS)


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.8])
def test_the_share_of_bare_skin_is_found(share: float) -> None:
    subject = person()
    close = subject.close
    cheek = close.pixels[np.abs(close.lab - skin_colour(close)).sum(axis=-1).argmin() // 624, :]
    at = int(np.abs(close.lab - skin_colour(close)).sum(axis=-1).argmin()) % 624
    tone = (int(cheek[at, 0]), int(cheek[at, 1]), int(cheek[at, 2]))
    dark = painted(subject, clothes(), (30, 30, 60))
    found = verdict("bare_skin", painted(dark, share_of(clothes(), share), tone))
    assert found.value == pytest.approx(100 * share, abs=4)
    assert found.outcome is (Outcome.WARN if share > 0.4 else Outcome.PASS)


@pytest.mark.parametrize(
    ("colour", "outcome"),
    [
        ((12, 10, 10), Outcome.PASS),  # black
        ((60, 42, 32), Outcome.PASS),  # dark brown
        ((130, 130, 132), Outcome.PASS),  # grey: nobody is told off for their age
        ((225, 222, 218), Outcome.PASS),  # white
        ((205, 165, 100), Outcome.WARN),  # blond
        ((170, 50, 30), Outcome.WARN),  # red
        ((60, 80, 190), Outcome.WARN),  # dyed blue
    ],
)
def test_hair_is_judged_by_its_colour(colour: Colour, outcome: Outcome) -> None:
    assert verdict("hair_colour", painted(person(), hair(), colour)).outcome is outcome


def test_a_bald_head_has_no_hair_colour() -> None:
    subject = person()
    lab = subject.close.lab.reshape(-1, 3)
    tone = subject.close.pixels.reshape(-1, 3)[np.abs(lab - skin_colour(subject.close)).sum(axis=1).argmin()]
    bald = painted(subject, hair(), (int(tone[0]), int(tone[1]), int(tone[2])))
    assert verdict("hair_colour", bald).outcome is Outcome.NOT_MEASURED
    assert verdict("head_cover", bald).outcome is Outcome.NOT_MEASURED


@pytest.mark.parametrize("share", [0.4, 0.7, 1.0])
def test_a_blue_cap_is_seen(share: float) -> None:
    found = verdict("head_cover", painted(person(), share_of(hair(), share), (40, 60, 170)))
    assert found.value == pytest.approx(100 * share, abs=8)
    assert found.outcome is Outcome.WARN


@pytest.mark.parametrize("colour", [(15, 15, 15), (120, 120, 120), (150, 110, 70)])
def test_a_cover_in_the_colour_of_hair_is_never_passed(colour: Colour) -> None:
    assert verdict("head_cover", painted(person(), hair(), colour)).outcome is Outcome.NOT_MEASURED


@pytest.mark.parametrize("code", ["earrings", "necklace", "collar"])
def test_what_no_rule_can_see_is_not_claimed(code: str) -> None:
    found = verdict(code, person())
    assert found.outcome is Outcome.NOT_MEASURED
    assert "人员" in found.cause[0]
    assert "person" in found.cause[1]


def sheared(degrees: float) -> NDArray[np.float32]:
    """The person's alpha with every column moved down by tan(degrees) times its distance from the face's middle."""
    subject = person()
    moved = subject.alpha.copy()
    middle = round(subject.close.face.centre_x)
    for x in range(moved.shape[1]):
        moved[:, x] = np.roll(moved[:, x], round(np.tan(np.radians(degrees)) * (x - middle)))
    return moved


@pytest.mark.parametrize("degrees", [-14, -7, 0, 7, 14])
def test_the_shoulders_angle_follows(degrees: float) -> None:
    level = value("shoulders_level", person())
    found = verdict("shoulders_level", changed(person(), alpha=sheared(degrees)))
    assert found.value == pytest.approx(level + degrees, abs=2)
    assert found.outcome is (Outcome.PASS if abs(level + degrees) < 7.5 else Outcome.WARN)


@pytest.mark.parametrize("reach", [0.3, 0.5, 0.9, 1.2])
def test_a_cut_off_shoulder_is_seen(reach: float) -> None:
    subject = person()
    alpha = subject.alpha.copy()
    alpha[:, round(subject.close.face.centre_x + reach * 240) :] = 0
    found = verdict("shoulders_inside", changed(subject, alpha=alpha))
    assert found.value == pytest.approx(reach, abs=0.02)
    assert found.outcome is (Outcome.PASS if reach > 0.7 else Outcome.WARN)
