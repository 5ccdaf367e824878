"""What a rule is and what it says.

A rule is one function from what was measured of a photo to a `Measurement`; the limits come from the photo standard,
and `judge_rule` makes the `Verdict` of both. Rules register themselves with `@rule(...)`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gradphoto.portrait.rules.measured_as import MEASURED_AS
from gradphoto.portrait.standard import RuleLimits

if TYPE_CHECKING:
    from gradphoto.portrait.rules.subject import Subject

Box = tuple[float, float, float, float]


class Outcome(StrEnum):
    """How a rule went, from good to bad; `NOT_MEASURED` stands beside them."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"
    NOT_MEASURED = "not_measured"


class Needs(StrEnum):
    """How far the engine must have come for a rule to be measured at all."""

    FILE = "file"
    FACE = "face"
    MATTE = "matte"
    PORTRAIT = "portrait"


@dataclass(frozen=True)
class Words:
    """A rule in one language, in words an adult learner understands. `low` and `high` say what a value below or above
    its band means; one may be empty where it can't happen. `fix` says what to do about it.
    """

    title: str
    low: str
    high: str
    fix: str


@dataclass(frozen=True)
class Measurement:
    """The native value of a rule, where it was seen (close-up pixels), or why it could not be measured (zh, en)."""

    value: float | None
    region: Box | None = None
    why_not: tuple[str, str] | None = None


@dataclass(frozen=True)
class Rule:
    """A registered rule. `score` maps the native value to 0..100."""

    code: str
    group: str
    unit: str
    needs: Needs
    zh: Words
    en: Words
    score: Callable[[float], float]
    measure: Callable[[Subject], Measurement]

    @property
    def measured_as(self) -> tuple[str, str]:
        """What its number is of (zh, en)."""
        return MEASURED_AS[self.code]


@dataclass(frozen=True)
class Verdict:
    """One rule's word on one photo. `region` is in full-size pixels of the upright source."""

    rule: Rule
    outcome: Outcome
    value: float | None
    score: int | None
    limits: RuleLimits
    cause: tuple[str, str]
    fix: tuple[str, str]
    region: Box | None = None
    adjusted: bool = False

    @property
    def value_text(self) -> tuple[str, str]:
        """The value with its unit, as people read it (zh, en); a dash where nothing was measured."""
        if self.value is None:
            return "—", "—"
        return _with_unit(number_text(self.value, self.rule.unit), self.rule.unit)

    @property
    def band_text(self) -> tuple[str, str]:
        """What is allowed, the tolerated range included (zh, en): `-8 ~ 8°`, `≥ 0.3`, `≤ 12 px`."""
        return range_text(self.limits.tolerated or self.limits.good, self.rule.unit)

    def as_dict(self) -> dict[str, Any]:
        """As in the report's JSON."""
        band = [None if math.isinf(v) else v for v in self.limits.good]
        return {
            "code": self.rule.code,
            "group": self.rule.group,
            "title": {"zh": self.rule.zh.title, "en": self.rule.en.title},
            "verdict": self.outcome.value,
            "value": None if self.value is None else round(self.value, 4),
            "unit": self.rule.unit,
            "band": band,
            "score": self.score,
            "cause": {"zh": self.cause[0], "en": self.cause[1]},
            "fix": {"zh": self.fix[0], "en": self.fix[1]},
            "region": None if self.region is None else [round(v) for v in self.region],
            "adjusted": self.adjusted,
        }


# Unit -> what follows the number (zh, en); any other unit stands as it is: `EV`, `dB`, `L*`.
UNITS: dict[str, tuple[str, str]] = {
    "": ("", ""),
    "deg": ("°", "°"),
    "percent": (" %", " %"),
    "ratio": (" %", " %"),
    "dE": (" ΔE", " ΔE"),
    "x": (" 倍", "×"),
    "m": (" 米", " m"),
    "px": (" 像素", " px"),
    "levels": (" 级", " levels"),
    "bits": (" 位", " bits"),
    "bytes": (" 字节", " bytes"),
    "quality": ("", ""),
    "faces": (" 张脸", " faces"),
    "face widths": (" 倍脸宽", " face widths"),
}
SMALLEST = 0.0005  # anything nearer to 0 is shown as 0

RULES: dict[str, Rule] = {}


def number_text(value: float, unit: str) -> str:
    """The number as people read it: three digits, no powers of ten, ratios as percentages."""
    value = 100 * value if unit == "ratio" else value
    if abs(value) < SMALLEST:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.3g}"


def range_text(band: tuple[float, float], unit: str) -> tuple[str, str]:
    """A range with its unit (zh, en), an open end left out."""
    low, high = (end if math.isinf(end) else number_text(end, unit) for end in band)
    if not isinstance(low, str):
        text = f"≤ {high}"
    elif not isinstance(high, str):
        text = f"≥ {low}"
    else:
        text = low if low == high else f"{low} ~ {high}"
    return _with_unit(text, unit)


def _with_unit(number: str, unit: str) -> tuple[str, str]:
    zh, en = UNITS.get(unit, (f" {unit}", f" {unit}"))
    return number + zh, number + (en.removesuffix("s") if number in {"1", "-1"} else en)


def rule(
    code: str, group: str, unit: str, needs: Needs, zh: Words, en: Words, score: Callable[[float], float]
) -> Callable[[Callable[[Subject], Measurement]], Callable[[Subject], Measurement]]:
    """Registers the decorated function as the rule `code`."""

    def register(measure: Callable[[Subject], Measurement]) -> Callable[[Subject], Measurement]:
        if code in RULES:
            raise ValueError(f"two rules are called {code}")
        RULES[code] = Rule(code, group, unit, needs, zh, en, score, measure)
        return measure

    return register


def not_measured(zh: str, en: str) -> Measurement:
    """A measurement that was not made, and why."""
    return Measurement(None, None, (zh, en))


def judged(rule: Rule, measured: Measurement, limits: RuleLimits, adjusted: bool) -> Verdict:
    """The verdict on a measurement."""
    if measured.value is None:
        why = measured.why_not or ("", "")
        return Verdict(rule, Outcome.NOT_MEASURED, None, None, limits, why, ("", ""), None, adjusted)
    value = float(measured.value)
    outcome = _outcome(value, limits)
    good = outcome is Outcome.PASS
    low = value < limits.good[0]
    cause = ("", "") if good else (rule.zh.low, rule.en.low) if low else (rule.zh.high, rule.en.high)
    fix = ("", "") if good else (rule.zh.fix, rule.en.fix)
    score = round(min(100.0, max(0.0, rule.score(value))))
    return Verdict(rule, outcome, value, score, limits, cause, fix, measured.region, adjusted)


def _outcome(value: float, limits: RuleLimits) -> Outcome:
    if limits.good[0] <= value <= limits.good[1]:
        return Outcome.PASS
    tolerated = limits.tolerated
    if limits.worst == "warn" or (tolerated is not None and tolerated[0] <= value <= tolerated[1]):
        return Outcome.WARN
    return Outcome.FAIL


def cosine_score(degrees: float) -> float:
    """Head pose after ISO/IEC 29794-5:2025, 7.4.11: 100 cos^2 of the angle."""
    return 100 * math.cos(math.radians(min(abs(degrees), 90.0))) ** 2


def sigmoid_score(middle: float, width: float) -> Callable[[float], float]:
    """A score that is 50 at `middle` and grows with the value over about 4 `width` (falls for a negative width)."""

    def score(value: float) -> float:
        return 100 / (1 + math.exp(-max(-50.0, min(50.0, (value - middle) / width))))

    return score


def band_score(low: float, high: float, reach: float) -> Callable[[float], float]:
    """100 between `low` and `high`, falling to 0 over `reach` on either side."""

    def score(value: float) -> float:
        outside = max(low - value, value - high, 0.0)
        return 100 * (1 - outside / reach)

    return score
