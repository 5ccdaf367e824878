"""From a photo's own colours to sRGB: embedded ICC profiles, primaries that HEIF and AVIF name, CMYK, grey.

Relative colorimetric intent with black point compensation, as photo software does by default. A profile that
can't be read or doesn't fit the picture is left aside, and the record says so.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

INTENT = "relative colorimetric, black point compensation"

# CIE xy of red, green, blue by the code of ITU-T H.273, table 2; all of them with the white point D65
_PRIMARIES: dict[int, tuple[str, tuple[tuple[float, float], ...]]] = {
    9: ("BT.2020", ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))),
    12: ("Display P3", ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))),
}
_D65, _D50 = (0.3127, 0.3290), (0.3457, 0.3585)
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_SPACES = {"GRAY": "L", "RGB": "RGB", "CMYK": "CMYK"}


@dataclass(frozen=True)
class ColourConversion:
    """How pictures of one mode become sRGB: `steps` for the record, `apply` for the pixels."""

    transform: ImageCms.ImageCmsTransform | None
    input_mode: str
    steps: tuple[dict[str, Any], ...]

    def apply(self, image: Image.Image) -> Image.Image:
        """An "L", "RGB" or "CMYK" picture as sRGB in mode "RGB"."""
        if self.transform is None:
            return image.convert("RGB")
        return ImageCms.applyTransform(image.convert(self.input_mode), self.transform) or image


def conversion(mode: str, icc: bytes | None, nclx: tuple[int, int] | None = None) -> ColourConversion:
    """The way to sRGB for pictures of `mode` ("L", "RGB" or "CMYK") with this profile, if any. Never raises.

    `nclx`: (primaries, transfer) codes, used where there is no profile.
    """
    if icc is None and nclx is not None and nclx[0] in _PRIMARIES and mode == "RGB":
        icc = primaries_profile(nclx[0])
    return _plain(mode) if icc is None else _from_profile(icc, mode)


def _plain(mode: str, *steps: dict[str, Any]) -> ColourConversion:
    """Pillow's own conversion, which leaves RGB as it is."""
    return ColourConversion(
        None, mode, (*steps, *([{"op": "convert", "from": mode}] if mode != "RGB" else []))
    )


def _from_profile(icc: bytes, mode: str) -> ColourConversion:
    """By the profile, or plain if it is sRGB already, unreadable or made for other colours."""
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(icc))
        name = ImageCms.getProfileDescription(profile).strip()[:120]
        takes = _SPACES.get(profile.profile.xcolor_space.strip(), "")
        if takes != mode and (mode, takes) != ("L", "RGB"):
            return _plain(mode, {"op": "icc_ignored", "profile": name, "why": "made for other colours"})
        transform = ImageCms.buildTransform(
            profile,
            ImageCms.createProfile("sRGB"),
            takes,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        if takes == "RGB" and _is_identity(transform):
            return _plain(mode)
    except Exception:  # whatever is wrong with the profile, the photo itself may be sound
        return _plain(mode, {"op": "icc_ignored", "why": "unreadable"})
    return ColourConversion(transform, takes, ({"op": "icc_to_srgb", "profile": name, "intent": INTENT},))


def _is_identity(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether a grid of 9x9x9 colours stays as it is, to one level: sRGB profiles go by many names."""
    levels = np.linspace(0, 255, 9).astype(np.uint8)
    grid = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(27, 27, 3)
    after = np.asarray(ImageCms.applyTransform(Image.fromarray(grid), transform))
    return int(np.abs(after.astype(np.int16) - grid).max()) <= 1


def primaries_profile(code: int) -> bytes:
    """An ICC profile, version 4, matrix and sRGB curve, for primaries 9 or 12 of H.273 (ICC.1:2022, 8.3)."""
    name, corners = _PRIMARIES[code]
    to_d50 = _adaptation(_xyz(_D65), _xyz(_D50)) @ _rgb_to_xyz(corners, _xyz(_D65))
    curve = b"para" + bytes(4) + struct.pack(">HH", 3, 0)
    curve += _fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    text = name.encode("utf-16-be")
    words = b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(text), 28) + text
    tags = {b"desc": words, b"cprt": words, b"wtpt": b"XYZ " + bytes(4) + _fixed(*_xyz(_D50))}
    for i, letter in enumerate((b"r", b"g", b"b")):
        tags[letter + b"XYZ"] = b"XYZ " + bytes(4) + _fixed(*to_d50[:, i])
        tags[letter + b"TRC"] = curve
    return _icc_file(tags)


def _icc_file(tags: dict[bytes, bytes]) -> bytes:
    """Header, tag table and tags (ICC.1:2022, 7)."""
    table, body, start = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for signature, content in tags.items():
        table += signature + struct.pack(">II", start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    header = struct.pack(">I4sI4s4s4s", start + len(body), bytes(4), 0x04300000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H4s", 2020, 1, 1, 0, 0, 0, b"acsp") + bytes(28) + _fixed(*_xyz(_D50)) + bytes(48)
    return header + table + body


def _fixed(*values: float) -> bytes:
    """s15Fixed16 numbers."""
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def _xyz(xy: tuple[float, float]) -> NDArray[np.float64]:
    """CIE XYZ, shape (3,), of a chromaticity at Y = 1."""
    x, y = xy
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _rgb_to_xyz(corners: tuple[tuple[float, float], ...], white: NDArray[np.float64]) -> NDArray[np.float64]:
    """The (3, 3) matrix from linear RGB to XYZ in which (1, 1, 1) becomes `white`."""
    columns = np.stack([_xyz(corner) for corner in corners], axis=1)
    return columns * np.linalg.solve(columns, white)


def _adaptation(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bradford's chromatic adaptation between two white points, a (3, 3) matrix on XYZ."""
    gain = np.diag((_BRADFORD @ target) / (_BRADFORD @ source))
    adapted: NDArray[np.float64] = np.linalg.inv(_BRADFORD) @ gain @ _BRADFORD
    return adapted
