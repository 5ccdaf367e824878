"""Real HEIC files made in code: no encoder with a free licence is at hand, and none is needed.

HEVC allows blocks of plain samples ("PCM", ITU-T H.265, 7.3.8.7): each 32x32 block becomes one slice whose
only arithmetic-coded decisions are "not divided", "plain samples" and "last block": always the same bits. The container follows ISO/IEC 23008-12.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BLOCK = 32


class Bits:
    """A string of bits, written most significant first."""

    def __init__(self) -> None:
        self.text = ""

    def u(self, value: int, width: int) -> Bits:
        """An unsigned number of `width` bits."""
        self.text += f"{value:0{width}b}"
        return self

    def ue(self, *values: int) -> Bits:
        """Exp-Golomb codes (H.265, 9.2)."""
        for value in values:
            self.u(value + 1, 2 * (value + 1).bit_length() - 1)
        return self

    def end(self) -> bytes:
        """A one, then zeros to the end of the byte."""
        self.text += "1"
        return self.aligned()

    def aligned(self) -> bytes:
        """Zeros to the end of the byte."""
        self.text += "0" * (-len(self.text) % 8)
        return int(self.text, 2).to_bytes(len(self.text) // 8, "big")


def arithmetic_end(low: int) -> str:
    """The bits that end arithmetic coding from an interval starting at `low` (H.265, 9.3.4: EncodeFlush)."""
    bits, outstanding, first = "", 0, True

    def put(bit: int) -> None:
        nonlocal bits, outstanding, first
        bits += "" if first else str(bit)
        bits += str(1 - bit) * outstanding
        first, outstanding = False, 0

    for _ in range(7):  # the interval has shrunk to 2 of 256
        if low < 256:
            put(0)
        elif low >= 512:
            low -= 512
            put(1)
        else:
            low -= 256
            outstanding += 1
        low *= 2
    put(low >> 9 & 1)
    return bits + f"{(low >> 7 & 3) | 1:02b}"


# "not divided" keeps all of the interval 510 but 240, then "plain samples" takes the last 2 of the rest
BLOCK_STARTS = arithmetic_end(510 - 240 - 2)
PICTURE_PART_ENDS = arithmetic_end(510 - 2)


def nal(kind: int, payload: bytes) -> bytes:
    """A NAL unit with emulation prevention (H.265, 7.3.1.1)."""
    out, zeros = bytearray(), 0
    for byte in payload:
        if zeros >= 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes((kind << 1, 1)) + bytes(out)


def profile(depth: int) -> Bits:
    """Profile, tier and level: Main or Main 10 at level 6.2 (H.265, 7.3.3)."""
    kind = 1 if depth == 8 else 2
    bits = Bits().u(kind, 8).u(1 << (31 - kind) | 1 << 29, 32)
    return bits.u(0b1001, 4).u(0, 44).u(186, 8)


def parameter_sets(width: int, height: int, depth: int, chroma: int) -> list[tuple[int, bytes]]:
    """Video, sequence and picture parameter sets, as (type, NAL unit)."""
    video = Bits().u(0, 4).u(3, 2).u(0, 6).u(0, 3).u(1, 1).u(0xFFFF, 16)
    video.text += profile(depth).text
    video.u(1, 1).ue(0, 0, 0).u(0, 6).ue(0).u(0, 2)
    wide, high = -(-width // BLOCK) * BLOCK, -(-height // BLOCK) * BLOCK
    sequence = Bits().u(0, 4).u(0, 3).u(1, 1)
    sequence.text += profile(depth).text
    step = 2 if chroma else 1
    sequence.ue(0, chroma, wide, high).u(1, 1).ue(0, (wide - width) // step, 0, (high - height) // step)
    sequence.ue(depth - 8, depth - 8, 0).u(1, 1).ue(0, 0, 0)
    sequence.ue(2, 0, 0, 3, 0, 0).u(0, 3).u(1, 1).u(depth - 1, 4).u(depth - 1, 4).ue(2, 0).u(1, 1)
    # full-range BT.601, as phones code it
    sequence.ue(0).u(0, 3).u(1, 1).u(0b0011011, 7).u(2, 8).u(2, 8).u(6, 8).u(0, 7).u(0, 1)
    picture = Bits().ue(0, 0).u(0, 7).ue(0, 0, 0).u(0, 3).ue(0, 0).u(0, 7).u(1, 1).u(0, 1).u(1, 1).u(0, 2)
    picture.ue(0).u(0, 2)
    return [(32, nal(32, video.end())), (33, nal(33, sequence.end())), (34, nal(34, picture.end()))]


def samples(planes: list[NDArray[np.uint16]], depth: int) -> str:
    """The samples of a block as bits, plane by plane."""
    if depth == 8:
        raw = b"".join(plane.astype(np.uint8).tobytes() for plane in planes)
        return f"{int.from_bytes(raw, 'big'):0{8 * len(raw)}b}"
    return "".join(f"{int(value):0{depth}b}" for plane in planes for value in plane.ravel())


def coded_picture(planes: list[NDArray[np.uint16]], depth: int) -> bytes:
    """Slices, one a block, each with its length before it. `planes`: Y, or Y, Cb, Cr with half the sides."""
    high, wide = planes[0].shape
    across, down = -(-wide // BLOCK), -(-high // BLOCK)
    address_bits = (across * down - 1).bit_length()
    padded = [
        pad(plane, across * BLOCK // scale, down * BLOCK // scale)
        for plane, scale in zip(planes, (1, 2, 2), strict=False)
    ]
    out = b""
    for number in range(across * down):
        y, x = divmod(number, across)
        parts = [
            plane[y * BLOCK // s : (y + 1) * BLOCK // s, x * BLOCK // s : (x + 1) * BLOCK // s]
            for plane, s in zip(padded, (1, 2, 2), strict=False)
        ]
        bits = Bits().u(int(number == 0), 1).u(0, 1).ue(0)
        bits = bits.u(number, address_bits) if number else bits
        bits.ue(2, 0).end()
        bits.text += BLOCK_STARTS
        bits.aligned()
        bits.text += "0" * (-len(bits.text) % 8) + samples(parts, depth) + PICTURE_PART_ENDS
        unit = nal(19, bits.aligned())
        out += struct.pack(">I", len(unit)) + unit
    return out


def pad(plane: NDArray[np.uint16], width: int, height: int) -> NDArray[np.uint16]:
    """Repeat the last row and column to reach a size."""
    return np.pad(plane, ((0, height - plane.shape[0]), (0, width - plane.shape[1])), mode="edge")


def ycc_planes(rgb: NDArray[np.uint8], depth: int = 8) -> list[NDArray[np.uint16]]:
    """Full-range BT.601 Y, Cb, Cr with chroma averaged over 2x2 (sides must be even)."""
    values = rgb.astype(np.float64) / 255
    luma = values @ (0.299, 0.587, 0.114)
    blue, red = (values[..., 2] - luma) / 1.772, (values[..., 0] - luma) / 1.402
    half = [c.reshape(c.shape[0] // 2, 2, -1, 2).mean(axis=(1, 3)) + 128 / 255 for c in (blue, red)]
    top = 2**depth - 1
    return [np.clip(np.rint(c * top), 0, top).astype(np.uint16) for c in (luma, *half)]


# -- the container ------------------------------------------------------------------------------------------


def box(kind: bytes, *content: bytes) -> bytes:
    """A box."""
    body = b"".join(content)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def full(kind: bytes, version: int, flags: int, *content: bytes) -> bytes:
    """A box with version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *content)


@dataclass(frozen=True)
class Item:
    """A picture or a block of metadata; `references` are (type, item numbers from 1)."""

    kind: bytes
    data: bytes
    properties: tuple[bytes, ...] = ()
    references: tuple[tuple[bytes, tuple[int, ...]], ...] = ()


def picture(
    rgb: NDArray[np.uint8],
    *extra: bytes,
    depth: int = 8,
    grey: bool = False,
    colour: tuple[int, int] | None = (1, 13),
) -> Item:
    """A coded picture. `colour`: primaries and transfer codes; `extra`: properties, such as `turned(1)`."""
    height, width = rgb.shape[:2]
    planes = ycc_planes(rgb, depth)[: 1 if grey else 3]
    chroma = 0 if grey else 1
    sets = parameter_sets(width, height, depth, chroma)
    arrays = b"".join(struct.pack(">BHH", 0x80 | kind, 1, len(unit)) + unit for kind, unit in sets)
    config = b"\1" + int(profile(depth).text, 2).to_bytes(12, "big")
    config += struct.pack(
        ">HBBBBHBB", 0xF000, 0xFC, 0xFC | chroma, 0xF8 | depth - 8, 0xF8 | depth - 8, 0, 0x0F, 3
    )
    properties = [box(b"hvcC", config + arrays), full(b"ispe", 0, 0, struct.pack(">II", width, height))]
    if colour:
        properties.append(box(b"colr", b"nclx", struct.pack(">HHHB", *colour, 6, 0x80)))
    return Item(b"hvc1", coded_picture(planes, depth), (*properties, *extra))


def turned(quarters: int) -> bytes:
    """Turn anticlockwise for showing (`irot`)."""
    return box(b"irot", bytes((quarters,)))


def mirrored(axis: int) -> bytes:
    """Mirror for showing: 0 top to bottom, 1 left to right (`imir`)."""
    return box(b"imir", bytes((axis,)))


def icc(blob: bytes) -> bytes:
    """An ICC profile as a property."""
    return box(b"colr", b"prof", blob)


def grid(rows: int, columns: int, width: int, height: int, tiles: tuple[int, ...], *extra: bytes) -> Item:
    """A picture put together from tiles, as iPhones write it."""
    size = full(b"ispe", 0, 0, struct.pack(">II", width, height))
    data = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, width, height)
    return Item(b"grid", data, (size, *extra), ((b"dimg", tiles),))


def heic(*items: Item, primary: int = 1, brand: bytes = b"heic") -> bytes:
    """The file. Items are numbered from 1."""
    head = box(b"ftyp", brand, bytes(4), b"mif1", brand)
    pool = list(dict.fromkeys(p for item in items for p in item.properties))
    links, entries, references = b"", b"", b""
    for number, item in enumerate(items, 1):
        entries += full(b"infe", 2, 0, struct.pack(">HH", number, 0), item.kind, b"\0")
        if item.properties:
            essential = {b"hvcC": 0x80, b"irot": 0x80, b"imir": 0x80}
            marks = bytes(essential.get(p[4:8], 0) | pool.index(p) + 1 for p in item.properties)
            links += struct.pack(">HB", number, len(marks)) + marks
        for kind, targets in item.references:
            references += box(
                kind, struct.pack(">HH", number, len(targets)), struct.pack(f">{len(targets)}H", *targets)
            )
    linked = sum(bool(item.properties) for item in items)

    def meta(start: int) -> bytes:
        places, at = b"", start
        for number, item in enumerate(items, 1):
            places += struct.pack(">HHHII", number, 0, 1, at, len(item.data))
            at += len(item.data)
        return full(
            b"meta", 0, 0,
            full(b"hdlr", 0, 0, bytes(4), b"pict", bytes(13)),
            full(b"pitm", 0, 0, struct.pack(">H", primary)),
            full(b"iloc", 0, 0, b"\x44\0", struct.pack(">H", len(items)), places),
            full(b"iinf", 0, 0, struct.pack(">H", len(items)), entries),
            full(b"iref", 0, 0, references) if references else b"",
            box(b"iprp", box(b"ipco", *pool), full(b"ipma", 0, 0, struct.pack(">I", linked), links)),
        )  # fmt: skip

    start = len(head) + len(meta(0)) + 8
    return head + meta(start) + box(b"mdat", *(item.data for item in items))
