"""Live guidance: a known change of the frame gives its hint, and none where nothing is wrong."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from gradphoto.portrait.face import find_faces
from gradphoto.portrait.guide import AT_MOST, HINTS, RULES, Guidance, guide
from gradphoto.portrait.rules import RULES as ALL_RULES
from gradphoto.portrait.rules import Needs
from gradphoto.portrait.standard import RuleLimits, Standard, load_standard
from pictures import jpeg, pixels, sample, side_by_side

CHSI = load_standard()
# The sitter of the sample smiles with open lips.
SMILING = CHSI.model_copy(
    update={"rules": {**CHSI.rules, "mouth_closed": RuleLimits(good=(0.0, 0.0), worst="off")}}
)
WIDTH, HEIGHT = 480, 640


def camera(face_width: float = 140, x: float = 240, eyes: float = 270, angle: float = 0) -> Image.Image:
    """A camera's frame with the sitter at the given place: face width, its middle, the eye line, all in pixels."""
    photo = sample()
    face = find_faces(pixels(photo))[0]
    k = face_width / face.width
    small = photo.resize((round(photo.width * k), round(photo.height * k)), Image.Resampling.LANCZOS)
    frame = Image.new("RGB", (WIDTH, HEIGHT), photo.getpixel((5, 5)))
    frame.paste(small, (round(x - face.centre_x * k), round(eyes - face.eye_line * k)))
    return frame.rotate(angle, Image.Resampling.BICUBIC, center=(x, eyes)) if angle else frame


def codes(frame: Image.Image, standard: Standard = SMILING) -> list[str]:
    return [hint.code for hint in guide(pixels(frame), standard).hints]


def test_a_good_frame_is_good() -> None:
    found = guide(pixels(camera()), SMILING)
    assert found.good
    assert not any(hint.must for hint in found.hints)
    assert found.face is not None
    assert found.face[2] - found.face[0] == pytest.approx(140, rel=0.1)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (camera(60), "too_far"),
        (camera(300), "too_close"),
        (camera(140, x=100), "show_more_left"),
        (camera(140, x=380), "show_more_right"),
        (camera(140, eyes=90), "show_more_above"),
        (camera(140, eyes=470), "show_more_below"),
        (camera(angle=14), "roll"),
        (camera(angle=-14), "roll"),
        (side_by_side(camera().crop((60, 0, 420, 640)), camera().crop((60, 0, 420, 640))), "one_face"),
        (Image.new("RGB", (WIDTH, HEIGHT), (90, 90, 90)), "no_face"),
        (ImageEnhance.Brightness(camera()).enhance(0.12), "face_brightness"),
    ],
)
def test_the_first_hint_is_what_was_done_to_the_frame(frame: Image.Image, code: str) -> None:
    found = guide(pixels(frame), SMILING)
    assert found.hints[0].code == code
    assert not found.good


def test_the_limits_are_the_standards() -> None:
    assert "mouth_closed" in codes(camera(), CHSI)
    strict = {**SMILING.rules, "roll": RuleLimits(good=(20.0, 30.0), worst="fail")}
    assert codes(camera(), SMILING.model_copy(update={"rules": strict}))[0] == "roll"


def test_the_distance_at_which_it_turns() -> None:
    """From far to near: closer, good, too close; never back."""
    told = [
        (codes(camera(width, eyes=300)) or ["good"])[0] for width in (50, 80, 110, 150, 190, 220, 280, 320)
    ]
    order = ["too_far", "good", "too_close"]
    ranks = [order.index(code if code in order else "good") for code in told]
    assert ranks == sorted(ranks)
    assert set(ranks) == {0, 1, 2}


def test_an_encoded_frame_says_the_same() -> None:
    frame = camera(angle=14)
    assert [h.code for h in guide(jpeg(frame), SMILING).hints][:1] == codes(frame)[:1] == ["roll"]


def test_a_frame_that_is_no_picture() -> None:
    found = guide(b"\xff\xd8\xff nothing", CHSI)
    assert not found.good
    assert found.hints[0].zh
    assert found.face is None


def test_few_hints_short_and_in_both_languages() -> None:
    dark_and_turned = ImageEnhance.Brightness(camera(60, angle=20)).enhance(0.3)
    found: Guidance = guide(pixels(dark_and_turned), CHSI)
    assert 1 <= len(found.hints) <= AT_MOST
    for hint in found.hints:
        assert 0 < len(hint.zh) <= 45
        assert 0 < len(hint.en) <= 140
    assert set(json.loads(json.dumps(found.as_dict()))) == {"good", "hints", "face"}


def test_its_rules_exist_and_need_no_matte() -> None:
    assert set(RULES) <= set(ALL_RULES)
    assert all(ALL_RULES[code].needs is Needs.FACE for code in RULES)
    assert not set(RULES) & set(HINTS)


def test_the_frame_is_left_as_it_was() -> None:
    frame = pixels(camera())
    before = frame.copy()
    guide(frame, CHSI)
    assert np.array_equal(frame, before)
