"""Reading photos: known colours, sizes and orientations out of files of every format and mode."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

import heic_files
from gradphoto.portrait.photo import Limits, Photo, PhotoSource, open_photo, read_photo
from gradphoto.portrait.photo_colour import primaries_profile
from photo_files import (
    BLUE,
    CREAM,
    GREEN,
    HEIGHT,
    RED,
    WIDTH,
    Tags,
    every_format,
    exif,
    heic,
    jpeg_with,
    pattern,
    plain_tiff,
    png16,
    png_chunk,
    png_with,
    ramp,
    saved,
    tiff,
    tiff_tags,
)

Pixels = NDArray[np.uint8]


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


# -- formats and modes --------------------------------------------------------------------------------------

EXACT: dict[str, Callable[[Pixels], bytes]] = {
    "png": lambda rgb: saved(rgb, "PNG"),
    "png_interlaced": lambda rgb: interlaced_png(rgb),
    "webp_lossless": lambda rgb: saved(rgb, "WEBP", lossless=True),
    "bmp_24": lambda rgb: saved(rgb, "BMP"),
    "tiff_raw": plain_tiff,
    "tiff_lzw": lambda rgb: saved(rgb, "TIFF", compression="tiff_lzw"),
    "tiff_deflate": lambda rgb: saved(rgb, "TIFF", compression="tiff_adobe_deflate"),
    "png_rgb_16": lambda rgb: png16(rgb.astype(np.uint16) * 257),
}
CLOSE: dict[str, Callable[[Pixels], bytes]] = {
    "jpeg": lambda rgb: saved(rgb, "JPEG", quality=95),
    "jpeg_444": lambda rgb: saved(rgb, "JPEG", quality=95, subsampling=0),
    "jpeg_progressive": lambda rgb: saved(rgb, "JPEG", quality=95, progressive=True),
    "webp": lambda rgb: saved(rgb, "WEBP", quality=95),
    "avif": lambda rgb: saved(rgb, "AVIF", quality=90, speed=10),
    "heic": heic,
    "heic_10_bit": lambda rgb: heic(rgb, depth=10),
    "tiff_jpeg": lambda rgb: saved(rgb, "TIFF", compression="jpeg", quality=95),
}


def interlaced_png(rgb: Pixels) -> bytes:
    """Adam7: seven passes, each a picture of its own, unfiltered (PNG, 8.2)."""
    passes = (
        (0, 8, 0, 8),
        (0, 8, 4, 8),
        (4, 8, 0, 4),
        (0, 4, 2, 4),
        (2, 4, 0, 2),
        (0, 2, 1, 2),
        (1, 2, 0, 1),
    )
    rows = b"".join(b"\0" + row.tobytes() for y, dy, x, dx in passes for row in rgb[y::dy, x::dx])
    header = struct.pack(">IIBBBBB", rgb.shape[1], rgb.shape[0], 8, 2, 0, 0, 1)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


@pytest.mark.parametrize("make", EXACT.values(), ids=EXACT)
def test_lossless_formats_give_every_pixel_exactly(make: Callable[[Pixels], bytes]) -> None:
    photo = read_photo(make(ramp()))
    assert error(photo, ramp()) == 0
    assert photo.steps == ()


@pytest.mark.parametrize("make", CLOSE.values(), ids=CLOSE)
def test_lossy_formats_give_the_colours(make: Callable[[Pixels], bytes]) -> None:
    photo = read_photo(make(pattern()))
    assert photo.pixels.shape == (HEIGHT, WIDTH, 3)
    assert quarters_error(photo, RED, GREEN, BLUE, CREAM) <= 3
    assert photo.steps == ()


def test_odd_sizes_keep_their_last_row_and_column() -> None:
    rgb = ramp(251, 203)
    for kind in ("PNG", "BMP", "TIFF"):
        assert error(read_photo(saved(rgb, kind)), rgb) == 0
    for kind in ("JPEG", "WEBP", "AVIF"):
        assert read_photo(saved(rgb, kind)).pixels.shape == (203, 251, 3)


def test_a_source_knows_its_file() -> None:
    data = saved(pattern(), "JPEG", exif=exif(6))
    source = open_photo(data)
    assert (source.format, source.width, source.height, source.orientation) == ("JPEG", HEIGHT, WIDTH, 6)
    assert source.data == data
    assert source.sha256 == hashlib.sha256(data).hexdigest()


def test_formats_by_name() -> None:
    names = {name: open_photo(data).format for name, data in every_format().items()}
    assert {name: kind for name, kind in names.items() if name.split("_")[0].upper() != kind} == {
        "mpo": "JPEG",
        "heic": "HEIF",
        "heic_grey": "HEIF",
    }


@pytest.mark.parametrize("brand", [b"mif1", b"heix"])
def test_heif_under_its_other_brands(brand: bytes) -> None:
    data = heic_files.heic(heic_files.picture(pattern()), brand=brand)
    assert read_photo(data).source.format == "HEIF"


def test_heif_shows_its_primary_picture_not_the_first() -> None:
    first, second = heic_files.picture(pattern()[::-1].copy()), heic_files.picture(pattern())
    photo = read_photo(heic_files.heic(first, second, primary=2))
    assert quarters_error(photo, RED, GREEN, BLUE, CREAM) <= 2


def test_heif_of_tiles_as_phones_write_it() -> None:
    rgb = pattern(512, 416)
    corners = [(y, x) for y in (0, 208) for x in (0, 256)]
    tiles = [heic_files.picture(rgb[y : y + 208, x : x + 256]) for y, x in corners]
    whole = heic_files.grid(2, 2, 512, 416, (2, 3, 4, 5), heic_files.turned(2))
    photo = read_photo(heic_files.heic(whole, *tiles))
    assert photo.pixels.shape == (416, 512, 3)
    assert quarters_error(photo, CREAM, BLUE, GREEN, RED) <= 2


def test_the_first_picture_of_a_phones_multi_picture_jpeg_is_a_still_photo() -> None:
    depth = Image.fromarray(pattern()[::-1].copy())
    data = saved(pattern(), "MPO", save_all=True, append_images=[depth])
    photo = read_photo(data)
    assert photo.source.format == "JPEG"
    assert quarters_error(photo, RED, GREEN, BLUE, CREAM) <= 3


def test_fillers_before_a_jpegs_markers() -> None:
    data = saved(pattern(), "JPEG", quality=95)
    photo = read_photo(data[:2] + b"\xff\xff" + data[2:])
    assert quarters_error(photo, RED, GREEN, BLUE, CREAM) <= 3


def test_a_motion_photos_trailer_is_left_alone() -> None:
    trailer = (
        b"\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data" + struct.pack(">I4s4s", 24, b"ftyp", b"mp42") + bytes(5000)
    )
    assert error(read_photo(saved(ramp(), "JPEG") + trailer), read_photo(saved(ramp(), "JPEG")).pixels) == 0
    assert quarters_error(read_photo(heic(pattern()) + trailer), RED, GREEN, BLUE, CREAM) <= 2


# -- grey, CMYK, palettes, 16 bits --------------------------------------------------------------------------


def grey_ramp() -> Pixels:
    return ramp()[..., 0]


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
def test_grey_becomes_equal_channels(kind: str) -> None:
    photo = read_photo(saved(grey_ramp(), kind))
    assert error(photo, np.repeat(grey_ramp()[..., None], 3, axis=2)) == 0


@pytest.mark.parametrize(
    "data", [saved(grey_ramp(), "JPEG", quality=95), heic(ramp()[..., [0, 0, 0]], grey=True)]
)
def test_grey_of_lossy_formats(data: bytes) -> None:
    photo = read_photo(data)
    assert error(photo, np.repeat(grey_ramp()[..., None], 3, axis=2)) <= 4
    assert {"op": "convert", "from": "L"} in photo.steps


def test_black_and_white_of_one_bit() -> None:
    bits = Image.fromarray(pattern()).convert("1", dither=Image.Dither.NONE)
    for kind in ("PNG", "BMP", "TIFF"):
        expected = np.asarray(bits.convert("RGB"))
        assert error(read_photo(saved(bits, kind)), expected) == 0


def test_palettes() -> None:
    indexed = Image.fromarray(pattern()).quantize(16)
    for kind in ("PNG", "BMP", "TIFF"):
        assert quarters_error(read_photo(saved(indexed, kind)), RED, GREEN, BLUE, CREAM) <= 1


def test_sixteen_bit_grey_is_scaled_not_clipped() -> None:
    wide = np.linspace(0, 65535, WIDTH * HEIGHT).round().astype(np.uint16).reshape(HEIGHT, WIDTH)
    expected = np.repeat(np.rint(wide / 257.0).astype(np.uint8)[..., None], 3, axis=2)
    little = tiff((tiff_tags(WIDTH, HEIGHT, (16,), 1), wide.astype("<u2").tobytes()))
    big = tiff((tiff_tags(WIDTH, HEIGHT, (16,), 1), wide.astype(">u2").tobytes()), order=">")
    for data in (saved(wide, "PNG"), saved(wide, "TIFF", compression="tiff_lzw"), little, big):
        photo = read_photo(data)
        assert error(photo, expected) == 0
        assert photo.steps[0] == {"op": "to_8_bit", "bits": 16}


def test_twelve_bit_grey_uses_the_whole_range() -> None:
    wide = np.linspace(0, 4095, WIDTH * HEIGHT).round().astype(int).reshape(HEIGHT, WIDTH)
    bits = "".join(f"{value:012b}" for value in wide.ravel())
    photo = read_photo(
        tiff((tiff_tags(WIDTH, HEIGHT, (12,), 1), int(bits, 2).to_bytes(len(bits) // 8, "big")))
    )
    expected = np.repeat(np.rint(wide * 255 / 4095).astype(np.uint8)[..., None], 3, axis=2)
    assert error(photo, expected) <= 1


def test_sixteen_bit_colour_is_within_one_level() -> None:
    wide = np.random.default_rng(7).integers(0, 65536, (HEIGHT, WIDTH, 3)).astype(np.uint16)
    samples = wide.astype("<u2").tobytes()
    for data in (png16(wide), tiff((tiff_tags(WIDTH, HEIGHT, (16, 16, 16), 2), samples))):
        assert error(read_photo(data), np.rint(wide / 257.0).astype(np.uint8)) <= 1


def test_cmyk_without_a_profile() -> None:
    inks = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    inks[: HEIGHT // 2, : WIDTH // 2] = (200, 0, 0, 0)
    inks[: HEIGHT // 2, WIDTH // 2 :] = (0, 100, 0, 55)
    inks[HEIGHT // 2 :, WIDTH // 2 :] = (0, 0, 0, 255)
    image = Image.frombytes("CMYK", (WIDTH, HEIGHT), inks.tobytes())
    for data in (saved(image, "JPEG", quality=95), saved(image, "TIFF")):
        photo = read_photo(data)
        # each channel is (1 - ink) * (1 - black)
        expected = ((55, 255, 255), (200, 200 * 155 / 255, 200), (255, 255, 255), (0, 0, 0))
        assert quarters_error(photo, *expected) <= 3
        assert photo.steps == ({"op": "convert", "from": "CMYK"},)


def test_adobes_ycck_jpeg() -> None:
    """Stored as YCbCr of the first three inks, and black inverted, with Adobe's mark 2."""
    inks = np.array(((180, 60, 20), (20, 160, 90), (90, 30, 190), (10, 15, 25)), float)
    luma = inks @ (0.299, 0.587, 0.114)
    blue, red = (inks[:, 2] - luma) / 1.772 + 128, (inks[:, 0] - luma) / 1.402 + 128
    stored = np.stack([luma, blue, red, np.full(4, 255.0)], -1).round().astype(np.uint8)
    picture = np.repeat(np.repeat(stored.reshape(2, 2, 4), HEIGHT // 2, 0), WIDTH // 2, 1)
    plain = Image.frombytes(
        "CMYK", (WIDTH, HEIGHT), (255 - picture).tobytes()
    )  # Pillow inverts when it writes
    data = saved(plain, "JPEG", quality=95)
    at = data.index(b"Adobe") + 11
    photo = read_photo(data[:at] + b"\2" + data[at + 1 :])
    assert quarters_error(photo, *(tuple(255 - row) for row in inks)) <= 4


# -- alpha --------------------------------------------------------------------------------------------------


def see_through() -> tuple[NDArray[np.uint8], Pixels]:
    """A picture with alpha, and what it is over white."""
    alpha = ramp()[..., 1]
    part = alpha[..., None] / 255
    return np.dstack([pattern(), alpha]), np.rint(pattern() * part + 255 * (1 - part)).astype(np.uint8)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_alpha_is_laid_over_white(kind: str) -> None:
    picture, expected = see_through()
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    photo = read_photo(saved(picture, kind, **options))
    assert error(photo, expected) <= 1
    assert {"op": "flatten_alpha", "over": [255, 255, 255]} in photo.steps


def test_alpha_of_avif_and_heif() -> None:
    picture, expected = see_through()
    assert (
        np.abs(read_photo(saved(picture, "AVIF", quality=95, speed=10)).pixels.astype(int) - expected).mean()
        <= 2
    )
    kind = heic_files.full(b"auxC", 0, 0, b"urn:mpeg:hevc:2015:auxid:1\0")
    mask = heic_files.picture(np.repeat(picture[..., 3:], 3, axis=2), kind, grey=True, colour=None)
    mask = heic_files.Item(mask.kind, mask.data, mask.properties, ((b"auxl", (1,)),))
    photo = read_photo(heic_files.heic(heic_files.picture(picture[..., :3].copy()), mask))
    assert np.abs(photo.pixels.astype(int) - expected).mean() <= 2


def test_grey_and_palette_with_alpha() -> None:
    grey = np.dstack([np.full((HEIGHT, WIDTH), 51, np.uint8), np.full((HEIGHT, WIDTH), 102, np.uint8)])
    image = Image.frombytes("LA", (WIDTH, HEIGHT), grey.tobytes())
    over_white = round(51 * 0.4 + 255 * 0.6)
    assert error(read_photo(saved(image, "PNG")), np.full((HEIGHT, WIDTH, 3), over_white, np.uint8)) <= 1
    red = Image.new("P", (WIDTH, HEIGHT), 1)
    red.putpalette([0, 0, 0, *RED])
    photo = read_photo(saved(red, "PNG", transparency=b"\xff\x80"))
    expected = np.rint(np.array(RED) * 128 / 255 + 255 * 127 / 255)
    assert quarters_error(photo, *[tuple(expected)] * 4) <= 1


def test_one_colour_marked_as_transparent() -> None:
    photo = read_photo(saved(pattern(), "PNG", transparency=GREEN))
    assert quarters_error(photo, RED, (255, 255, 255), BLUE, CREAM) == 0


def test_hidden_colours_do_not_bleed_when_reduced() -> None:
    picture = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    picture[..., :3] = (0, 255, 0)  # invisible green between visible red lines
    picture[:, ::2] = (200, 40, 50, 255)
    photo = read_photo(saved(picture, "PNG"), 4)
    expected = tuple((np.array(RED) + 255) / 2)
    assert quarters_error(photo, *[expected] * 4) <= 1


# -- orientation --------------------------------------------------------------------------------------------

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


# -- colour -------------------------------------------------------------------------------------------------


def icc_file(
    space: bytes, tags: dict[bytes, bytes], kind: bytes = b"mntr", connection: bytes = b"XYZ "
) -> bytes:
    """An ICC profile, version 2, of the tags given."""
    tags = {b"desc": icc_text(b"desc", b"Known answer"), b"cprt": b"text\0\0\0\0none\0", **tags}
    tags[b"wtpt"] = icc_numbers(b"XYZ ", 0.9642, 1.0, 0.8249)
    at, table, body = 132 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, content in tags.items():
        table += name + struct.pack(">II", at + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = struct.pack(">I4sI4s4s4s", at + len(body), bytes(4), 0x02400000, kind, space, connection)
    head += bytes(12) + b"acsp" + bytes(28) + icc_numbers(b"", 0.9642, 1.0, 0.8249) + bytes(48)
    return head + table + body


def icc_numbers(kind: bytes, *values: float) -> bytes:
    numbers = struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))
    return kind + bytes(4) + numbers if kind else numbers


def icc_text(kind: bytes, text: bytes) -> bytes:
    return kind + bytes(4) + struct.pack(">I", len(text) + 1) + text + bytes(79)


def icc_gamma(gamma: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))


def p3_profile(gamma: float = 2.2) -> bytes:
    """Display P3's primaries, adapted to D50 as Apple publishes them, with a pure gamma."""
    columns = ((0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407))
    tags = {}
    for letter, column in zip((b"r", b"g", b"b"), columns, strict=True):
        tags[letter + b"XYZ"] = icc_numbers(b"XYZ ", *column)
        tags[letter + b"TRC"] = icc_gamma(gamma)
    return icc_file(b"RGB ", tags)


def srgb_curve(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """Linear light 0..1 to sRGB levels (IEC 61966-2-1), clipped."""
    linear = np.clip(linear, 0, 1)
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def p3_in_srgb(colour: tuple[int, ...], gamma: float | None) -> tuple[float, ...]:
    """The known answer, by the published matrix between the two sets of primaries (both D65)."""
    level = np.array(colour) / 255
    srgb_linear = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    linear = srgb_linear if gamma is None else level**gamma
    matrix = ((1.22494, -0.22494, 0.0), (-0.04206, 1.04206, 0.0), (-0.01964, -0.07864, 1.09827))
    return tuple(srgb_curve(np.array(matrix) @ linear))


P3_ANSWER = tuple(p3_in_srgb(colour, 2.2) for colour in UPRIGHT)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_display_p3_profile(kind: str) -> None:
    options = {"PNG": {}, "TIFF": {}}.get(kind, {"quality": 95})
    for reduction in (1, 4):
        photo = read_photo(saved(pattern(), kind, icc_profile=p3_profile(), **options), reduction)
        assert quarters_error(photo, *P3_ANSWER) <= 3
        step = next(step for step in photo.steps if step["op"] == "icc_to_srgb")
        assert step["profile"] == "Known answer"


def test_p3_moves_the_colours_visibly() -> None:
    """Or the tests around it would also pass without any conversion."""
    assert np.abs(np.array(P3_ANSWER) - np.array(UPRIGHT)).max() > 15


def test_display_p3_profile_in_heif() -> None:
    photo = read_photo(heic(pattern(), heic_files.icc(p3_profile()), colour=None))
    assert quarters_error(photo, *P3_ANSWER) <= 3


def test_p3_primaries_by_number_in_heif() -> None:
    photo = read_photo(heic(pattern(), colour=(12, 13)))
    assert quarters_error(photo, *(p3_in_srgb(colour, None) for colour in UPRIGHT)) <= 3
    assert photo.steps[0]["profile"] == "Display P3"


def test_p3_primaries_by_number_in_avif() -> None:
    data = saved(pattern(), "AVIF", quality=95)
    at = data.index(b"colrnclx") + 8
    photo = read_photo(data[:at] + struct.pack(">HH", 12, 13) + data[at + 4 :])
    assert quarters_error(photo, *(p3_in_srgb(colour, None) for colour in UPRIGHT)) <= 3


def test_the_numbers_of_other_pictures_in_a_heif_do_not_count() -> None:
    gain_map = heic_files.picture(pattern(), colour=(9, 16))
    photo = read_photo(heic_files.heic(gain_map, heic_files.picture(pattern()), primary=2))
    assert quarters_error(photo, *UPRIGHT) <= 2


def test_our_own_p3_profile_agrees_with_the_matrix() -> None:
    photo = read_photo(saved(pattern(), "PNG", icc_profile=primaries_profile(12)))
    assert quarters_error(photo, *(p3_in_srgb(colour, None) for colour in UPRIGHT)) <= 1


def test_an_srgb_profile_costs_no_work() -> None:
    blob = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photo = read_photo(saved(ramp(), "PNG", icc_profile=blob))
    assert photo.steps == ()
    assert error(photo, ramp()) == 0


def test_a_grey_profile() -> None:
    blob = icc_file(b"GRAY", {b"kTRC": icc_gamma(1.8)})
    photo = read_photo(saved(grey_ramp(), "PNG", icc_profile=blob))
    expected = np.rint(srgb_curve((grey_ramp() / 255) ** 1.8)).astype(np.uint8)
    assert error(photo, np.repeat(expected[..., None], 3, axis=2)) <= 1


def cmyk_profile() -> bytes:
    """Two grid points an ink: lightness 100 * (1 - K) * (1 - (C + M + Y) / 3), no colour (lut8Type)."""
    table = b""
    for inks in np.ndindex(2, 2, 2, 2):
        light = (1 - inks[3]) * (1 - sum(inks[:3]) / 3)
        table += bytes((round(255 * light), 128, 128))
    identity = icc_numbers(b"", 1, 0, 0, 0, 1, 0, 0, 0, 1)
    lut = (
        b"mft1"
        + bytes(4)
        + bytes((4, 3, 2, 0))
        + identity
        + bytes(range(256)) * 4
        + table
        + bytes(range(256)) * 3
    )
    return icc_file(b"CMYK", {b"A2B0": lut, b"A2B1": lut}, b"prtr", b"Lab ")


def test_a_cmyk_profile() -> None:
    inks = ((0, 0, 0, 0), (255, 0, 0, 0), (255, 255, 0, 0), (0, 0, 0, 255))
    picture = np.repeat(np.repeat(np.array(inks, np.uint8).reshape(2, 2, 4), HEIGHT // 2, 0), WIDTH // 2, 1)
    image = Image.frombytes("CMYK", (WIDTH, HEIGHT), picture.tobytes())
    photo = read_photo(saved(image, "JPEG", quality=95, icc_profile=cmyk_profile()))
    lightness = np.array((100, 200 / 3, 100 / 3, 0))
    luminance = np.where(lightness > 8, ((lightness + 16) / 116) ** 3, lightness / 903.3)
    assert quarters_error(photo, *([float(level)] * 3 for level in srgb_curve(luminance))) <= 3  # type: ignore[arg-type]
    assert photo.steps[0]["op"] == "icc_to_srgb"


@pytest.mark.parametrize(
    "blob", [b"", b"not a profile", p3_profile()[:200], p3_profile()[:-60], cmyk_profile(), bytes(500)]
)
def test_a_useless_profile_is_left_aside_and_noted(blob: bytes) -> None:
    photo = read_photo(saved(pattern(), "PNG", icc_profile=blob))
    assert quarters_error(photo, *UPRIGHT) == 0
    assert [step["op"] for step in photo.steps] == (["icc_ignored"] if blob else [])


# -- reduction and the record -------------------------------------------------------------------------------


@pytest.mark.parametrize("reduction", [2, 4, 8])
@pytest.mark.parametrize("name", every_format())
def test_reduction_keeps_content_and_place(name: str, reduction: int) -> None:
    source = open_photo(every_format()[name])
    whole, small = source.decode(), source.decode(reduction)
    assert small.reduction == reduction
    assert small.scale == 1 / reduction
    assert small.pixels.shape == (-(-source.height // reduction), -(-source.width // reduction), 3)
    sides = (source.height // reduction, reduction, source.width // reduction, reduction, 3)
    cropped = whole.pixels[: sides[0] * reduction, : sides[2] * reduction].astype(float)
    means = cropped.reshape(sides).mean(axis=(1, 3))
    assert np.abs(small.pixels[: sides[0], : sides[2]] - means).mean() <= 2


def test_reduced_sizes_round_up() -> None:
    for kind in ("JPEG", "PNG", "WEBP"):
        assert read_photo(saved(ramp(251, 203), kind), 8).pixels.shape == (26, 32, 3)


@pytest.mark.parametrize("reduction", [0, 3, 16])
def test_other_reductions_are_a_mistake_of_the_caller(reduction: int) -> None:
    with pytest.raises(ValueError, match="reduction"):
        read_photo(saved(pattern(), "PNG"), reduction)


@pytest.mark.parametrize("name", every_format())
def test_decoding_is_deterministic_and_steps_fit_a_record(name: str) -> None:
    data = every_format()[name]
    first, second = read_photo(data, 2), read_photo(bytes(bytearray(data)), 2)
    assert np.array_equal(first.pixels, second.pixels)
    assert json.loads(json.dumps(first.steps)) == list(second.steps)
    assert first.pixels.flags.c_contiguous


def test_steps_come_in_the_order_of_the_work() -> None:
    data = saved(pattern(), "PNG", exif=exif(6), icc_profile=p3_profile())
    assert [step["op"] for step in read_photo(data, 2).steps] == ["reduce", "icc_to_srgb", "orient"]


def test_a_hundred_megapixels_open_without_pillows_own_guard() -> None:
    """Pillow would warn, which is an error here; its global limit must stay as it is."""
    before = Image.MAX_IMAGE_PIXELS
    data = saved(Image.new("L", (10_000, 9_900), 99), "JPEG")
    photo = read_photo(data, 8)
    assert photo.pixels.shape == (1238, 1250, 3)
    assert quarters_error(photo, *[(99, 99, 99)] * 4) == 0
    assert before == Image.MAX_IMAGE_PIXELS


def test_threads_do_not_disturb_each_other() -> None:
    files = list(every_format().values())
    with ThreadPoolExecutor(4) as threads:
        for data, photo in zip(files * 3, threads.map(read_photo, files * 3), strict=True):
            assert np.array_equal(photo.pixels, read_photo(data).pixels)


def test_limits_may_be_set() -> None:
    source: PhotoSource = open_photo(saved(ramp(40, 30), "PNG"), Limits(min_side=20))
    assert source.decode(8).pixels.shape == (4, 5, 3)
