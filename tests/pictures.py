"""The pictures the tests work on: photos that packages ship, and what is done to them to get a known answer."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gradphoto.portrait.weights import model_file

Pixels = NDArray[np.uint8]


@cache
def sample(name: str = "obama") -> Image.Image:
    """A photo that a package ships, as RGB."""
    return Image.open(model_file(name).path).convert("RGB")


def pixels(image: Image.Image) -> Pixels:
    """(H, W, 3) uint8."""
    return np.asarray(image, np.uint8)


def jpeg(image: Image.Image, quality: int = 95) -> bytes:
    """The picture as a phone would hand it over."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def opened(data: bytes) -> Image.Image:
    """A JPEG back as RGB."""
    return Image.open(io.BytesIO(data)).convert("RGB")


def side_by_side(*images: Image.Image) -> Image.Image:
    """Pictures of one height next to each other."""
    height = images[0].height
    joined = Image.new("RGB", (sum(i.width for i in images), height))
    x = 0
    for image in images:
        joined.paste(image, (x, 0))
        x += image.width
    return joined
