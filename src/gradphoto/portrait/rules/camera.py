"""What the phone wrote into a JPEG about how it was taken (EXIF 3.0): lens, focal length, size. Never raises."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache

from gradphoto.portrait.photo import PhotoSource

EXIF_DIRECTORY, PIXELS_X, PIXELS_Y, FOCAL_35, LENS_MODEL = 0x8769, 0xA002, 0xA003, 0xA405, 0xA434
TEXT, SHORT, LONG = 2, 3, 4
MOST_TAGS = 512
MARK = b"Exif\0\0"
Entries = dict[int, int | bytes]


@dataclass(frozen=True)
class Camera:
    """Empty or 0 where the file doesn't say. `width`, `height`: as taken, so that a later crop shows."""

    lens: str = ""
    focal_35: int = 0
    width: int = 0
    height: int = 0


@lru_cache(maxsize=4)
def camera_of(source: PhotoSource) -> Camera:
    """The camera that took this photo, as far as a JPEG's EXIF block says."""
    # The header knows where its EXIF and similar blocks lie: it hides them from the decoder.
    starts = [at for at, _ in source.header.edits if source.data.startswith(MARK, at)]
    if source.format != "JPEG" or not starts:
        return Camera()
    block = source.data[starts[0] + len(MARK) : starts[0] + len(MARK) + 65536]
    try:
        return _camera(block)
    except (struct.error, IndexError, UnicodeDecodeError):
        return Camera()


def _camera(block: bytes) -> Camera:
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None:
        return Camera()
    first = _entries(block, order, *struct.unpack_from(order + "I", block, 4))
    at = first.get(EXIF_DIRECTORY)
    if not isinstance(at, int):
        return Camera()
    found = _entries(block, order, at)
    lens = found.get(LENS_MODEL, b"")
    focal, width, height = (_number(found.get(tag)) for tag in (FOCAL_35, PIXELS_X, PIXELS_Y))
    text = lens.rstrip(b"\0 ").decode("ascii") if isinstance(lens, bytes) else ""
    return Camera(text, focal, width, height)


def _number(value: int | bytes | None) -> int:
    return value if isinstance(value, int) else 0


def _entries(block: bytes, order: str, at: int) -> Entries:
    """Single numbers and texts of one image file directory."""
    (count,) = struct.unpack_from(order + "H", block, at)
    entries: Entries = {}
    for i in range(min(count, MOST_TAGS)):
        where = at + 2 + 12 * i
        tag, kind, number = struct.unpack_from(order + "HHI", block, where)
        if kind in (SHORT, LONG) and number == 1:
            (entries[tag],) = struct.unpack_from(order + ("H" if kind == SHORT else "I"), block, where + 8)
        elif kind == TEXT:
            start = where + 8 if number <= 4 else struct.unpack_from(order + "I", block, where + 8)[0]
            entries[tag] = block[start : start + number]
    return entries
