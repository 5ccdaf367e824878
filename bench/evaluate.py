"""How far every rule can be trusted, on photos whose defects people have labelled.

python -m bench evaluate --photos DIR [--labels labels.csv] [--out DIR]

A *false reject* is a photo without the defect that the rule warns about or fails; a *false accept* one with the defect
that it lets pass. Shares are given at the standard's two limits and, as the equal error rate (EER), apart from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.error_rates import Spread, equal_error, upper_limit
from bench.evaluate_plots import plot_errors, plot_groups
from bench.judged import Judged, judged
from bench.labels import ANSWERS, GROUPS, Labels, load_labels
from bench.samples import photos_in
from bench.tables import markdown, show
from gradphoto.portrait.rules import RULES, Outcome, Verdict
from gradphoto.portrait.standard import RuleLimits, load_standard

FEW_DEFECTS, FEW_GOOD = 3, 20
# What a rule must reach on good photos before it may fail one, and before it may warn.
FAIL_FALSE_REJECTS, WARN_FALSE_REJECTS = 0.02, 0.15
BEST_GUESS = 0.25  # an equal error rate above this tells defects from good photos little better than guessing


@dataclass(frozen=True)
class Case:
    """A rule's verdict on a labelled photo; `defect` is what people saw."""

    photo: Judged
    labels: Labels
    verdict: Verdict
    defect: bool

    @property
    def measured(self) -> bool:
        """Whether the rule measured this photo."""
        return self.verdict.value is not None


@dataclass(frozen=True)
class Counted:
    """Errors of one rule on `defects` photos with the defect and `good` ones; EER is None without both kinds.

    `at_worst`: outside the tolerated band, whatever the rule is allowed to make of that.
    """

    code: str
    defects: int
    good: int
    unmeasured_defects: int
    unmeasured_good: int
    accepted_at_fail: int
    accepted_at_warn: int
    rejected_at_fail: int
    rejected_at_warn: int
    rejected_at_worst: int
    equal_error: float | None

    @property
    def measured_good(self) -> int:
        """Good photos that the rule measured."""
        return self.good - self.unmeasured_good

    @property
    def measured_defects(self) -> int:
        """Photos with the defect that the rule measured."""
        return self.defects - self.unmeasured_defects


def main(photos: Path, labels: Path, out: Path, name: str) -> None:
    """Prints the tables; plots and sheets of the errors go to `out`."""
    out.mkdir(parents=True, exist_ok=True)
    cases, everyone = collected(photos, labels, out, name)
    standard = load_standard(name)
    counted = [count(code, found) for code, found in cases.items()]
    _show_rules(counted, standard.rules, out)
    _show_groups(cases)
    _show_good_photos(everyone, standard.rules)
    plot_groups({code: spread(found) for code, found in cases.items()}, out)
    for code, found in cases.items():
        plot_errors(code, errors(found), out)
    without = [code for code in RULES if code not in ANSWERS]
    print(f"Rules without labels: {', '.join(without) or 'none'}")
    print(f"Plots and sheets of the errors: {out}")


def collected(
    photos: Path, labels: Path, out: Path, name: str
) -> tuple[dict[str, list[Case]], list[tuple[Judged, Labels]]]:
    """The labelled cases of every rule that has labels, and every photo judged."""
    known, standard = load_labels(labels), load_standard(name)
    found = [path for path in photos_in(photos) if path.name in known]
    if not found:
        raise SystemExit(f"None of the photos in {photos} is in {labels.name}.")
    seen = [(judged(path, standard, out / "examined"), known[path.name]) for path in found]
    everyone = [(photo, label) for photo, label in seen if photo is not None]
    print(f"{len(found)} labelled photos, {len(found) - len(everyone)} refused as files\n")
    return {code: cases_of(code, everyone) for code in RULES if code in ANSWERS}, everyone


def cases_of(code: str, everyone: Iterable[tuple[Judged, Labels]]) -> list[Case]:
    """The cases of one rule: the photos of which people could tell."""
    found = ((photo, labels, labels.truth(code)) for photo, labels in everyone)
    return [
        Case(photo, labels, photo.verdicts[code], truth)
        for photo, labels, truth in found
        if truth is not None
    ]


def count(code: str, cases: Sequence[Case]) -> Counted:
    """Errors of one rule on its cases. Shares leave out what was not measured."""
    defects, good = [c for c in cases if c.defect], [c for c in cases if not c.defect]
    return Counted(
        code,
        len(defects),
        len(good),
        sum(not c.measured for c in defects),
        sum(not c.measured for c in good),
        sum(c.verdict.outcome in (Outcome.PASS, Outcome.WARN) for c in defects),
        sum(c.verdict.outcome is Outcome.PASS for c in defects),
        sum(c.verdict.outcome is Outcome.FAIL for c in good),
        sum(c.verdict.outcome in (Outcome.WARN, Outcome.FAIL) for c in good),
        sum(_beyond_tolerated(c) for c in good if c.measured),
        equal_error(*spread(cases)),
    )


def _beyond_tolerated(case: Case) -> bool:
    low, high = case.verdict.limits.tolerated or case.verdict.limits.good
    return not low <= float(case.verdict.value or 0.0) <= high


def spread(cases: Iterable[Case]) -> Spread:
    """How far outside the good band the photos with the defect lie, and the others; negative is inside."""
    measured = [c for c in cases if c.measured]
    distances = [(c.defect, outside(float(c.verdict.value or 0.0), c.verdict.limits)) for c in measured]
    with_defect, without = ([d for defect, d in distances if defect is wanted] for wanted in (True, False))
    return np.array(with_defect), np.array(without)


def outside(value: float, limits: RuleLimits) -> float:
    """Distance from the nearest end of the good band, in the rule's unit: positive outside, negative inside."""
    low, high = limits.good
    return float(max(low - value, value - high))


def advice(counted: Counted) -> str:
    """What these photos allow the rule to do: fail, warn, or neither; or that there are too few to say."""
    if counted.measured_good + counted.measured_defects == 0:
        return ""
    if counted.measured_good < FEW_GOOD:
        return "too few"
    if counted.measured_defects < FEW_DEFECTS:
        return "few defects"
    if counted.accepted_at_warn > counted.measured_defects / 2:
        return "limit misses"
    if counted.equal_error is not None and counted.equal_error > BEST_GUESS:
        return "not measured"
    warns_too_often = counted.rejected_at_warn > WARN_FALSE_REJECTS * counted.measured_good
    if counted.rejected_at_worst <= FAIL_FALSE_REJECTS * counted.measured_good:
        return "fail, warn later" if warns_too_often else "fail"
    return "not measured" if warns_too_often else "warn"


def errors(cases: Iterable[Case]) -> list[tuple[Judged, str]]:
    """Photos on which rule and people disagree, with the value and what is wrong, the worst first."""
    wrong = [c for c in cases if c.measured and c.defect == (c.verdict.outcome is Outcome.PASS)]
    wrong.sort(key=lambda c: -abs(outside(float(c.verdict.value or 0.0), c.verdict.limits)))
    return [
        (c.photo, f"{'missed' if c.defect else c.verdict.outcome.value} {c.verdict.value_text[1]}")
        for c in wrong
    ]


def _show_rules(counted: Sequence[Counted], limits: dict[str, RuleLimits], out: Path) -> None:
    """Prints the main table, and writes it as `rules.md`."""
    rows = [
        (
            c.code,
            c.defects,
            c.good,
            f"{c.unmeasured_defects}+{c.unmeasured_good}",
            _share(c.accepted_at_warn, c.measured_defects),
            _share(c.rejected_at_warn, c.measured_good),
            _share(c.accepted_at_fail, c.measured_defects) if limits[c.code].worst == "fail" else "",
            _share(c.rejected_at_fail, c.measured_good) if limits[c.code].worst == "fail" else "",
            _at_most(c) if limits[c.code].worst == "fail" else "",
            "" if c.equal_error is None or c.measured_defects < FEW_DEFECTS else _percent(c.equal_error),
            limits[c.code].worst,
            advice(c),
        )
        for c in counted
        if c.code in limits
    ]
    headings = (
        "rule", "defects", "good", "not meas.", "passed", "flagged", "not failed", "failed", "95 %", "EER", "now", "allows"
    )  # fmt: skip
    notes = (
        "not meas.: with the defect + good. passed, not failed: photos with the defect. flagged (warn or fail), failed: "
        "good photos; 95 %: at most so many good photos fail, with that confidence.\n"
        f"allows: fail = at most {FAIL_FALSE_REJECTS:.0%} of at least {FEW_GOOD} good photos are beyond the last limit; "
        f"warn = at most {WARN_FALSE_REJECTS:.0%} beyond the first; EER at most {BEST_GUESS:.0%}; else a person looks."
    )
    show("Rules against labels", headings, rows, notes)
    (out / "rules.md").write_text(markdown(headings, rows), encoding="utf-8")


def _show_groups(cases: dict[str, list[Case]]) -> None:
    """Good photos flagged, by who is in them."""
    rows: list[list[object]] = []
    for code, found in cases.items():
        good = [c for c in found if not c.defect and c.measured]
        if any(c.verdict.outcome is not Outcome.PASS for c in good):
            members = [[c for c in good if c.labels.columns[group]] for group in GROUPS]
            rows.append([code, _flagged(good), *map(_flagged, members)])
    show(
        "Good photos flagged, by group (failed in brackets)",
        ("rule", "all", *GROUPS),
        rows,
        "A rule that flags a group much more often than all must not fail.",
    )


def _flagged(cases: Sequence[Case]) -> str:
    flagged = sum(c.verdict.outcome is not Outcome.PASS for c in cases)
    failed = sum(c.verdict.outcome is Outcome.FAIL for c in cases)
    return f"{flagged}/{len(cases)}" + (f" ({failed})" if failed else "")


def _show_good_photos(everyone: Sequence[tuple[Judged, Labels]], limits: dict[str, RuleLimits]) -> None:
    """Photos that fail though nobody saw what a rule fails them for."""
    rows = []
    for photo, labels in everyone:
        failed = [code for code, verdict in photo.verdicts.items() if verdict.outcome is Outcome.FAIL]
        unjust = [code for code in failed if code in ANSWERS and labels.truth(code) is False]
        if unjust:
            just = len([code for code in failed if code in ANSWERS and labels.truth(code)])
            words = ", ".join(f"{code} {photo.verdicts[code].value_text[1]}" for code in unjust)
            rows.append((photo.file, words, just))
    show("Failed for what nobody saw", ("photo", "rules", "rightly failed as well"), rows)


def _at_most(counted: Counted) -> str:
    if not counted.measured_good:
        return ""
    return _percent(upper_limit(counted.rejected_at_fail, counted.measured_good))


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole}" + (f" {_percent(part / whole)}" if part else "") if whole else ""


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.1f} %"
