"""Every photo upright, once, whoever says which way is up."""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

import heic_files
from gradphoto.portrait.photo import open_photo, read_photo
from photo_files import (
    BLUE,
    CREAM,
    GREEN,
    HEIGHT,
    RED,
    WIDTH,
    Pixels,
    Tags,
    exif,
    jpeg_with,
    pattern,
    plain_tiff,
    png_with,
    quarters_error,
    saved,
)

UPRIGHT = (RED, GREEN, BLUE, CREAM)
# what the camera stored when the upright picture is `pattern()`, from the table in Exif 3.0, 4.6.5
STORED: dict[int, Callable[[Pixels], Pixels]] = {
    1: lambda p: p,
    2: lambda p: p[:, ::-1],
    3: lambda p: p[::-1, ::-1],
    4: lambda p: p[::-1],
    5: lambda p: p.transpose(1, 0, 2),
    6: lambda p: np.rot90(p, 1),
    7: lambda p: p[::-1, ::-1].transpose(1, 0, 2),
    8: lambda p: np.rot90(p, -1),
}


def stored(orientation: int, picture: Pixels) -> Pixels:
    return np.ascontiguousarray(STORED[orientation](picture))


def check_upright(data: bytes, orientation: int) -> None:
    source = open_photo(data)
    assert (source.width, source.height, source.orientation) == (WIDTH, HEIGHT, orientation)
    for reduction in (1, 2):
        photo = source.decode(reduction)
        assert photo.pixels.shape == (HEIGHT // reduction, WIDTH // reduction, 3)
        assert quarters_error(photo, *UPRIGHT) <= 4
    turned = [step for step in photo.steps if step["op"] == "orient"]
    assert turned == ([{"op": "orient", "exif": orientation}] if orientation > 1 else [])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_exif_orientation(kind: str, orientation: int) -> None:
    check_upright(saved(stored(orientation, pattern()), kind, exif=exif(orientation)), orientation)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_of_big_endian_cameras(orientation: int) -> None:
    data = saved(stored(orientation, pattern()), "JPEG")
    check_upright(jpeg_with(data, 0xE1, exif(orientation, ">")), orientation)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_tiff_orientation_is_applied_once(orientation: int) -> None:
    tag: Tags = {274: (3, (orientation,))}
    check_upright(plain_tiff(stored(orientation, pattern()), tags=tag), orientation)
    data = saved(stored(orientation, pattern()), "TIFF", compression="tiff_lzw", tiffinfo={274: orientation})
    check_upright(data, orientation)


@pytest.mark.parametrize(
    ("properties", "kept"),
    [
        ([heic_files.turned(1)], np.rot90(pattern(), -1)),
        ([heic_files.turned(2)], pattern()[::-1, ::-1]),
        ([heic_files.turned(3)], np.rot90(pattern(), 1)),
        ([heic_files.mirrored(1)], pattern()[:, ::-1]),
        ([heic_files.mirrored(0)], pattern()[::-1]),
    ],
)
def test_heif_is_turned_once_by_its_container(properties: list[bytes], kept: Pixels) -> None:
    picture = heic_files.picture(np.ascontiguousarray(kept), *properties)
    # phones write the same orientation into EXIF too; it must not be applied on top
    note = heic_files.Item(b"Exif", struct.pack(">I", 6) + exif(6), (), ((b"cdsc", (1,)),))
    check_upright(heic_files.heic(picture, note), 1)


MAKER = Image.Exif()
MAKER[271] = "abc"  # Pillow takes the orientation out of the EXIF of an AVIF, so it is put in afterwards


def test_avif_turns_by_its_container_not_by_its_exif() -> None:
    data = saved(pattern(), "AVIF", exif=MAKER, quality=90)
    entry = b"\x01\x0f\0\x02\0\0\0\4abc\0"
    assert data.count(entry) == 1
    check_upright(data.replace(entry, struct.pack(">HHIHH", 274, 3, 1, 6, 0)), 1)


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"II",
        b"II*\0\xff\xff\xff\xff",
        exif(0)[6:],
        exif(9)[6:],
        exif(6)[6:20],
        b"MM\0*" + b"\xff" * 40,
        b"x" * 64,
    ],
)
def test_broken_exif_is_no_reason_to_refuse(blob: bytes) -> None:
    plain = saved(pattern(), "JPEG")
    files = [
        jpeg_with(plain, 0xE1, b"Exif\0\0" + blob),
        png_with(saved(pattern(), "PNG"), b"eXIf", blob),
        saved(pattern(), "WEBP", exif=b"Exif\0\0" + blob + b" "),
        jpeg_with(plain, 0xE1, b"http://ns.adobe.com/xap/1.0/\0<broken"),
        jpeg_with(plain, 0xED, b"Photoshop 3.0\x008BIM\x04\x04\xff\xff\xff\xff"),
    ]
    for data in files:
        photo = read_photo(data)
        assert photo.source.orientation == 1
        assert quarters_error(photo, *UPRIGHT) <= 6


def test_broken_exif_in_avif() -> None:
    data = saved(pattern(), "AVIF", exif=MAKER, quality=90)
    at = data.index(b"MM\0*\0\0\0\x08")
    photo = read_photo(data[:at] + b"\xff" * 20 + data[at + 20 :])
    assert quarters_error(photo, *UPRIGHT) <= 3
