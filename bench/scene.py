"""A photo to degrade: its pixels with what is needed to paint on it in the right place."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.samples import main_face
from gradphoto.portrait.face import Face
from gradphoto.portrait.matte import matte_person
from gradphoto.portrait.weights import model_file

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Scene:
    """`pixels` (H, W, 3) sRGB with its main `face` and the person's `alpha` (H, W) 0..1."""

    pixels: Pixels
    face: Face
    alpha: NDArray[np.float32]

    @property
    def unit(self) -> float:
        """Pixels of this photo that are one close-up pixel: the face is 240 of them wide."""
        return self.face.width / 240

    def grid(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Pixel centres' x (1, W) and y (H, 1)."""
        height, width = self.pixels.shape[:2]
        return np.arange(width, dtype=np.float32)[None], np.arange(height, dtype=np.float32)[:, None]


@cache
def sample_scene(name: str) -> Scene:
    """A shipped sample, cut to the window of the matte, where the alpha is known: head and shoulders."""
    with Image.open(model_file(name).path) as opened:
        whole = np.asarray(opened.convert("RGB"))
    face = main_face(whole)
    if face is None:
        raise ValueError(f"no face in {name}")
    matte = matte_person(whole, face)
    height, width = (round(side / matte.window.scale) for side in matte.alpha.shape)
    x, y = round(matte.window.x0), round(matte.window.y0)
    pixels = np.ascontiguousarray(whole[y : y + height, x : x + width])
    again = main_face(pixels)
    if again is None:
        raise ValueError(f"no face left in {name}")
    height, width = pixels.shape[:2]
    return Scene(pixels, again, matte.on_frame((x, y, x + width, y + height), width, height))


def png(pixels: Pixels) -> bytes:
    """Without loss, quickly."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def jpeg(pixels: Pixels, quality: int) -> bytes:
    """As phones write it: 4:2:0."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality, subsampling="4:2:0")
    return buffer.getvalue()
