"""The report on one photo: what was judged, by which standard, what is wrong and what to do about it.

    check(data, standard) -> Report                judges, and never raises Refused: a file that is no photo has its report
    report_on(judgement) -> Report                 for who has judged already
    Report.as_dict()                               JSON after report.schema.json

The report names the photo by its hash alone: no file name, no date, nothing about the person.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from gradphoto import __version__
from gradphoto.portrait.pipeline import Judgement, judge
from gradphoto.portrait.reasons import Reason, Refused
from gradphoto.portrait.record import engine_sha256
from gradphoto.portrait.rules import Outcome, Verdict
from gradphoto.portrait.rules.verdict import range_text
from gradphoto.portrait.standard import RuleLimits, Standard, national_standard

SCHEMA = "gradphoto-report/1"
# The engine's refusal -> the rule that measures the same.
SAME_AS = {
    "too_few_pixels": "upscaling",
    "missing_above": "margin_above",
    "missing_below": "margin_below",
    "missing_left": "margin_sides",
    "missing_right": "margin_sides",
    "hair_cut_off": "margin_above",
}
Words = tuple[str, str]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong (`FAIL`) or doubtful (`WARN`), in words (zh, en), numbered as in drawing and table.

    `allowed` is the band to be in: of a doubtful finding the good one, of a wrong one the tolerated. It and `measured`
    are empty, and `verdict` is None, where the engine refused before any rule could speak.
    """

    number: int
    code: str
    outcome: Outcome
    title: Words
    cause: Words
    fix: Words
    measured: str = ""
    allowed: str = ""
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Report:
    """A judgement with what it was made of. Without `judgement` the file was refused, for `refused`; `sha256` and `size`
    (bytes) are None where it could not even be read.
    """

    standard: Standard
    sha256: str | None
    size: int | None
    judgement: Judgement | None
    refused: tuple[Reason, ...] = ()

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why the photo can't be taken: the engine's refusals, then the failed rules. Empty where it can."""
        return self.refused if self.judgement is None else self.judgement.reasons

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Every rule's, in the rules' order; none of a file that is no photo."""
        return () if self.judgement is None else self.judgement.verdicts

    @property
    def outcome(self) -> Outcome:
        """`FAIL` where there is a reason against the photo, else the worst of the verdicts that were measured."""
        if self.reasons:
            return Outcome.FAIL
        return Outcome.WARN if self.count(Outcome.WARN) else Outcome.PASS

    @property
    def findings(self) -> list[Finding]:
        """What is to be mended, then what is doubtful, numbered from 1. What the engine said already no rule says again."""
        engine = self.refused if self.judgement is None else self.judgement.subject.refused
        failed = [v for v in self.verdicts if v.outcome is Outcome.FAIL]
        doubtful = [v for v in self.verdicts if v.outcome is Outcome.WARN]
        said = {SAME_AS[reason.code] for reason in engine if reason.code in SAME_AS}
        verdicts = (v for v in [*failed, *doubtful] if v.rule.code not in said)
        found: list[Reason | Verdict] = [*engine, *verdicts]
        return [_finding(number, each) for number, each in enumerate(found, start=1)]

    def count(self, outcome: Outcome) -> int:
        """How many rules went so."""
        return sum(v.outcome is outcome for v in self.verdicts)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON, after report.schema.json."""
        return {
            "schema": SCHEMA,
            "engine": {"name": "gradphoto", "version": __version__, "sha256": engine_sha256()},
            "source": self._source(),
            "standard": _standard_facts(self.standard),
            "outcome": self.outcome.value,
            "reasons": [each.as_dict() for each in self.reasons],
            "counts": {outcome.value: self.count(outcome) for outcome in Outcome},
            "verdicts": [_verdict(each) for each in self.verdicts],
            "placement": self._placement(),
            "timings_ms": self._timings(),
        }

    def _source(self) -> dict[str, Any]:
        source = None if self.judgement is None else self.judgement.subject.photo.source
        return {
            "sha256": self.sha256,
            "bytes": self.size,
            "format": source and source.format,
            "width": source and source.width,
            "height": source and source.height,
        }

    def _placement(self) -> dict[str, Any] | None:
        """The four measures in frame pixels, and the crop in full-size pixels of the upright source."""
        finished = None if self.judgement is None else self.judgement.subject.finished
        if finished is None:
            return None
        return {
            **finished.placement.as_dict(),
            "crop": [round(v, 1) for v in finished.placement.crop],
            "scale": round(finished.placement.scale, 5),
        }

    def _timings(self) -> dict[str, float]:
        timings = {} if self.judgement is None else self.judgement.timings_ms
        return {name: round(ms, 1) for name, ms in timings.items()}


def check(data: bytes, standard: Standard) -> Report:
    """The report on the photo `data`. A file that is no photo is reported on too, with the reason."""
    try:
        return report_on(judge(data, standard))
    except Refused as refused:
        return report_refused(data, standard, refused.reasons)


def report_on(judgement: Judgement) -> Report:
    """The report on a photo that was judged."""
    source = judgement.subject.photo.source
    return Report(judgement.subject.standard, source.sha256, len(source.data), judgement)


def report_refused(data: bytes | None, standard: Standard, reasons: tuple[Reason, ...]) -> Report:
    """The report on a file that is no photo, or that could not be read at all (`data` None)."""
    if data is None:
        return Report(standard, None, None, None, reasons)
    return Report(standard, hashlib.sha256(data).hexdigest(), len(data), None, reasons)


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of `Report.as_dict()`."""
    text = (files("gradphoto.portrait") / "report.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _finding(number: int, found: Reason | Verdict) -> Finding:
    if isinstance(found, Reason):
        (title_zh, fix_zh), (title_en, fix_en) = _split(found.zh, "。"), _split(found.en, ". ")
        title = (title_zh.removesuffix("。"), title_en.removesuffix("."))
        return Finding(number, found.code, Outcome.FAIL, title, ("", ""), (fix_zh, fix_en))
    rule = found.rule
    title, values = (rule.zh.title, rule.en.title), (found.value_text[0], band_text(found)[0])
    return Finding(number, rule.code, found.outcome, title, found.cause, found.fix, *values, found)


def band_text(verdict: Verdict) -> Words:
    """The band to be in (zh, en): for a rule that failed the tolerated one, which lets a photo pass, else the good one."""
    if verdict.outcome is Outcome.FAIL:
        return verdict.band_text
    return range_text(verdict.limits.good, verdict.rule.unit)


def _split(sentences: str, end: str) -> Words:
    """The first sentence, and the others: what is wrong, and what to do about it."""
    first, mark, others = sentences.partition(end)
    return (first + mark).strip(), others.strip()


def _verdict(verdict: Verdict) -> dict[str, Any]:
    """With the limits in full, and the texts that tables show."""
    return {
        **verdict.as_dict(),
        "limits": _limits(verdict.limits),
        "measure": _words(verdict.rule.measured_as),
        "value_text": _words(verdict.value_text),
        "band_text": _words(band_text(verdict)),
    }


def _words(words: Words) -> dict[str, str]:
    return {"zh": words[0], "en": words[1]}


def _limits(limits: RuleLimits | None) -> dict[str, Any] | None:
    """JSON has no infinity: an open end is null."""
    if limits is None:
        return None
    return {
        "good": _range(limits.good),
        "tolerated": None if limits.tolerated is None else _range(limits.tolerated),
        "worst": limits.worst,
    }


def _range(ends: tuple[float, float]) -> list[float | None]:
    return [None if abs(end) == float("inf") else end for end in ends]


def _standard_facts(standard: Standard) -> dict[str, Any]:
    """Which standard, and everywhere it differs from the national one: no weaker limit goes unseen."""
    rules = [
        {"code": code, "national": _limits(limits), "own": _limits(standard.rules.get(code))}
        for code, limits in national_standard().rules.items()
        if standard.rules.get(code) != limits
    ]
    national, own = _flat(national_standard()), _flat(standard)
    values = [
        {"key": key, "national": value, "own": own[key]}
        for key, value in national.items()
        if own[key] != value
    ]
    return {
        "name": standard.name,
        "title": {"zh": standard.title_zh, "en": standard.title_en},
        "sha256": standard.sha256,
        "adjusted_rules": rules,
        "adjusted_values": values,
    }


def _flat(standard: Standard) -> dict[str, Any]:
    """`limits.upscale` and so on -> value, the rules aside."""
    parts = standard.model_dump(include={"frame", "composition", "background", "file", "limits"})
    return {f"{part}.{key}": value for part, values in parts.items() for key, value in values.items()}
