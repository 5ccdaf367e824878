"""What comes of a folder of photos: how many portraits, why not where not, and a sheet to look at.

python -m bench portraits --photos DIR [--csv portraits.csv] --out DIR
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.samples import main_face, photos_in
from bench.tables import show
from gradphoto.portrait.pipeline import Portrait, standardize
from gradphoto.portrait.placement import Placement
from gradphoto.portrait.reasons import Refused
from gradphoto.portrait.standard import Standard, load_standard

# Photos with one of these tags are such as a student might hand in.
USABLE = frozenset({"frontal_ok", "frontal", "neutral", "id_photo"})
MEASURES = ("hair_top", "eye_line", "face_width", "centre_x")
TILE_WIDTH, TILE_HEIGHT = 360, 270


@dataclass(frozen=True)
class Outcome:
    """A photo and what came of it: a portrait, or the codes of the reasons why not."""

    photo: Path
    usable: bool
    portrait: Portrait | None
    reasons: tuple[str, ...]
    drafted: bool = False


def main(photos: Path, tags: Path | None, out: Path, draft: bool = False) -> None:
    """Prints the tables, writes portraits and `sheet.png` to `out`. Raises AssertionError for one outside its bands."""
    standard = load_standard("school-blue")
    usable = usable_names(tags or photos / "portraits.csv")
    outcomes = [standardized(path, path.name in usable, standard, draft) for path in photos_in(photos)]
    out.mkdir(parents=True, exist_ok=True)
    for outcome in outcomes:
        if outcome.portrait:
            assert not outside(outcome.portrait.placement, standard), (
                f"{outcome.photo.name}: outside its bands"
            )
            (out / f"{outcome.photo.stem}.jpg").write_bytes(outcome.portrait.jpeg)
    _show_counts(outcomes)
    _show_usable([o for o in outcomes if o.usable])
    _show_measured_again(outcomes)
    contact_sheet(outcomes).save(out / "sheet.png")
    print(f"Contact sheet: {out / 'sheet.png'}")


def usable_names(table: Path) -> frozenset[str]:
    """File names of the photos that a table (columns `file` and `tags`, ;-separated) tags as USABLE."""
    if not table.is_file():
        return frozenset()
    with table.open(encoding="utf-8", newline="") as stream:
        return frozenset(
            row["file"] for row in csv.DictReader(stream) if USABLE & set(row["tags"].split(";"))
        )


def standardized(photo: Path, usable: bool, standard: Standard, draft: bool) -> Outcome:
    """What comes of one photo."""
    try:
        return Outcome(photo, usable, standardize(photo.read_bytes(), standard, draft=draft), ())
    except Refused as refused:
        return Outcome(photo, usable, None, tuple(reason.code for reason in refused.reasons))


def outside(placement: Placement, standard: Standard) -> list[str]:
    """The measures that lie outside their bands by more than rounding."""
    bands = {name: getattr(standard.composition, name) for name in MEASURES}
    values = {name: getattr(placement, name) for name in MEASURES}
    return [n for n, band in bands.items() if not band.min - 1e-6 <= values[n] <= band.max + 1e-6]


def contact_sheet(outcomes: Sequence[Outcome], columns: int = 5) -> Image.Image:
    """Source and portrait side by side, the usable ones first, with file name and measures or reasons below."""
    ordered = sorted(outcomes, key=lambda o: (not o.usable, o.portrait is None, o.photo.name))
    sheet = Image.new(
        "RGB", (columns * TILE_WIDTH, -(-len(ordered) // columns) * TILE_HEIGHT), (225, 225, 225)
    )
    for number, outcome in enumerate(ordered):
        sheet.paste(_tile(outcome), (number % columns * TILE_WIDTH, number // columns * TILE_HEIGHT))
    return sheet


def _tile(outcome: Outcome) -> Image.Image:
    tile = Image.new("RGB", (TILE_WIDTH, TILE_HEIGHT), (255, 255, 255) if outcome.usable else (225, 225, 225))
    picture_height = TILE_HEIGHT - 38
    try:
        with Image.open(outcome.photo) as opened:
            source = opened.convert("RGB")
        source.thumbnail((175, picture_height))
        tile.paste(source, (2, 2))
    except OSError:
        pass  # a format that Pillow alone does not read: the portrait is still shown
    if outcome.portrait:
        made = Image.open(io.BytesIO(outcome.portrait.jpeg))
        made.thumbnail((175, picture_height), Image.Resampling.LANCZOS)
        tile.paste(made, (182, 2))
    _write_below(tile, outcome, picture_height + 4)
    return tile


def _write_below(tile: Image.Image, outcome: Outcome, y: int) -> None:
    draw, font = ImageDraw.Draw(tile), ImageFont.load_default(12)
    draw.text((4, y), outcome.photo.name, "black", font=font)
    if outcome.portrait:
        p = outcome.portrait.placement
        words = f"hair {p.hair_top:.0f}  eyes {p.eye_line:.0f}  face {p.face_width:.0f}  centre {p.centre_x:.0f}  x{p.scale:.2f}"
    else:
        words = ", ".join(outcome.reasons)
    draw.text((4, y + 15), words, "darkgreen" if outcome.portrait else "darkred", font=font)


def _show_counts(outcomes: Sequence[Outcome]) -> None:
    usable = [o for o in outcomes if o.usable]
    rows: list[list[object]] = [
        ["photos", len(outcomes), len(usable)],
        [
            "portraits",
            sum(o.portrait is not None for o in outcomes),
            sum(o.portrait is not None for o in usable),
        ],
    ]
    everywhere, among_usable = (
        Counter(code for o in group for code in o.reasons) for group in (outcomes, usable)
    )
    rows += [[f"refused: {code}", count, among_usable[code]] for code, count in everywhere.most_common()]
    show("What comes of them (a photo may have several reasons)", ("", "all", "usable"), rows)


def _show_usable(outcomes: Sequence[Outcome]) -> None:
    rows = []
    for outcome in outcomes:
        placement = outcome.portrait.placement if outcome.portrait else None
        values = [f"{getattr(placement, name):.0f}" if placement else "" for name in MEASURES]
        scale = f"{placement.scale:.2f}" if placement else ""
        rows.append([outcome.photo.name, *values, scale, ", ".join(outcome.reasons)])
    if rows:
        show("Usable photos", ("photo", *MEASURES, "scale", "refused"), rows)


def _show_measured_again(outcomes: Sequence[Outcome]) -> None:
    """How far face and eyes of the finished JPEG, found anew, lie from where the record says they are."""
    off: dict[str, list[float]] = {"eye_line": [], "face_width": [], "centre_x": []}
    for portrait in [o.portrait for o in outcomes if o.portrait]:
        face = main_face(np.asarray(Image.open(io.BytesIO(portrait.jpeg)).convert("RGB")))
        if face is None:
            continue
        off["eye_line"].append(abs(face.eye_line - portrait.placement.eye_line))
        off["face_width"].append(abs(face.width - portrait.placement.face_width))
        off["centre_x"].append(abs(face.centre_x - portrait.placement.centre_x))
    rows = [[name, float(np.median(values)), float(max(values))] for name, values in off.items() if values]
    show("Measured again in the finished portraits: off by, frame pixels", ("", "median", "most"), rows)
