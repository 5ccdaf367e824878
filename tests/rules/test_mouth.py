"""Mouth: opened by known gaps, teeth of known width."""

from __future__ import annotations

import numpy as np
import pytest

from face_scenes import bent, ellipse, face_in, offsets_from, painted, plain, value, verdict
from gradphoto.portrait.rules import Outcome
from gradphoto.portrait.rules.face_parts import eye_to_chin
from pictures import Pixels

CORNERS, BETWEEN_LIPS = [78, 308], [13, 14]


def mouth() -> tuple[np.ndarray, float]:
    """Middle between the lips, and the mouth's width."""
    points = face_in().mesh[:, :2]
    return points[BETWEEN_LIPS].mean(axis=0), float(np.linalg.norm(np.subtract(*points[CORNERS])))


def opened(picture: Pixels, gap: float) -> Pixels:
    """The lips drawn apart by `gap` of the length from eyes to chin, dark between."""
    centre, width = mouth()
    dx, dy = offsets_from(picture, centre)
    half = gap * eye_to_chin(face_in()) / 2
    arch = half * np.sqrt(np.clip(1 - (dx / (0.42 * width)) ** 2, 0, 1))
    fade = np.clip(1 - (np.abs(dy) - arch) / (0.6 * width), 0, 1)
    apart = bent(picture, np.stack([np.zeros_like(dy), -np.sign(dy) * arch * fade], axis=-1))
    return painted(apart, ellipse(centre, 0.84 * width, 2 * half), (45, 20, 20)) if gap else apart


def with_teeth(picture: Pixels, share: float) -> Pixels:
    """Teeth between the lips over `share` of the mouth's width."""
    centre, width = mouth()
    half = np.array([share * width / 2, 0.05 * width])
    corners = centre + half * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    return painted(picture, corners, (225, 220, 205)) if share else picture


def test_a_closed_mouth_passes_all() -> None:
    for code in ("mouth_closed", "teeth", "expression"):
        assert verdict(code, plain()).outcome is Outcome.PASS, code


def test_gap_follows_the_lips() -> None:
    gaps = np.array([0.0, 0.06, 0.12, 0.2])
    values = [value("mouth_closed", opened(plain(), gap)) for gap in gaps]
    assert values == sorted(values)
    assert (
        0.3 < np.polyfit(100 * gaps, values, 1)[0] < 1.2
    )  # the mesh lags behind a mouth that no chin follows
    assert verdict("mouth_closed", opened(plain(), 0.2)).outcome is Outcome.FAIL


def test_teeth_follow_their_width() -> None:
    shares = np.array([0.0, 0.25, 0.5, 0.75])
    values = [value("teeth", with_teeth(plain(), share)) for share in shares]
    assert values == pytest.approx(100 * shares, abs=10)
    assert verdict("teeth", with_teeth(plain(), 0.75)).outcome is Outcome.FAIL


@pytest.mark.parametrize("name", ["obama", "obama2", "astronaut"])
def test_a_laugh_with_teeth_is_seen(name: str) -> None:
    assert verdict("mouth_closed", plain(name)).outcome is Outcome.FAIL
    assert verdict("teeth", plain(name)).outcome is Outcome.FAIL
    assert verdict("expression", plain(name)).outcome is Outcome.WARN


def test_raised_corners_are_a_smile() -> None:
    centre, width = mouth()
    values = []
    for lift in (0.0, 0.06, 0.12):
        dx, dy = offsets_from(plain(), centre)
        bow = (
            lift
            * width
            * np.clip((dx / (width / 2)) ** 2, 0, 1.2)
            * np.exp(-((np.hypot(dx, dy) / width) ** 4))
        )
        values.append(value("expression", bent(plain(), np.stack([np.zeros_like(bow), bow], axis=-1))))
    assert values == sorted(values)
    assert values[-1] > values[0] + 3
