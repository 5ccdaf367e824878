"""What the benchmarks run on: the sample photos that packages ship, photos in a folder, and a phone's JPEG made of one."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gradphoto.portrait.face import Face, find_faces
from gradphoto.portrait.weights import FILES, Group, model_file

PHOTO_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".avif")
PHONE_SIZE = (3024, 4032)
EXIF_ORIENTATION = 0x0112
EYES_FROM_TOP = 0.38


def sample_photos() -> list[Path]:
    """The shipped samples (`gradphoto models fetch --group samples`). Raises WeightsError where they are not there."""
    return [model_file(line.name).path for line in FILES if line.group is Group.SAMPLES]


def photos_in(folder: Path) -> list[Path]:
    """All photos directly in a folder, sorted by name."""
    return [path for path in sorted(folder.iterdir()) if path.suffix.lower() in PHOTO_ENDINGS]


def main_face(pixels: NDArray[np.uint8]) -> Face | None:
    """The widest face in a picture (H, W, 3), None where there is none."""
    return max(find_faces(pixels), key=lambda face: face.width, default=None)


def phone_jpeg(photo: Path, noise: float = 3.0, quality: int = 94, face_share: float = 0.22) -> bytes:
    """A 12-megapixel JPEG such as phones write: sensor noise, 4:2:0, stored sideways with EXIF orientation 6.

    The face takes `face_share` of the width.
    """
    upright = _around_the_face(photo, PHONE_SIZE, face_share)
    grain = np.random.default_rng(12).normal(0, noise, (PHONE_SIZE[1], PHONE_SIZE[0], 1))
    noisy = np.asarray(np.clip(np.rint(np.asarray(upright, np.float32) + grain), 0, 255), np.uint8)
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = 6
    return _jpeg(Image.fromarray(noisy).transpose(Image.Transpose.ROTATE_90), quality, exif)


def portrait_jpeg(photo: Path, width: int, height: int, face_share: float) -> bytes:
    """The photo around the face at width x height, as a JPEG without EXIF."""
    return _jpeg(_around_the_face(photo, (width, height), face_share), 92, Image.Exif())


def _around_the_face(photo: Path, size: tuple[int, int], face_share: float) -> Image.Image:
    """The part with the proportions of `size` in which the face takes `face_share` of the width, scaled to `size`."""
    with Image.open(photo) as opened:
        image = opened.convert("RGB")
    face = main_face(np.asarray(image))
    if face is None:
        raise ValueError(f"no face in {photo.name}")
    width = min(face.width / face_share, image.width)
    height = width * size[1] / size[0]
    left = np.clip(face.centre_x - width / 2, 0, image.width - width)
    top = np.clip(face.eye_line - EYES_FROM_TOP * height, 0, max(0, image.height - height))
    return image.resize(
        size, Image.Resampling.BICUBIC, box=(left, top, left + width, min(top + height, image.height))
    )


def _jpeg(image: Image.Image, quality: int, exif: Image.Exif) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, subsampling="4:2:0", exif=exif)
    return buffer.getvalue()
