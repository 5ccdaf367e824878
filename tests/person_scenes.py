"""The judged person of a shipped photo, repainted: clothes, hair, wall, matte and portrait with known answers."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.closeup import CloseUp
from gradphoto.portrait.encode import encode
from gradphoto.portrait.judge import verdicts
from gradphoto.portrait.pipeline import judge
from gradphoto.portrait.rules import Verdict
from gradphoto.portrait.rules.cutout import finished_of
from gradphoto.portrait.rules.subject import Subject
from gradphoto.portrait.standard import load_standard
from pictures import Pixels, jpeg, sample

Alpha = NDArray[np.float32]
Mask = NDArray[np.bool_]
Colour = tuple[int, int, int]

NATIONAL = load_standard()
# Rules that the national standard leaves to a reviewer are tested all the same.
CHSI = NATIONAL.model_copy(
    update={
        "rules": {
            code: limits.model_copy(update={"worst": "warn"}) if limits.worst == "off" else limits
            for code, limits in NATIONAL.rules.items()
        }
    }
)
GOOD = ("obama", "obama2", "obama3", "biden")


@cache
def person(name: str = "obama") -> Subject:
    """A shipped photo with everything the engine makes of it."""
    return judge(jpeg(sample(name)), CHSI).subject


def verdict(code: str, subject: Subject) -> Verdict:
    """One rule's word."""
    (found,) = verdicts(subject, frozenset({code}))
    return found


def value(code: str, subject: Subject) -> float:
    """One rule's value; it must have one."""
    measured = verdict(code, subject).value
    assert measured is not None
    return measured


def changed(subject: Subject, pixels: Pixels | None = None, alpha: Alpha | None = None) -> Subject:
    """The subject with another close-up."""
    close = subject.close
    pixels = close.pixels if pixels is None else pixels
    alpha = subject.alpha if alpha is None else alpha
    return replace(
        subject, closeup=CloseUp(pixels, close.inside, alpha, close.face, close.scale, close.origin)
    )


def painted(subject: Subject, where: Mask, colour: Colour) -> Subject:
    """The close-up's pixels `where` in one colour."""
    pixels = subject.close.pixels.copy()
    pixels[where] = colour
    return changed(subject, pixels)


def before_wall(subject: Subject, wall: Pixels | Colour) -> Subject:
    """The person in front of another wall: a colour, or pixels (832, 624, 3)."""
    alpha = subject.alpha[..., None]
    ground = np.broadcast_to(np.asarray(wall, np.float32), subject.close.pixels.shape)
    mixed = alpha * subject.close.pixels + (1 - alpha) * ground
    return changed(subject, np.asarray(np.clip(np.rint(mixed), 0, 255), np.uint8))


def finished_with(subject: Subject, pixels: NDArray[np.floating], alpha: Alpha | None = None) -> Subject:
    """The subject whose portrait has these pixels (640, 480, 3) and this alpha, encoded like a real one."""
    finished = finished_of(subject)
    picture = np.asarray(np.clip(np.rint(pixels), 0, 255), np.uint8)
    encoded = encode(picture, CHSI.frame.dpi, CHSI.file)
    alpha = finished.alpha if alpha is None else alpha
    return replace(subject, finished=replace(finished, pixels=picture, alpha=alpha, encoded=encoded))


def close_grid(subject: Subject) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(640, 480) x and y of the portrait's pixels in the close-up."""
    close, placement = subject.close, finished_of(subject).placement
    ys, xs = np.mgrid[0 : CHSI.frame.height, 0 : CHSI.frame.width] + 0.5
    k = subject.photo.scale
    x = ((xs / placement.scale + placement.crop[0]) * k - close.origin[0]) * close.scale
    y = ((ys / placement.scale + placement.crop[1]) * k - close.origin[1]) * close.scale
    return x, y
