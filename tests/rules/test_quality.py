"""Quality: blur, motion, noise, compression, enlargement, stripes and EXIF of known size."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from face_scenes import face_in, plain, seen, value, verdict
from gradphoto.portrait.closeup import FACE_WIDTH, take_closeup
from gradphoto.portrait.face import find_faces
from gradphoto.portrait.judge import verdicts
from gradphoto.portrait.photo import open_photo
from gradphoto.portrait.rules import Outcome, Verdict
from gradphoto.portrait.rules.camera import Camera, camera_of
from gradphoto.portrait.rules.subject import Subject
from gradphoto.portrait.standard import load_standard
from pictures import Pixels, jpeg

QUALITY = ("sharpness", "motion_blur", "noise", "compression", "blockiness", "upscaling", "screen_stripes")
FOCAL_35, LENS_MODEL, PIXELS_X, PIXELS_Y, EXIF_DIRECTORY = 0xA405, 0xA434, 0xA002, 0xA003, 0x8769


def unit(picture: Pixels) -> float:
    """Photo pixels that are one pixel of a portrait whose face is 240 px wide."""
    return find_faces(picture)[0].width / FACE_WIDTH


def blurred(picture: Pixels, sigma: float) -> Pixels:
    """Blurred by a Gaussian of so many portrait pixels."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma * unit(picture)), np.uint8)


def shaken(picture: Pixels, length: float, angle: float) -> Pixels:
    """Moved by so many portrait pixels while the shutter was open, in this direction (degrees)."""
    reach = length * unit(picture)
    side = int(reach) // 2 * 2 + 5
    ends = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))]) * (reach - 1) / 2
    line = np.zeros((side, side), np.float32)
    for share in np.linspace(-1, 1, 201):
        x, y = side / 2 - 0.5 + ends * share
        line += np.outer(hat(side, y), hat(side, x))
    return np.asarray(cv2.filter2D(picture, -1, line / line.sum()), np.uint8)


def hat(side: int, at: float) -> NDArray[np.float32]:
    return np.asarray(np.maximum(0, 1 - np.abs(np.arange(side) - at)), np.float32)


def judged(code: str, data: bytes) -> Verdict:
    """One rule's word on a file."""
    photo = open_photo(data).decode()
    faces = find_faces(photo.pixels)
    subject = Subject(load_standard(), photo, faces, take_closeup(photo.pixels, faces[0], None))
    (found,) = verdicts(subject, frozenset({code}))
    return found


def with_exif(picture: Pixels, tags: dict[int, object]) -> bytes:
    buffer, exif = BytesIO(), Image.Exif()
    exif.get_ifd(EXIF_DIRECTORY).update(tags)
    Image.fromarray(picture).save(buffer, "JPEG", quality=90, exif=exif)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["obama", "obama2", "obama3", "biden"])
def test_sharp_portraits_pass(name: str) -> None:
    outcomes = {v.rule.code: v.outcome for v in verdicts(seen(plain(name)), frozenset(QUALITY))}
    assert set(outcomes.values()) <= {Outcome.PASS, Outcome.NOT_MEASURED}, outcomes
    assert outcomes["sharpness"] is Outcome.PASS


@pytest.mark.parametrize("name", ["obama", "biden", "astronaut"])
def test_sharpness_reads_the_blur(name: str) -> None:
    read = [value("sharpness", blurred(plain(name), sigma)) for sigma in (1.5, 3.0, 4.0)]
    assert read == sorted(read)
    assert all(0.7 < r / sigma < 1.2 for r, sigma in zip(read, (1.5, 3.0, 4.0), strict=True)), read
    assert verdict("sharpness", blurred(plain(name), 3.0)).outcome is Outcome.FAIL


def test_sharpness_ignores_contrast_and_brightness() -> None:
    faint = np.asarray(40 + plain().astype(np.float32) * 0.3, np.uint8)
    assert value("sharpness", faint) == pytest.approx(value("sharpness", plain()), abs=0.3)
    assert verdict("sharpness", blurred(faint, 3.0)).outcome is Outcome.FAIL


@pytest.mark.parametrize("angle", [0, 45, 90])
def test_motion_reads_its_length(angle: float) -> None:
    lengths = (8.0, 12.0, 16.0)
    read = [value("motion_blur", shaken(plain(), length, angle)) for length in lengths]
    assert read == sorted(read)
    assert all(0.35 < r / length < 0.9 for r, length in zip(read, lengths, strict=True)), read
    assert verdict("motion_blur", shaken(plain(), 12.0, angle)).outcome is Outcome.WARN


def test_even_blur_is_no_motion() -> None:
    assert verdict("motion_blur", blurred(plain(), 2.5)).outcome is Outcome.PASS


def test_noise_reads_its_strength() -> None:
    subject, random = seen(plain()), np.random.default_rng(1)
    for sigma in (3.0, 6.0, 12.0):
        grain = random.normal(0, sigma, subject.close.pixels.shape[:2])[..., None]
        noisy = np.clip(np.rint(subject.close.pixels + grain), 0, 255).astype(np.uint8)
        (found,) = verdicts(
            replace(subject, closeup=replace(subject.close, pixels=noisy)), frozenset({"noise"})
        )
        assert found.value == pytest.approx(sigma, rel=0.15)


def test_compression_reads_the_quality() -> None:
    # At a face width of the portrait's own, nothing is averaged away.
    small = resized(plain(), 1 / unit(plain()))
    for quality in (15, 30, 50, 75, 90):
        found = judged("compression", jpeg(Image.fromarray(small), quality))
        assert found.value == pytest.approx(quality, abs=3)
    assert judged("compression", jpeg(Image.fromarray(small), 15)).outcome is Outcome.FAIL


def test_compression_counts_less_in_a_larger_photo() -> None:
    small, large = (
        judged("compression", jpeg(Image.fromarray(resized(plain(), k / unit(plain()))), 30)).value
        for k in (1, 2)
    )
    assert small is not None and large is not None
    # Half the size: half the scale of the table, 5000 / 30 percent -> 83 percent -> quality 58.
    assert [small, large] == pytest.approx([30, 58], abs=2)


def test_compression_is_not_claimed_of_a_png() -> None:
    buffer = BytesIO()
    Image.fromarray(plain()).save(buffer, "PNG", compress_level=1)
    assert judged("compression", buffer.getvalue()).outcome is Outcome.NOT_MEASURED


def test_blocks_of_an_earlier_compression_show() -> None:
    steps = []
    for quality in (95, 40, 15, 5):
        once = Image.open(BytesIO(jpeg(Image.fromarray(plain()), quality))).convert("RGB")
        steps.append(judged("blockiness", jpeg(once, 95)).value or 0.0)
    assert steps == sorted(steps) and steps[0] < 1 and steps[-1] > 3.5


def test_enlargement_is_the_portrait_over_the_photo() -> None:
    for width in (240, 180, 120):
        picture = resized(plain(), width / face_in().width)
        least = load_standard().composition.face_width.min
        assert value("upscaling", picture) == pytest.approx(least / width, rel=0.03)
    assert verdict("upscaling", resized(plain(), 120 / face_in().width)).outcome is Outcome.FAIL


def test_stripes_of_a_screen_show() -> None:
    ys, xs = np.mgrid[: plain().shape[0], : plain().shape[1]]
    wave = np.sin(2 * np.pi * (xs * 0.21 + ys * 0.13))[..., None]
    read = [
        value("screen_stripes", np.asarray(np.clip(plain() + depth * wave, 0, 255), np.uint8))
        for depth in (0, 3, 6, 12)
    ]
    assert read == sorted(read) and read[0] < 9 < read[-1]


def test_recapture_is_never_claimed() -> None:
    assert verdict("recapture", plain()).outcome is Outcome.NOT_MEASURED


def test_the_lens_tells_a_selfie() -> None:
    front = with_exif(plain(), {LENS_MODEL: "iPhone 12 front camera 2.71mm f/2.2"})
    back = with_exif(plain(), {LENS_MODEL: "iPhone 12 back camera 4.2mm f/1.6"})
    assert judged("selfie", front).outcome is Outcome.WARN
    assert judged("selfie", back).outcome is Outcome.PASS
    assert judged("selfie", jpeg(Image.fromarray(plain()))).outcome is Outcome.NOT_MEASURED


def test_distance_follows_the_focal_length() -> None:
    height, width = plain().shape[:2]
    share = face_in().width / np.hypot(width, height)
    for focal in (14, 28, 56):
        data = with_exif(plain(), {FOCAL_35: focal, PIXELS_X: width, PIXELS_Y: height})
        assert judged("distance", data).value == pytest.approx(0.137 * focal / 43.27 / share, rel=0.02)


def test_distance_is_not_claimed_of_a_cropped_photo() -> None:
    height, width = plain().shape[:2]
    data = with_exif(plain(), {FOCAL_35: 28, PIXELS_X: 2 * width, PIXELS_Y: 2 * height})
    assert judged("distance", data).outcome is Outcome.NOT_MEASURED


def test_broken_exif_says_nothing() -> None:
    data = with_exif(plain(), {LENS_MODEL: "front camera", FOCAL_35: 28})
    at = data.index(b"Exif\0\0") + 6
    random = np.random.default_rng(2)
    for _ in range(200):
        broken = bytearray(data)
        for offset in random.integers(8, 60, 6):
            broken[at + offset] = random.integers(0, 256)
        assert isinstance(camera_of(open_photo(bytes(broken))), Camera)


def resized(picture: Pixels, factor: float) -> Pixels:
    size = (round(picture.shape[1] * factor), round(picture.shape[0] * factor))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=how), np.uint8)
