"""What goes wrong when a photo is taken, in known amounts: pose, focus, light, colour, compression, crop.

Every function takes a scene and an amount in the unit its docstring names and gives pixels; all are deterministic.
Lengths are in close-up pixels (the face is 240 wide), so that an amount means the same in every photo.
"""

from __future__ import annotations

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.scene import Pixels, Scene, jpeg


def tilted(scene: Scene, degrees: float) -> Pixels:
    """Turned clockwise about the face."""
    height, width = scene.pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((scene.face.centre_x, scene.face.eye_line), -degrees, 1.0)
    return np.asarray(
        cv2.warpAffine(
            scene.pixels, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        ),
        np.uint8,
    )


def blurred(scene: Scene, sigma: float) -> Pixels:
    """Out of focus: Gaussian of `sigma` close-up pixels."""
    if sigma == 0:
        return scene.pixels
    return np.asarray(cv2.GaussianBlur(scene.pixels, (0, 0), sigma * scene.unit), np.uint8)


def shaken(scene: Scene, length: float) -> Pixels:
    """Camera moved sideways by `length` close-up pixels."""
    taps = max(1, round(length * scene.unit))
    return np.asarray(cv2.blur(scene.pixels, (taps, 1)), np.uint8)


def exposed(scene: Scene, stops: float) -> Pixels:
    """Brighter or darker by `stops` (EV), in linear light."""
    return lit(scene, np.float32(2.0**stops))


def flattened(scene: Scene, share: float) -> Pixels:
    """Contrast taken away: `share` of the way to one grey, as through a dirty lens."""
    grey = float(scene.pixels.mean())
    return np.asarray(np.rint(scene.pixels + share * (grey - scene.pixels)), np.uint8)


def half_shaded(scene: Scene, stops: float) -> Pixels:
    """The picture's right half darker by `stops`, from the middle of the face on, with a soft edge."""
    x, _ = scene.grid()
    share = 1 / (1 + np.exp(-(x - scene.face.centre_x) / (0.05 * scene.face.width)))
    return lit(scene, np.asarray(2.0 ** (-stops * share), np.float32)[..., None])


def tinted(scene: Scene, shift: float) -> Pixels:
    """Under warm light: b* greater by `shift`, a* by a third of it."""
    return from_lab(to_lab(scene.pixels) + np.array([0, shift / 3, shift], np.float32))


def faded(scene: Scene, share: float) -> Pixels:
    """`share` of the colour taken out; 1 is black and white."""
    return from_lab(to_lab(scene.pixels) * np.array([1, 1 - share, 1 - share], np.float32))


def compressed(scene: Scene, quality: float) -> Pixels:
    """Through a JPEG of this quality."""
    with Image.open(io.BytesIO(jpeg(scene.pixels, round(quality)))) as opened:
        return np.asarray(opened.convert("RGB"))


def shrunk(scene: Scene, face_width: float) -> Pixels:
    """So small that the face is `face_width` pixels wide."""
    scale = face_width / scene.face.width
    return np.asarray(
        cv2.resize(scene.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
    )


def cut_above(scene: Scene, face_widths: float) -> Pixels:
    """Cut off `face_widths` above the eye line."""
    top = round(max(0.0, scene.face.eye_line - face_widths * scene.face.width))
    return np.ascontiguousarray(scene.pixels[top:])


def cut_below(scene: Scene, face_widths: float) -> Pixels:
    """Cut off `face_widths` below the chin."""
    return np.ascontiguousarray(scene.pixels[: round(scene.face.chin + face_widths * scene.face.width)])


def cut_beside(scene: Scene, face_widths: float) -> Pixels:
    """Both sides cut off `face_widths` from the middle of the face."""
    middle, reach = scene.face.centre_x, face_widths * scene.face.width
    return np.ascontiguousarray(scene.pixels[:, round(max(0.0, middle - reach)) : round(middle + reach)])


def smoothed(scene: Scene, strength: float) -> Pixels:
    """A beauty filter: skin smoothed where it is even already, edges kept; `strength` in grey levels."""
    if strength == 0:
        return scene.pixels
    return np.asarray(cv2.bilateralFilter(scene.pixels, 0, strength, 6 * scene.unit), np.uint8)


def noisy(scene: Scene, sigma: float) -> Pixels:
    """Sensor noise of `sigma` grey levels."""
    grain = np.random.default_rng(7).normal(0, sigma, scene.pixels.shape)
    return np.asarray(np.clip(np.rint(scene.pixels + grain), 0, 255), np.uint8)


def with_second_face(scene: Scene, share: float) -> Pixels:
    """The same head again in the upper left corner, `share` times as wide."""
    if share == 0:
        return scene.pixels
    face = scene.face
    top, reach = max(0, round(face.forehead - 0.2 * face.width)), 0.6 * face.width
    head = scene.pixels[top : round(face.chin), round(face.centre_x - reach) : round(face.centre_x + reach)]
    small = cv2.resize(head, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    found = scene.pixels.copy()
    room = found[: small.shape[0], : small.shape[1]]
    room[:] = small[: room.shape[0], : room.shape[1]]
    return found


def lit(scene: Scene, gain: NDArray[np.float32] | np.float32) -> Pixels:
    """Light multiplied by `gain` before the sRGB curve, clipped."""
    values = scene.pixels.astype(np.float32) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4) * gain
    bright = np.clip(linear, 0, 1)
    srgb = np.where(bright <= 0.0031308, 12.92 * bright, 1.055 * bright ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(255 * srgb), np.uint8)


def to_lab(pixels: Pixels) -> NDArray[np.float32]:
    """(H, W, 3) sRGB to L*a*b*."""
    return np.asarray(cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def from_lab(lab: NDArray[np.float32]) -> Pixels:
    """(H, W, 3) L*a*b* to sRGB, clipped."""
    rgb = cv2.cvtColor(np.asarray(lab, np.float32), cv2.COLOR_LAB2RGB)
    return np.asarray(np.clip(np.rint(255 * rgb), 0, 255), np.uint8)
