"""The drawing on the photo: where the head must be, where it is, what is wrong and where.

    draw(report)          header, photo with guides, legend: one tall picture for a phone
    draw_guides(report)   the photo with its guides alone, for pages that have a table of their own

The frame is that of the portrait. Bands of the standard stand as green patches at its sides, the measured lines run
across; frames in red (wrong) and amber (doubtful) carry the numbers of the legend. Where the photo is too small for its
portrait, the part of the frame that it lacks is hatched, with the number of pixels.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from gradphoto.portrait.placement import Measures
from gradphoto.portrait.report import Report
from gradphoto.portrait.report_badges import GAP, Group, grouped, rows
from gradphoto.portrait.report_legend import (
    BADGE,
    BODY,
    COLOURS,
    PAPER,
    WIDTH,
    Colour,
    badge,
    font,
    header,
    legend,
)
from gradphoto.portrait.report_view import (
    Box,
    Frame,
    View,
    grown,
    intersection,
    portrait_frame,
    view_of,
    whole_pixels,
)
from gradphoto.portrait.rules import Outcome
from gradphoto.portrait.rules.subject import Subject
from gradphoto.portrait.standard import Band

GOOD, BAD = COLOURS[Outcome.PASS], COLOURS[Outcome.FAIL]
ROOM_FOR_WORDS = 440  # a frame narrower than this many picture pixels has its bands without their names


def draw(report: Report) -> Image.Image:
    """The whole drawing, 1080 pixels wide. A file that is no photo gives header and legend only."""
    guides = draw_guides(report)
    parts = [part for part in (header(report), guides, legend(report)) if part is not None]
    image = Image.new("RGB", (WIDTH, sum(part.height for part in parts)), PAPER)
    y = 0
    for part in parts:
        image.paste(part, ((WIDTH - part.width) // 2, y))
        y += part.height
    return image


def draw_guides(report: Report) -> Image.Image | None:
    """The photo's part of the drawing, 1080 pixels wide; None for a file that is no photo."""
    if report.judgement is None:
        return None
    subject = report.judgement.subject
    frame = portrait_frame(subject)
    view = view_of(subject, frame, report.findings)
    image = _canvas(subject, frame, view)
    words: list[Box] = []
    if frame is not None:
        _draw_frame(image, subject, frame, view)
        words = _draw_bands(image, subject, frame, view)
    elif subject.measures is not None:
        words = _draw_conflict(image, subject.measures, view)
    words += _draw_missing(image, report, frame, view)
    _draw_findings(image, report, view, view(_face_box(subject)) if subject.faces else None, words)
    if image.width == WIDTH:
        return image
    wide = Image.new("RGB", (WIDTH, image.height), (40, 44, 48))
    wide.paste(image, ((WIDTH - image.width) // 2, 0))
    return wide


def _canvas(subject: Subject, frame: Frame | None, view: View) -> Image.Image:
    """The photo in its view: beyond it lies the new background, or hatching where pixels are missing."""
    image = Image.new("RGB", view.size, (208, 212, 216))
    if frame is not None:
        image.paste(subject.standard.background.rgb, whole_pixels(view(frame.box)))
        for strip in frame.lacking(subject.photo.source.width, subject.photo.source.height):
            x0, y0, x1, y1 = whole_pixels(view(strip))
            image.paste(_hatch((x1 - x0, y1 - y0)), (x0, y0))
    photo, k = subject.photo, subject.photo.scale
    source = photo.source
    seen = intersection(view.box, (0.0, 0.0, float(source.width), float(source.height)))
    into = whole_pixels(view(seen))
    size = (max(1, into[2] - into[0]), max(1, into[3] - into[1]))
    bounds = (0.0, 0.0, float(photo.pixels.shape[1]), float(photo.pixels.shape[0]))
    part = intersection((seen[0] * k, seen[1] * k, seen[2] * k, seen[3] * k), bounds)
    shown = Image.fromarray(photo.pixels).resize(size, Image.Resampling.BICUBIC, box=part, reducing_gap=2.0)
    image.paste(shown, into[:2])
    return image


def _hatch(size: tuple[int, int]) -> Image.Image:
    """Red and white stripes."""
    ys, xs = np.mgrid[0 : size[1], 0 : size[0]]
    stripes = ((xs + ys) // 14 % 2)[..., None]
    pixels = np.where(stripes == 0, np.array([255, 255, 255]), np.array([250, 205, 205]))
    return Image.fromarray(pixels.astype(np.uint8))


def _draw_frame(image: Image.Image, subject: Subject, frame: Frame, view: View) -> None:
    """The frame, with what it leaves out darkened."""
    box = whole_pixels(view(frame.box))
    shade = Image.new("L", image.size, 105)
    shade.paste(0, box)
    image.paste((0, 0, 0), (0, 0), shade)
    draw = ImageDraw.Draw(image)
    if frame.wanted:
        _dashed(draw, box, BAD, 6)
    else:
        draw.rectangle(box, outline=PAPER, width=5)


def _draw_bands(image: Image.Image, subject: Subject, frame: Frame, view: View) -> list[Box]:
    """Each band as a pair of patches beside the face, the measured line across, and a word. Returns where words are."""
    measures, bands = subject.measures, subject.standard.composition
    if measures is None:
        return []
    words: list[Box] = []
    rail = (subject.standard.frame.width - bands.face_width.max) / 2 * 0.92
    right = subject.standard.frame.width
    for band, y, word in (
        (bands.hair_top, measures.hair_top, "头顶"),
        (bands.eye_line, measures.eye_line, "眼睛"),
    ):
        inside = _inside(band, (y - frame.box[1]) * frame.scale)
        colour = GOOD if inside else BAD
        top, bottom = view.y(frame.y(band.min)), view.y(frame.y(band.max))
        for x0, x1 in ((0.0, rail), (right - rail, right)):
            _patch(image, (view.x(frame.x(x0)), top, view.x(frame.x(x1)), bottom), colour)
        draw = ImageDraw.Draw(image)
        ends = view.x(frame.x(0)), view.x(frame.x(right))
        _line(draw, (ends[0], view.y(y), ends[1], view.y(y)), colour)
        if ends[1] - ends[0] > ROOM_FOR_WORDS:
            middle = ((ends[0] + view.x(frame.x(rail))) / 2, (top + bottom) / 2)
            words.append(_pill(image, middle, word, colour))
    return words + _draw_face_width(image, subject, measures, frame, view)


def _draw_face_width(
    image: Image.Image, subject: Subject, measures: Measures, frame: Frame, view: View
) -> list[Box]:
    """A rule under the chin: where the cheeks may be, and where they are. Returns where its word is."""
    band: Band = subject.standard.composition.face_width
    width = measures.face_width * frame.scale
    colour = GOOD if _inside(band, width) else BAD
    chin = subject.face.chin / subject.photo.scale
    depth = 34 / frame.scale
    top, bottom = view.y(chin + depth * 0.4), view.y(chin + depth * 1.4)
    middle = view.x(measures.centre_x)
    near, far = (v / 2 / frame.scale * view.scale for v in (band.min, band.max))
    for x0, x1 in ((middle - far, middle - near), (middle + near, middle + far)):
        _patch(image, (x0, top, x1, bottom), colour)
    draw = ImageDraw.Draw(image)
    cheek = measures.face_width / 2 * view.scale
    _line(draw, (middle - cheek, (top + bottom) / 2, middle + cheek, (top + bottom) / 2), colour)
    for x in (middle - cheek, middle + cheek):
        _line(draw, (x, top - 8, x, bottom + 8), colour)
    if cheek <= ROOM_FOR_WORDS / 4:
        return []
    return [_pill(image, (middle, (top + bottom) / 2), "脸宽", colour)]


def _inside(band: Band, value: float) -> bool:
    """In the band, or on its end but for rounding."""
    return band.min - 0.01 <= value <= band.max + 0.01


def _draw_conflict(image: Image.Image, measures: Measures, view: View) -> list[Box]:
    """Top of the hair and eye line where no frame suits both. Returns where their words are."""
    draw = ImageDraw.Draw(image)
    words = []
    for y, word in ((measures.hair_top, "头顶"), (measures.eye_line, "眼睛")):
        _line(draw, (0, view.y(y), image.width, view.y(y)), BAD)
        words.append(_pill(image, (80, view.y(y)), word, BAD))
    return words


def _draw_missing(image: Image.Image, report: Report, frame: Frame | None, view: View) -> list[Box]:
    """How much is missing at which side. Returns where it says so."""
    words = []
    for finding in report.findings:
        side = "above" if finding.code == "hair_cut_off" else finding.code.removeprefix("missing_")
        if frame is not None and side in frame.missing:
            words.append(_label_missing(image, frame, side, finding.number, view))
    return words


def _draw_findings(
    image: Image.Image, report: Report, view: View, face: Box | None, words: list[Box]
) -> None:
    """Frames round what is wrong, each once with all its numbers, off the `words`; a line where these stand apart."""
    draw = ImageDraw.Draw(image)
    groups = [Group(_shown(view(region), image.size), found) for region, found in grouped(report.findings)]
    for group in groups:
        draw.rectangle(grown(group.box, 3), outline=PAPER, width=3)
        draw.rectangle(group.box, outline=COLOURS[group.findings[0].outcome], width=6)
    placed = rows(groups, face, words, image.size)
    for row in placed:
        if row.line is not None:
            _line(draw, row.line, COLOURS[row.group.findings[0].outcome])
    for row in placed:
        for place, finding in enumerate(row.group.findings):
            badge(
                draw, row.box[0] + place * (BADGE + GAP), row.box[1], finding.number, COLOURS[finding.outcome]
            )


def _face_box(subject: Subject) -> Box:
    """Cheek, forehead, cheek, chin in full-size photo pixels."""
    face, k = subject.face, subject.photo.scale
    left, right = face.cheeks
    return left / k, face.forehead / k, right / k, face.chin / k


def _label_missing(image: Image.Image, frame: Frame, side: str, number: int, view: View) -> Box:
    """`缺 47 像素` in the hatched part, with its number. Returns where it stands."""
    x0, y0, x1, y1 = _shown(view(frame.box), image.size)
    at = {
        "above": ((x0 + x1) / 2, y0),
        "below": ((x0 + x1) / 2, y1),
        "left": (x0, y0 + (y1 - y0) * 0.75),
        "right": (x1, y0 + (y1 - y0) * 0.75),
    }[side]
    lack = frame.missing[side]
    box = _pill(image, at, f"缺 {lack} 像素" if lack else "头发被切掉", BAD, left=BADGE + 8)
    badge(ImageDraw.Draw(image), box[0] + 4, (box[1] + box[3] - BADGE) / 2, number, BAD)
    return box


def _pill(image: Image.Image, middle: tuple[float, float], word: str, colour: Colour, left: int = 0) -> Box:
    """White words on colour, moved inside the picture, with `left` pixels of room before them. Returns its box."""
    width, height = font(BODY).getlength(word) + 24 + left, max(54, BADGE + 8 if left else 0)
    x = min(max(middle[0] - width / 2, 4), image.width - width - 4)
    y = min(max(middle[1] - height / 2, 4), image.height - height - 4)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((x, y, x + width, y + height), 12, fill=colour)
    draw.text((x + 12 + left, y + height / 2 - 1), word, PAPER, font(BODY), anchor="lm")
    return x, y, x + width, y + height


def _patch(image: Image.Image, box: Box, colour: Colour) -> None:
    """A translucent rectangle."""
    x0, y0, x1, y1 = whole_pixels(box)
    if x1 > x0 and y1 > y0:
        image.paste(colour, (x0, y0, x1, y1), Image.new("L", (x1 - x0, y1 - y0), 95))


def _line(draw: ImageDraw.ImageDraw, ends: Box, colour: Colour) -> None:
    """A coloured line with a white rim, seen on any picture."""
    draw.line(ends, PAPER, 8)
    draw.line(ends, colour, 4)


def _dashed(draw: ImageDraw.ImageDraw, box: Box, colour: Colour, width: int, dash: int = 26) -> None:
    x0, y0, x1, y1 = box
    for start in np.arange(x0, x1, dash * 1.7):
        for y in (y0, y1):
            draw.line((start, y, min(start + dash, x1), y), colour, width)
    for start in np.arange(y0, y1, dash * 1.7):
        for x in (x0, x1):
            draw.line((x, start, x, min(start + dash, y1)), colour, width)


def _shown(box: Box, size: tuple[int, int]) -> Box:
    """The box cut to the picture, with a little room for its line."""
    x0, y0, x1, y1 = intersection(box, (4.0, 4.0, size[0] - 5.0, size[1] - 5.0))
    return x0, y0, max(x0 + 8, x1), max(y0 + 8, y1)
