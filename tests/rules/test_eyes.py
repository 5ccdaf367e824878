"""Eyes: lids closed by known shares, irises moved by known distances."""

from __future__ import annotations

import numpy as np
import pytest

from face_scenes import bent, ellipse, face_in, offsets_from, painted, plain, value, verdict
from gradphoto.portrait.face_mesh import Eye
from gradphoto.portrait.rules import Outcome
from pictures import Pixels


def width_of(eye: Eye) -> float:
    return float(np.linalg.norm(eye.outline[0] - eye.outline[8]))


def squeezed(picture: Pixels, eye: Eye, share: float) -> Pixels:
    """The eye with its opening pressed to `share` of its height; the skin around takes up the rest."""
    width, shift = width_of(eye), np.zeros((*picture.shape[:2], 2), np.float32)
    dx, dy = offsets_from(picture, eye.outline.mean(axis=0))
    inner, reach = 0.22 * width, 0.6 * width
    height = np.abs(dy)
    source = np.where(
        height < inner * share,
        height / share,
        inner + (height - inner * share) * (reach - inner) / (reach - inner * share),
    )
    near = np.exp(-((np.abs(dx) / (0.75 * width)) ** 8))
    shift[..., 1] = np.where(height < reach, np.sign(dy) * (source - height) * near, 0)
    return bent(picture, shift)


def closed(picture: Pixels, eye: Eye) -> Pixels:
    """A lid of skin's colour over the whole eye, the lashes a dark bow along its lower edge."""
    width, middle = width_of(eye), eye.outline.mean(axis=0)
    x, y = (int(v) for v in middle)
    red, green, blue = np.median(
        picture[int(y + 0.3 * width) : int(y + 0.4 * width), x - 6 : x + 6], axis=(0, 1)
    )
    lid = painted(picture, ellipse(middle, 1.3 * width, 0.8 * width), (int(red), int(green), int(blue)))
    along = (eye.outline[8] - eye.outline[0]) / width
    down = np.array([-along[1], along[0]]) * np.sign(along[0])
    t = np.linspace(-0.5, 0.5, 30)
    bow = middle + np.outer(t * width, along) + np.outer((0.05 + 0.06 * (1 - 4 * t**2)) * width, down)
    return painted(lid, np.concatenate([bow, bow[::-1] + 0.1 * width * down]), (45, 30, 28))


def glancing(picture: Pixels, eye: Eye, share: float) -> Pixels:
    """The iris moved by `share` of the eye's width towards the picture's right."""
    dx, dy = offsets_from(picture, eye.iris[0])
    width = width_of(eye)
    reach = np.exp(-((np.hypot(dx, dy * 1.3) / (0.4 * width)) ** 4))
    return bent(picture, np.stack([-share * width * reach, np.zeros_like(reach)], axis=-1))


def test_clean_eyes_pass() -> None:
    assert verdict("eyes_open", plain()).outcome is Outcome.PASS
    assert verdict("gaze", plain()).outcome is Outcome.PASS


def test_opening_follows_the_lids() -> None:
    """Slope 0.5 to 1: the network keeps to eyes as it knows them."""
    face, clean = face_in(), value("eyes_open", plain())
    shares = np.array([1.0, 0.7, 0.4])
    openings = [value("eyes_open", squeezed(plain(), face.right_eye, share)) for share in shares]
    assert openings == sorted(openings, reverse=True)
    assert 0.5 < np.polyfit(shares, openings, 1)[0] / clean < 1.1


@pytest.mark.parametrize("side", ["right_eye", "left_eye"])
def test_one_closed_eye_is_enough(side: str) -> None:
    eye: Eye = getattr(face_in(), side)
    found = verdict("eyes_open", closed(plain(), eye))
    assert found.outcome is Outcome.FAIL
    assert found.cause[0] and found.fix[1] and found.region is not None
    x0, y0, x1, y1 = found.region
    assert x0 < eye.iris[0, 0] < x1 and y0 < eye.iris[0, 1] < y1


def test_gaze_follows_the_irises() -> None:
    """Slope 0.3 to 0.8: the network moves the iris less than it moved, alike to both sides."""
    face, shares = face_in(), np.array([-0.2, -0.1, 0.0, 0.1, 0.2])
    values = [
        value("gaze", glancing(glancing(plain(), face.right_eye, share), face.left_eye, share))
        for share in shares
    ]
    assert values == sorted(values)
    assert 0.3 < np.polyfit(100 * shares, values, 1)[0] < 0.8


@pytest.mark.parametrize(("share", "word"), [(-0.3, "left"), (0.3, "right")])
def test_a_glance_aside_is_not_passed_and_says_where(share: float, word: str) -> None:
    face = face_in()
    found = verdict("gaze", glancing(glancing(plain(), face.right_eye, share), face.left_eye, share))
    assert found.outcome in (Outcome.WARN, Outcome.FAIL)
    assert word in found.cause[1]


def test_eyes_on_something_beside_the_camera_fail() -> None:
    found = verdict("gaze", plain("obama2"))  # the head turned to the picture's left, the eyes farther still
    assert found.outcome is Outcome.FAIL
    assert "left" in found.cause[1]


def test_closed_eyes_have_no_gaze() -> None:
    assert verdict("gaze", closed(plain(), face_in().right_eye)).outcome is Outcome.NOT_MEASURED


def test_hair_over_the_eyes_is_left_to_a_person() -> None:
    found = verdict("eyes_hidden", plain())
    assert found.outcome is Outcome.NOT_MEASURED
    assert "审核" in found.cause[0]
