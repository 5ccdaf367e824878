"""How clean the cut-out is: fringes of the old background, holes in the person, pieces left, hair cut away.

All by the colours of the photo, which say less the more hair, clothes and background resemble each other: these rules
warn, and where the colours are too near they say that nothing was measured.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.rules.colours import Lab, lab_pixels
from gradphoto.portrait.rules.cutout import HALF, LEAST_PIXELS, Cutout, Mask, closed_in, cutout_of
from gradphoto.portrait.rules.subject import Subject
from gradphoto.portrait.rules.verdict import Measurement, Needs, Words, band_score, not_measured, rule

# Edge pixels: neither person nor background alone.
EDGE = (0.08, 0.92)
# Person and old background must be so far apart (levels; dE) for their mixture to be told.
LEVELS_APART, APART = 45.0, 40.0
SAME = 9.0  # dE up to which a colour is that of the old background
PLAIN_SPREAD = (
    6.0  # dE: median distance of the old background from its own smooth course, up to which it is plain
)


@rule(
    "halo",
    group="portrait",
    unit="percent",
    needs=Needs.PORTRAIT,
    zh=Words(
        "轮廓没有原背景的镶边",
        "",
        "人物轮廓上透出原来的背景颜色（镶边）",
        "请在与头发、衣服颜色分明的纯色墙前重新拍一张。",
    ),
    en=Words(
        "No fringe of the old background",
        "",
        "The old background's colour shows along the outline.",
        "Take another photo before a plain wall that differs from hair and clothes.",
    ),
    score=band_score(0, 15, 60),
)
def halo(subject: Subject) -> Measurement:
    """How much of the old background is in the foreground's colour along the soft edge, percent (0 none, 100 all). Own.

    For edge pixels with alpha a, P = a F' + (1 - a) new. F' is compared with the person's own colour F nearby and the old
    background's B nearby: t = (F' - F).(B - F) / |B - F|^2, averaged with weight a^2 |B - F|^2 where F and B are apart.
    Weaknesses: hair lighter at its tips than inside reads as a light background's halo; F and B are local means.
    """
    if not subject.standard.background.replace:
        return kept()
    cutout = cutout_of(subject)
    fore, back, known = cutout.local
    edge = known & (cutout.alpha > EDGE[0]) & (cutout.alpha < EDGE[1])
    alpha, fore, toward = cutout.alpha[edge], fore[edge], back[edge] - fore[edge]
    apart = (toward**2).sum(axis=1)
    tellable = apart > LEVELS_APART**2
    if tellable.sum() < LEAST_PIXELS:
        return not_measured(
            "原背景与人物颜色太接近，看不出镶边",
            "the old background's colour is too near the person's to tell",
        )
    ground = np.array(subject.standard.background.rgb, np.float32)
    off = cutout.decoded[edge] - alpha[:, None] * fore - (1 - alpha[:, None]) * ground
    leaked = (alpha * (off * toward).sum(axis=1))[tellable].sum()
    return Measurement(100 * float(max(0.0, leaked / (alpha**2 * apart)[tellable].sum())))


@rule(
    "matte_holes",
    group="portrait",
    unit="px",
    needs=Needs.PORTRAIT,
    zh=Words(
        "人物没有被抠掉的破洞",
        "",
        "人物身上有被误当作背景抠掉的破洞",
        "请在与头发、衣服颜色分明的纯色墙前重新拍一张。",
    ),
    en=Words(
        "No holes in the person",
        "",
        "Parts inside the person were cut out as background.",
        "Take another photo before a plain wall that differs from hair and clothes.",
    ),
    score=band_score(0, 30, 600),
)
def matte_holes(subject: Subject) -> Measurement:
    """Area of the portrait, pixels, of holes in the matte (closed in by the person) in which the photo's colour is nearer
    to the person's around than to the old background's. Own measure.

    Loops of hair and the gap between arm and body show the background rightly and don't count. Weakness: on a restless
    background its colour is taken from the hole's surroundings less surely.
    """
    if not subject.standard.background.replace:
        return kept()
    cutout = cutout_of(subject)
    holes = closed_in(cutout.alpha < 0.5) & cutout.seen
    if not holes.any():
        return Measurement(0.0)
    fore = lab_pixels(np.asarray(cutout.local[0], np.uint8))
    return Measurement(_area(holes & (cutout.alpha < 0.3) & _nearer(cutout.lab, fore, cutout.wall)))


@rule(
    "background_left",
    group="portrait",
    unit="px",
    needs=Needs.PORTRAIT,
    zh=Words(
        "没有残留的原背景",
        "",
        "头发间或脖子旁残留着一块原来的背景",
        "请把头发扎好，在与头发颜色分明的纯色墙前重新拍一张。",
    ),
    en=Words(
        "Nothing of the old background left",
        "",
        "A piece of the old background is left between the hair or beside the neck.",
        "Tie your hair back and stand before a plain wall that differs from it.",
    ),
    score=band_score(0, 60, 1500),
)
def background_left(subject: Subject) -> Measurement:
    """Area of the portrait, pixels, that the matte gives to the person (alpha over 0.9) around head and neck but that has
    the colour of the plain old background. Own measure; only where hair and skin differ from that background.

    Weaknesses: earrings, collars and reflexes on hair in the wall's colour count.
    """
    return _evidence(subject, left=True)


@rule(
    "eaten_hair",
    group="portrait",
    unit="px",
    needs=Needs.PORTRAIT,
    zh=Words("头发没有被抠掉", "", "一部分头发被当作背景抠掉了", "请在与头发颜色分明的纯色墙前重新拍一张。"),
    en=Words(
        "No hair cut away",
        "",
        "Part of the hair was cut away as background.",
        "Take another photo before a plain wall that differs from your hair.",
    ),
    score=band_score(0, 150, 3000),
)
def eaten_hair(subject: Subject) -> Measurement:
    """Area of the portrait, pixels, that the matte gives to the background (alpha under 0.1) right around the hair but that
    has the hair's colour and not the plain old background's. Own measure; only where the two differ.

    Weaknesses: dark shadows on the wall, and single flying hairs (which are rightly dropped).
    """
    return _evidence(subject, left=False)


def _evidence(subject: Subject, left: bool) -> Measurement:
    """Pixels around the head where the photo's colours say otherwise than the matte: background `left` inside the person,
    or else hair outside.
    """
    if not subject.standard.background.replace:
        return kept()
    cutout = cutout_of(subject)
    near = cutout.head & cutout.seen
    hair, outside = cutout.hair, near & (cutout.alpha < 0.02)
    if hair is None or outside.sum() < LEAST_PIXELS:
        return not_measured("看不到足够的头发或背景", "too little hair or background to tell")
    if not _tellable(cutout, hair, outside):
        return not_measured(
            "原背景不够干净，或与头发颜色相近，无法判断",
            "the old background is not plain enough, or too near the hair's colour",
        )
    if left:
        from_wall = np.linalg.norm(cutout.lab - cutout.wall, axis=-1)
        return Measurement(_area(near & (cutout.alpha > 0.9) & (from_wall < SAME)))
    # Shadows lie between wall and hair: only what is far nearer to the hair counts.
    like_hair = 2.5 * np.linalg.norm(cutout.lab - hair, axis=-1) < np.linalg.norm(
        cutout.lab - cutout.wall, axis=-1
    )
    return Measurement(_area(near & (cutout.alpha < 0.1) & like_hair))


def _tellable(cutout: Cutout, hair: Lab, outside: Mask) -> bool:
    """Whether the old background around the head is plain, and far from the hair's colour."""
    wall = cutout.wall[outside]
    spread = np.median(np.linalg.norm(cutout.lab[outside] - wall, axis=-1))
    return bool(spread <= PLAIN_SPREAD and np.linalg.norm(wall.mean(axis=0) - hair) >= APART)


def _nearer(lab: Lab, first: NDArray[np.floating], second: NDArray[np.floating]) -> Mask:
    """Which colours are nearer to the first than to the second."""
    return np.asarray(np.linalg.norm(lab - first, axis=-1) < np.linalg.norm(lab - second, axis=-1), np.bool_)


def _area(mask: Mask) -> float:
    """Full-size pixels of a half-size mask without its thin lines: edges are never quite where the matte has them."""
    opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return float(opened.sum()) * HALF * HALF


def kept() -> Measurement:
    """Nothing was cut out."""
    return not_measured("本标准保留原来的背景", "this standard keeps the photo's own background")
