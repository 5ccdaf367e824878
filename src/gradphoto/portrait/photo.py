"""From the bytes of an upload to upright sRGB pixels, or to a refusal with a reason: no third outcome.

    open_photo(data) -> PhotoSource                  format, size, orientation: checked, nothing decoded
    PhotoSource.decode(reduction) -> Photo           pixels, and the steps that led to them

`photo_sniff` recognises the format, `photo_header` reads what the container says, `photo_decode` runs the
decoders, `photo_colour` brings the colours to sRGB.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .photo_decode import Raster, decode_upright, decoding, open_raster
from .photo_header import Header, read_header
from .photo_sniff import sniff
from .reasons import refuse

REDUCTIONS = (1, 2, 4, 8)
_HDR_TRANSFER = {16: "HDR, PQ", 18: "HDR, HLG"}  # transfer codes of ITU-T H.273


@dataclass(frozen=True)
class Limits:
    """What an upload may measure: pixels, bytes, shorter side in pixels.

    Above `bomb_pixels` the file is taken for an attack rather than for a photo. Some decoders stop at 170
    million pixels by themselves, whatever is set here.
    """

    max_pixels: int = 100_000_000
    max_bytes: int = 64_000_000
    min_side: int = 200
    bomb_pixels: int = 400_000_000


@dataclass(frozen=True)
class PhotoSource:
    """An upload whose header was read and found acceptable; its pixels are not decoded yet.

    `format`: "JPEG", "PNG", "WEBP", "HEIF", "AVIF", "BMP" or "TIFF". `width`, `height`: full size in pixels,
    upright. `orientation`: EXIF 1-8 as applied (AVIF: its container's; HEIF: 1, its decoder turns it).
    """

    data: bytes = field(repr=False)
    sha256: str
    format: str
    width: int
    height: int
    orientation: int
    header: Header = field(repr=False)

    def decode(self, reduction: int = 1) -> Photo:
        """The pixels at 1/`reduction` (1, 2, 4 or 8) of the full size, rounded up. Deterministic.

        Raises Refused with truncated, damaged or unsupported_format where the pixels can't be decoded.
        """
        if reduction not in REDUCTIONS:
            raise ValueError(f"reduction must be one of {REDUCTIONS}, not {reduction}")
        with decoding(self.format):
            raster = open_raster(self.header.apply(self.data), self.format)
            pixels, used, steps = decode_upright(raster, reduction, self.orientation, self.header.nclx)
        return Photo(pixels, used, self, steps)


@dataclass(frozen=True)
class Photo:
    """Decoded pixels: uint8 of shape (H, W, 3), sRGB, upright.

    `reduction` is the one really used; `steps` say in order, and fit for JSON, what was done to the pixels.
    """

    pixels: NDArray[np.uint8] = field(repr=False)
    reduction: int
    source: PhotoSource
    steps: tuple[dict[str, Any], ...]

    @property
    def scale(self) -> float:
        """Decoded pixels per pixel of the full size.

        Exactly 1/reduction: where a side is no multiple of it, the last row or column stands for a part only.
        """
        return 1 / self.reduction


def read_photo(data: bytes, reduction: int = 1) -> Photo:
    """`open_photo` with the usual limits, then `decode`. Raises Refused."""
    return open_photo(data).decode(reduction)


def open_photo(data: bytes, limits: Limits = Limits()) -> PhotoSource:
    """Read and check the header of an upload. Raises Refused, and nothing else, whatever the bytes."""
    if len(data) > limits.max_bytes:
        raise refuse("too_large_bytes", megabytes=_millions(len(data)), limit=_millions(limits.max_bytes))
    format_name = sniff(data)
    header = read_header(data, format_name)
    if header.frames > 1:
        raise refuse("animated", frames=header.frames)
    _check_pixels(header.pixels, limits)
    with decoding(format_name):
        raster = open_raster(header.apply(data), format_name)
    _check_raster(raster, header, format_name, limits)
    orientation = raster.orientation or header.orientation
    width, height = raster.size if orientation < 5 else raster.size[::-1]
    digest = hashlib.sha256(data).hexdigest()
    return PhotoSource(data, digest, format_name, width, height, orientation, header)


def _check_raster(raster: Raster, header: Header, format_name: str, limits: Limits) -> None:
    """Raises Refused for a picture of a size or kind that is not accepted."""
    width, height = raster.size
    _check_pixels(width * height, limits)
    if min(width, height) < limits.min_side:
        raise refuse("too_small", width=width, height=height, limit=limits.min_side)
    if raster.narrow is None:
        raise refuse("unsupported_format", format=f"{format_name} ({raster.mode})")
    if raster.icc is None and header.nclx and header.nclx[1] in _HDR_TRANSFER:
        raise refuse("unsupported_format", format=f"{format_name} ({_HDR_TRANSFER[header.nclx[1]]})")


def _check_pixels(pixels: int, limits: Limits) -> None:
    """Raises Refused if that many pixels are too many."""
    if pixels > limits.bomb_pixels:
        raise refuse("decompression_bomb", megapixels=_millions(pixels))
    if pixels > limits.max_pixels:
        raise refuse("too_large_pixels", megapixels=_millions(pixels), limit=_millions(limits.max_pixels))


def _millions(number: int) -> float:
    """In millions, rounded up to one decimal: what is over a limit must also read so."""
    tenths = math.ceil(number / 100_000)
    return tenths // 10 if tenths % 10 == 0 else tenths / 10
