"""Type for drawings: Chinese set in lines, numbered badges, and the legend under the photo.

Everything is laid out for a picture 1080 pixels wide that is looked at on a phone, 375 points wide: type of 40 pixels
is then 14 points.
"""

from __future__ import annotations

from functools import cache

from PIL import Image, ImageDraw, ImageFont

from gradphoto.portrait import line_breaks
from gradphoto.portrait.report import Finding, Report
from gradphoto.portrait.rules import Outcome
from gradphoto.portrait.weights import model_file

WIDTH = 1080
PAD = 44
BODY, TITLE, HEADING = 40, 46, 64
LEADING = 1.42
BADGE = 62
AT_MOST = 9  # findings in a legend; what is beyond is counted

Colour = tuple[int, int, int]
INK, GREY, PAPER, RULE = (28, 32, 36), (96, 103, 110), (255, 255, 255), (226, 229, 232)
COLOURS: dict[Outcome, Colour] = {
    Outcome.PASS: (6, 122, 60),
    Outcome.WARN: (178, 98, 0),
    Outcome.FAIL: (205, 24, 30),
    Outcome.NOT_MEASURED: GREY,
}


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The Chinese font at `size` pixels."""
    return ImageFont.truetype(str(model_file("font").path), size)


def wrapped(text: str, size: int, width: float) -> list[str]:
    """`text` in lines no wider than `width` pixels, type of `size` pixels."""
    return line_breaks.wrapped(text, width, font(size).getlength)


def badge(draw: ImageDraw.ImageDraw, x: float, y: float, number: int, colour: Colour) -> None:
    """A round badge with its number, its upper left corner at (x, y), BADGE pixels wide."""
    draw.ellipse((x - 3, y - 3, x + BADGE + 3, y + BADGE + 3), fill=PAPER)
    draw.ellipse((x, y, x + BADGE, y + BADGE), fill=colour)
    middle = (x + BADGE / 2, y + BADGE / 2 - 1)
    draw.text(middle, str(number), PAPER, font(BODY), anchor="mm", stroke_width=0.8)


def header(report: Report) -> Image.Image:
    """The outcome in one big line with its sign: a tick, an exclamation mark or a cross."""
    title, subtitle = summary(report)
    lines = wrapped(subtitle, BODY, WIDTH - 3 * PAD - 120)
    height = 2 * PAD + round(HEADING * 1.3) + round(len(lines) * BODY * LEADING)
    image = Image.new("RGB", (WIDTH, height), COLOURS[report.outcome])
    draw = ImageDraw.Draw(image)
    _sign(draw, PAD, (height - 120) / 2, report.outcome)
    draw.text((2 * PAD + 120, PAD - 10), title, PAPER, font(HEADING), stroke_width=1)
    for row, line in enumerate(lines):
        draw.text((2 * PAD + 120, PAD + HEADING * 1.3 + row * BODY * LEADING - 4), line, PAPER, font(BODY))
    return image


def summary(report: Report) -> tuple[str, str]:
    """The outcome in Chinese: a headline and a line under it."""
    wrong, doubtful = (sum(f.outcome is o for f in report.findings) for o in (Outcome.FAIL, Outcome.WARN))
    unmeasured = report.count(Outcome.NOT_MEASURED)
    by_eye = f"另有 {unmeasured} 项无法自动判断，由人工查看。" if unmeasured else ""
    if report.outcome is Outcome.FAIL:
        more = f"另有 {doubtful} 处提醒。" if doubtful else ""
        return f"不合格：{wrong} 处要改", f"请按说明处理后重新上传。{more}"
    if report.outcome is Outcome.WARN:
        return f"可以用，有 {doubtful} 处提醒", f"最好按下面的说明重拍；是否通过由人工审核决定。{by_eye}"
    return "合格", f"自动检查的 {report.count(Outcome.PASS)} 项全部通过。{by_eye}"


def legend(report: Report) -> Image.Image | None:
    """What every number in the drawing means, and what to do about it; None where there is nothing to say."""
    shown, more = report.findings[:AT_MOST], report.findings[AT_MOST:]
    if not shown:
        return None
    items = [_item(finding) for finding in shown]
    if more:
        items.append(_line(f"还有 {len(more)} 处，见完整报告。"))
    image = Image.new("RGB", (WIDTH, sum(i.height for i in items) + PAD // 2), PAPER)
    y = 0
    for item in items:
        image.paste(item, (0, y))
        y += item.height
    return image


def _item(finding: Finding) -> Image.Image:
    """Badge, title, measured against allowed, cause and fix."""
    colour = COLOURS[finding.outcome]
    left = PAD + BADGE + 26
    room = WIDTH - left - PAD
    text: list[tuple[str, int, Colour]] = [
        (line, TITLE, colour) for line in wrapped(finding.title[0], TITLE, room)
    ]
    if finding.cause[0]:
        text += [(line, BODY, INK) for line in wrapped(_ended(finding.cause[0]), BODY, room)]
    if finding.measured:
        wanted = "最好" if finding.outcome is Outcome.WARN else "允许"
        values = f"实测 {finding.measured}，{wanted} {finding.allowed}"
        text += [(line, BODY, GREY) for line in wrapped(values, BODY, room)]
    text += [(line, BODY, INK) for line in wrapped("→ " + finding.fix[0], BODY, room) if finding.fix[0]]
    height = PAD + round(sum(size * LEADING for _, size, _ in text))
    image = Image.new("RGB", (WIDTH, height), PAPER)
    draw = ImageDraw.Draw(image)
    draw.line((PAD, 0, WIDTH - PAD, 0), RULE, 2)
    badge(draw, PAD, PAD / 2 + 4, finding.number, colour)
    y = PAD / 2
    for line, size, ink in text:
        draw.text((left, y), line, ink, font(size), stroke_width=0.6 if size == TITLE else 0)
        y += size * LEADING
    return image


def _ended(sentence: str) -> str:
    return sentence if sentence[-1] in "。！？" else sentence + "。"


def _line(text: str) -> Image.Image:
    image = Image.new("RGB", (WIDTH, round(BODY * LEADING) + PAD), PAPER)
    ImageDraw.Draw(image).text((PAD, PAD / 2), text, GREY, font(BODY))
    return image


def _sign(draw: ImageDraw.ImageDraw, x: float, y: float, outcome: Outcome) -> None:
    """A white disc, 120 pixels wide, with the outcome's sign."""
    draw.ellipse((x, y, x + 120, y + 120), fill=PAPER)
    colour = COLOURS[outcome]
    if outcome is Outcome.PASS:
        draw.line([(x + 30, y + 62), (x + 52, y + 84), (x + 92, y + 40)], colour, 15, joint="curve")
    elif outcome is Outcome.WARN:
        draw.line([(x + 60, y + 26), (x + 60, y + 70)], colour, 15)
        draw.ellipse((x + 51, y + 80, x + 69, y + 98), fill=colour)
    else:
        draw.line([(x + 37, y + 37), (x + 83, y + 83)], colour, 15)
        draw.line([(x + 83, y + 37), (x + 37, y + 83)], colour, 15)
