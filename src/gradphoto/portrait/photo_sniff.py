"""Which format a file has, from its own bytes; whatever is not one of our seven formats is refused by name.

File names and content types are never looked at: they lie too often.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable

from .reasons import Refused, refuse

_HEIF_BRANDS = frozenset(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"mif2", b"msf1")
)
_AVIF_BRANDS = frozenset((b"avif", b"avis"))

# (offset, signature, name). TIFF's relatives stand before TIFF itself, which is recognised afterwards.
_SUPPORTED: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8", "JPEG"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (8, b"WEBP", "WEBP"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
)
_UNSUPPORTED: tuple[tuple[int, bytes, str], ...] = (
    (8, b"CR\x02\0", "RAW (CR2)"),
    (0, b"FUJIFILMCCD-RAW", "RAW (RAF)"),
    (0, b"IIRO", "RAW (ORF)"),
    (0, b"IIRS", "RAW (ORF)"),
    (0, b"MMOR", "RAW (ORF)"),
    (0, b"IIU\0", "RAW (RW2)"),
    (0, b"FOVb", "RAW (X3F)"),
    (0, b"\0MRM", "RAW (MRW)"),
    (0, b"II+\0", "BigTIFF"),
    (0, b"MM\0+", "BigTIFF"),
    (0, b"II\xbc", "JPEG XR"),
    (4, b"jP  \r\n\x87\n", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000"),
    (4, b"JXL \r\n\x87\n", "JPEG XL"),
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"8BPS", "PSD"),
    (0, b"gimp xcf", "XCF"),
    (0, b"\0\0\x01\0", "ICO"),
    (0, b"\0\0\x02\0", "CUR"),
    (0, b"icns", "ICNS"),
    (0, b"%!PS", "PostScript"),
    (0, b"\xc5\xd0\xd3\xc6", "EPS"),
    (0, b"\x76\x2f\x31\x01", "OpenEXR"),
    (0, b"#?RADIANCE", "Radiance HDR"),
    (128, b"DICM", "DICOM"),
    (0, b"AT&TFORM", "DjVu"),
    (0, b"\x8aMNG", "MNG"),
    (0, b"qoif", "QOI"),
    (0, b"BPG\xfb", "BPG"),
    (0, b"\x1aE\xdf\xa3", "MKV/WebM"),
    (8, b"AVI ", "AVI"),
    (8, b"WAVE", "WAV"),
    (0, b"FLV\x01", "FLV"),
    (0, b"OggS", "Ogg"),
    (0, b"ID3", "MP3"),
    (4, b"moov", "MOV"),
    (4, b"mdat", "MOV"),
    (4, b"wide", "MOV"),
    (0, b"PK\x03\x04", "ZIP"),
    (0, b"PK\x05\x06", "ZIP"),
    (0, b"Rar!\x1a\x07", "RAR"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"\x1f\x8b\x08", "gzip"),
    (0, b"BZh", "bzip2"),
    (0, b"\xfd7zXZ\0", "xz"),
    (0, b"\x28\xb5\x2f\xfd", "Zstandard"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Microsoft Office"),
    (0, b"{\\rtf", "RTF"),
)
_BMP_HEADER_SIZES = frozenset((12, 40, 52, 56, 64, 108, 124))


def sniff(data: bytes) -> str:
    """The format: "JPEG", "PNG", "WEBP", "HEIF", "AVIF", "BMP" or "TIFF". Raises Refused for anything else.

    Only signatures are read, so a right answer does not promise that the rest of the file is sound.
    """
    if not data:
        raise refuse("empty_file")
    found = _supported(data)
    if found:
        return found
    raise _refusal(data)


def _supported(data: bytes) -> str | None:
    """One of the seven names, or None."""
    if _matches(data, 8, b"CR\x02\0"):
        return None
    for offset, signature, name in _SUPPORTED:
        if _matches(data, offset, signature) and (name != "WEBP" or data[:4] == b"RIFF"):
            return name
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in _BMP_HEADER_SIZES:
        return "BMP"
    return _iso_photo(data)


def _iso_photo(data: bytes) -> str | None:
    """ "HEIF" or "AVIF" from the brands of an ISO base media file, or None (ISO/IEC 14496-12, 4.3)."""
    if data[4:8] != b"ftyp":
        return None
    major = data[8:12]
    if major in _AVIF_BRANDS:
        return "AVIF"
    end = min(int.from_bytes(data[:4], "big"), 4096)
    others = {data[i : i + 4] for i in range(16, min(end, len(data)), 4)}
    if major not in _HEIF_BRANDS and not others & (_HEIF_BRANDS | _AVIF_BRANDS):
        return None
    if major[:2] == b"he" or not others & _AVIF_BRANDS:
        return "HEIF"
    return "HEIF" if others & {b"heic", b"heix"} else "AVIF"


def _refusal(data: bytes) -> Refused:
    """Why these bytes are no photo, as precisely as their first bytes tell."""
    if b"%PDF-" in data[:1024]:
        locked = re.search(rb"/Encrypt(?:\s+\d+\s+\d+\s+R|\s*<<)", data)
        return refuse("encrypted", format="PDF") if locked else refuse("pdf")
    locked_format = _encrypted(data)
    if locked_format:
        return refuse("encrypted", format=locked_format)
    if _is_svg(data):
        return refuse("svg")
    if data[:6] in (b"GIF87a", b"GIF89a"):
        frames = _gif_frames(data)
        return refuse("animated", frames=frames) if frames > 1 else refuse("unsupported_format", format="GIF")
    if data[4:8] == b"ftyp":
        if len(data) < 12:
            return refuse("truncated")
        return refuse("unsupported_format", format=_iso_name(data[8:12]))
    for offset, signature, name in _UNSUPPORTED:
        if _matches(data, offset, signature):
            return refuse("unsupported_format", format=name)
    return refuse("not_an_image")


def _iso_name(major: bytes) -> str:
    """What people call an ISO base media file with this brand."""
    return {b"crx ": "RAW (CR3)", b"qt  ": "MOV", b"M4A ": "M4A"}.get(
        major, "3GP" if major[:3] == b"3gp" else "MP4"
    )


def _matches(data: bytes, offset: int, signature: bytes) -> bool:
    return data.startswith(signature, offset)


# -- encryption ----------------------------------------------------------------------------------------


def _encrypted(data: bytes) -> str | None:
    """The name of the encryption or archive when the bytes are locked, else None."""
    for name, is_locked in _LOCKS:
        if is_locked(data):
            return name
    return None


def _zip_locked(data: bytes) -> bool:
    """Bit 0 of the general purpose flags, in the first local header or any central one (APPNOTE 4.4.4)."""
    if data[:2] != b"PK":
        return False
    flags = [data[6:7]] if data[:4] == b"PK\x03\x04" else []
    flags += [found[1] for found in re.finditer(rb"PK\x01\x02.{4}(.)", data, re.DOTALL)]
    return any(flag and flag[0] & 1 for flag in flags)


def _pgp(data: bytes) -> bool:
    """ASCII armour, or a packet of an encrypted session key (RFC 9580, 5.1 and 5.3)."""
    if data.lstrip()[:40].startswith(b"-----BEGIN PGP MESSAGE"):
        return True
    public_key = data[:1] in (b"\x84", b"\xc1") and data[2:3] == b"\x03"
    public_key |= data[:1] == b"\x85" and data[3:4] == b"\x03"
    password = data[:1] in (b"\x8c", b"\xc3") and data[2:3] == b"\x04" and data[3:4] in b"\x07\x08\x09"
    return public_key or (password and len(data) > 3)


def _office_locked(data: bytes) -> bool:
    """A compound file whose directory names the encrypted package (MS-OFFCRYPTO 2.3)."""
    names = ("EncryptedPackage", "EncryptionInfo")
    return data[:4] == b"\xd0\xcf\x11\xe0" and any(name.encode("utf-16-le") in data for name in names)


def _wechat_dat(data: bytes) -> bool:
    """WeChat's desktop cache: a JPEG or PNG with one byte XORed over all of it."""
    if len(data) < 4:
        return False
    head = bytes(byte ^ data[0] for byte in data[1:4])
    key_jpeg = data[0] ^ 0xFF
    jpeg = bytes(byte ^ 0xFF for byte in b"\xd8\xff")
    return (key_jpeg != 0 and head[:2] == jpeg and data[3] ^ key_jpeg in (0xE0, 0xE1)) or (
        data[0] != 0x89 and head == bytes(byte ^ 0x89 for byte in b"PNG")
    )


_LOCKS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("ZIP", _zip_locked),
    ("OpenSSL", lambda data: data.startswith((b"Salted__", b"U2FsdGVkX1"))),
    ("PGP", _pgp),
    ("age", lambda data: data.startswith((b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED FILE"))),
    ("Microsoft Office", _office_locked),
    ("7z", lambda data: data.startswith(b"7z\xbc\xaf") and b"\x06\xf1\x07\x01" in data),
    # RAR 5: an archive encryption header (type 4) comes first; RAR 4: bit 7 of the main header's flags
    ("RAR", lambda data: data.startswith(b"Rar!\x1a\x07\x01\0") and data[13:14] == b"\x04"),
    ("RAR", lambda data: data.startswith(b"Rar!\x1a\x07\0") and bool(data[10:11]) and bool(data[10] & 0x80)),
    ("LUKS", lambda data: data.startswith(b"LUKS\xba\xbe")),
    ("WeChat .dat", _wechat_dat),
)


# -- SVG and GIF ---------------------------------------------------------------------------------------

# Atomic groups: hostile runs of comments must not send the match back and forth.
_SVG = re.compile(
    r"\ufeff?\s*+(?>(?><\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*+(?>\[.*?\])?[^>]*+>)\s*+)*+<(?:\w+:)?svg[\s>/]",
    re.DOTALL | re.IGNORECASE,
)


def _is_svg(data: bytes) -> bool:
    """An SVG root after byte-order mark, XML head, comments, document type; gzip (.svgz) is opened first."""
    head = data[:65536]
    if head[:3] == b"\x1f\x8b\x08":
        try:
            head = zlib.decompressobj(31).decompress(head, 65536)
        except zlib.error:
            return False
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    return _SVG.match(head.decode("utf-16" if wide else "utf-8", "ignore")) is not None


def _gif_frames(data: bytes) -> int:
    """The number of image blocks in a GIF, as far as its first megabytes reach (GIF89a, 20)."""
    data = data[: 8 << 20]
    frames = 0
    at = 13 + _gif_table(data[10:11])
    while at < len(data) and data[at] in (0x21, 0x2C):
        if data[at] == 0x2C:
            frames += 1
            at += 10 + _gif_table(data[at + 9 : at + 10]) + 1
        else:
            at += 2
        while at < len(data) and data[at]:
            at += 1 + data[at]
        at += 1
    return frames


def _gif_table(flags: bytes) -> int:
    """The size of a colour table in bytes."""
    return 3 << ((flags[0] & 7) + 1) if flags and flags[0] & 0x80 else 0
