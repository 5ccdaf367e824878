"""Pictures of QR codes with a known payload, degraded in the ways that students' uploads are.

Each kind is a function of a seeded random generator, so that a scene is the same on every machine that has the
same library versions. Pictures are (H, W, 3) uint8 sRGB; `Scene.data` holds them as a file.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import segno
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
Floats = NDArray[Any]  # uint8 or float levels of 0 to 255
Rng = np.random.Generator


@dataclass(frozen=True)
class Scene:
    """One picture file and the payloads that are in it."""

    kind: str
    number: int
    data: bytes
    payloads: tuple[bytes, ...]


def payload_for(rng: Rng, size: int) -> bytes:
    """`size` bytes of opaque ASCII, as an encrypted collection code looks after base64."""
    letters = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=", np.uint8)
    return rng.choice(letters, size).tobytes()


def qr(payload: bytes, module: int = 6, error: str = "m", border: int = 4) -> Pixels:
    """The code as grey pixels (H, W), black on white."""
    code = segno.make(payload, mode="byte", error=error, micro=False, boost_error=False)
    cells = np.array([list(row) for row in code.matrix_iter(border=border)], np.uint8)
    squares: Pixels = np.where(cells > 0, 0, 255).astype(np.uint8)
    return squares.repeat(module, axis=0).repeat(module, axis=1)


def as_file(pixels: Pixels, quality: int | None = 90) -> bytes:
    """As a JPEG of `quality`, or as a PNG."""
    out = io.BytesIO()
    picture = Image.fromarray(pixels)
    if quality is None:
        picture.save(out, "PNG", compress_level=1)
    else:
        picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def paper(rng: Rng, height: int, width: int) -> Pixels:
    """A soft uneven light surface with a few darker things lying on it, (H, W) grey."""
    small = rng.normal(200, 22, (6, 8)).astype(np.float32)
    ground = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(4):
        x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
        cv2.rectangle(ground, (x, y), (x + width // 7, y + height // 9), float(rng.integers(40, 230)), -1)
    return np.clip(ground, 0, 255).astype(np.uint8)


def warp_onto(ground: Pixels, code: Pixels, corners: NDArray[np.float32]) -> Pixels:
    """`code` drawn into the quadrangle `corners` (4, 2: clockwise from top left) of `ground`."""
    height, width = ground.shape[:2]
    over = 4  # drawn at four times the size and area-averaged, as a lens and a sensor do
    source = np.array(
        [[0, 0], [code.shape[1], 0], [code.shape[1], code.shape[0]], [0, code.shape[0]]], np.float32
    )
    matrix = cv2.getPerspectiveTransform(source, corners * over)
    size = (width * over, height * over)
    drawn = cv2.warpPerspective(code, matrix, size, flags=cv2.INTER_LINEAR, borderValue=0.0)
    mask = cv2.warpPerspective(np.full_like(code, 255), matrix, size, flags=cv2.INTER_LINEAR, borderValue=0.0)
    drawn = cv2.resize(drawn, (width, height), interpolation=cv2.INTER_AREA)
    share = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return np.clip(ground * (1 - share) + drawn, 0, 255).astype(np.uint8)


def square(centre: tuple[float, float], side: float, degrees: float) -> NDArray[np.float32]:
    """Corners of a turned square, clockwise from its top left."""
    angle = math.radians(degrees)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    unit = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    corners: NDArray[np.float32] = (unit @ turn * side + np.array(centre)).astype(np.float32)
    return corners


def grey3(grey: Floats) -> Pixels:
    """Grey as RGB, (H, W, 3)."""
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


def photographed(rng: Rng, code: Pixels, side: float, size: int = 900) -> Pixels:
    """The code lying on a surface, turned by any angle, (size, size) grey."""
    centre = (size / 2 + float(rng.uniform(-40, 40)), size / 2 + float(rng.uniform(-40, 40)))
    return warp_onto(paper(rng, size, size), code, square(centre, side, float(rng.uniform(0, 360))))


def noisy(rng: Rng, grey: Floats, sigma: float) -> Pixels:
    """With Gaussian noise of `sigma` grey levels."""
    return np.clip(grey + rng.normal(0, sigma, grey.shape), 0, 255).astype(np.uint8)


def text_lines(rng: Rng, canvas: Pixels, top: int, bottom: int) -> None:
    """Chat bubbles, lines of letters and icon squares, drawn into a screenshot between two rows."""
    width = canvas.shape[1]
    y = top
    while y < bottom - 60:
        shade = tuple(int(v) for v in rng.integers(30, 200, 3))
        if rng.random() < 0.25:
            high = int(rng.integers(60, 300))
            cv2.rectangle(canvas, (40, y), (width - 40, min(y + high, bottom)), shade, -1)
            for _ in range(6):
                x = int(rng.integers(60, width - 160))
                cv2.rectangle(canvas, (x, y + 10), (x + 90, y + 50), (255, 255, 255), int(rng.integers(1, 9)))
            y += high + 30
        else:
            words = payload_for(rng, int(rng.integers(8, 44))).decode()
            cv2.putText(canvas, words, (50, y + 36), cv2.FONT_HERSHEY_SIMPLEX, 1.1, shade, 2, cv2.LINE_AA)
            y += 52


def rotated(rng: Rng, code: Pixels) -> bytes:
    """Turned by any angle."""
    return as_file(grey3(photographed(rng, code, 430)))


def blurred(rng: Rng, code: Pixels) -> bytes:
    """Out of focus: sigma 0.45 to 0.8 of a module."""
    side = 380.0
    module = side / (code.shape[0] / 6)
    grey = photographed(rng, code, side)
    return as_file(
        grey3(noisy(rng, cv2.GaussianBlur(grey, (0, 0), module * float(rng.uniform(0.45, 0.8))), 3))
    )


def motion(rng: Rng, code: Pixels) -> bytes:
    """Camera shake of 1 to 2 modules along any direction."""
    side = 420.0
    length = side / (code.shape[0] / 6) * float(rng.uniform(1.0, 2.0))
    size = int(length) * 2 + 3
    drawn = np.zeros((size * 8, size * 8), np.float32)
    angle, middle = float(rng.uniform(0, math.pi)), size * 4
    step = (math.cos(angle) * length * 4, math.sin(angle) * length * 4)
    ends = [(round(middle + s * step[0]), round(middle + s * step[1])) for s in (-1, 1)]
    cv2.line(drawn, ends[0], ends[1], 1.0, 8)
    kernel = cv2.resize(drawn, (size, size), interpolation=cv2.INTER_AREA)
    grey = cv2.filter2D(photographed(rng, code, side), -1, kernel / kernel.sum())
    return as_file(grey3(noisy(rng, grey, 3)))


def jpeg20(rng: Rng, code: Pixels) -> bytes:
    """JPEG quality 20 at about three pixels a module."""
    side = code.shape[0] / 6 * float(rng.uniform(2.6, 3.6))
    return as_file(grey3(photographed(rng, code, side, 500)), 20)


def perspective(rng: Rng, code: Pixels) -> bytes:
    """Seen from 50 to 62 degrees to the side."""
    tilt, focal, side = math.radians(float(rng.uniform(50, 62))), 1400.0, 520.0
    flat = square((0, 0), side, float(rng.uniform(0, 360)))
    depth = 1000 + flat[:, 1] * math.sin(tilt)
    seen = np.stack([flat[:, 0], flat[:, 1] * math.cos(tilt)], 1) / depth[:, None] * focal
    turn = square((0, 0), 1, float(rng.uniform(0, 360)))[1:3] - square((0, 0), 1, 0)[1:3]
    corners = (seen + 500 + turn[0] * 20).astype(np.float32)
    return as_file(grey3(noisy(rng, warp_onto(paper(rng, 1000, 1000), code, corners), 3)))


def low_contrast(rng: Rng, code: Pixels) -> bytes:
    """Black and white 14 to 30 grey levels apart under uneven light."""
    grey = photographed(rng, code, 420).astype(np.float32) / 255
    span = float(rng.uniform(14, 30))
    x, y = np.meshgrid(np.linspace(-1, 1, grey.shape[1]), np.linspace(-1, 1, grey.shape[0]))
    slope = 30 * (x * float(rng.uniform(-1, 1)) + y * float(rng.uniform(-1, 1)))
    return as_file(grey3(noisy(rng, (110 + slope + span * grey).astype(np.float32), 2)))


def shadow(rng: Rng, code: Pixels) -> bytes:
    """A hard shadow over half of the code, and a glare spot."""
    grey = photographed(rng, code, 450).astype(np.float32)
    high, wide = grey.shape
    x, y = np.meshgrid(np.arange(wide) - wide / 2, np.arange(high) - high / 2)
    angle = float(rng.uniform(0, 2 * math.pi))
    edge = x * math.cos(angle) + y * math.sin(angle) + float(rng.uniform(-80, 80))
    light = np.where(edge > 0, 1.0, float(rng.uniform(0.12, 0.25)))
    spot = 230 * np.exp(-((x - rng.uniform(-200, 200)) ** 2 + (y - rng.uniform(-200, 200)) ** 2) / 2 / 55**2)
    return as_file(grey3(noisy(rng, grey * cv2.GaussianBlur(light, (0, 0), 3) + spot, 4)))


def long_screenshot(rng: Rng, code: Pixels) -> bytes:
    """1080x12000 of chat, shrunk by the messenger on its way; the code's modules are 1.6 to 2.6 pixels."""
    canvas = np.full((12000, 1080, 3), 245, np.uint8)
    scale = float(rng.uniform(1.6, 2.6)) / 6
    small = cv2.resize(code, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    side = small.shape[0]
    top, left = int(rng.integers(300, 12000 - side - 300)), int(rng.integers(20, 1060 - side))
    text_lines(rng, canvas, 20, top - 20)
    text_lines(rng, canvas, top + side + 20, 11980)
    canvas[top : top + side, left : left + side] = small[:, :, None]
    return as_file(canvas, int(rng.integers(45, 85)))


def whole_page(rng: Rng, code: Pixels) -> bytes:
    """A 12-megapixel photo of a page, the code a small part of it, a little soft."""
    side = code.shape[0] / 6 * float(rng.uniform(2.6, 4.5))
    patch = warp_onto(
        np.full((700, 700), 215, np.uint8), code, square((350, 350), side, float(rng.uniform(0, 360)))
    )
    page = cv2.resize(paper(rng, 750, 1000), (4000, 3000))
    y, x = int(rng.integers(0, 2300)), int(rng.integers(0, 3300))
    page[y : y + 700, x : x + 700] = cv2.GaussianBlur(patch, (0, 0), float(rng.uniform(1.0, 1.7)))
    return as_file(grey3(noisy(rng, page, 5)), 80)


def close_up(rng: Rng, code: Pixels) -> bytes:
    """A 12-megapixel photo filled by the code, out of focus because the phone was too near."""
    small = photographed(rng, code, 560)
    module = 560 / (code.shape[0] / 6)
    soft = cv2.GaussianBlur(small, (0, 0), module * float(rng.uniform(0.45, 0.75)))
    return as_file(grey3(noisy(rng, cv2.resize(soft, (3000, 3000), interpolation=cv2.INTER_CUBIC), 6)), 80)


def screen_moire(rng: Rng, code: Pixels) -> bytes:
    """A screen's pixels and lines photographed: stripes, rolling bands, colour, some blur and tilt."""
    side = 480.0
    grey = photographed(rng, code, side, 1000).astype(np.float32)
    x, y = np.meshgrid(np.arange(1000.0), np.arange(1000.0))
    channels = []
    for phase in (0.0, 2.1, 4.2):
        field = np.zeros_like(grey)
        for _ in range(2):
            period, angle = float(rng.uniform(3, 14)), float(rng.uniform(0, math.pi))
            field += np.sin((x * math.cos(angle) + y * math.sin(angle)) * 2 * math.pi / period + phase)
        band = np.sin(y * 2 * math.pi / float(rng.uniform(120, 400)) + phase)
        channels.append((40 + 0.6 * grey) * (1 + 0.30 * field + 0.15 * band))
    picture = np.clip(np.stack(channels, 2), 0, 255).astype(np.uint8)
    return as_file(cv2.GaussianBlur(picture, (0, 0), 0.8), 75)


def damaged(rng: Rng, code: Pixels) -> bytes:
    """A blot over the data area (callers pass level H)."""
    spoiled = code.copy()
    modules = code.shape[0] // 6
    side = int((modules - 8) * float(rng.uniform(0.38, 0.47))) * 6
    at = (10 + int(rng.integers(0, 3))) * 6, (10 + int(rng.integers(0, 3))) * 6
    cv2.rectangle(spoiled, at, (at[0] + side, at[1] + side), int(rng.choice([0, 255, 128])), -1)
    return as_file(grey3(photographed(rng, spoiled, 450)))


def tiny(rng: Rng, code: Pixels) -> bytes:
    """Modules of 1.7 to 2.4 pixels on a page, turned a little."""
    side = code.shape[0] / 6 * float(rng.uniform(1.7, 2.4))
    ground = paper(rng, 600, 600)
    corners = square((300.3, 299.6), side, float(rng.uniform(-12, 12)))
    return as_file(grey3(noisy(rng, warp_onto(ground, code, corners), 2)), 85)


def noise(rng: Rng, code: Pixels) -> bytes:
    """Night: heavy sensor noise."""
    grey = photographed(rng, code, 430) * 0.45 + 20
    return as_file(grey3(noisy(rng, grey.astype(np.float32), float(rng.uniform(25, 45)))), 80)


def dark_mode(rng: Rng, code: Pixels) -> bytes:
    """Inverted, light modules on a dark page, without a quiet zone."""
    bare = code[24:-24, 24:-24]
    side = bare.shape[0] / 6 * float(rng.uniform(3, 6))
    ground = np.full((800, 800), 28, np.uint8)
    drawn = np.where(bare > 0, 28, 225).astype(np.uint8)
    return as_file(grey3(warp_onto(ground, drawn, square((400, 400), side, float(rng.uniform(0, 360))))))


def trimmed(rng: Rng, code: Pixels) -> bytes:
    """Cut out along the code's edge: no quiet zone at all."""
    bare = code[24:-24, 24:-24]
    scale = float(rng.uniform(3.2, 6)) / 6
    return as_file(grey3(cv2.resize(bare, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)), 60)


def handheld(rng: Rng, code: Pixels) -> bytes:
    """A bit of everything: oblique, soft, noisy, dim, compressed."""
    corners = square((450, 450), 400, float(rng.uniform(0, 360)))
    corners += rng.uniform(-55, 55, corners.shape).astype(np.float32)
    grey = warp_onto(paper(rng, 900, 900), code, corners)
    module = 400 / (code.shape[0] / 6)
    soft = cv2.GaussianBlur(grey, (0, 0), module * float(rng.uniform(0.35, 0.6))) * 0.5 + 30
    return as_file(grey3(noisy(rng, soft, float(rng.uniform(6, 14)))), 45)


KINDS: dict[str, Callable[[Rng, Pixels], bytes]] = {
    f.__name__: f
    for f in (
        rotated, blurred, motion, jpeg20, perspective, low_contrast, shadow, long_screenshot, whole_page, close_up,
        screen_moire, damaged, tiny, noise, dark_mode, trimmed, handheld,
    )
}  # fmt: skip


def scene(kind: str, number: int) -> Scene:
    """Scene `number` of `kind`: version 3 to 10, error level L to Q (H where damaged)."""
    rng = np.random.default_rng([number, sorted(KINDS).index(kind)])
    size = int(rng.integers(45, 200)) if kind != "damaged" else int(rng.integers(25, 110))
    level = "h" if kind == "damaged" else str(rng.choice(["l", "m", "q"]))
    payload = payload_for(rng, size)
    return Scene(kind, number, KINDS[kind](rng, qr(payload, error=level)), (payload,))


def scenes(each: int) -> Iterator[Scene]:
    """`each` scenes of every kind."""
    for kind in KINDS:
        for number in range(each):
            yield scene(kind, number)
