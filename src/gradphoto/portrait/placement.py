"""Face + hair top + Standard -> the crop, or why there is none.

A placement is a uniform scale and an offset: frame = scale * photo + shift. Nothing is rotated, mirrored or warped.
The crop lies inside the photo, or reaches past an edge only where that edge shows background and the standard replaces
the background anyway (docs/decisions/0004-past-the-edge.md). Among all such placements that keep the four measures inside their bands, the
one nearest the aims is taken:

    minimise  sum over measures of ((value - aim) / half band)^2  +  ((scale - 1) / (limit - 1))^2 where scale > 1

For a fixed scale the sum falls apart into one parabola in y and one in x, each solved exactly; the scale itself is
searched on a fixed grid, so that the same measures always give the same crop.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gradphoto.portrait.reasons import Reason, Refused, reason
from gradphoto.portrait.standard import Band, Standard

SCALES_TRIED = 300


@dataclass(frozen=True)
class Edges:
    """Where the photo's own edge shows nothing but background, so that the new background may simply go on past it.

    Above: along the whole upper edge. Left and right: from the top down to this y, in full-size photo pixels.
    """

    above: bool = False
    left: float = 0.0
    right: float = 0.0


@dataclass(frozen=True)
class Measures:
    """What placement needs to know of a photo, in full-size photo pixels."""

    width: float
    height: float
    hair_top: float
    eye_line: float
    face_width: float
    centre_x: float
    edges: Edges = Edges()


@dataclass(frozen=True)
class Placement:
    """The crop (x0, y0, x1, y1) in full-size photo pixels, frame pixels per photo pixel, and where things land."""

    crop: tuple[float, float, float, float]
    scale: float
    hair_top: float
    eye_line: float
    face_width: float
    centre_x: float

    def as_dict(self) -> dict[str, float]:
        """The four measures in frame pixels, as in the commands' JSON."""
        names = ("hair_top", "eye_line", "face_width", "centre_x")
        return {name: round(getattr(self, name), 1) for name in names}


@dataclass(frozen=True)
class _Shift:
    """A candidate: frame = scale * photo + (x, y), and how far it is from the aims."""

    scale: float
    x: float
    y: float
    badness: float


def place(measures: Measures, standard: Standard) -> Placement:
    """The best placement. Raises Refused: `no_placement`, `too_few_pixels`, or `missing_*` for each side that lacks."""
    scales = _scales(measures, standard)
    candidates = [c for scale in scales if (c := _candidate(scale, measures, standard, inside=True))]
    if not candidates:
        raise Refused(*_why_not(measures, standard))
    best = min(candidates, key=lambda c: c.badness)
    frame = standard.frame
    x0, y0 = -best.x / best.scale, -best.y / best.scale
    return Placement(
        crop=(x0, y0, x0 + frame.width / best.scale, y0 + frame.height / best.scale),
        scale=best.scale,
        hair_top=best.scale * measures.hair_top + best.y,
        eye_line=best.scale * measures.eye_line + best.y,
        face_width=best.scale * measures.face_width,
        centre_x=best.scale * measures.centre_x + best.x,
    )


def _scales(measures: Measures, standard: Standard, unlimited: bool = False) -> list[float]:
    """Every scale to try; empty where even the largest allowed one leaves the face too narrow."""
    band = standard.composition.face_width
    low, high = band.min / measures.face_width, band.max / measures.face_width
    high = high if unlimited else min(high, standard.limits.upscale)
    return [float(s) for s in np.geomspace(low, high, SCALES_TRIED)] if high >= low else []


def _candidate(scale: float, m: Measures, standard: Standard, inside: bool) -> _Shift | None:
    """The best shift at this scale, or None. With `inside`, the crop may not leave the photo but over clear edges."""
    bands, frame = standard.composition, standard.frame
    wants = [(bands.hair_top, scale * m.hair_top), (bands.eye_line, scale * m.eye_line)]
    y = _best_shift(wants, _vertical_room(scale, m, standard) if inside else None)
    if y is None:
        return None
    bottom = (frame.height - y) / scale
    x = _best_shift(
        [(bands.centre_x, scale * m.centre_x)],
        _horizontal_room(scale, bottom, m, standard) if inside else None,
    )
    if x is None:
        return None
    badness = (
        bands.hair_top.badness(scale * m.hair_top + y)
        + bands.eye_line.badness(scale * m.eye_line + y)
        + bands.face_width.badness(scale * m.face_width)
        + bands.centre_x.badness(scale * m.centre_x + x)
        + (max(0.0, scale - 1.0) / max(standard.limits.upscale - 1.0, 1e-9)) ** 2
    )
    return _Shift(scale, x, y, badness)


def _vertical_room(scale: float, m: Measures, standard: Standard) -> tuple[float, float]:
    """Shifts that miss no pixels above or below."""
    beyond = standard.background.replace and m.edges.above
    return standard.frame.height - scale * m.height, math.inf if beyond else 0.0


def _horizontal_room(scale: float, bottom: float, m: Measures, standard: Standard) -> tuple[float, float]:
    """Shifts that miss no pixels left or right, for a crop that ends at `bottom` (photo pixels)."""
    beyond_left = standard.background.replace and m.edges.left >= bottom
    beyond_right = standard.background.replace and m.edges.right >= bottom
    low = -math.inf if beyond_right else standard.frame.width - scale * m.width
    return low, math.inf if beyond_left else 0.0


def _best_shift(wants: list[tuple[Band, float]], room: tuple[float, float] | None) -> float | None:
    """The shift nearest all aims that keeps every (band, value) inside, within `room`; None where none does."""
    low = max(band.min - value for band, value in wants)
    high = min(band.max - value for band, value in wants)
    if room is not None:
        low, high = max(low, room[0]), min(high, room[1])
    if low > high:
        return None
    weights = [1.0 / max(band.max - band.min, 1e-9) ** 2 for band, _ in wants]
    aim = sum(w * (band.aim - value) for w, (band, value) in zip(weights, wants, strict=True)) / sum(weights)
    return min(max(aim, low), high)


def _why_not(measures: Measures, standard: Standard) -> list[Reason]:
    """Reasons, from the most basic on: bands that exclude each other, too few pixels, sides that lack."""
    free = [
        c
        for scale in _scales(measures, standard, True)
        if (c := _candidate(scale, measures, standard, False))
    ]
    if not free:
        return [_conflict(measures, standard)]
    limit = standard.limits.upscale
    sharp = [c for c in free if c.scale <= limit]
    if not sharp:
        return [reason("too_few_pixels", factor=_ceil2(min(c.scale for c in free)), limit=limit)]
    return _missing(measures, standard)


def _missing(measures: Measures, standard: Standard) -> list[Reason]:
    """The sides that lack pixels at the placement that lacks least, in photo pixels and as a share of the face."""
    tried = (_least_missing(scale, measures, standard) for scale in _scales(measures, standard))
    lacking = min((lack for lack in tried if lack), key=lambda lack: sum(lack.values()))
    per_face = 100.0 / measures.face_width
    return [
        reason(f"missing_{side}", pixels=int(np.ceil(lack)), percent=max(1, round(lack * per_face)))
        for side, lack in lacking.items()
        if lack > 1e-6
    ]


def _least_missing(scale: float, m: Measures, standard: Standard) -> dict[str, float] | None:
    """Photo pixels missing on each side at this scale, with the bands kept and the shifts that lose least."""
    bands, frame = standard.composition, standard.frame
    ys = _range([(bands.hair_top, scale * m.hair_top), (bands.eye_line, scale * m.eye_line)])
    xs = _range([(bands.centre_x, scale * m.centre_x)])
    if ys is None or xs is None:
        return None
    y_room = _vertical_room(scale, m, standard)
    y = _nearest_shift(ys, y_room)
    x_room = _horizontal_room(scale, (frame.height - y) / scale, m, standard)
    x = _nearest_shift(xs, x_room)
    lack = {"above": y - y_room[1], "below": y_room[0] - y, "left": x - x_room[1], "right": x_room[0] - x}
    return {side: max(0.0, pixels / scale) for side, pixels in lack.items()}


def _nearest_shift(bands: tuple[float, float], room: tuple[float, float]) -> float:
    """Of the shifts that the bands allow, one that loses the fewest pixels."""
    return min(max(min(room), bands[0]), bands[1])


def _range(wants: list[tuple[Band, float]]) -> tuple[float, float] | None:
    low = max(band.min - value for band, value in wants)
    high = min(band.max - value for band, value in wants)
    return (low, high) if low <= high else None


def _conflict(m: Measures, standard: Standard) -> Reason:
    """Hair top to eyes against face width: the one thing that no scale can change."""
    bands = standard.composition
    ratio = (m.eye_line - m.hair_top) / m.face_width
    most = (bands.eye_line.max - bands.hair_top.min) / bands.face_width.min
    least = (bands.eye_line.min - bands.hair_top.max) / bands.face_width.max
    zh, en = (
        (
            f"头发顶到眼睛是脸宽的 {ratio:.2f} 倍，最多 {most:.2f} 倍",
            f"hair top to eyes is {ratio:.2f} face widths, at most {most:.2f}",
        )
        if ratio > most
        else (
            f"头发顶到眼睛只有脸宽的 {ratio:.2f} 倍，至少 {least:.2f} 倍",
            f"hair top to eyes is only {ratio:.2f} face widths, at least {least:.2f}",
        )
    )
    return reason("no_placement", conflict_zh=zh, conflict_en=en)


def _ceil2(value: float) -> float:
    return float(np.ceil(value * 100) / 100)
