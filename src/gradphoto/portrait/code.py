"""Reads the collection code (图像采集码): a picture file in, the QR payloads in it out.

The payload is an opaque secret (an encrypted identity). It is kept byte for byte, never logged, never part of an error
and hidden from `repr`. Only QR codes count: Micro QR, rMQR and bar codes on the same page are passed over.

One call of zxing-cpp reads most pictures. What it misses is tried again, in this order:

1. the whole picture, as it is, split into black and white by one threshold: survives moire and noise;
2. the picture at two working sizes (a long screenshot as a row of squares), repaired in the ways of `_REPAIRS`: local
   thresholds for shadows and low contrast, deblurring of several strengths;
3. the busiest tiles of the picture at twice its size, repaired by two of them: a small code on a large page.

`bench/codes.py` measures what each of them buys; what bought nothing was taken out again. Light-on-dark, turned and
slanted codes, and codes without a quiet zone are zxing-cpp's own and need no attempt of ours.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from gradphoto.portrait.photo import Limits, open_photo
from gradphoto.portrait.reasons import refuse

Grey = NDArray[np.uint8]
Point = tuple[float, float]

MIN_SIDE = 21
"""Pixels: the smallest QR code has 21 modules a side."""
WORKING_SIDES = (600, 1200)
"""Pixels of the longer side at which the repairs' strengths, given in pixels, fit codes of usual and of small size."""
LONG, SQUARES = 2.5, 16
"""Sides in a ratio above this make a long screenshot, cut into about so many squares at most."""
TILE, TILE_OVERLAP, TILES = 700, 280, 6
"""Pixels of a tile's side, pixels that neighbours share, and how many of the busiest are tried."""


@dataclass(frozen=True)
class Code:
    """One QR code. `corners` are (x, y) pixels of the upright picture, clockwise from the code's own top left."""

    raw: bytes = field(repr=False)
    format: str
    corners: tuple[Point, Point, Point, Point]

    @property
    def text(self) -> str | None:
        """The payload as text where it is UTF-8, else None (binary: use `raw`)."""
        try:
            return self.raw.decode("utf-8")
        except UnicodeDecodeError:
            return None


def read_codes(data: bytes) -> tuple[Code, ...]:
    """The QR codes in the picture file `data`, at least one, from top to bottom; the same payload counts once.

    Raises Refused: `no_code`, `code_unreadable` (seen, but too poor to decode), or as the photo reader.
    """
    codes, spoiled = find_codes(open_photo(data, Limits(min_side=MIN_SIDE)).decode().pixels)
    if not codes:
        raise refuse("code_unreadable" if spoiled else "no_code")
    return codes


def read_code(data: bytes) -> Code:
    """The only QR code in the picture file `data`. Raises Refused as `read_codes`, and with `several_codes`."""
    codes = read_codes(data)
    if len(codes) > 1:
        raise refuse("several_codes", count=len(codes))
    return codes[0]


def find_codes(pixels: NDArray[np.uint8]) -> tuple[tuple[Code, ...], bool]:
    """The codes in `pixels` (H, W, 3) sRGB, and whether another was seen that could not be decoded."""
    found: dict[bytes, Code] = {}
    spoiled: list[Point] = []
    for attempt in attempts(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)):
        codes, failures = attempt.read()
        for code in codes:
            found.setdefault(code.raw, code)
        spoiled = [p for p in spoiled + failures if not any(_inside(p, c) for c in found.values())]
        if found and not spoiled:
            break
    ordered = sorted(found.values(), key=lambda code: (code.corners[0][1], code.corners[0][0]))
    return tuple(ordered), bool(spoiled)


@dataclass(frozen=True)
class View:
    """A part of the picture: its pixels, the scale they are at, and where its corner lies in the picture."""

    pixels: Grey
    name: str = "full size"
    scale: float = 1.0
    offset: Point = (0.0, 0.0)

    def resized(self, scale: float, name: str) -> View:
        """The same part, `scale` times as large."""
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        pixels = cv2.resize(self.pixels, None, fx=scale, fy=scale, interpolation=method).astype(np.uint8)
        return View(pixels, name, self.scale * scale, self.offset)

    def in_picture(self, point: zxingcpp.Point) -> Point:
        """Pixel centres lie at whole numbers, in the view as in the picture."""
        return (point.x + 0.5) / self.scale + self.offset[0] - 0.5, (
            point.y + 0.5
        ) / self.scale + self.offset[1] - 0.5


@dataclass(frozen=True)
class Attempt:
    """One call of zxing-cpp: on which part of the picture, repaired how, split into black and white how."""

    name: str
    view: View
    repair: Callable[[Grey], Grey] | None = None
    binarizer: zxingcpp.Binarizer = zxingcpp.Binarizer.LocalAverage

    def read(self) -> tuple[list[Code], list[Point]]:
        """The codes decoded, and the centres of those seen but not decoded."""
        grey = self.view.pixels if self.repair is None else self.repair(self.view.pixels)
        codes, failures = [], []
        for symbol in zxingcpp.read_barcodes(
            np.ascontiguousarray(grey),
            formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCodeModel2]),
            binarizer=self.binarizer,
            return_errors=True,
        ):
            corners = _corners(symbol.position, self.view)
            if symbol.valid and symbol.bytes:
                codes.append(Code(symbol.bytes, str(symbol.format), corners))
            else:
                failures.append((sum(c[0] for c in corners) / 4, sum(c[1] for c in corners) / 4))
        return codes, failures


def _corners(position: zxingcpp.Position, view: View) -> tuple[Point, Point, Point, Point]:
    clockwise = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    a, b, c, d = (view.in_picture(point) for point in clockwise)
    return a, b, c, d


def _inside(point: Point, code: Code) -> bool:
    return cv2.pointPolygonTest(np.array(code.corners, np.float32), point, False) >= 0


def _deblur(grey: Grey, sigma: float, noise: float) -> Grey:
    """Undoes a Gaussian blur of `sigma` pixels (Wiener filter); `noise` is the noise-to-signal power it expects."""
    height, width = grey.shape
    rows, columns = cv2.getOptimalDFTSize(height), cv2.getOptimalDFTSize(width)
    padded = cv2.copyMakeBorder(grey, 0, rows - height, 0, columns - width, cv2.BORDER_REFLECT)
    fy, fx = np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None]
    blur = np.exp(-2 * (np.pi * sigma) ** 2 * (fx**2 + fy**2)).astype(np.float32)
    spectrum = np.fft.rfft2(padded.astype(np.float32)) * (blur / (blur**2 + noise))
    sharp = np.fft.irfft2(spectrum, s=padded.shape)[:height, :width]
    return np.clip(sharp, 0, 255).astype(np.uint8)


def _threshold(grey: NDArray[Any], block: int) -> Grey:
    """Black and white against the surroundings of `block` pixels: finer than zxing-cpp's own local split."""
    method = cv2.ADAPTIVE_THRESH_GAUSSIAN_C
    return cv2.adaptiveThreshold(grey, 255, method, cv2.THRESH_BINARY, block, 0).astype(np.uint8)


# Greatest gain a millisecond first, as bench/codes.py measured it.
_REPAIRS: dict[str, Callable[[Grey], Grey]] = {
    "smooth, threshold": lambda grey: _threshold(cv2.GaussianBlur(grey, (0, 0), 1.5), 15),
    "deblur 2.5": lambda grey: _deblur(grey, 2.5, 0.01),
    "deblur 4": lambda grey: _deblur(grey, 4, 0.003),
    "deblur 2, threshold": lambda grey: _threshold(_deblur(grey, 2, 0.03), 21),
}
_TILE_REPAIRS = ("smooth, threshold", "deblur 2.5")


def attempts(grey: Grey) -> Iterator[Attempt]:
    """In the order of the module's description; lazily, as most pictures need the first only."""
    whole = View(grey)
    yield Attempt("as it is", whole)
    yield Attempt("one threshold", whole, binarizer=zxingcpp.Binarizer.GlobalHistogram)
    for view in _working_views(grey):
        yield from (Attempt(f"{view.name}: {name}", view, repair) for name, repair in _REPAIRS.items())
    for tile in _busiest_tiles(grey):
        yield from (Attempt(f"{tile.name}: {name}", tile, _REPAIRS[name]) for name in _TILE_REPAIRS)


def _working_views(grey: Grey) -> Iterator[View]:
    """The picture at the working sizes; a long screenshot as a row of overlapping squares."""
    for square in _squares(grey):
        longer = max(square.pixels.shape)
        for side in WORKING_SIDES:
            if side < longer:
                yield square.resized(side / longer, f"{side} px")
        if longer <= WORKING_SIDES[-1]:
            yield square


def _squares(grey: Grey) -> Iterator[View]:
    shorter, longer = sorted(grey.shape)
    if longer <= LONG * shorter:
        yield View(grey)
        return
    window = max(shorter, longer // SQUARES)  # a mere strip would fall into thousands
    for start in _starts(longer, window, window // 3):
        upright = grey.shape[0] == longer
        part = grey[start : start + window] if upright else grey[:, start : start + window]
        yield View(part, offset=(0.0, start) if upright else (start, 0.0))


def _busiest_tiles(grey: Grey) -> Iterator[View]:
    """The tiles of a large picture with the strongest edges, enlarged twice, busiest first."""
    if max(grey.shape) <= WORKING_SIDES[-1]:
        return
    kernel = np.ones((3, 3), np.uint8)
    edges = cv2.absdiff(cv2.dilate(grey, kernel), cv2.erode(grey, kernel)).astype(np.uint8, copy=False)
    corners = product(_starts(grey.shape[0], TILE, TILE_OVERLAP), _starts(grey.shape[1], TILE, TILE_OVERLAP))
    ranked = sorted(corners, key=lambda at: -int(_tile(edges, at).sum(dtype=np.int64)))
    for top, left in ranked[:TILES]:
        yield View(_tile(grey, (top, left)), offset=(left, top)).resized(2.0, "tile")


def _tile(pixels: Grey, at: tuple[int, int]) -> Grey:
    return pixels[at[0] : at[0] + TILE, at[1] : at[1] + TILE]


def _starts(length: int, window: int, overlap: int) -> list[int]:
    """Where windows begin that cover `length` pixels and share at least `overlap`; the last ends with the picture."""
    if length <= window:
        return [0]
    count = math.ceil((length - overlap) / (window - overlap))
    return [round(i * (length - window) / (count - 1)) for i in range(count)]
