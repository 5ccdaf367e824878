"""Photos too large, too small, or claiming to be larger than any photo."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from gradphoto.portrait.photo import Limits, open_photo
from photo_files import (
    HEIGHT,
    WIDTH,
    Tags,
    code,
    heic,
    huge_png,
    jpeg_with,
    pattern,
    plain_tiff,
    ramp,
    refusal,
    saved,
)

JPEG = saved(pattern(), "JPEG")


def replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new)


SIZE, HUGE = struct.pack(">II", WIDTH, HEIGHT), struct.pack(">II", 30_000, 30_000)


def bombs() -> dict[str, bytes]:
    """Sound files whose header claims 900 megapixels (WebP: as many as fit)."""
    short = struct.pack(">HH", HEIGHT, WIDTH), struct.pack(">HH", 30_000, 30_000)
    large: Tags = {256: (4, (30_000,)), 257: (4, (30_000,)), 259: (3, (8,))}
    canvas = saved(np.dstack([ramp(), ramp()[..., 0]]), "WEBP")
    return {
        "png": huge_png(30_000, 30_000),
        "jpeg": replaced(JPEG, *short),
        "webp": canvas[:24] + b"\xff\x3f\0\xff\x7f\0" + canvas[30:],
        "avif": replaced(saved(pattern(), "AVIF"), SIZE, HUGE),
        "heic": replaced(heic(pattern()), SIZE, HUGE),
        "tiff": plain_tiff(ramp(), tags=large),
        "bmp": b"BM" + struct.pack("<IIIIiiHHI", 0, 0, 54, 40, 30_000, 30_000, 1, 24, 0) + bytes(999),
    }


@pytest.mark.parametrize("name", bombs())
def test_decompression_bomb(name: str) -> None:
    reason = refusal(bombs()[name])
    assert reason.code == "decompression_bomb"
    assert reason.data["megapixels"] == (900 if name != "webp" else 536.9)


def test_too_many_pixels() -> None:
    reason = refusal(huge_png(12_000, 9000))
    assert reason.code == "too_large_pixels"
    assert reason.data == {"megapixels": 108, "limit": 100}
    assert refusal(huge_png(10_000, 10_001)).data == {"megapixels": 100.1, "limit": 100}
    assert code(huge_png(10_000, 10_000)) in ("damaged", "truncated")


def test_too_many_bytes() -> None:
    reason = refusal(JPEG, Limits(max_bytes=len(JPEG) - 1))
    assert reason.code == "too_large_bytes"
    assert refusal(JPEG + bytes(64_000_000)).data == {"megabytes": 64.1, "limit": 64}
    open_photo(JPEG, Limits(max_bytes=len(JPEG)))


def test_too_small() -> None:
    for kind in ("JPEG", "PNG", "WEBP", "AVIF", "BMP", "TIFF"):
        reason = refusal(saved(ramp(400, 199), kind))
        assert (reason.code, reason.data) == ("too_small", {"width": 400, "height": 199, "limit": 200})
    assert code(heic(ramp(64, 64))) == "too_small"
    assert open_photo(saved(ramp(200, 200), "JPEG")).width == 200


def test_a_thumbnail_hidden_in_a_jpegs_exif_does_not_end_the_picture() -> None:
    thumbnail = saved(ramp(160, 120), "JPEG")
    data = jpeg_with(JPEG, 0xE1, b"Exif\0\0II*\0" + thumbnail)
    assert open_photo(data).width == WIDTH
