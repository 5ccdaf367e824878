"""The decoders and their boundary: from the bytes of one of the seven formats to upright sRGB pixels.

JPEG is decoded at 1/2, 1/4 or 1/8 directly from its DCT coefficients. The other formats are decoded whole and
then handed on in strips, each reduced, brought to sRGB and laid into the upright result, so that beside the
decoder's own picture there is never more than the result in memory.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

import cv2
import numpy as np
import pi_heif
from numpy.typing import NDArray
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from .photo_colour import ColourConversion, conversion
from .photo_header import exif_orientation
from .reasons import Refused, refuse

_STRIP_PIXELS = 2_000_000
_BITS_PER_SAMPLE = 258

# Made directly, not by Image.open(): that one would try other formats, and it checks sizes against a limit of
# the whole process, with a warning from half of it on.
_DECODERS: dict[str, Callable[[BytesIO], ImageFile.ImageFile]] = {
    "JPEG": JpegImagePlugin.JpegImageFile,
    "PNG": PngImagePlugin.PngImageFile,
    "AVIF": AvifImagePlugin.AvifImageFile,
    "BMP": BmpImagePlugin.BmpImageFile,
    "TIFF": TiffImagePlugin.TiffImageFile,
}
# mode of the decoder's picture -> the mode that it is brought to at 8 bits
_NARROW = {
    **{mode: mode for mode in ("L", "LA", "RGB", "RGBA", "CMYK")},
    **{"1": "L", "P": "RGB", "PA": "RGBA", "RGBa": "RGBA", "RGBX": "RGB", "YCbCr": "RGB"},
    **dict.fromkeys(("I;16", "I;16L", "I;16B", "I;16N"), "L"),
}
_WITH_ALPHA = {"L": "LA", "RGB": "RGBA"}
_WHITE = (255, 255, 255)


@dataclass(frozen=True)
class Raster:
    """A picture as its decoder gives it, in its stored orientation and colours.

    `narrow`: the 8-bit mode that holds it, alpha included, None if `mode` is not supported. `bits`: of each
    sample in modes "I;16...". `orientation`: the container's, 0 where only the file's header can know.
    `reduce(factor)` asks the decoder for a smaller picture and says what it will give. `rows(top, bottom)`
    decodes when first called.
    """

    size: tuple[int, int]
    mode: str
    narrow: str | None
    bits: int
    icc: bytes | None
    orientation: int
    reduce: Callable[[int], int]
    rows: Callable[[int, int], Image.Image]


@contextmanager
def decoding(format_name: str) -> Iterator[None]:
    """Turn whatever a decoder raises into Refused; the original exception stays as the cause.

    Hostile bytes make decoders, and the Python around them, raise nearly anything, MemoryError included.
    Nothing but decoding belongs inside.
    """
    try:
        with _quiet_tiff(format_name):
            yield
    except Refused:
        raise
    except Exception as error:
        raise refuse("truncated" if "truncated" in str(error).lower() else "damaged") from error


_warnings_lock = threading.Lock()


@contextmanager
def _quiet_tiff(format_name: str) -> Iterator[None]:
    """Pillow warns about odd TIFF tags, which helps nobody. Warning filters are global, hence the lock."""
    if format_name != "TIFF":
        yield
        return
    with _warnings_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def open_raster(data: bytes, format_name: str) -> Raster:
    """The picture in `data`, not decoded yet. To be called and used inside `decoding`."""
    if format_name == "HEIF":
        return _open_heif(data)
    return _open_webp(data) if format_name == "WEBP" else _open_pillow(data, format_name)


def _open_pillow(data: bytes, format_name: str) -> Raster:
    image = _DECODERS[format_name](BytesIO(data))
    full_size, bits, narrow = image.size, 16, _NARROW.get(image.mode)
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        bits = image.tag_v2.get(_BITS_PER_SAMPLE, (16,))[0]
    if "transparency" in image.info and not image.mode.startswith("I"):
        narrow = _WITH_ALPHA.get(narrow or "", narrow)

    def reduce(factor: int) -> int:
        if format_name != "JPEG":
            return 1
        width, height = full_size
        image.draft(None, (max(width // factor, 1), max(height // factor, 1)))
        return int(image.decoderconfig[0])

    def rows(top: int, bottom: int) -> Image.Image:
        return image.crop((0, top, image.width, bottom))

    exif = image.info.get("exif", b"") if format_name == "AVIF" else b""
    turned = exif_orientation(exif) if exif else 0
    return Raster(full_size, image.mode, narrow, bits, image.info.get("icc_profile"), turned, reduce, rows)


def _open_webp(data: bytes) -> Raster:
    """A WebP picture: Pillow reads the header, OpenCV the pixels (Pillow would take three times the memory)."""
    image = WebPImagePlugin.WebPImageFile(BytesIO(data))
    size, mode, icc = image.size, image.mode, image.info.get("icc_profile")

    @cache
    def pixels() -> NDArray[np.uint8]:
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        if decoded is None or decoded.ndim != 3 or decoded.shape[1::-1] != size:
            raise ValueError("the coded picture can't be decoded, or not at the size that the container says")
        return np.asarray(decoded, np.uint8)

    def rows(top: int, bottom: int) -> Image.Image:
        part = pixels()[top:bottom]
        return Image.fromarray(part[..., [2, 1, 0, 3][: part.shape[2]]])

    return Raster(size, mode, _NARROW.get(mode), 8, icc, 0, lambda factor: 1, rows)


def _open_heif(data: bytes) -> Raster:
    """The primary picture of a HEIF file. libheif applies the container's crop, rotation and mirroring."""
    container = pi_heif.open_heif(data, convert_hdr_to_8bit=True)
    primary = next((image for image in container if image.info["primary"]), None)
    if primary is None:  # libheif leaves out what it can't read
        raise refuse("damaged") if b"hvc1" in data else refuse("unsupported_format", format="HEIF (codec)")
    image = primary
    (width, height), mode = image.size, image.mode

    def rows(top: int, bottom: int) -> Image.Image:
        pixels, stride = image.data, image.stride
        if image.size != (width, height):
            raise ValueError("the coded picture has another size than the container says")
        part = np.frombuffer(pixels, np.uint8)[top * stride : bottom * stride]
        return Image.frombuffer(mode, (width, bottom - top), part, "raw", mode, stride, 1)

    # Grey of more than 8 bits must not get to the decoder: pi_heif trusts the depth that the container names, and
    # writes beyond the picture where the coded one is shallower.
    narrow = _NARROW[mode] if mode in ("L", "RGB", "RGBA", "RGBa") else None
    icc = image.info.get("icc_profile")
    return Raster((width, height), mode, narrow, 8, icc, 0, lambda factor: 1, rows)


def decode_upright(
    raster: Raster, reduction: int, orientation: int, nclx: tuple[int, int] | None
) -> tuple[NDArray[np.uint8], int, tuple[dict[str, Any], ...]]:
    """(uint8 sRGB pixels of shape (H, W, 3), the reduction really used, steps). `orientation` is EXIF 1-8."""
    narrow = raster.narrow or "RGB"
    by_decoder = raster.reduce(reduction)
    factor = max(reduction // by_decoder, 1)
    colour = conversion({"LA": "L", "RGBA": "RGB"}.get(narrow, narrow), raster.icc, nclx)
    steps = [{"op": "reduce", "factor": by_decoder, "by": "dct"}] if by_decoder > 1 else []
    steps += [{"op": "reduce", "factor": factor, "by": "box"}] if factor > 1 else []
    steps += [{"op": "to_8_bit", "bits": raster.bits}] if raster.mode.startswith("I;16") else []
    steps += colour.steps
    steps += [{"op": "flatten_alpha", "over": list(_WHITE)}] if narrow.endswith("A") else []
    steps += [{"op": "orient", "exif": orientation}] if orientation != 1 else []
    width, height = (-(-side // by_decoder) for side in raster.size)
    shape = (-(-height // factor), -(-width // factor), 3)
    upright = np.empty(shape if orientation < 5 else (shape[1], shape[0], 3), np.uint8)
    stored = _stored_view(upright, orientation)
    strip = max(_STRIP_PIXELS // width // factor, 1) * factor
    for top in range(0, height, strip):
        part = _narrow(raster.rows(top, min(top + strip, height)), raster, narrow)
        part = part.reduce(factor) if factor > 1 else part
        stored[top // factor : top // factor + part.height] = np.asarray(_flat(part, colour))
    return upright, by_decoder * factor, tuple(steps)


def _stored_view(upright: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """The upright picture seen as it is stored: what is written to it turns upright (Exif 3.0, 4.6.5)."""
    view = upright.transpose(1, 0, 2) if orientation >= 5 else upright
    view = view[::-1] if orientation in (3, 4, 6, 7) else view
    return view[:, ::-1] if orientation in (2, 3, 7, 8) else view


def _narrow(part: Image.Image, raster: Raster, mode: str) -> Image.Image:
    """`part` at 8 bits in `mode`. Pillow itself would clip 16-bit grey instead of scaling it."""
    if not raster.mode.startswith("I;16"):
        return part if part.mode == mode else part.convert(mode)
    top = 2**raster.bits - 1
    wide = np.asarray(part).astype(np.uint32)
    return Image.fromarray(np.minimum((wide * 255 + top // 2) // top, 255).astype(np.uint8))


def _flat(part: Image.Image, colour: ColourConversion) -> Image.Image:
    """`part` in sRGB, laid over white where it has an alpha."""
    if part.mode not in _WITH_ALPHA.values():
        return colour.apply(part)
    alpha = part.getchannel("A")
    opaque = colour.apply(part.convert(part.mode[:-1]))
    return Image.composite(opaque, Image.new("RGB", part.size, _WHITE), alpha)
