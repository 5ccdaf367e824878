"""The report: its schema holds, nothing weaker hides, nothing names the photo, and the page needs nothing but itself."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Callable
from functools import cache
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError
from PIL import Image

from gradphoto.portrait.reasons import reason
from gradphoto.portrait.report import SAME_AS, Report, check, report_refused, schema
from gradphoto.portrait.report_html import GROUPS, html
from gradphoto.portrait.rules import RULES, Outcome
from gradphoto.portrait.standard import Standard, load_standard
from pictures import jpeg, sample

CHSI = load_standard()
VALID = Draft202012Validator(schema())

PHOTOS: dict[str, Callable[[], bytes]] = {
    "portrait": lambda: jpeg(sample()),
    "too small": lambda: jpeg(sample("astronaut")),
    "missing below": lambda: jpeg(sample().crop((0, 0, 910, 430))),
    "no face": lambda: jpeg(sample().crop((0, 500, 910, 1137))),
    "no photo": lambda: b"%PDF-1.7\n",
    "empty": lambda: b"",
}


@cache
def report(name: str = "portrait") -> Report:
    return check(PHOTOS[name](), CHSI)


def lenient(tmp_path: Path) -> Standard:
    """A school that lets everything pass, and leaves one rule out."""
    rules = "".join(f'[rules.{code}]\nworst = "warn"\n' for code in CHSI.rules if code not in {"roll", "yaw"})
    path = tmp_path / "lenient.toml"
    path.write_text(
        'extends = "chsi-2017"\nname = "lenient"\n[limits]\nupscale = 3.0\n[rules.yaw]\nworst = "off"\n'
        + rules
    )
    return load_standard(str(path))


@pytest.mark.parametrize("name", PHOTOS)
def test_every_report_is_json_after_the_schema(name: str) -> None:
    made = report(name).as_dict()
    VALID.validate(json.loads(json.dumps(made, allow_nan=False)))
    assert made["outcome"] == ("fail" if made["reasons"] else report(name).outcome.value)
    assert sum(made["counts"].values()) == len(made["verdicts"])


def test_the_schema_is_one_and_refuses_what_is_no_report() -> None:
    Draft202012Validator.check_schema(schema())
    spoils: list[dict[str, Any]] = [
        {"photo": "a.jpg"},
        {"outcome": "good"},
        {"verdicts": [{"code": "roll"}]},
        {"source": {}},
    ]
    for spoil in spoils:
        with pytest.raises(ValidationError):
            VALID.validate({**report().as_dict(), **spoil})


def test_every_rule_is_in_the_report_once() -> None:
    assert [v["code"] for v in report().as_dict()["verdicts"]] == list(RULES)
    assert report("no photo").as_dict()["verdicts"] == []


def test_the_source_is_told_by_hash_and_size_only() -> None:
    data = PHOTOS["portrait"]()
    assert report().as_dict()["source"] == {
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "format": "JPEG",
        "width": 910,
        "height": 1137,
    }
    assert report("no photo").as_dict()["source"]["format"] is None


def test_a_file_that_could_not_be_read_has_its_report() -> None:
    made = report_refused(None, CHSI, (reason("unreadable_file", zh="没有了", en="gone"),)).as_dict()
    VALID.validate(made)
    assert made["source"]["sha256"] is None
    assert [r["code"] for r in made["reasons"]] == ["unreadable_file"]


def test_the_page_says_each_value_with_what_it_is_of() -> None:
    page = html(report())
    assert "('" not in page and "None" not in page  # nothing of Python's
    for verdict in report().verdicts:
        if verdict.value is not None:
            assert f"<b>{escape(verdict.value_text[0])}</b>" in page
            assert escape(verdict.rule.measured_as[0]) in page


def test_reasons_are_the_engines_and_then_the_failed_rules() -> None:
    made = report("missing below")
    failed = [v.rule.code for v in made.verdicts if v.outcome is Outcome.FAIL]
    assert [r.code for r in made.reasons] == ["missing_below", *failed]
    assert [f.code for f in made.findings if f.outcome is Outcome.FAIL] == [
        "missing_below",
        *(code for code in failed if code != "margin_below"),
    ]
    assert [f.number for f in made.findings] == list(range(1, len(made.findings) + 1))


def test_what_the_engine_said_no_rule_says_again() -> None:
    assert set(SAME_AS.values()) <= set(RULES)
    for name in ("too small", "missing below"):
        codes = [f.code for f in report(name).findings]
        assert not {SAME_AS[code] for code in codes if code in SAME_AS} & set(codes)


def test_every_group_of_rules_has_its_heading() -> None:
    assert {rule.group for rule in RULES.values()} == set(GROUPS)


def test_a_finding_of_the_engine_says_what_and_then_what_to_do() -> None:
    first = report("missing below").findings[0]
    assert first.title[0].startswith("下方少")
    assert first.fix[0] == "请把胸口以上都拍进画面。"
    assert first.fix[1].startswith("Please have everything")


def test_the_national_standard_is_adjusted_nowhere() -> None:
    standard = report().as_dict()["standard"]
    assert standard["name"] == "chsi-2017"
    assert standard["adjusted_rules"] == standard["adjusted_values"] == []


def test_a_weaker_limit_cannot_hide(tmp_path: Path) -> None:
    made = check(PHOTOS["portrait"](), lenient(tmp_path)).as_dict()
    VALID.validate(made)
    adjusted = {each["code"]: each for each in made["standard"]["adjusted_rules"]}
    assert adjusted["pitch"]["national"]["worst"] == "fail"
    assert adjusted["pitch"]["own"]["worst"] == "warn"
    assert adjusted["yaw"]["own"]["worst"] == "off"
    assert "roll" not in adjusted
    assert made["standard"]["adjusted_values"] == [{"key": "limits.upscale", "national": 1.25, "own": 3.0}]
    by_code = {v["code"]: v for v in made["verdicts"]}
    assert by_code["pitch"]["adjusted"]
    assert not by_code["roll"]["adjusted"]
    assert by_code["yaw"]["verdict"] == "not_measured"


def test_the_placement_is_that_of_the_portrait() -> None:
    made = report().as_dict()["placement"]
    x0, y0, x1, y1 = made["crop"]
    assert (x1 - x0) * made["scale"] == pytest.approx(480, abs=0.2)
    assert (y1 - y0) * made["scale"] == pytest.approx(640, abs=0.2)
    assert made["eye_line"] in CHSI.composition.eye_line
    assert report("missing below").as_dict()["placement"] is None


class Page(HTMLParser):
    """What a page refers to, and its pictures."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.references: list[str] = []
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.policy = self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: dict[str, Any] = dict(attrs)
        self.tags.append(tag)
        self.attributes |= set(given)
        self.references += [given[name] for name in ("src", "href", "action") if name in given]
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_page_holds_everything_and_asks_for_nothing() -> None:
    text = html(report())
    page = Page(text)
    assert "script" not in page.tags
    assert "style" not in page.attributes
    assert len(page.references) == 3
    sizes = []
    for reference in page.references:
        head, _, data = reference.partition(",")
        assert head == "data:image/jpeg;base64"
        sizes.append(Image.open(io.BytesIO(base64.b64decode(data))).size)
    assert (480, 640) in sizes
    style = text[text.index("<style>") + 7 : text.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert page.policy == f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'"


def test_the_page_says_all_that_the_report_says() -> None:
    words = Page(html(report())).words
    for verdict in report().verdicts:
        assert verdict.rule.zh.title in words
        assert verdict.rule.en.title in words
    for finding in report("missing below").findings:
        assert finding.fix[0] in Page(html(report("missing below"))).words


def test_the_page_shows_where_a_school_differs(tmp_path: Path) -> None:
    words = Page(html(check(PHOTOS["too small"](), lenient(tmp_path)))).words
    assert "limits.upscale: 1.25 → 3.0" in words
    assert "pitch: -10 ~ 10 (-18 ~ 18) fail → -10 ~ 10 (-18 ~ 18) warn" in words
    assert "limits.upscale" not in Page(html(report("too small"))).words


def test_the_page_of_a_file_that_is_no_photo() -> None:
    page = Page(html(report("no photo")))
    assert page.references == []
    assert "这是 PDF 文档" in page.words
