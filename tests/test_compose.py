"""Composition: known foregrounds come back, the camera's pixels stay, the background is exact."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from gradphoto.portrait.compose import composite, foreground, inside_photo, resample
from pictures import pixels, sample

H, W = 640, 480


@pytest.fixture(scope="module")
def alpha() -> NDArray[np.float32]:
    """A head-like disc with a soft rim of 16 px and strands of one pixel."""
    ys, xs = np.mgrid[:H, :W]
    distance = np.hypot(xs - W / 2, ys - H / 2)
    soft = np.clip((220 - distance) / 16, 0, 1)
    strands = ((xs + ys) % 17 == 0) & (distance < 235)
    return np.asarray(np.where(strands, np.maximum(soft, 0.5), soft), np.float32)


def over(
    fore: tuple[int, int, int], back: tuple[int, int, int], alpha: NDArray[np.float32]
) -> NDArray[np.float32]:
    a = alpha[..., None]
    return a * np.array(fore, np.float32) + (1 - a) * np.array(back, np.float32)


@pytest.mark.parametrize("back", [(255, 255, 255), (0, 200, 0), (200, 30, 30)])
def test_no_old_background_shines_through(back: tuple[int, int, int], alpha: NDArray[np.float32]) -> None:
    hair, blue = (40, 30, 25), (100, 197, 255)
    image = over(hair, back, alpha)
    wanted = over(hair, blue, alpha)
    mixed = (alpha > 0.05) & (alpha < 0.95)
    made = composite(np.rint(image).astype(np.uint8), alpha, blue).astype(np.float32)
    plain = alpha[..., None] * image + (1 - alpha[..., None]) * np.array(blue, np.float32)
    error, plain_error = (np.abs(p - wanted)[mixed].mean() for p in (made, plain))
    assert error < 6
    assert error < plain_error / 3


def test_foreground_of_a_solid_person_is_the_picture_itself() -> None:
    image = pixels(sample().crop((300, 100, 780, 740))).astype(np.float32)
    estimated = foreground(image, np.ones((H, W), np.float32))
    assert np.abs(estimated - image).max() < 0.01


def test_inside_the_person_the_cameras_bytes_stay(alpha: NDArray[np.float32]) -> None:
    image = pixels(sample().crop((300, 100, 780, 740)))
    made = composite(image, alpha, (67, 142, 219))
    assert np.array_equal(made[alpha == 1], image[alpha == 1])
    assert (made[alpha == 0] == (67, 142, 219)).all()


def test_resample_is_a_uniform_scale_without_shift() -> None:
    xs = np.linspace(0, 250, 1000)
    ramp = np.repeat(np.tile(xs, (800, 1))[..., None], 3, axis=2).round().astype(np.uint8)
    crop = (100.0, 40.0, 580.0 + 100, 40.0 + 580 * H / W)
    made = resample(ramp, crop, W, H)[H // 2, :, 0].astype(float)
    expected = (100 + (np.arange(W) + 0.5) * 580 / W - 0.5) * 250 / 999
    assert made == pytest.approx(expected, abs=1.0)


def test_past_the_edge_is_known_to_be_outside() -> None:
    photo = np.full((640, 480, 3), 90, np.uint8)
    crop = (-24.0, -64.0, 456.0, 576.0)
    assert resample(photo, crop, W, H).shape == (H, W, 3)
    inside = inside_photo(photo, crop, W, H)
    assert inside[:64].max() == inside[:, :24].max() == 0
    assert inside[64:, 24:].min() == 1
