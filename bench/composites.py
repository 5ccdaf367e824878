"""Pictures of people whose alpha is known, because they were put together here: I = alpha * F + (1 - alpha) * B.

Alpha and foreground F of a person are keyed out of a photo with a plain background: its colour is fitted, what equals
it is background, the inside of the person is foreground, and the band between is solved in closed form (Levin et al.,
"A Closed-Form Solution to Natural Image Matting", PAMI 2008, by pymatting), F by Germer et al., "Fast Multi-Level
Foreground Estimation", ICPR 2020. The composite is then true by construction, and hair looks as hair does.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.samples import main_face
from bench.scenes import Scene
from gradphoto.portrait import matte as engine
from gradphoto.portrait.face import Face
from gradphoto.portrait.photo import read_photo
from gradphoto.portrait.reasons import Refused

Floats = NDArray[np.float32]

# What is cut out around the face, in face widths: to each side of its centre, above and below the eyes.
BESIDE, ABOVE, BELOW = 1.9, 2.0, 2.5
FACE_WIDTH_MAX = 320  # px; larger faces are shrunk: the portrait's frame shows them 240 px wide
PLAIN_SPREAD = 6.0  # levels of 255, robust deviation from the fitted colour
PLAIN_FAR = 25.0  # 99 % are nearer
# Nine tenths of the outline above the chin stand out this much (levels): else hair and wall cannot be told apart.
CONTRAST = 45.0
FACE_WIDTH_MIN = 144  # px, from which the frame's narrowest face needs no more than the allowed upscaling
CACHE = Path(".cache/bench")


@dataclass(frozen=True)
class Cutout:
    """A person without a background: alpha (H, W) in 0..1, foreground colours (H, W, 3) in 0..255."""

    name: str
    alpha: Floats
    foreground: Floats
    face_width: float


@dataclass(frozen=True)
class Case:
    """A composite as a camera file, decoded again, and its truth."""

    name: str
    pixels: NDArray[np.uint8]
    alpha: Floats
    foreground: Floats


def mix(alpha: Floats, foreground: Floats, background: Floats) -> Floats:
    """alpha * foreground + (1 - alpha) * background, (H, W, 3)."""
    return alpha[..., None] * foreground + (1 - alpha[..., None]) * background


def make_cases(cutouts: Sequence[Cutout], scenes: dict[str, Scene], count: int, seed: int) -> Iterator[Case]:
    """`count` composites, people and scenes in turn, with shadow, blur, noise and JPEG compression drawn from `seed`."""
    names = list(scenes)
    np.random.default_rng(seed).shuffle(names)
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        cutout = cutouts[number % len(cutouts)]
        # One further on after every round, so that nobody meets the same scene twice.
        scene = names[(number + number // len(cutouts) * (len(cutouts) % len(names) == 0)) % len(names)]
        yield make_case(cutout, scene, scenes[scene], rng)


def make_case(cutout: Cutout, scene: str, draw: Scene, rng: np.random.Generator) -> Case:
    """One composite: the scene a little out of focus, the person's shadow on walls, noise, JPEG of quality 75 to 95."""
    height, width = cutout.alpha.shape
    background = np.clip(draw(rng, height, width), 0, 255).astype(np.float32)
    blur = cutout.face_width * float(rng.choice([0.0, 0.006, 0.015, 0.04]))
    if blur > 0:
        background = np.asarray(cv2.GaussianBlur(background, (0, 0), blur), np.float32)
    if scene in ("wall", "room", "gradient", "curtain"):
        background = background * _shadow(cutout, rng)
    picture = mix(cutout.alpha, cutout.foreground, background)
    noisy = picture + rng.normal(0, rng.uniform(0.5, 5.0), picture.shape)
    pixels = through_jpeg(np.asarray(np.clip(np.rint(noisy), 0, 255), np.uint8), int(rng.integers(75, 96)))
    return Case(f"{cutout.name} / {scene}", pixels, cutout.alpha, cutout.foreground)


def through_jpeg(pixels: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """What comes back from a JPEG file (4:2:0) of these pixels."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer).convert("RGB"), np.uint8)


def cut_outs(photos: Sequence[Path], plain_only: bool) -> Iterator[Cutout]:
    """The people of all photos with one face (and, with `plain_only`, a plain background). Slow; kept in CACHE."""
    CACHE.mkdir(parents=True, exist_ok=True)
    for path in photos:
        data = path.read_bytes()
        kept = CACHE / f"{hashlib.sha256(data).hexdigest()[:16]}-{int(plain_only)}.npz"
        if not kept.exists():
            cutout = cut_out(data, path.stem, plain_only)
            arrays = (cutout.alpha, cutout.foreground, np.float32(cutout.face_width)) if cutout else ()
            np.savez_compressed(kept, *(np.asarray(a, np.float16) for a in arrays))
        with np.load(kept) as found:
            arrays = tuple(found[name].astype(np.float32) for name in found.files)
        if arrays:
            yield Cutout(path.stem, arrays[0], arrays[1], float(arrays[2]))


def cut_out(data: bytes, name: str, plain_only: bool) -> Cutout | None:
    """The person in a photo, or None where there is not one face or the background is not plain.

    From a background that is not plain the engine's own matte makes the trimap. Such a truth flatters the engine: it
    serves to compare variants, not to say how good they are.
    """
    import pymatting

    try:
        found = _around_the_face(read_photo(data).pixels)
        if found is None:
            return None
        pixels, face = found
        with patch.dict(vars(engine), WINDOW_WIDTH=2 * BESIDE):
            whole = (0.0, 0.0, float(pixels.shape[1]), float(pixels.shape[0]))
            rough = engine.matte_person(pixels, face).on_frame(whole, pixels.shape[1], pixels.shape[0])
    except Refused:
        return None
    plain = _plain_background(pixels, rough, face)
    if face.width < FACE_WIDTH_MIN or (plain_only and plain is None):
        return None
    image = pixels.astype(np.float64) / 255
    trimap = plain_trimap(rough, plain.distance(pixels), face.width) if plain else _trimap(rough, face.width)
    alpha = np.clip((pymatting.estimate_alpha_cf(image, trimap) - 0.01) / 0.98, 0, 1).astype(np.float32)
    fore = (pymatting.estimate_foreground_ml(image, alpha.astype(np.float64)) * 255).astype(np.float32)
    if plain and plain_only and _contrast(alpha, fore, plain.surface, round(face.chin)) < CONTRAST:
        return None
    return Cutout(name, alpha, fore, face.width)


@dataclass(frozen=True)
class _Plain:
    """A plain background: its colours (H, W, 3) as a smooth surface, and their robust deviation from it in levels."""

    surface: Floats
    spread: float

    def distance(self, pixels: NDArray[np.uint8]) -> Floats:
        """(H, W): how many deviations each pixel is off the background's colour."""
        return np.asarray(np.abs(pixels - self.surface).max(axis=2) / max(self.spread, 2.0), np.float32)


def _contrast(alpha: Floats, foreground: Floats, background: Floats, chin: int) -> float:
    """By how many levels nine tenths of the outline above the row `chin` stand out from the background at least."""
    outline = (alpha > 0.1) & (alpha < 0.9)
    outline[chin:] = False
    return (
        float(np.percentile(np.abs(foreground - background).max(axis=2)[outline], 10))
        if outline.any()
        else 0.0
    )


def plain_trimap(rough: Floats, distance: Floats, face_width: float) -> NDArray[np.float64]:
    """0 background, 1 person, 0.5 to be solved. `distance` is that from the background's colour, in its deviations."""
    person = rough > 0.5
    trimap = np.full(rough.shape, 0.5)
    trimap[_eroded(rough > 0.95, 0.04 * face_width) & (distance > 6)] = 1
    trimap[_eroded(rough > 0.95, 0.12 * face_width)] = 1
    like_background = cv2.blur((distance < 3).astype(np.float32), (3, 3)) > 0.99
    trimap[like_background & (rough < 0.6)] = 0
    trimap[_eroded(~person, 0.5 * face_width)] = 0
    return trimap


def _trimap(rough: Floats, face_width: float) -> NDArray[np.float64]:
    trimap = np.full(rough.shape, 0.5)
    trimap[_eroded(rough > 0.95, 0.03 * face_width)] = 1
    trimap[_eroded(rough < 0.05, 0.04 * face_width)] = 0
    return trimap


def _around_the_face(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], Face] | None:
    """The part around the widest face, shrunk where that is larger than needed, and the face in it."""
    face = main_face(pixels)
    if face is None:
        return None
    factor = min(1.0, FACE_WIDTH_MAX / face.width)
    left, right = (max(0, round(face.centre_x + side * BESIDE * face.width)) for side in (-1, 1))
    top, bottom = max(0, round(face.eye_line - ABOVE * face.width)), round(face.eye_line + BELOW * face.width)
    part = np.ascontiguousarray(pixels[top:bottom, left:right])
    if factor < 1:
        part = np.asarray(
            cv2.resize(part, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8
        )
    again = main_face(part)
    return (part, again) if again else None


def _plain_background(pixels: NDArray[np.uint8], rough: Floats, face: Face) -> _Plain | None:
    """A quadratic surface through the background's colours; None where the background is not plain."""
    background = _eroded(rough < 0.02, 0.15 * face.width)
    if background.mean() < 0.03:
        return None
    surface = _fitted_surface(pixels.astype(np.float32), background)
    far = np.abs(pixels - surface).max(axis=2)[background]
    spread = float(np.median(far) * 1.4826)
    return _Plain(surface, spread) if spread <= PLAIN_SPREAD and np.percentile(far, 99) <= PLAIN_FAR else None


def _fitted_surface(image: Floats, where: NDArray[np.bool_]) -> Floats:
    """(H, W, 3): the quadratic in x and y nearest to `image` at `where`, fitted twice, the second time without outliers."""
    ys, xs = np.mgrid[0 : image.shape[0], 0 : image.shape[1]].astype(np.float32) / max(image.shape)
    terms = np.stack([np.ones_like(xs), xs, ys, xs * xs, xs * ys, ys * ys], axis=-1)
    known = where
    for _ in range(2):
        coefficients, *_ = np.linalg.lstsq(terms[known], image[known], rcond=None)
        surface = terms @ coefficients
        far = np.abs(image - surface).max(axis=2)
        known = where & (far < 3 * max(float(np.median(far[where])), 1.0))
    return np.asarray(surface, np.float32)


def _eroded(mask: NDArray[np.bool_], radius: float) -> NDArray[np.bool_]:
    """Where `mask` holds all around within `radius` px. Past the picture's edge the mask goes on."""
    r = max(1, round(radius))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * r + 1, 2 * r + 1))
    return np.asarray(cv2.erode(mask.astype(np.uint8), kernel, borderType=cv2.BORDER_REPLICATE) > 0)


def _shadow(cutout: Cutout, rng: np.random.Generator) -> Floats:
    """(H, W, 1) what a lamp leaves of the wall's light behind the person."""
    shift = cutout.face_width * rng.uniform(0.05, 0.35, 2) * (rng.choice([-1, 1]), 1)
    moved = cv2.warpAffine(
        cutout.alpha,
        np.array([[1, 0, shift[0]], [0, 1, shift[1]]]),
        cutout.alpha.shape[::-1],
        borderMode=cv2.BORDER_REPLICATE,
    )
    soft = cv2.GaussianBlur(moved, (0, 0), cutout.face_width * float(rng.uniform(0.02, 0.15)))
    return np.asarray(1 - rng.uniform(0.1, 0.5) * soft, np.float32)[..., None]
