"""The matte: the person kept, others and loose ends dropped, hair top and clear edges where they are."""

from __future__ import annotations

import numpy as np
import pytest

from gradphoto.portrait.face import Face, find_faces
from gradphoto.portrait.matte import Matte, keep_person, matte_person, window_around
from gradphoto.portrait.reasons import Refused
from pictures import pixels, sample


@pytest.fixture(scope="module")
def face() -> Face:
    return find_faces(pixels(sample()))[0]


@pytest.fixture(scope="module")
def matte(face: Face) -> Matte:
    return matte_person(pixels(sample()), face)


def test_the_face_is_solid_and_the_flag_is_gone(matte: Matte, face: Face) -> None:
    alpha, window = matte.alpha, matte.window
    y, x = int((face.eye_line - window.y0) * window.scale), int((face.centre_x - window.x0) * window.scale)
    assert alpha[y - 20 : y + 20, x - 20 : x + 20].min() > 0.99
    assert alpha[: y // 4, :40].max() < 0.02  # the curtain beside the head
    assert set(np.unique(alpha[:, x] > 0.5)) == {True, False}


def test_hair_top_is_where_the_eye_sees_it(matte: Matte, face: Face) -> None:
    assert matte.hair_top(face) == pytest.approx(29, abs=4)  # read off the picture, pixels of the photo
    assert not matte.is_cut_above(face)
    assert matte.is_clear_above(face)


def test_stray_hairs_do_not_move_the_hair_top(matte: Matte, face: Face) -> None:
    stray = matte.alpha.copy()
    x = int((face.centre_x - matte.window.x0) * matte.window.scale)
    stray[:, x : x + 2] = 1.0  # one strand straight up
    assert Matte(stray, matte.window).hair_top(face) == pytest.approx(matte.hair_top(face), abs=1.0)


def test_hair_out_of_the_photo_is_noticed() -> None:
    cut = sample().crop((0, 45, 910, 1137))
    face = find_faces(pixels(cut))[0]
    matte = matte_person(pixels(cut), face)
    assert matte.is_cut_above(face)
    assert not matte.is_clear_above(face)


def test_shoulders_touch_the_sides_only_below_the_head() -> None:
    narrow = sample().crop((280, 0, 730, 1137))
    face = find_faces(pixels(narrow))[0]
    left, right = matte_person(pixels(narrow), face).clear_beside(face)
    assert face.chin * 0.9 < left < 600
    assert face.chin * 0.9 < right < 600


def test_the_window_stays_inside_the_photo(face: Face) -> None:
    for width, height in ((910, 1137), (500, 400), (5000, 5000)):
        window = window_around(face, width, height)
        assert 0 <= window.x0 < window.x1 <= width
        assert 0 <= window.y0 < window.y1 <= height
        assert (window.x1 - window.x0) * window.scale <= 384.5
        assert (window.y1 - window.y0) * window.scale <= 512.5


def disc(alpha: np.ndarray, x: int, y: int, radius: int, value: float) -> None:
    ys, xs = np.mgrid[: alpha.shape[0], : alpha.shape[1]]
    alpha[(xs - x) ** 2 + (ys - y) ** 2 <= radius**2] = value


def test_another_person_is_dropped_with_their_soft_edge() -> None:
    alpha = np.zeros((100, 200), np.float32)
    disc(alpha, 50, 50, 35, 0.3)
    disc(alpha, 50, 50, 30, 1.0)
    disc(alpha, 150, 50, 30, 0.3)  # soft edge ...
    disc(alpha, 150, 50, 25, 1.0)  # ... around somebody else
    kept = keep_person(alpha, (50, 50))
    assert kept[50, 50] == 1.0
    assert kept[50, 18] == pytest.approx(0.3)  # own soft edge stays
    assert kept[:, 115:].max() == 0.0


def test_a_loose_patch_is_dropped_and_a_touching_strand_kept() -> None:
    alpha = np.zeros((100, 200), np.float32)
    disc(alpha, 50, 50, 30, 1.0)
    alpha[50, 80:120] = 0.2  # a strand
    disc(alpha, 170, 20, 6, 0.3)  # a patch of wall
    kept = keep_person(alpha, (50, 50))
    assert kept[50, 110] == pytest.approx(0.2)
    assert kept[:, 160:].max() == 0.0


def test_no_person_at_the_face_is_refused() -> None:
    with pytest.raises(Refused, match="no_person_matte"):
        keep_person(np.zeros((50, 50), np.float32), (25, 25))


def test_on_frame_keeps_geometry(matte: Matte) -> None:
    """A ramp in photo coordinates must come out as the same ramp in frame coordinates."""
    window = matte.window
    h, w = matte.alpha.shape
    xs = window.x0 + (np.arange(w) + 0.5) / window.scale
    ramp = Matte(np.tile((xs / 1000).astype(np.float32), (h, 1)), window)
    crop = (300.0, 50.0, 660.0, 530.0)
    frame = ramp.on_frame(crop, 480, 640)
    expected = (crop[0] + (np.arange(480) + 0.5) * 360 / 480) / 1000
    assert frame[320] == pytest.approx(expected, abs=1e-3)
