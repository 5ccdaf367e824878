"""Backgrounds to put people in front of: procedural ones, the photos that scikit-image ships, and the user's own.

Every scene is a function of a random generator, a height and a width, and gives (height, width, 3) float32 in 0..255.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]
Scene = Callable[[np.random.Generator, int, int], Floats]

SHIPPED = ("motorcycle_left", "coffee", "chelsea", "rocket", "brick", "grass", "gravel", "page")
PHOTO_ENDINGS = (".jpg", ".jpeg", ".png", ".webp")


def scenes(folder: Path | None = None) -> dict[str, Scene]:
    """All scenes by name: procedural, shipped with scikit-image where that is installed, and photos in `folder`."""
    found = dict(PROCEDURAL)
    paths = [p for p in sorted(folder.iterdir()) if p.suffix.lower() in PHOTO_ENDINGS] if folder else []
    for path in [*_shipped_photos(), *paths]:
        found[path.stem] = partial(_photo, path)
    return found


def wall(rng: np.random.Generator, height: int, width: int) -> Floats:
    """A light wall that gets darker towards one corner."""
    colour = rng.uniform(150, 235) + rng.uniform(-14, 14, 3)
    return _flat(colour, height, width) * _slope(rng, height, width, 0.35)


def dark_wall(rng: np.random.Generator, height: int, width: int) -> Floats:
    """A wall about as dark as dark hair."""
    return (
        _flat(rng.uniform(15, 60, 3), height, width) * _slope(rng, height, width, 0.5)
        + _cloud(rng, height, width, 8) * 10
    )


def gradient(rng: np.random.Generator, height: int, width: int) -> Floats:
    """From one colour to another."""
    share = (_slope(rng, height, width, 1.0) - 0.5)[..., :1]
    return share * _flat(rng.uniform(0, 255, 3), height, width) + (1 - share) * _flat(
        rng.uniform(0, 255, 3), height, width
    )


def noise(rng: np.random.Generator, height: int, width: int) -> Floats:
    """A mottled, colourful pattern of all sizes."""
    return np.stack(
        [sum(_cloud(rng, height, width, 2**k)[..., 0] * 32 for k in range(1, 8)) + 127 for _ in range(3)], -1
    )


def bookshelf(rng: np.random.Generator, height: int, width: int) -> Floats:
    """Rows of book spines with dark gaps and boards between them."""
    picture = _flat(rng.uniform(20, 60, 3), height, width)
    row = height // int(rng.integers(3, 6))
    for top in range(0, height, row):
        x = 0
        while x < width:
            thick, tall = (
                int(rng.integers(width // 60 + 2, width // 18 + 4)),
                int(row * rng.uniform(0.65, 0.92)),
            )
            bottom = top + int(row * 0.95)
            spine = rng.uniform(10, 245, 3)
            cv2.rectangle(picture, (x, bottom - tall), (x + thick, bottom), spine.tolist(), -1)
            cv2.rectangle(
                picture,
                (x, bottom - tall // 2),
                (x + thick, bottom - tall // 2 + 5),
                (255 - spine).tolist(),
                -1,
            )
            x += thick + int(rng.integers(1, 4))
        cv2.rectangle(
            picture, (0, top + int(row * 0.95)), (width, top + row), rng.uniform(60, 140, 3).tolist(), -1
        )
    return picture * _slope(rng, height, width, 0.4)


def room(rng: np.random.Generator, height: int, width: int) -> Floats:
    """A wall with a bright window, a picture, a door frame and a floor."""
    picture = wall(rng, height, width)
    for brightness in (250, 120, 60):
        x, y = int(rng.uniform(0, width * 0.7)), int(rng.uniform(0, height * 0.5))
        w, h = int(width * rng.uniform(0.15, 0.4)), int(height * rng.uniform(0.15, 0.4))
        colour = np.clip(brightness + rng.uniform(-40, 40, 3), 0, 255)
        cv2.rectangle(picture, (x, y), (x + w, y + h), colour.tolist(), -1)
        cv2.rectangle(picture, (x, y), (x + w, y + h), rng.uniform(20, 120, 3).tolist(), max(3, width // 60))
        cv2.line(
            picture,
            (x + w // 2, y),
            (x + w // 2, y + h),
            rng.uniform(20, 120, 3).tolist(),
            max(2, width // 90),
        )
    cv2.rectangle(picture, (0, int(height * 0.8)), (width, height), rng.uniform(60, 150, 3).tolist(), -1)
    return picture


def foliage(rng: np.random.Generator, height: int, width: int) -> Floats:
    """Leaves in sun and shade with specks of sky."""
    picture = _flat((60, 80, 40), height, width) + 40 * (
        _cloud(rng, height, width, 6) + _cloud(rng, height, width, 24)
    )
    for _ in range(1500):
        centre = int(rng.integers(0, width)), int(rng.integers(0, height))
        axes = int(rng.integers(2, width // 30 + 4)), int(rng.integers(1, width // 80 + 3))
        light = rng.uniform(0.3, 2.2)
        colour = np.clip(np.array([70, 95, 35]) * light + rng.uniform(-15, 15, 3), 0, 255)
        cv2.ellipse(
            picture, centre, axes, float(rng.uniform(0, 180)), 0, 360, colour.tolist(), -1, cv2.LINE_AA
        )
    for _ in range(40):
        centre = int(rng.integers(0, width)), int(rng.integers(0, height // 2))
        cv2.circle(picture, centre, int(rng.integers(2, width // 40 + 3)), (235, 242, 250), -1, cv2.LINE_AA)
    return picture


def curtain(rng: np.random.Generator, height: int, width: int) -> Floats:
    """Upright folds of one colour."""
    x = np.arange(width) / width
    waves = [np.sin(2 * np.pi * (x * rng.uniform(4, 25) + rng.uniform())) for _ in range(3)]
    folds = np.mean(waves, axis=0)
    shade = (0.75 + 0.35 * folds)[None, :, None] * np.ones((height, 1, 1))
    return np.asarray(shade * rng.uniform(40, 220, 3), np.float32)


def bokeh(rng: np.random.Generator, height: int, width: int) -> Floats:
    """Out-of-focus lights in the dark."""
    picture = _flat(rng.uniform(10, 50, 3), height, width)
    for _ in range(60):
        lamp = np.zeros_like(picture)
        centre = int(rng.integers(0, width)), int(rng.integers(0, height))
        cv2.circle(
            lamp,
            centre,
            int(rng.integers(width // 50 + 2, width // 12 + 4)),
            rng.uniform(20, 200, 3).tolist(),
            -1,
            cv2.LINE_AA,
        )
        picture += lamp * 0.6
    return picture


PROCEDURAL: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (wall, dark_wall, gradient, noise, bookshelf, room, foliage, curtain, bokeh)
}


def _shipped_photos() -> list[Path]:
    try:
        import skimage.data
    except ImportError:
        return []
    folder = Path(skimage.data.__file__).parent
    return [path for name in SHIPPED for path in sorted(folder.glob(f"{name}.*"))]


def _photo(path: Path, rng: np.random.Generator, height: int, width: int) -> Floats:
    """A random part of the photo that fills the picture, perhaps mirrored."""
    with Image.open(path) as opened:
        picture = np.asarray(opened.convert("RGB"))
    scale = max(height / picture.shape[0], width / picture.shape[1]) * rng.uniform(1.0, 1.5)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture = cv2.resize(picture, None, fx=scale + 1e-3, fy=scale + 1e-3, interpolation=how)
    y, x = (
        int(rng.integers(0, picture.shape[0] - height + 1)),
        int(rng.integers(0, picture.shape[1] - width + 1)),
    )
    part = picture[y : y + height, x : x + width]
    return np.asarray(part[:, ::-1] if rng.random() < 0.5 else part, np.float32)


def _flat(colour: object, height: int, width: int) -> Floats:
    return np.ones((height, width, 3), np.float32) * np.asarray(colour, np.float32)


def _slope(rng: np.random.Generator, height: int, width: int, strength: float) -> Floats:
    """(height, width, 1) from 1 + strength / 2 down to 1 - strength / 2 in a random direction."""
    ys, xs = np.mgrid[0:height, 0:width] / max(height, width)
    angle = rng.uniform(0, 2 * np.pi)
    along = np.cos(angle) * xs + np.sin(angle) * ys
    along = (along - along.min()) / (along.max() - along.min())
    return np.asarray(1 + strength * (0.5 - along), np.float32)[..., None]


def _cloud(rng: np.random.Generator, height: int, width: int, cells: int) -> Floats:
    """(height, width, 1) smooth random values around 0, `cells` of them across."""
    coarse = rng.normal(size=(cells + 1, cells + 1)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)[
        ..., None
    ]
