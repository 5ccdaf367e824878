"""Known colours through ICC profiles and numbered primaries."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

import heic_files
from gradphoto.portrait.photo import read_photo
from gradphoto.portrait.photo_colour import primaries_profile
from photo_files import (
    BLUE,
    CREAM,
    GREEN,
    HEIGHT,
    RED,
    WIDTH,
    Pixels,
    error,
    exif,
    heic,
    pattern,
    quarters_error,
    ramp,
    saved,
)

UPRIGHT = (RED, GREEN, BLUE, CREAM)


def grey_ramp() -> Pixels:
    return ramp()[..., 0]


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


def test_steps_come_in_the_order_of_the_work() -> None:
    data = saved(pattern(), "PNG", exif=exif(6), icc_profile=p3_profile())
    assert [step["op"] for step in read_photo(data, 2).steps] == ["reduce", "icc_to_srgb", "orient"]
