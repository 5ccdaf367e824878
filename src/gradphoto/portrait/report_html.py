"""The report as one HTML page that needs nothing else: pictures inside it, no scripts, its own small style.

Its content policy allows pictures out of the page itself and the page's own style sheet, nothing more, so that it can be
opened from a disk, mailed, or served by anybody.
"""

from __future__ import annotations

import base64
import hashlib
import io
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from PIL import Image

from gradphoto.portrait.report import Finding, Report, band_text
from gradphoto.portrait.report_drawing import draw_guides
from gradphoto.portrait.report_legend import summary
from gradphoto.portrait.rules import Outcome, Verdict

PHOTO_SIDE = 900  # of the photo and of the drawing in the page, pixels
MARKS = {
    Outcome.PASS: ("✓", "合格"),
    Outcome.WARN: ("!", "提醒"),
    Outcome.FAIL: ("✗", "不合格"),
    Outcome.NOT_MEASURED: ("—", "未判断"),
}
GROUPS = {
    "people": ("人物", "People"),
    "pose": ("姿势", "Pose"),
    "eyes": ("眼睛", "Eyes"),
    "mouth": ("嘴和表情", "Mouth and expression"),
    "cover": ("遮挡和眼镜", "Covers and glasses"),
    "skin": ("化妆和美颜", "Make-up and retouching"),
    "head": ("头发、帽子和饰品", "Hair, hats and jewellery"),
    "clothes": ("衣着", "Clothes"),
    "shoulders": ("肩膀", "Shoulders"),
    "light": ("光线和颜色", "Light and colour"),
    "scene": ("拍照背景", "Background of the photo"),
    "margins": ("画面留白", "Room around the head"),
    "quality": ("清晰度和文件", "Sharpness and file"),
    "portrait": ("成品证照", "The finished portrait"),
}
ENGLISH = {
    Outcome.PASS: "Passed: nothing found wrong.",
    Outcome.WARN: "Usable, with remarks; a person decides.",
    Outcome.FAIL: "Not usable as it is: see below what to mend.",
}


def html(report: Report) -> str:
    """The page, UTF-8. The photo is not named in it."""
    style = _packaged("report.css")
    headline, subline = summary(report)
    facts = report.as_dict()
    source, standard, engine = facts["source"], facts["standard"], facts["engine"]
    return Template(_packaged("report.html")).substitute(
        style=style,
        style_hash="sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        title=escape(f"照片检查：{headline}"),
        outcome=report.outcome.value,
        headline=escape(headline),
        subline=escape(subline),
        headline_en=ENGLISH[report.outcome],
        findings=_findings(report.findings),
        pictures=_pictures(report),
        table=_table(report),
        standard=escape(f"{standard['title']['zh']} · {standard['title']['en']}"),
        source=escape(_source(source)),
        source_sha256=source["sha256"] or "—",
        standard_sha256=standard["sha256"],
        engine=escape(f"{engine['name']} {engine['version']}"),
        adjusted=_adjusted(standard),
    )


def _packaged(name: str) -> str:
    return (files("gradphoto.portrait") / name).read_text("utf-8")


def _findings(findings: list[Finding]) -> str:
    if not findings:
        return ""
    items = "\n".join(_finding(finding) for finding in findings)
    return f'<ol class="findings">\n{items}\n</ol>'


def _finding(finding: Finding) -> str:
    wanted = "最好" if finding.outcome is Outcome.WARN else "允许"
    values = f"实测 {finding.measured}，{wanted} {finding.allowed}" if finding.measured else ""
    return (
        f'<li><span class="badge {finding.outcome.value}">{finding.number}</span>'
        f"<h3>{escape(finding.title[0])}</h3>"
        + _paragraph(finding.cause[0])
        + _paragraph(values, ' class="measured"')
        + _paragraph(finding.fix[0])
        + _paragraph(f"{finding.title[1]}. {finding.cause[1]} {finding.fix[1]}", ' lang="en"')
        + "</li>"
    )


def _paragraph(text: str, attributes: str = "") -> str:
    return f"<p{attributes}>{escape(text)}</p>" if text.strip() else ""


def _pictures(report: Report) -> str:
    if report.judgement is None:
        return ""
    photo = Image.fromarray(report.judgement.subject.photo.pixels)
    drawing, finished = draw_guides(report), report.judgement.subject.finished
    figures = (
        [_figure(_jpeg(drawing), "标注：绿色为合格范围，编号见说明", "Drawing", "drawing")] if drawing else []
    )
    if finished is not None:
        words = "证照" if report.outcome is not Outcome.FAIL else "预览（不合格，不能使用）"
        figures.append(_figure(finished.encoded.data, words, "Portrait"))
    figures.append(_figure(_jpeg(photo), "原图（缩小）", "Photo, reduced"))
    body = "\n".join(figures)
    return f'<section><h2>照片 <span lang="en">Pictures</span></h2><div class="pictures">\n{body}\n</div></section>'


def _figure(jpeg: bytes, zh: str, en: str, kind: str = "") -> str:
    data = base64.b64encode(jpeg).decode()
    return (
        f'<figure class="{kind}"><img src="data:image/jpeg;base64,{data}" alt="{escape(zh)}">'
        f'<figcaption>{escape(zh)} <span lang="en">{escape(en)}</span></figcaption></figure>'
    )


def _jpeg(image: Image.Image) -> bytes:
    small = image.copy()
    small.thumbnail((PHOTO_SIDE, PHOTO_SIDE), Image.Resampling.BICUBIC, reducing_gap=2.0)
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=82)
    return buffer.getvalue()


def _table(report: Report) -> str:
    if not report.verdicts:
        return ""
    groups = dict.fromkeys(v.rule.group for v in report.verdicts)
    bodies = "\n".join(_group(name, [v for v in report.verdicts if v.rule.group == name]) for name in groups)
    return (
        '<section class="rules"><h2>全部项目 <span lang="en">Every rule</span></h2>\n<table><thead><tr>'
        + "".join(f'<th scope="col">{words}</th>' for words in ("项目", "结果", "实测（要求）", "说明"))
        + f"</tr></thead>\n{bodies}\n</table></section>"
    )


def _group(name: str, verdicts: list[Verdict]) -> str:
    zh, en = GROUPS.get(name, (name, ""))
    rows = "\n".join(_row(v) for v in verdicts)
    heading = f'<th scope="rowgroup" colspan="4">{escape(zh)} <span lang="en">{escape(en)}</span></th>'
    return f'<tbody><tr class="group">{heading}</tr>\n{rows}</tbody>'


def _row(verdict: Verdict) -> str:
    rule, outcome = verdict.rule, verdict.outcome
    sign, word = MARKS[outcome]
    words = _paragraph(verdict.cause[0]) + _paragraph(verdict.cause[1], ' lang="en"')
    adjusted = '<p>本校调整过此项 <span lang="en">adjusted</span></p>' if verdict.adjusted else ""
    return (
        f'<tr class="{outcome.value}"><th scope="row">{escape(rule.zh.title)} <p lang="en">{escape(rule.en.title)}</p></th>'
        f'<td class="mark"><span class="badge {outcome.value}">{sign} <span class="word">{word}</span></span></td>'
        f'<td class="value">{_values(verdict)}</td>'
        f'<td class="words">{words}{adjusted}</td></tr>'
    )


def _values(verdict: Verdict) -> str:
    """The value, the band to be in, and what the number is of; empty where nothing was measured."""
    if verdict.outcome is Outcome.NOT_MEASURED:
        return ""
    zh, en = verdict.rule.measured_as
    allowed = escape(f"（{band_text(verdict)[0]}）")
    return (
        f'<p><b>{escape(verdict.value_text[0])}</b><span class="band">{allowed}</span></p>'
        f'<p class="what">{escape(zh)} <span lang="en">{escape(en)}</span></p>'
    )


def _source(source: dict[str, Any]) -> str:
    if source["bytes"] is None:
        return "—"
    if source["format"] is None:
        return f"{source['bytes']} bytes"
    return f"{source['format']}, {source['width']}×{source['height']}, {source['bytes']} bytes"


def _adjusted(standard: dict[str, Any]) -> str:
    """Every limit and value that is not the national standard's, with both."""
    lines = [
        *(
            f"{each['code']}: {_limits(each['national'])} → {_limits(each['own'])}"
            for each in standard["adjusted_rules"]
        ),
        *(
            f"{each['key']}: {_value(each['national'])} → {_value(each['own'])}"
            for each in standard["adjusted_values"]
        ),
    ]
    if not lines:
        return ""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return (
        '<h2>与国家规范不同之处（国家 → 本标准） <span lang="en">Where this standard differs from the national one</span></h2>'
        f"<ul>{items}</ul>"
    )


def _limits(limits: dict[str, Any] | None) -> str:
    if limits is None:
        return "off"
    spare = f" ({_ends(limits['tolerated'])})" if limits["tolerated"] else ""
    return f"{_ends(limits['good'])}{spare} {limits['worst']}"


def _ends(band: list[float | None]) -> str:
    return " ~ ".join("∞" if end is None else f"{end:g}" for end in band)


def _value(value: Any) -> str:
    return f"{value['min']:g} ~ {value['max']:g}" if isinstance(value, dict) else str(value)
