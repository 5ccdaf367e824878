"""Encoding: the size window, the quality floor, the tags, nothing about a person, the same bytes."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from gradphoto.portrait.encode import QUALITY_MAX, encode
from gradphoto.portrait.reasons import Refused
from gradphoto.portrait.standard import File, load_standard
from pictures import pixels, sample

FILE = load_standard().file
PORTRAIT = pixels(sample("obama").crop((240, 0, 720, 640)))


def noise(strength: float) -> np.ndarray:
    rng = np.random.default_rng(1)
    return np.clip(PORTRAIT + rng.normal(0, strength, PORTRAIT.shape), 0, 255).astype(np.uint8)


def test_the_best_quality_that_fits() -> None:
    encoded = encode(PORTRAIT, 300, FILE)
    assert FILE.bytes_min <= len(encoded.data) <= FILE.bytes_max
    assert encoded.quality >= FILE.quality_min
    assert encoded.subsampling == "4:4:4"
    buffer = io.BytesIO()
    Image.fromarray(PORTRAIT).save(
        buffer,
        "JPEG",
        quality=encoded.quality + 1,
        subsampling="4:4:4",
        optimize=True,
        icc_profile=b"x" * 580,
    )
    assert len(buffer.getvalue()) > FILE.bytes_max  # one step better would not have fitted


def test_tags_colours_and_no_metadata() -> None:
    image = Image.open(io.BytesIO(encode(PORTRAIT, 300, FILE).data))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (480, 640))
    assert image.info["dpi"] == (300, 300)
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "icc_profile"}
    profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
    assert "sRGB" in ImageCms.getProfileDescription(profile)


def test_the_profile_names_no_date() -> None:
    profile = Image.open(io.BytesIO(encode(PORTRAIT, 300, FILE).data)).info["icc_profile"]
    assert profile[24:36] == bytes(12)


def test_same_pixels_same_bytes() -> None:
    assert encode(PORTRAIT, 300, FILE) == encode(PORTRAIT.copy(), 300, FILE)


def test_busy_pictures_fall_back_to_halved_chroma_before_they_are_refused() -> None:
    encoded = encode(noise(9), 300, FILE)
    assert encoded.subsampling == "4:2:0"
    assert FILE.quality_min <= encoded.quality
    assert len(encoded.data) <= FILE.bytes_max


def test_too_busy_is_refused_with_the_size() -> None:
    with pytest.raises(Refused) as refused:
        encode(noise(60), 300, FILE)
    assert refused.value.reasons[0].code == "size_window"
    assert refused.value.reasons[0].data["kilobytes"] > 40


def test_a_plain_picture_is_not_padded() -> None:
    plain = np.full((640, 480, 3), 200, np.uint8)
    encoded = encode(plain, 300, FILE)
    assert encoded.quality == QUALITY_MAX
    assert len(encoded.data) < FILE.bytes_min
    assert encoded.data.endswith(b"\xff\xd9")


def test_a_window_of_another_standard() -> None:
    small = File(quality_min=30, bytes_min=0, bytes_max=22000)
    assert len(encode(PORTRAIT, 300, small).data) <= 22000
