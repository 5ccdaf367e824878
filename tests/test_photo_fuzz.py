"""Whatever the bytes: a photo or a refusal, never another exception, a warning or a crash.

GRADPHOTO_FUZZ=long tries twenty times as many, with fresh random choices each time.
"""

from __future__ import annotations

import json
import os
import random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from gradphoto.portrait.photo import Photo, open_photo
from gradphoto.portrait.reasons import CATALOGUE, Refused
from photo_files import every_format, exif, jpeg_with, pattern, png_with, saved

LONG = os.environ.get("GRADPHOTO_FUZZ") == "long"
BUDGET = settings(
    max_examples=4000 if LONG else 200,
    derandomize=not LONG,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
SIGNATURES = (
    b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe1", b"\x89PNG\r\n\x1a\n", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08",
    b"RIFF\x40\0\0\0WEBPVP8 ", b"RIFF\x40\0\0\0WEBPVP8X", b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
    b"\0\0\0\x18ftypheic", b"\0\0\0\x18ftypavif", b"\0\0\0\x18ftypmif1", b"GIF89a", b"%PDF-1.7", b"<svg ",
    b"\x1f\x8b\x08", b"PK\x03\x04", b"Rar!\x1a\x07",
)  # fmt: skip


def photo_or_refusal(data: bytes, reduction: int = 1) -> Photo | None:
    """The photo, or None when it was refused in the proper form; anything else fails the test."""
    try:
        source = open_photo(data)
        photo = source.decode(reduction)
    except Refused as refused:
        assert refused.reasons
        assert all(reason.code in CATALOGUE for reason in refused.reasons)
        return None
    height, width = -(-source.height // photo.reduction), -(-source.width // photo.reduction)
    assert photo.pixels.shape == (height, width, 3)
    assert photo.pixels.dtype == np.uint8
    json.dumps(photo.steps)
    return photo


@BUDGET
@given(st.binary(max_size=300))
def test_random_bytes(data: bytes) -> None:
    assert photo_or_refusal(data) is None


@BUDGET
@given(st.sampled_from(SIGNATURES), st.binary(max_size=400))
def test_random_bytes_after_a_signature(signature: bytes, data: bytes) -> None:
    assert photo_or_refusal(signature + data) is None


NUMBERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def mutated(data: bytes, choice: random.Random) -> bytes:
    """Some bytes changed, cut, doubled or taken from another file, more often near the start."""
    out = bytearray(data)
    for _ in range(choice.choice((1, 1, 2, 4, 12))):
        near = choice.choice((64, 300, 1000, len(out)))
        at = choice.randrange(max(min(near, len(out)), 1))
        way = choice.randrange(6)
        if way == 0:
            out[at : at + 1] = bytes((choice.randrange(256),))
        elif way == 1:
            size = choice.choice((2, 4))
            number = choice.choice(NUMBERS) % 256**size
            out[at : at + size] = number.to_bytes(size, choice.choice(("big", "little")))
        elif way == 2:
            del out[at : at + choice.choice((1, 2, 4, 100, 3000))]
        elif way == 3:
            out[at:at] = out[choice.randrange(len(out) or 1) :][: choice.choice((1, 4, 16, 200))]
        elif way == 4:
            other = every_format()[choice.choice(list(every_format()))]
            start, size = choice.randrange(len(other)), choice.choice((4, 16, 100, 2000))
            out[at : at + size] = other[start : start + size]
        elif choice.random() < 0.3:
            del out[choice.randrange(len(out) or 1) :]
    return bytes(out)


@pytest.mark.parametrize("name", every_format())
@BUDGET
@given(st.randoms(use_true_random=False), st.sampled_from((1, 2, 8)))
def test_sound_files_with_changes(name: str, choice: random.Random, reduction: int) -> None:
    photo_or_refusal(mutated(every_format()[name], choice), reduction)


@BUDGET
@given(st.binary(max_size=200))
def test_any_exif_whatever(blob: bytes) -> None:
    for data in (
        jpeg_with(saved(pattern(), "JPEG"), 0xE1, b"Exif\0\0" + blob),
        jpeg_with(saved(pattern(), "JPEG"), 0xE1, exif(6)[:24] + blob),
        png_with(saved(pattern(), "PNG"), b"eXIf", b"II*\0\x08\0\0\0" + blob),
    ):
        assert photo_or_refusal(data, 8) is not None


@BUDGET
@given(st.binary(max_size=300), st.integers(0, 600), st.sampled_from(("RGB", "L", "CMYK")))
def test_any_icc_profile_whatever(blob: bytes, at: int, mode: str) -> None:
    sound = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = sound[:at] + blob + sound[at + len(blob) :]
    data = saved(Image.fromarray(pattern()).convert(mode), "JPEG", icc_profile=profile)
    assert photo_or_refusal(data, 8) is not None
