"""Every reason to refuse a file as a photo, each with a real file."""

from __future__ import annotations

import gzip
import io
import re
import struct
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from fpdf import FPDF
from PIL import Image

import heic_files
from gradphoto.portrait.photo import read_photo
from photo_files import (
    HEIGHT,
    WIDTH,
    Tags,
    code,
    every_format,
    heic,
    pattern,
    plain_tiff,
    png_chunk,
    png_with,
    ramp,
    refusal,
    saved,
    tiff,
    tiff_tags,
)

# -- not a photo at all -------------------------------------------------------------------------------------


def test_empty() -> None:
    assert code(b"") == "empty_file"


@pytest.mark.parametrize(
    "data",
    [
        b"\0",
        b"hello, this is a text file\n",
        bytes(1000),
        b"\xff" * 1000,
        "照片在附件里".encode(),
        b"<!DOCTYPE html><html><body><svg></svg></body></html>",
        b'{"error": "not found"}',
        b"BM is how this sentence starts, but it is no bitmap at all.",
        b"\x7fELF\x02\x01\x01" + bytes(200),
        b"RIFF\x10\0\0\0ABCD" + bytes(50),
        np.random.default_rng(3).bytes(5000),
    ],
)
def test_not_an_image(data: bytes) -> None:
    assert code(data) == "not_an_image"


def pdf(password: str | None = None) -> bytes:
    document = FPDF()
    document.add_page()
    document.image(Image.fromarray(pattern()))
    if password:
        document.set_encryption(owner_password=password, user_password=password)
    return bytes(document.output())


def test_pdf() -> None:
    assert code(pdf()) == "pdf"
    assert code(b"\r\n\r\n" + pdf()) == "pdf"
    assert code(pdf()[:100]) == "pdf"


SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"><rect width="9" height="9"/></svg>'


@pytest.mark.parametrize(
    "data",
    [
        SVG.encode(),
        b"\xef\xbb\xbf" + SVG.encode(),
        ("  \n\t" + SVG).encode(),
        ('<?xml version="1.0" encoding="UTF-8"?>\n<!-- drawn by hand -->\n<!-- twice -->' + SVG).encode(),
        ('<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd" [<!ENTITY a "b">]>' + SVG).encode(),
        ("\ufeff" + SVG).encode("utf-16-le"),
        ("\ufeff" + SVG).encode("utf-16-be"),
        SVG.replace("svg ", "svg:svg ", 1).encode(),
        gzip.compress(SVG.encode(), mtime=0),
        gzip.compress(SVG.encode(), mtime=0)[:60],
    ],
)
def test_svg(data: bytes) -> None:
    assert code(data) == "svg"


def test_a_wall_of_comments_is_read_in_no_time() -> None:
    """A careless pattern would try every way to divide them."""
    assert code(b"<!-- -->" * 8000 + b"<nothing>") == "not_an_image"
    assert code(b"<?a ?>" * 9000) == "not_an_image"


# -- other formats, by name ---------------------------------------------------------------------------------


def unsupported(data: bytes) -> str:
    reason = refusal(data)
    assert reason.code == "unsupported_format"
    assert reason.data["format"] in reason.zh
    return str(reason.data["format"])


def zipped(*flags: int) -> bytes:
    """A ZIP archive, its entries marked with these flags."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(len(flags)):
            archive.writestr(f"{number}.jpg", b"photo")
    data = bytearray(out.getvalue())
    places = [m.start() + 6 for m in re.finditer(b"PK\x03\x04", data)]
    places += [m.start() + 8 for m in re.finditer(b"PK\x01\x02", data)]
    for at, flag in zip(places, flags * 2, strict=True):
        data[at] |= flag
    return bytes(data)


@pytest.mark.parametrize(
    ("kind", "name"), [("GIF", "GIF"), ("JPEG2000", "JPEG 2000"), ("ICO", "ICO"), ("QOI", "QOI")]
)
def test_formats_that_pillow_writes(kind: str, name: str) -> None:
    assert unsupported(saved(pattern(), kind)) == name


def test_a_bare_jpeg_2000_stream() -> None:
    assert unsupported(saved(pattern(), "JPEG2000", no_jp2=True)) == "JPEG 2000"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 300, 300, 8, 3), "PSD"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
        (b"\xff\x0a\xfa\x7f", "JPEG XL"),
        (b"II\xbc\x01\x20\0\0\0", "JPEG XR"),
        (b"II*\0\x10\0\0\0CR\x02\0", "RAW (CR2)"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "RAW (CR3)"),
        (b"FUJIFILMCCD-RAW 0201", "RAW (RAF)"),
        (b"IIRO\x08\0\0\0", "RAW (ORF)"),
        (b"IIU\0\x18\0\0\0", "RAW (RW2)"),
        (b"II+\0\x08\0\0\0", "BigTIFF"),
        (b"%!PS-Adobe-3.0\n", "PostScript"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "MOV"),
        (b"\0\0\0\x14ftyp3gp4\0\0\0\0isom", "3GP"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "MOV"),
        (b"\x1aE\xdf\xa3\x01\0\0\0", "MKV/WebM"),
        (b"Rar!\x1a\x07\0\xcf\x90\x73\0\0\x0d\0", "RAR"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "7z"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Microsoft Office"),
        (bytes(128) + b"DICM", "DICOM"),
    ],
)
def test_formats_by_their_signature(head: bytes, name: str) -> None:
    assert unsupported(head + bytes(300)) == name


@pytest.mark.parametrize(("suffix", "codec", "name"), [("mp4", "mp4v", "MP4"), ("avi", "MJPG", "AVI")])
def test_videos(tmp_path: Path, suffix: str, codec: str, name: str) -> None:
    path = tmp_path / f"clip.{suffix}"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), 10, (WIDTH, HEIGHT))
    for _ in range(3):
        writer.write(pattern())
    writer.release()
    assert unsupported(path.read_bytes()) == name


def test_archives() -> None:
    assert unsupported(zipped(0, 0)) == "ZIP"
    assert unsupported(gzip.compress(b"no drawing", mtime=0)) == "gzip"


def test_raw_files_that_are_tiff_inside() -> None:
    raw: Tags = {50706: (1, (1, 4, 0, 0))}
    assert unsupported(plain_tiff(ramp(), tags=raw)) == "RAW (DNG)"
    preview: Tags = {254: (4, (1,)), 330: (4, (8,))}
    assert unsupported(plain_tiff(ramp(), tags=preview)) == "RAW (TIFF)"
    sensor = tiff_tags(WIDTH, HEIGHT, (16,), 32803)
    assert unsupported(tiff((sensor, bytes(WIDTH * HEIGHT * 2)))) == "RAW (TIFF)"


def test_tiff_with_samples_that_have_no_fixed_range() -> None:
    floats = saved(Image.new("F", (WIDTH, HEIGHT), 0.5), "TIFF")
    assert unsupported(floats) == "TIFF (F)"
    assert unsupported(saved(Image.new("I", (WIDTH, HEIGHT), 99), "TIFF")) == "TIFF (I)"
    assert unsupported(saved(Image.new("LAB", (WIDTH, HEIGHT)), "TIFF")) == "TIFF (LAB)"


@pytest.mark.parametrize(("transfer", "name"), [(16, "HEIF (HDR, PQ)"), (18, "HEIF (HDR, HLG)")])
def test_heif_of_high_dynamic_range(transfer: int, name: str) -> None:
    assert unsupported(heic(pattern(), colour=(9, transfer), depth=10)) == name


def test_grey_heif_of_more_than_eight_bits() -> None:
    assert unsupported(heic(pattern(), grey=True, depth=10)) == "HEIF (I;16)"


def test_grey_heif_that_claims_a_depth_it_has_not() -> None:
    """One altered byte, found by fuzzing: decoded, it made pi_heif write beyond its memory."""
    sound = heic(pattern(), grey=True)
    at = sound.index(b"hvcC") + 21
    assert sound[at] == 0xF8  # eight bits
    assert unsupported(sound[:at] + b"\xf9" + sound[at + 1 :]) == "HEIF (I;16)"


def test_heif_with_another_coding_inside() -> None:
    item = heic_files.picture(pattern())
    other = heic_files.Item(b"vvc1", item.data, item.properties[1:])
    assert unsupported(heic_files.heic(other)) == "HEIF (codec)"


# -- encrypted ----------------------------------------------------------------------------------------------


def office_locked() -> bytes:
    """A compound file's start and directory, as Office writes them for a document with a password."""
    names = "".join(f"{name:\0<32}" for name in ("Root Entry", "EncryptedPackage", "EncryptionInfo"))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + names.encode("utf-16-le")


JPEG = saved(pattern(), "JPEG")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (pdf("secret"), "PDF"),
        (zipped(1), "ZIP"),
        (zipped(0, 1), "ZIP"),
        (b"Salted__" + np.random.default_rng(1).bytes(400), "OpenSSL"),
        (b"U2FsdGVkX1+vupppZksvRf5pq5g5XjFRIipRkwB0K1Y=\n", "OpenSSL"),
        (b"-----BEGIN PGP MESSAGE-----\n\nhQEMA7", "PGP"),
        (b"\x85\x01\x0c\x03" + np.random.default_rng(2).bytes(400), "PGP"),
        (b"\x84\x5e\x03" + np.random.default_rng(2).bytes(400), "PGP"),
        (b"\x8c\x0d\x04\x09\x03\x08" + np.random.default_rng(2).bytes(400), "PGP"),
        (b"age-encryption.org/v1\n-> X25519 ", "age"),
        (b"-----BEGIN AGE ENCRYPTED FILE-----\n", "age"),
        (office_locked(), "Microsoft Office"),
        (b"7z\xbc\xaf\x27\x1c\0\4" + bytes(100) + b"\x06\xf1\x07\x01", "7z"),
        (b"Rar!\x1a\x07\x01\0\x11\x22\x33\x44\x21\x04\0\0", "RAR"),
        (b"Rar!\x1a\x07\0\xce\x99\x73\x80\0\x0d\0", "RAR"),
        (b"LUKS\xba\xbe\0\x01aes", "LUKS"),
        (bytes(byte ^ 0x5A for byte in JPEG), "WeChat .dat"),
        (bytes(byte ^ 0x5A for byte in saved(pattern(), "PNG")), "WeChat .dat"),
    ],
)
def test_encrypted(data: bytes, name: str) -> None:
    reason = refusal(data)
    assert (reason.code, reason.data["format"]) == ("encrypted", name)
    assert name in reason.zh


# -- cut short, damaged -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(every_format().keys() - {"mpo"}))  # whose second picture isn't needed
def test_truncated_anywhere(name: str) -> None:
    data = every_format()[name]
    for length in {*range(40, len(data) - 1, len(data) // 60), len(data) - 2, len(data) // 2}:
        assert code(data[:length]) in ("truncated", "damaged"), length
    for share in (0.5, 0.9):
        assert code(data[: int(len(data) * share)]) == "truncated"
    for length in range(1, 40):
        assert code(data[:length]) in ("truncated", "damaged", "not_an_image"), length


def test_a_jpeg_filled_up_with_zeros_is_truncated() -> None:
    """As broken transfers and failing memory cards leave them."""
    assert code(JPEG[: len(JPEG) // 2] + bytes(len(JPEG) // 2)) == "truncated"


def test_damaged_inside() -> None:
    png = saved(ramp(), "PNG")
    middle = len(png) // 2
    assert code(png[:middle] + b"\x55\xaa" + png[middle + 2 :]) == "damaged"
    broken = {
        "jpeg": JPEG[:-40] + b"\xff\xc8" + JPEG[-38:],
        "no_scan": b"\xff\xd8" + JPEG[-2:],
        "not_jpeg": b"\xff\xd8\xff\xe0\0\x04ab" + b"nonsense" * 50 + b"\xff\xd9",
        "webp": saved(pattern(), "WEBP")[:30] + b"\xff" * 400 + saved(pattern(), "WEBP")[430:],
        "bmp": b"BM" + struct.pack("<IIIIiiHHI", 0, 0, 54, 40, 300, 300, 1, 77, 0) + bytes(999),
        "two_controls": png_with(png_with(png, b"acTL", bytes(8)), b"acTL", bytes(8)),
    }
    assert {name: code(data) for name, data in broken.items()} == dict.fromkeys(broken, "damaged")


def test_endless_scans_are_not_worked_through() -> None:
    """Each scan makes the decoder go over the whole picture: a small file could keep it busy for hours."""
    data = saved(ramp(), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    assert code(data[:last] + data[last:-2] * 100 + data[-2:]) == "damaged"


def test_endless_empty_parts_are_not_walked_through() -> None:
    assert code(JPEG[:2] + b"\xff\xfe\0\x02" * 200_000 + JPEG[2:]) == "damaged"
    png = saved(pattern(), "PNG")
    assert code(png[:33] + png_chunk(b"teXt", b"") * 200_000 + png[33:]) == "damaged"


# -- more than one picture ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF", "TIFF"])
def test_animated_or_several_pages(kind: str) -> None:
    frames = [Image.fromarray(np.roll(pattern(), 20 * i, axis=1)) for i in range(3)]
    reason = refusal(saved(frames[0], kind, save_all=True, append_images=frames[1:]))
    assert (reason.code, reason.data["frames"]) == ("animated", 3)
    assert "3" in reason.zh


def test_heif_sequences() -> None:
    still = heic_files.heic(heic_files.picture(pattern()), brand=b"hevc")
    assert code(still) == "animated"
    track = heic_files.full(b"stsz", 0, 0, struct.pack(">II", 0, 25))
    assert refusal(still + heic_files.box(b"moov", track)).data["frames"] == 25


def test_a_preview_beside_the_page_does_not_count() -> None:
    page = tiff_tags(WIDTH, HEIGHT, (8, 8, 8), 2)
    preview: Tags = {**tiff_tags(8, 8, (8, 8, 8), 2), 254: (4, (1,))}
    photo = read_photo(tiff((page, ramp().tobytes()), (preview, bytes(192))))
    assert np.array_equal(photo.pixels, ramp())


def test_a_directory_that_leads_to_itself() -> None:
    data = bytearray(plain_tiff(ramp()))
    data[-4:] = data[4:8]
    assert code(bytes(data)) == "animated"
