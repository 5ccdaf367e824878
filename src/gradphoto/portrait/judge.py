"""Subject + standard -> verdicts, in the rules' order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gradphoto.portrait.reasons import Reason
from gradphoto.portrait.rules import RULES, Measurement, Needs, Outcome, Rule, Verdict
from gradphoto.portrait.rules.subject import Subject
from gradphoto.portrait.rules.verdict import judged, not_measured, range_text
from gradphoto.portrait.standard import RuleLimits, adjusted_rules

TURNED_OFF = not_measured(
    "本照片标准不用程序判断此项，由审核员查看", "not judged by this photo standard: a reviewer looks"
)
OFF = RuleLimits(good=(0.0, 0.0), worst="off")


def verdicts(subject: Subject, among: frozenset[str] | None = None) -> list[Verdict]:
    """A verdict of every rule, or of those `among`. A rule that needs more than the engine found is `not_measured`."""
    adjusted = adjusted_rules(subject.standard)
    return [
        _verdict(rule, subject, code in adjusted)
        for code, rule in RULES.items()
        if among is None or code in among
    ]


def failures(found: list[Verdict]) -> tuple[Reason, ...]:
    """The verdicts that failed, as reasons for a refusal."""
    return tuple(_reason(v) for v in found if v.outcome is Outcome.FAIL)


def remarks(found: Sequence[Verdict]) -> tuple[Reason, ...]:
    """The verdicts that warned, in words for whoever decides."""
    return tuple(_reason(v) for v in found if v.outcome is Outcome.WARN)


def _verdict(rule: Rule, subject: Subject, adjusted: bool) -> Verdict:
    limits = subject.standard.rules.get(rule.code, OFF)
    measured = TURNED_OFF if limits.worst == "off" else _missing(rule.needs, subject) or rule.measure(subject)
    verdict = judged(rule, measured, limits, adjusted)
    return replace(verdict, region=_in_source(verdict, subject))


def _missing(needs: Needs, subject: Subject) -> Measurement | None:
    """Why a rule that needs so much can't be measured here; None where it can."""
    if needs is Needs.FILE:
        return None
    if subject.closeup is None:
        return not_measured("没有找到人脸", "no face was found")
    if needs is Needs.FACE:
        return None
    if subject.closeup.alpha is None:
        return not_measured("无法把人像与背景分开", "the person could not be separated from the background")
    if needs is Needs.PORTRAIT and subject.finished is None:
        return not_measured("没有生成证照", "no portrait was made")
    return None


def _in_source(verdict: Verdict, subject: Subject) -> tuple[float, float, float, float] | None:
    """The close-up's region in full-size pixels of the source, cut to it."""
    if verdict.region is None or subject.closeup is None:
        return None
    k = 1.0 / subject.photo.scale
    source = subject.photo.source
    x0, y0, x1, y1 = (v * k for v in subject.closeup.box_in_photo(verdict.region))
    width, height = float(source.width), float(source.height)
    return max(0.0, x0), max(0.0, y0), min(width, x1), min(height, y1)


def _reason(verdict: Verdict) -> Reason:
    """`头部歪斜：头歪向了左肩（实测 11.1°，允许 -8 至 8°）。请把头摆正……`"""
    zh, en = verdict.rule.zh, verdict.rule.en
    warned = verdict.outcome is Outcome.WARN
    good = range_text(verdict.limits.good, verdict.rule.unit)
    (value, value_en), (band, band_en) = verdict.value_text, good if warned else verdict.band_text
    wanted, wanted_en = ("最好", "better") if warned else ("允许", "allowed")
    return Reason(
        verdict.rule.code,
        f"{zh.title}：{verdict.cause[0]}（实测 {value}，{wanted} {band}）。{verdict.fix[0]}",
        f"{en.title}: {verdict.cause[1].rstrip('.')} (measured {value_en}, {wanted_en} {band_en}). {verdict.fix[1]}",
        {"value": verdict.value},
    )
