"""Fixed inputs made of shipped samples, and what every rule says of them: `tests/conformance.csv`.

python -m bench conformance [--write]

A rule that is changed on purpose changes the table; anything else that does is a mistake. A value may differ by 2 % of
itself and of its band's width, a score by 1: other processors round differently.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bench import degrade, painted
from bench.scene import Pixels, Scene, jpeg, png, sample_scene
from bench.tables import show
from gradphoto.portrait.pipeline import judge
from gradphoto.portrait.rules import Verdict
from gradphoto.portrait.standard import RuleLimits, load_standard

TABLE = Path(__file__).parents[1] / "tests" / "conformance.csv"
COLUMNS = ("input", "rule", "value", "score")
VALUE_TOLERANCE, SCORE_TOLERANCE = 0.02, 1
# Two processors gave 52.96 and 61.00 (score 100 both): there only the score is held. Why is not known yet.
BY_SCORE = {("obama3 blue clothes", "smooth_skin")}


def _changed(sample: str, change: Callable[[Scene, float], Pixels], amount: float) -> Callable[[], bytes]:
    return lambda: png(change(sample_scene(sample), amount))


INPUTS: dict[str, Callable[[], bytes]] = {
    "obama": lambda: png(sample_scene("obama").pixels),
    "obama3": lambda: jpeg(sample_scene("obama3").pixels, 90),
    "biden": lambda: png(sample_scene("biden").pixels),
    "astronaut": lambda: png(sample_scene("astronaut").pixels),
    "obama tilted 10 deg": _changed("obama", degrade.tilted, 10),
    "obama blurred 3 px": _changed("obama", degrade.blurred, 3),
    "obama 3 EV darker": _changed("obama", degrade.exposed, -3),
    "obama 1.5 EV brighter": _changed("obama", degrade.exposed, 1.5),
    "obama half shadow 2 EV": _changed("obama", degrade.half_shaded, 2),
    "obama JPEG quality 20": lambda: jpeg(sample_scene("obama").pixels, 20),
    "obama face 130 px": _changed("obama", degrade.shrunk, 130),
    "obama with second face": _changed("obama", degrade.with_second_face, 0.6),
    "obama eyes closed": _changed("obama", painted.eyes_narrowed, 0.05),
    "obama dark lenses": _changed("obama", painted.dark_lenses, 0.7),
    "obama fringe": _changed("obama", painted.fringe, 0.8),
    "obama3 lipstick": _changed("obama3", painted.lipstick, 0.75),
    "obama shadow on the wall": _changed("obama", painted.on_wall_with_shadow, 1.2),
    "obama3 blue clothes": _changed("obama3", painted.clothed, 1),
}


@dataclass(frozen=True)
class Said:
    """What a rule said of an input; both None where it did not measure."""

    value: float | None
    score: int | None


@dataclass(frozen=True)
class Difference:
    """Where a rule no longer says what the table says. None: not in the table, or not said."""

    input: str
    rule: str
    then: Said | None
    now: Said | None

    def __str__(self) -> str:
        return f"{self.input}: {self.rule}: {_words(self.then)} in the table, {_words(self.now)} now"


def main(write: bool) -> None:
    """Compares all inputs with the table, or writes it anew. Raises SystemExit where they differ."""
    now = {name: said(name) for name in INPUTS}
    if write:
        _write(now)
        print(f"{sum(map(len, now.values()))} values of {len(now)} inputs in {TABLE.name}")
        return
    then = table()
    found = [d for name in INPUTS for d in differences(name, then.get(name, {}), now[name])]
    rows = [(d.input, d.rule, _words(d.then), _words(d.now)) for d in found]
    show("Differences from the table", ("input", "rule", "in the table", "now"), rows)
    if found:
        raise SystemExit(f"{len(found)} differences. If they are meant: python -m bench conformance --write")


def said(name: str) -> dict[str, Said]:
    """What every rule says of an input, at the national rule's limits. Values are rounded as in the table."""
    found = judge(INPUTS[name](), load_standard("chsi-2017")).verdicts
    return {verdict.rule.code: _said(verdict) for verdict in found}


def table() -> dict[str, dict[str, Said]]:
    """The table: input -> rule -> what it said."""
    found: dict[str, dict[str, Said]] = {}
    with TABLE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            value, score = row["value"], row["score"]
            found.setdefault(row["input"], {})[row["rule"]] = Said(
                float(value) if value else None, int(score) if score else None
            )
    return found


def differences(name: str, then: dict[str, Said], now: dict[str, Said]) -> list[Difference]:
    """Every rule that says something else of the input `name` now, is new, or is gone."""
    limits = load_standard("chsi-2017").rules
    return [
        Difference(name, code, then.get(code), now.get(code))
        for code in dict.fromkeys([*then, *now])
        if not _alike(then.get(code), now.get(code), limits.get(code), (name, code) in BY_SCORE)
    ]


def _alike(then: Said | None, now: Said | None, limits: RuleLimits | None, by_score: bool) -> bool:
    if then is None or now is None or then.value is None or now.value is None:
        return then == now
    allowed = VALUE_TOLERANCE * (abs(then.value) + (_width(limits) if limits else 0.0)) + 1e-4
    scores = abs((then.score or 0) - (now.score or 0)) <= SCORE_TOLERANCE
    return scores and (by_score or abs(then.value - now.value) <= allowed)


def _width(limits: RuleLimits) -> float:
    """Of the good band; where it is open, its finite end's distance from 0."""
    ends = [end for end in limits.good if math.isfinite(end)]
    return max(ends) - min(ends) if len(ends) == 2 else sum(map(abs, ends))


def _said(verdict: Verdict) -> Said:
    return Said(None if verdict.value is None else float(f"{verdict.value:.5g}"), verdict.score)


def _write(found: dict[str, dict[str, Said]]) -> None:
    with TABLE.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_rows(found))


def _rows(found: dict[str, dict[str, Said]]) -> Iterable[tuple[object, ...]]:
    for name, rules in found.items():
        for code, what in rules.items():
            yield (
                name,
                code,
                "" if what.value is None else what.value,
                "" if what.score is None else what.score,
            )


def _words(what: Said | None) -> str:
    if what is None:
        return "absent"
    return "not measured" if what.value is None else f"{what.value:g} (score {what.score})"
