"""What a photo's container says before any decoder runs: whole or cut short, frames, which way is up.

Decoders are lenient about some of this and wasteful about other parts (a WebP decoder reserves its canvas at
once), so it is read here, from the bytes alone and within their bounds.

    JPEG  ITU-T T.81 Annex B          TIFF  TIFF 6.0, section 2
    PNG   W3C PNG, section 5          HEIF  ISO/IEC 23008-12, 14496-12
    WebP  RFC 9649                    AVIF  the same, and AOM AVIF 1.1
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from .photo_boxes import nclx_of_primary, top_boxes
from .reasons import refuse

# libjpeg works through the whole picture once a scan: a real progressive photo has about ten.
_MOST_SCANS = 64
# No real file has more segments, chunks or pages: a walk over millions of empty ones would only take time.
_MOST_PARTS = 100_000
_MOST_PAGES = 100
_MOST_TAGS = 4096
_AFTER_FIRST_SCAN = frozenset((0xC4, 0xDA, 0xDB, 0xDC, 0xDD, 0xFE, *range(0xE0, 0xF0)))
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # not a stuffed byte, a filler or a restart


@dataclass(frozen=True)
class Header:
    """`frames` pictures of at most `pixels` (0: unknown); `orientation` (EXIF 1-8) is for us to apply.

    `nclx` holds (primaries, transfer) codes of ITU-T H.273 where the container has them. `edits` are (offset,
    replacement) for the decoder's copy of the file: they hide what is read here and would only trouble it.
    """

    frames: int = 1
    pixels: int = 0
    orientation: int = 1
    nclx: tuple[int, int] | None = None
    edits: tuple[tuple[int, bytes], ...] = ()

    def apply(self, data: bytes) -> bytes:
        """The bytes to give to the decoder: `data` with the edits, the same object if there are none."""
        if not self.edits:
            return data
        copy = bytearray(data)
        for at, replacement in self.edits:
            copy[at : at + len(replacement)] = replacement
        return bytes(copy)


def read_header(data: bytes, format_name: str) -> Header:
    """The header of a file that `sniff` took for `format_name`.

    Raises Refused with truncated, damaged or unsupported_format. Never anything else, whatever the bytes.
    """
    try:
        return _READERS[format_name](data)
    except (struct.error, IndexError):  # a field that lies beyond the end
        raise refuse("truncated") from None


# -- JPEG ----------------------------------------------------------------------------------------------


def _jpeg(data: bytes) -> Header:
    """Walk the markers of the first picture (what follows it, in MPO or motion photos, is not looked at)."""
    at, scans = 2, 0
    hidden: list[tuple[int, bytes]] = []
    orientation = 0
    for _ in range(_MOST_PARTS):
        found = _NEXT_MARKER.search(data, at)
        if found is None:
            raise refuse("truncated")
        marker, body = found[0][1], found.end() + 2
        if marker == 0xD9 and scans:
            return Header(orientation=orientation or 1, edits=tuple(hidden))
        skipped = data[at : found.start()].strip(b"\xff") if not scans else b""
        if skipped or (marker not in _AFTER_FIRST_SCAN if scans else marker == 0xD9):
            raise refuse("damaged")
        (length,) = struct.unpack_from(">H", data, found.end())
        at = found.end() + length
        scans += marker == 0xDA
        if at > len(data):
            raise refuse("truncated")
        if length < 2 or scans > _MOST_SCANS:
            raise refuse("damaged")
        # EXIF, XMP, Photoshop: all that we need is the orientation, and broken ones trouble the decoder
        if marker in (0xE1, 0xED) and length >= 6:
            hidden.append((body, b"none"))
            if data.startswith(b"Exif\0\0", body):
                orientation = orientation or exif_orientation(data[body:at])
    raise refuse("damaged")


# -- PNG -----------------------------------------------------------------------------------------------


def _png(data: bytes) -> Header:
    """Walk the chunks, checking the sums of the critical ones."""
    at, frames, orientation, controls = 8, 1, 1, 0
    for _ in range(_MOST_PARTS):
        length, kind = struct.unpack_from(">I4s", data, at)
        body, end = at + 8, at + 8 + length
        (checksum,) = struct.unpack_from(">I", data, end)
        if not kind[0] & 0x20 and zlib.crc32(memoryview(data)[at + 4 : end]) != checksum:
            raise refuse("damaged")
        if kind == b"IEND":
            if controls > 1 or frames < 1:
                break
            return Header(frames=frames, orientation=orientation)
        if kind == b"acTL":
            controls += 1
            (frames,) = struct.unpack_from(">I", data, body)
        elif kind == b"eXIf":
            orientation = exif_orientation(data[body:end])
        at = end + 4
    raise refuse("damaged")


# -- WebP ----------------------------------------------------------------------------------------------


def _webp(data: bytes) -> Header:
    """Walk the RIFF chunks. A decoder reserves its canvas as soon as it is made: the size comes first."""
    (size,) = struct.unpack_from("<I", data, 4)
    if size + 8 > len(data) + 1:  # some encoders count a padding byte that they never write
        raise refuse("truncated")
    end = min(size + 8, len(data))
    at, frames, orientation, pixels = 12, 0, 1, 0
    for _ in range(_MOST_PARTS):
        if at + 8 > end:
            break
        kind, length = struct.unpack_from("<4sI", data, at)
        body = at + 8
        frames += kind == b"ANMF"
        if kind == b"EXIF":
            orientation = exif_orientation(data[body : body + length])
        pixels = max(pixels, _webp_pixels(kind, data[body : body + 10]))
        at = body + length + (length & 1)
    return Header(frames=max(frames, 1), pixels=pixels, orientation=orientation)


def _webp_pixels(kind: bytes, body: bytes) -> int:
    """The picture size that a chunk declares, 0 if it declares none."""
    if kind == b"VP8X":
        return (int.from_bytes(body[4:7], "little") + 1) * (int.from_bytes(body[7:10], "little") + 1)
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return ((bits & 0x3FFF) + 1) * ((bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", body, 6)
        return int(width & 0x3FFF) * int(height & 0x3FFF)
    return 0


# -- HEIF and AVIF -------------------------------------------------------------------------------------


def _heif(data: bytes) -> Header:
    """libheif turns the picture as the container demands: the EXIF orientation must not be used again."""
    return _iso(data, sequences=(b"hevc", b"hevx", b"hevm", b"hevs", b"msf1"))


def _avif(data: bytes) -> Header:
    """Pillow gives the container's rotation as an EXIF orientation; the file's own EXIF is hidden from it."""
    return _iso(data, sequences=(b"avis",))


def _iso(data: bytes, sequences: tuple[bytes, ...]) -> Header:
    boxes = top_boxes(data)
    if any(box.end > len(data) for box in boxes.values()):
        raise refuse("truncated")
    if data[8:12] in sequences:
        sizes = data.find(b"stsz")
        frames = int.from_bytes(data[sizes + 12 : sizes + 16], "big") if sizes >= 0 else 0
        return Header(frames=max(frames, 2))
    meta = boxes.get(b"meta")
    if meta is None:
        raise refuse("truncated" if b"mdat" not in boxes else "damaged")
    head = data[meta.start : meta.end]
    # the largest picture declared: tiles, the whole and helpers alike (`ispe`, ISO/IEC 23008-12, 6.5.3)
    declared = re.finditer(rb"ispe.{4}(.{4})(.{4})", head, re.DOTALL)
    return Header(
        pixels=max((int.from_bytes(m[1], "big") * int.from_bytes(m[2], "big") for m in declared), default=0),
        nclx=nclx_of_primary(data, meta),
        edits=tuple((meta.start + found.start(), b"none") for found in re.finditer(b"Exif", head)),
    )


# -- TIFF ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Directory:
    """One image file directory: tag -> (type, count, offset of the value field); where the next one is."""

    order: str
    entries: dict[int, tuple[int, int, int]]
    following: int

    def numbers(self, data: bytes, tag: int) -> tuple[int, ...]:
        """The SHORT or LONG values of a tag, () if it is missing or of another type."""
        kind, count, at = self.entries.get(tag, (0, 0, 0))
        if kind not in (3, 4):
            return ()
        letter, size = ("H", 2) if kind == 3 else ("I", 4)
        if count * size > 4:
            (at,) = struct.unpack_from(self.order + "I", data, at)
        if at + count * size > len(data):
            raise IndexError(at)
        return struct.unpack_from(f"{self.order}{count}{letter}", data, at)


def _directory(data: bytes, order: str, at: int) -> _Directory:
    (count,) = struct.unpack_from(order + "H", data, at)
    entries: dict[int, tuple[int, int, int]] = {}
    for i in range(min(count, _MOST_TAGS)):
        tag, kind, number = struct.unpack_from(order + "HHI", data, at + 2 + 12 * i)
        entries.setdefault(tag, (kind, number, at + 10 + 12 * i))
    (following,) = struct.unpack_from(order + "I", data, at + 2 + 12 * count)
    return _Directory(order, entries, following)


def _tiff(data: bytes) -> Header:
    """Count the pages, check that the first one's pixels are there, take over its orientation."""
    order = "<" if data[:2] == b"II" else ">"
    first = _directory(data, order, *struct.unpack_from(order + "I", data, 4))
    if 50706 in first.entries:
        raise refuse("unsupported_format", format="RAW (DNG)")
    preview_first = first.numbers(data, 254) == (1,) and 330 in first.entries
    if preview_first or first.numbers(data, 262) == (32803,):
        raise refuse("unsupported_format", format="RAW (TIFF)")
    for starts, lengths in ((273, 279), (324, 325)):
        pairs = zip(first.numbers(data, starts), first.numbers(data, lengths), strict=False)
        if any(start + length > len(data) for start, length in pairs):
            raise refuse("truncated")
    turned = first.numbers(data, 274)
    if len(turned) != 1 or not 1 <= turned[0] <= 8:
        return Header(frames=_tiff_pages(data, first))
    kind, _, at = first.entries[274]
    upright = struct.pack(order + ("H" if kind == 3 else "I"), 1)
    return Header(frames=_tiff_pages(data, first), orientation=turned[0], edits=((at, upright),))


def _tiff_pages(data: bytes, first: _Directory) -> int:
    """Directories that are pictures of their own: neither previews nor masks (TIFF 6.0, NewSubfileType)."""
    pages, seen, directory = 1, set[int](), first
    while directory.following not in seen | {0} and len(seen) < _MOST_PAGES:
        seen.add(directory.following)
        try:
            directory = _directory(data, first.order, directory.following)
            kind = directory.numbers(data, 254)
        except (struct.error, IndexError):
            break  # nonsense after the first page: the first page is what we read
        pages += not (kind and kind[0] & 5)
    return pages


def exif_orientation(blob: bytes) -> int:
    """The orientation 1-8 in a block of EXIF data, 1 if it has none or is broken (Exif 3.0, 4.6.5)."""
    blob = blob.removeprefix(b"Exif\0\0")
    orders = {b"II*\0": "<", b"MM\0*": ">"}
    if blob[:4] not in orders:
        return 1
    order = orders[blob[:4]]
    try:
        directory = _directory(blob, order, *struct.unpack_from(order + "I", blob, 4))
        value = directory.numbers(blob, 274)
    except (struct.error, IndexError):
        return 1
    return value[0] if len(value) == 1 and 1 <= value[0] <= 8 else 1


_READERS: dict[str, Callable[[bytes], Header]] = {
    "JPEG": _jpeg,
    "PNG": _png,
    "WEBP": _webp,
    "HEIF": _heif,
    "AVIF": _avif,
    "TIFF": _tiff,
    "BMP": lambda data: Header(),
}
