"""Reading photos: pixels, sizes and records out of files of every format and mode."""

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
from PIL import Image

import heic_files
from gradphoto.portrait.photo import Limits, PhotoSource, open_photo, read_photo
from photo_files import (
    BLUE,
    CREAM,
    GREEN,
    HEIGHT,
    RED,
    WIDTH,
    Pixels,
    error,
    every_format,
    exif,
    heic,
    pattern,
    plain_tiff,
    png16,
    png_chunk,
    quarters_error,
    ramp,
    saved,
    tiff,
    tiff_tags,
)

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
