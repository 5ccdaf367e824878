"""Portrait pixels -> JPEG inside the size window, the best quality that fits, the same bytes every time."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageFile

from gradphoto.portrait.reasons import refuse
from gradphoto.portrait.standard import File

QUALITY_MAX = 98
# Full colour resolution first: hair and lips on a saturated background show halved chroma.
SUBSAMPLINGS = ("4:4:4", "4:2:0")


# Pillow gives the encoder one buffer for the whole file when it optimises; its own guess is too small for noise.
BUFFER_BYTES = 1 << 22


@dataclass(frozen=True)
class Encoded:
    """A JPEG and the settings that gave it."""

    data: bytes
    quality: int
    subsampling: str


def encode(pixels: NDArray[np.uint8], dpi: int, file: File) -> Encoded:
    """`pixels` (H, W, 3) sRGB as the best JPEG of at most `file.bytes_max` bytes. Raises Refused `size_window`.

    4:4:4 at the highest quality that fits; where even the lowest allowed quality is too large, 4:2:0. A portrait too
    plain to reach `bytes_min` at the highest quality stays below it: bytes that mean nothing are never added.
    """
    image = Image.fromarray(pixels)
    for subsampling in SUBSAMPLINGS:
        best = _best_quality(image, dpi, file, subsampling)
        if best is not None:
            return best
    smallest = _jpeg(image, dpi, file.quality_min, SUBSAMPLINGS[-1])
    raise refuse(
        "size_window",
        quality=file.quality_min,
        kilobytes=round(len(smallest) / 1000, 1),
        limit=round(file.bytes_max / 1000, 1),
    )


def _best_quality(image: Image.Image, dpi: int, file: File, subsampling: str) -> Encoded | None:
    """The highest quality that fits, by bisection: the size grows with the quality."""
    low, high, best = file.quality_min, max(QUALITY_MAX, file.quality_min), None
    while low <= high:
        quality = (low + high) // 2
        data = _jpeg(image, dpi, quality, subsampling)
        if len(data) <= file.bytes_max:
            best, low = Encoded(data, quality, subsampling), quality + 1
        else:
            high = quality - 1
    return best


def _jpeg(image: Image.Image, dpi: int, quality: int, subsampling: str) -> bytes:
    ImageFile.MAXBLOCK = max(ImageFile.MAXBLOCK, BUFFER_BYTES)
    buffer = io.BytesIO()
    image.save(
        buffer,
        "JPEG",
        quality=quality,
        subsampling=subsampling,
        optimize=True,
        dpi=(dpi, dpi),
        icc_profile=srgb_profile(),
    )
    return buffer.getvalue()


@cache
def srgb_profile() -> bytes:
    """An sRGB ICC profile with its creation date (bytes 24 to 35, ICC.1:2022 clause 7.2) zeroed: it would differ daily."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile[:24] + bytes(12) + profile[36:84] + bytes(16) + profile[100:]
