"""Shipped samples made worse step by step: does each rule's value follow, how exactly, and where does its verdict turn?

python -m bench series [--only RULE]

Anybody can run it: it needs no photos but the samples. What the steps mean is in `bench.degrade` and `bench.painted`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench import degrade, painted, warped
from bench.scene import Pixels, Scene, jpeg, png, sample_scene
from bench.tables import markdown, show
from gradphoto.portrait.pipeline import judge
from gradphoto.portrait.rules import RULES, Outcome, Verdict
from gradphoto.portrait.standard import Standard, load_standard

Change = Callable[[Scene, float], Pixels]


@dataclass(frozen=True)
class Series:
    """A sample changed by `change` in steps of `amounts`, and the rules that must follow.

    `slopes`: what a rule's value must change by for a change of 1, where that is known beforehand; 1 or -1 as a bare
    direction in `follows`. `lossy` amounts are JPEG qualities: the file itself is the change.
    """

    name: str
    sample: str
    change: Change
    amounts: tuple[float, ...]
    follows: dict[str, int]
    slopes: dict[str, float] | None = None
    lossy: bool = False


SERIES = (
    Series(
        "tilt, deg", "obama", degrade.tilted, (-12, -8, -4, 0, 4, 8, 12), {"roll": 1, "eyes_level": 1},
        {"roll": 1.0, "eyes_level": 1.0},
    ),
    Series("blur, sigma px", "obama", degrade.blurred, (0, 1, 2, 3, 4), {"sharpness": 1}),
    Series("shake, px", "obama", degrade.shaken, (0, 4, 8, 12, 16), {"motion_blur": 1}),
    Series("darker, EV", "obama", degrade.exposed, (0, -1, -2, -3, -4), {"face_brightness": 1, "underexposed": -1}),
    Series("brighter, EV", "obama", degrade.exposed, (0, 0.5, 1, 1.5, 2), {"overexposed": 1}),
    Series(
        "half shadow, EV", "obama", degrade.half_shaded, (0, 0.5, 1, 1.5, 2, 2.5), {"uneven_light": 0},
        {"uneven_light": 1.0},
    ),
    Series("colour cast, b*", "obama", degrade.tinted, (0, 10, 20, 30, 40), {"natural_colour": 1}),
    Series("faded, share", "obama", degrade.faded, (0, 0.25, 0.5, 0.75, 1), {"colour_photo": -1}),
    Series(
        "JPEG quality", "obama", degrade.compressed, (90, 70, 50, 30, 15), {"compression": 1, "blockiness": -1},
        {"compression": 1.0}, lossy=True,
    ),
    Series("noise, grey levels", "obama", degrade.noisy, (0, 3, 6, 9, 12), {"noise": 1}),
    Series("face width, px", "obama", degrade.shrunk, (239, 200, 170, 140, 110), {"upscaling": -1}),
    Series("second face, share", "obama", degrade.with_second_face, (0, 0.4, 0.6), {"one_face": 1}),
    Series(
        "eyes narrowed to", "obama", painted.eyes_narrowed, (1, 0.8, 0.6, 0.4, 0.2, 0.05), {"eyes_open": 1}
    ),
    Series("dark lenses, share", "obama", painted.dark_lenses, (0, 0.3, 0.5, 0.7, 0.9), {"tinted_glasses": -1}),
    Series("glare, share of the eye", "obama", painted.glare, (0, 0.3, 0.6, 0.9), {"glasses_glare": 1}),
    Series("rims of glasses, share", "obama", painted.framed, (0, 0.25, 0.5, 0.75, 1), {"glasses": 1}),
    Series("teeth, share of the mouth", "obama3", painted.teeth_shown, (0, 0.25, 0.5, 0.75), {"teeth": 1}),
    Series("hair dyed, share", "obama3", painted.dyed_hair, (0, 0.25, 0.5, 0.75, 1), {"hair_colour": 1}),
    Series("hair over the ears, 1 = chin", "obama", painted.ears_covered, (0, 0.25, 0.5, 0.75, 1), {"ears": -1}),
    Series(
        "shoulders sloping, deg", "obama", painted.sloping, (-8, -4, 0, 4, 8), {"shoulders_level": 0},
        {"shoulders_level": 1.0},
    ),
    Series("stripes, grey levels", "obama", painted.striped, (0, 1, 2, 4, 8), {"screen_stripes": 1}),
    Series("fringe, 1 = lids", "obama", painted.fringe, (0, 0.2, 0.4, 0.6, 0.8, 1), {"forehead": 1}),
    Series("mouth covered", "obama3", painted.covered_mouth, (0, 0.5, 0.75, 1, 1.25), {"face_covered": 1}),
    Series("lipstick, share", "obama3", painted.lipstick, (0, 0.25, 0.5, 0.75, 1), {"lipstick": 1}),
    Series("red pupils, share", "obama3", painted.red_pupils, (0, 0.25, 0.5, 0.75, 1), {"red_eye": 1}),
    Series("beauty filter, levels", "biden", degrade.smoothed, (0, 15, 30, 60, 90), {"smooth_skin": -1}),
    Series("pattern on the wall, levels", "obama", painted.on_wall, (0, 5, 10, 20, 30), {"background_plain": 1}),
    Series(
        "shadow on the wall, EV", "obama", painted.on_wall_with_shadow, (0, 0.4, 0.8, 1.2, 1.6), {"background_shadow": 1}
    ),
    Series("blue clothes, share", "obama3", painted.clothed, (0, 0.25, 0.5, 0.75, 1), {"clothes_colour": -1, "clothes_blue": 1}),
    Series("cut above, face widths", "obama", degrade.cut_above, (0.85, 0.82, 0.79, 0.76), {"margin_above": 1}, {"margin_above": 1.0}),
    Series("cut below, face widths", "obama3", degrade.cut_below, (0.9, 0.7, 0.5, 0.3), {"margin_below": 1}, {"margin_below": 1.0}),
    Series("cut beside, face widths", "obama3", degrade.cut_beside, (1.3, 1.1, 0.9, 0.7), {"margin_sides": 1, "shoulders_inside": 1}, {"margin_sides": 1.0}),
    Series("irises moved, % of the eye", "biden", warped.looking_aside, (-12, -8, -4, 0, 4, 8, 12), {"gaze": 1}, {"gaze": 1.0}),
    Series("mouth open, % of eyes to chin", "biden", warped.mouth_opened, (0, 3, 6, 9, 12), {"mouth_closed": 1}, {"mouth_closed": 1.0}),
    Series("corners of the mouth raised, % of its width", "biden", warped.smiling, (0, 3, 6, 9, 12), {"expression": 1}),
    Series("blue cap, 1 = brows", "obama", painted.capped, (0, 0.25, 0.5, 0.75, 1), {"head_cover": 1}),
    Series("contrast lost, share", "obama", degrade.flattened, (0, 0.25, 0.5, 0.75, 0.9), {"dynamic_range": -1}),
)  # fmt: skip


@dataclass(frozen=True)
class Followed:
    """How one rule followed one series. `slope` and `error` (greatest distance from the line) in the rule's unit."""

    code: str
    series: Series
    values: tuple[float | None, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def measured(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Amounts and values where there are values."""
        pairs = [(a, v) for a, v in zip(self.series.amounts, self.values, strict=True) if v is not None]
        return np.array([a for a, _ in pairs]), np.array([v for _, v in pairs])

    @property
    def spearman(self) -> float | None:
        """Rank correlation of amounts and values; None with fewer than three, or where the value never changes."""
        amounts, values = self.measured
        if len(values) < 3 or np.ptp(values) == 0:
            return None
        return float(np.corrcoef(ranks(amounts), ranks(values))[0, 1])

    @property
    def line(self) -> tuple[float, float] | None:
        """Slope of the least-squares line, and the greatest distance of a value from it."""
        amounts, values = self.measured
        if len(values) < 3:
            return None
        slope, start = np.polyfit(amounts, values, 1)
        return float(slope), float(np.abs(values - start - slope * amounts).max())

    def first(self, *outcomes: Outcome) -> float | None:
        """The first amount with one of these outcomes."""
        pairs = zip(self.series.amounts, self.outcomes, strict=True)
        return next((amount for amount, outcome in pairs if outcome in outcomes), None)


def main(only: str | None, page: Path | None) -> None:
    """Prints a row for every rule and series, and where a rule did not follow as it should; `page` gets the table."""
    found = [row for series in SERIES if wanted(series, only) for row in followed(series)]
    rows = [_row(row) for row in found]
    show("Rules against known changes", HEADINGS, rows, NOTES)
    if page:
        page.write_text(markdown(HEADINGS, rows), encoding="utf-8")
    lost = [f"{row.code} ({row.series.name})" for row in found if not follows(row)]
    print(f"Does not follow: {', '.join(lost) or 'none'}")
    covered = {row.code for row in found}
    if only is None:
        print(f"No series: {', '.join(code for code in RULES if code not in covered)}")


def wanted(series: Series, only: str | None) -> bool:
    """Whether a series has a rule that exists and is asked for."""
    return any(code in RULES and only in (None, code) for code in series.follows)


def followed(series: Series) -> list[Followed]:
    """Every rule's values over the series."""
    codes = [code for code in series.follows if code in RULES]
    steps = [_verdicts(series, amount) for amount in series.amounts]
    return [
        Followed(code, series, tuple(s[code].value for s in steps), tuple(s[code].outcome for s in steps))
        for code in codes
    ]


def follows(row: Followed) -> bool:
    """Whether the value went the right way at every step (0: either way), and by the known slope within a fifth."""
    direction, rank, line = row.series.follows[row.code], row.spearman, row.line
    known = (row.series.slopes or {}).get(row.code)
    if rank is None or line is None:
        return False
    if abs(rank) < 0.85 or direction * rank < 0:
        return False
    return known is None or abs(abs(line[0]) - abs(known)) <= 0.2 * abs(known)


def ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 0, ties at their mean."""
    return np.array([((values < v).sum() + (values <= v).sum() - 1) / 2 for v in values])


@cache
def _standard() -> Standard:
    return load_standard("chsi-2017")


def _verdicts(series: Series, amount: float) -> dict[str, Verdict]:
    scene = sample_scene(series.sample)
    data = jpeg(scene.pixels, round(amount)) if series.lossy else png(series.change(scene, amount))
    return {verdict.rule.code: verdict for verdict in judge(data, _standard()).verdicts}


HEADINGS = (
    "rule",
    "change",
    "steps",
    "values",
    "Spearman",
    "slope",
    "known",
    "off the line",
    "warns at",
    "fails at",
)
NOTES = (
    "Spearman: rank correlation of change and value, 1 or -1 where it follows at every step. off the line: greatest "
    "distance of a value from the least-squares line, in the rule's unit. known: the slope it should have."
)


def _row(row: Followed) -> Sequence[object]:
    line, rank = row.line, row.spearman
    known = (row.series.slopes or {}).get(row.code)
    warns, fails = row.first(Outcome.WARN, Outcome.FAIL), row.first(Outcome.FAIL)
    return (
        row.code,
        row.series.name,
        " ".join(f"{amount:g}" for amount in row.series.amounts),
        " ".join("-" if value is None else f"{value:.3g}" for value in row.values),
        "-" if rank is None else rank,
        "-" if line is None else line[0],
        "" if known is None else known,
        "-" if line is None else line[1],
        "-" if warns is None else f"{warns:g}",
        "-" if fails is None else f"{fails:g}",
    )
