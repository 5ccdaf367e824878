"""Boxes of the ISO base media file format, as far as HEIF and AVIF need them (ISO/IEC 14496-12, 23008-12)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

# No real photo has more boxes or items: a walk over millions of empty ones would only take time.
_MOST_PARTS = 100_000
_TOP_LEVEL = frozenset((b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip", b"idat"))


@dataclass(frozen=True)
class Box:
    """The body of a box: data[start:end]; `end` may lie beyond the end of a file that was cut short."""

    kind: bytes
    start: int
    end: int


def boxes_in(data: bytes, start: int, end: int) -> Iterator[Box]:
    """The boxes that follow each other in data[start:end], until one can't be a box."""
    for _ in range(_MOST_PARTS):
        if start + 8 > end:
            return
        size, kind = struct.unpack_from(">I4s", data, start)
        body = start + 8
        if size == 1 and start + 16 <= end:
            (size,) = struct.unpack_from(">Q", data, body)
            body += 8
        stop = end if size == 0 else start + size
        if stop < body:
            return
        yield Box(kind, body, stop)
        start = stop


def top_boxes(data: bytes) -> dict[bytes, Box]:
    """The outermost boxes by kind, the first of each; phones' own trailers after them are left out."""
    found: dict[bytes, Box] = {}
    for box in boxes_in(data, 0, len(data)):
        if box.kind in _TOP_LEVEL:
            if box.kind not in found or box.end > len(data):
                found[box.kind] = box
        elif box.end > len(data):
            break
    return found


def nclx_of_primary(data: bytes, meta: Box) -> tuple[int, int] | None:
    """Colour primaries and transfer codes (ITU-T H.273) of the primary item, None where it has none.

    Other items (gain maps, depth) may carry other codes, so the item's own properties are looked up.
    """
    try:
        for box in _properties_of_primary(data, meta):
            if box.kind == b"colr" and data[box.start : box.start + 4] == b"nclx":
                primaries, transfer = struct.unpack_from(">HH", data, box.start + 4)
                return primaries, transfer
    except struct.error:
        pass  # the decoder will say what is wrong
    return None


def _properties_of_primary(data: bytes, meta: Box) -> Iterator[Box]:
    inside = {box.kind: box for box in boxes_in(data, meta.start + 4, meta.end)}
    if not {b"pitm", b"iprp"} <= inside.keys():
        return
    pitm, iprp = inside[b"pitm"], inside[b"iprp"]
    (primary,) = struct.unpack_from(">I" if data[pitm.start] else ">H", data, pitm.start + 4)
    parts = {box.kind: box for box in boxes_in(data, iprp.start, iprp.end)}
    if not {b"ipco", b"ipma"} <= parts.keys():
        return
    every = list(boxes_in(data, parts[b"ipco"].start, parts[b"ipco"].end))
    for index in _associations(data, parts[b"ipma"]).get(primary, ()):
        if 1 <= index <= len(every):
            yield every[index - 1]


def _associations(data: bytes, ipma: Box) -> dict[int, list[int]]:
    """Item -> numbers of its properties, counted from 1 (ISO/IEC 23008-12, 9.3.2)."""
    version, flags, count = struct.unpack_from(">B3sI", data, ipma.start)
    item_field, index_field = (">I" if version else ">H"), (">H" if flags[2] & 1 else ">B")
    mask = 0x7FFF if flags[2] & 1 else 0x7F
    found: dict[int, list[int]] = {}
    at = ipma.start + 8
    for _ in range(min(count, _MOST_PARTS)):
        if at >= ipma.end:
            break
        (item,) = struct.unpack_from(item_field, data, at)
        at += struct.calcsize(item_field)
        number = data[at] if at < len(data) else 0
        at += 1
        for _ in range(number):
            (index,) = struct.unpack_from(index_field, data, at)
            found.setdefault(item, []).append(index & mask)
            at += struct.calcsize(index_field)
    return found
