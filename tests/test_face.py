"""Faces: how many, where, and in which pose, on photos with a known answer."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageOps

from gradphoto.portrait.face import Face, find_faces
from pictures import pixels, sample, side_by_side


def only_face(image: Image.Image) -> Face:
    (face,) = find_faces(pixels(image))
    return face


def test_points_lie_where_a_person_sees_them() -> None:
    face = only_face(sample("astronaut"))
    # Read off the picture by eye, pixels of the 512x512 photo.
    assert face.pupils == pytest.approx(np.array([[203, 101], [246, 103]]), abs=2)
    assert face.chin == pytest.approx(178, abs=4)
    assert face.cheeks == pytest.approx((181, 270), abs=5)
    assert face.forehead < face.eye_line < face.chin


def test_two_people_are_both_found() -> None:
    two = side_by_side(sample("obama"), sample("obama"))
    assert len(find_faces(pixels(two))) == 2


def test_no_face_is_an_empty_list() -> None:
    assert find_faces(pixels(sample("obama").crop((0, 500, 910, 1137)))) == []


@pytest.mark.parametrize("degrees", [-20, -10, 10, 20])
def test_roll_follows_a_turned_picture(degrees: int) -> None:
    upright = sample("obama")
    turned = upright.rotate(-degrees, Image.Resampling.BICUBIC)
    change = only_face(turned).pose.roll - only_face(upright).pose.roll
    assert change == pytest.approx(degrees, abs=1.5)


@pytest.mark.parametrize("name", ["obama", "obama2", "obama3", "biden"])
def test_a_mirrored_picture_mirrors_yaw_and_roll_and_keeps_pitch(name: str) -> None:
    pose = only_face(sample(name)).pose
    mirrored = only_face(ImageOps.mirror(sample(name))).pose
    assert mirrored.yaw == pytest.approx(-pose.yaw, abs=4)
    assert mirrored.roll == pytest.approx(-pose.roll, abs=2.5)
    assert mirrored.pitch == pytest.approx(pose.pitch, abs=2.5)


def test_pose_signs_agree_with_the_eye() -> None:
    assert only_face(sample("obama2")).pose.yaw < -8  # looks to the picture's left
    assert only_face(sample("obama3")).pose.pitch > 10  # chin up
    assert abs(only_face(sample("obama")).pose.yaw) < 5  # straight into the lens


@pytest.mark.parametrize("factor", [0.4, 0.7, 1.6])
def test_measures_scale_with_the_picture(factor: float) -> None:
    image = sample("obama")
    face = only_face(image)
    size = (round(image.width * factor), round(image.height * factor))
    resized = only_face(image.resize(size, Image.Resampling.LANCZOS))
    assert resized.width == pytest.approx(face.width * factor, rel=0.02)
    assert resized.eye_line == pytest.approx(face.eye_line * factor, rel=0.02)
    assert face.scaled(factor).pupils == pytest.approx(face.pupils * factor)


def test_open_eyes_measure_open() -> None:
    face = only_face(sample("obama3"))
    assert face.right_eye.opening > 0.12
    assert face.left_eye.opening > 0.12
    for eye in (face.right_eye, face.left_eye):
        assert eye.outline[:, 0].min() < eye.iris[0, 0] < eye.outline[:, 0].max()
