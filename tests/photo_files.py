"""Photos made in code for the tests of reading: a pattern with known colours in every format and mode."""

from __future__ import annotations

import functools
import struct
import zlib
from io import BytesIO
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import heic_files
from gradphoto.portrait.photo import Limits, Photo, open_photo
from gradphoto.portrait.reasons import Reason, Refused

Tags = dict[int, tuple[int, tuple[int, ...]]]  # number -> (type, values)

Pixels = NDArray[np.uint8]

WIDTH, HEIGHT = 240, 208
RED, GREEN, BLUE, CREAM = (200, 40, 50), (30, 170, 70), (20, 60, 210), (245, 235, 220)


def pattern(width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """Red, green / blue, cream quarters: no two orientations look the same."""
    picture = np.empty((height, width, 3), np.uint8)
    middle_y, middle_x = height // 2, width // 2
    picture[:middle_y, :middle_x], picture[:middle_y, middle_x:] = RED, GREEN
    picture[middle_y:, :middle_x], picture[middle_y:, middle_x:] = BLUE, CREAM
    return picture


def ramp(width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """Every level in every channel, in different directions."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x * 255 // (width - 1), y * 255 // (height - 1), (x + 2 * y) % 256], -1).astype(np.uint8)


def saved(picture: NDArray[Any] | Image.Image, kind: str, **options: object) -> bytes:
    """The file as Pillow writes it."""
    out = BytesIO()
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(out, kind, **options)
    return out.getvalue()


def exif(orientation: int, order: str = "<") -> bytes:
    """EXIF with nothing but the orientation."""
    head = b"Exif\0\0" + (b"II*\0" if order == "<" else b"MM\0*")
    return head + struct.pack(order + "IHHHIHHI", 8, 1, 274, 3, 1, orientation, 0, 0)


def jpeg_with(data: bytes, marker: int, body: bytes) -> bytes:
    """A JPEG with one more segment right after its start."""
    return data[:2] + struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body + data[2:]


def png_with(data: bytes, kind: bytes, body: bytes) -> bytes:
    """A PNG with one more chunk after its header."""
    return data[:33] + png_chunk(kind, body) + data[33:]


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def huge_png(width: int, height: int) -> bytes:
    """A sound PNG header over nearly no data."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = (
        png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(bytes(1000))) + png_chunk(b"IEND", b"")
    )
    return b"\x89PNG\r\n\x1a\n" + body


def tiff(*pages: tuple[Tags, bytes], order: str = "<") -> bytes:
    """A TIFF of pages (tags: number -> (type, values), one strip of samples); strip tags are added."""
    out = bytearray((b"II*\0" if order == "<" else b"MM\0*") + bytes(4))
    link = 4
    for tags, strip in pages:
        place = len(out)
        out += strip + bytes(len(strip) % 2)
        every = {**tags, 273: (4, (place,)), 279: (4, (len(strip),))}
        rows = b""
        for number, (kind, values) in sorted(every.items()):
            raw = struct.pack(f"{order}{len(values)}{ {1: 'B', 3: 'H', 4: 'I'}[kind] }", *values)
            if len(raw) > 4:
                out += raw
                raw = struct.pack(order + "I", len(out) - len(raw))
            rows += struct.pack(order + "HHI", number, kind, len(values)) + raw.ljust(4, b"\0")
        struct.pack_into(order + "I", out, link, len(out))
        out += struct.pack(order + "H", len(every)) + rows
        link = len(out)
        out += bytes(4)
    return bytes(out)


def tiff_tags(width: int, height: int, bits: tuple[int, ...], photometric: int) -> Tags:
    """The tags of an uncompressed picture; one number of bits per sample."""
    return {
        256: (3, (width,)), 257: (3, (height,)), 258: (3, bits), 259: (3, (1,)), 262: (3, (photometric,)),
        277: (3, (len(bits),)), 278: (3, (height,)),
    }  # fmt: skip


def plain_tiff(picture: NDArray[np.uint8], tags: Tags | None = None) -> bytes:
    height, width = picture.shape[:2]
    return tiff(({**tiff_tags(width, height, (8, 8, 8), 2), **(tags or {})}, picture.tobytes()))


def png16(picture: NDArray[np.uint16]) -> bytes:
    """A 16-bit PNG of RGB as OpenCV writes it."""
    return cv2.imencode(".png", picture[..., ::-1])[1].tobytes()


def heic(
    picture: NDArray[np.uint8],
    *extra: bytes,
    depth: int = 8,
    grey: bool = False,
    colour: tuple[int, int] | None = (1, 13),
) -> bytes:
    return heic_files.heic(heic_files.picture(picture, *extra, depth=depth, grey=grey, colour=colour))


@functools.cache
def every_format() -> dict[str, bytes]:
    """One small sound photo in each format and in the modes that take different ways through the decoders."""
    rgb = ramp()
    image = Image.fromarray(rgb)
    see_through = np.dstack([rgb, ramp()[..., 0]])
    grey = np.asarray(image.convert("L"))
    grey16 = grey.astype(np.uint16) * 257
    return {
        "jpeg": saved(rgb, "JPEG", exif=exif(6), quality=90),
        "jpeg_progressive": saved(rgb, "JPEG", progressive=True),
        "jpeg_grey": saved(grey, "JPEG"),
        "jpeg_cmyk": saved(image.convert("CMYK"), "JPEG"),
        "mpo": saved(rgb, "MPO", save_all=True, append_images=[image.resize((120, 104))]),
        "png": saved(rgb, "PNG", exif=exif(3)),
        "png_grey16": saved(grey16, "PNG"),
        "png_rgb16": png16(rgb.astype(np.uint16) * 257),
        "png_palette": saved(image.quantize(64), "PNG", transparency=3),
        "png_alpha": saved(see_through, "PNG"),
        "webp": saved(rgb, "WEBP", exif=exif(8)),
        "webp_lossless_alpha": saved(see_through, "WEBP", lossless=True),
        "avif": saved(rgb, "AVIF", exif=exif(6), speed=10),
        "avif_alpha": saved(see_through, "AVIF", speed=10),
        "bmp": saved(rgb, "BMP"),
        "bmp_palette": saved(image.quantize(16), "BMP"),
        "tiff": plain_tiff(rgb, tags={274: (3, (5,))}),
        "tiff_deflate": saved(rgb, "TIFF", compression="tiff_adobe_deflate"),
        "tiff_jpeg": saved(rgb, "TIFF", compression="jpeg"),
        "tiff_lzw_grey16": saved(grey16, "TIFF", compression="tiff_lzw"),
        "heic": heic(rgb, heic_files.turned(1)),
        "heic_grey": heic(rgb, grey=True),
    }


# -- comparing --------------------------------------------------------------------------------------------


def error(photo: Photo, expected: Pixels) -> int:
    """The largest difference in any channel, in levels."""
    assert photo.pixels.dtype == np.uint8
    assert photo.pixels.shape == expected.shape
    return int(np.abs(photo.pixels.astype(int) - expected).max())


def quarters(photo: Photo) -> NDArray[np.float64]:
    """The mean colours well inside the quarters: upper left, upper right, lower left, lower right."""
    height, width = photo.pixels.shape[:2]
    ys, xs = (height // 8, height * 5 // 8), (width // 8, width * 5 // 8)
    boxes = [photo.pixels[y : y + height // 4, x : x + width // 4] for y in ys for x in xs]
    return np.array([box.reshape(-1, 3).mean(0) for box in boxes])


def quarters_error(photo: Photo, *colours: tuple[float, ...]) -> float:
    return float(np.abs(quarters(photo) - np.array(colours)).max())


def refusal(data: bytes, limits: Limits | None = None) -> Reason:
    """The one reason for which a file is refused, at the header or when its pixels are decoded."""
    with pytest.raises(Refused) as caught:
        open_photo(data, limits or Limits()).decode()
    (reason,) = caught.value.reasons
    assert reason.zh
    assert reason.en
    assert "{" not in reason.zh + reason.en
    return reason


def code(data: bytes) -> str:
    return refusal(data).code
