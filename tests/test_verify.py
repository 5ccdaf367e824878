"""Verification: the true portrait matches; every kind of tampering is noticed, and an edit is shown where it is."""

from __future__ import annotations

import copy
import io
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFilter

from gradphoto.portrait.pipeline import Portrait, standardize
from gradphoto.portrait.standard import load_standard
from gradphoto.portrait.verify import VERDICTS, draw_changes, verify
from pictures import jpeg, opened, sample


@pytest.fixture(scope="module")
def source() -> bytes:
    return jpeg(sample())


@pytest.fixture(scope="module")
def portrait(source: bytes) -> Portrait:
    return standardize(source, load_standard(), draft=True)


def saved(image: Image.Image, quality: int = 90) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def test_the_portrait_itself_matches(source: bytes, portrait: Portrait) -> None:
    outcome = verify(portrait.jpeg, source, portrait.record)
    assert outcome.ok
    assert outcome.notes == ()


def test_a_removed_mole_is_found_where_it_was(source: bytes, portrait: Portrait) -> None:
    image = opened(portrait.jpeg)
    cheek = (190, 300, 206, 316)
    ImageDraw.Draw(image).ellipse(cheek, fill=(150, 90, 60))
    outcome = verify(saved(image), source, portrait.record)
    assert outcome.verdict == "edited"
    (x, y, w, h), *more = outcome.changes
    assert not more
    assert x <= cheek[0] + 3
    assert y <= cheek[1] + 3
    assert x + w >= cheek[2] - 3
    assert y + h >= cheek[3] - 3
    assert w < 50
    assert h < 50


def test_smoothed_skin_is_found(source: bytes, portrait: Portrait) -> None:
    image = opened(portrait.jpeg)
    face = image.crop((140, 180, 340, 400)).filter(ImageFilter.GaussianBlur(6))
    image.paste(face, (140, 180))
    outcome = verify(saved(image), source, portrait.record)
    assert outcome.verdict == "edited"
    assert all(x + w > 130 and x < 350 and y + h > 170 and y < 410 for x, y, w, h in outcome.changes)


@pytest.mark.parametrize("quality", [95, 75, 60])
def test_saving_again_is_not_an_edit(quality: int, source: bytes, portrait: Portrait) -> None:
    outcome = verify(saved(opened(portrait.jpeg), quality), source, portrait.record)
    assert outcome.verdict == "same_picture"
    assert not outcome.ok


def test_another_photo_another_size_or_rubbish(source: bytes, portrait: Portrait) -> None:
    assert verify(portrait.jpeg, jpeg(sample("biden")), portrait.record).verdict == "wrong_source"
    smaller = saved(opened(portrait.jpeg).resize((240, 320)))
    assert verify(smaller, source, portrait.record).changes == ((0, 0, 480, 640),)
    assert verify(b"rubbish", source, portrait.record).verdict == "not_a_picture"


def test_a_changed_record_does_not_pass(source: bytes, portrait: Portrait) -> None:
    changed: dict[str, Any] = copy.deepcopy(portrait.record)
    changed["operations"][-2]["color"] = "#FFFFFF"
    assert verify(portrait.jpeg, source, changed).verdict == "altered_record"
    changed = copy.deepcopy(portrait.record)
    changed["output"]["sha256"] = "0" * 64
    assert verify(portrait.jpeg, source, changed).verdict == "altered_record"
    changed = copy.deepcopy(portrait.record)
    changed["standard"]["values"]["background"]["color"] = "#FFFFFF"
    assert not verify(portrait.jpeg, source, changed).ok


def test_other_versions_are_named(source: bytes, portrait: Portrait) -> None:
    older: dict[str, Any] = copy.deepcopy(portrait.record)
    older["engine"] = {"name": "gradphoto", "version": "0.0.1", "sha256": "0" * 64}
    older["libraries"]["openvino"] = "1.0"
    outcome = verify(portrait.jpeg, source, older)
    assert outcome.ok  # the bytes agree all the same
    assert len(outcome.notes) == 2
    assert "0.0.1" in outcome.notes[0]


@pytest.mark.parametrize("record", [{}, {"schema": "other/1"}, {"schema": "gradphoto-record/1"}])
def test_a_record_that_is_none_is_said_so(record: dict[str, Any], source: bytes, portrait: Portrait) -> None:
    assert verify(portrait.jpeg, source, record).verdict in {"bad_record", "wrong_source"}


def test_the_drawing_marks_the_place(portrait: Portrait) -> None:
    drawn = draw_changes(portrait.jpeg, ((100, 200, 30, 20),))
    assert drawn.size == (960, 1280)
    assert drawn.getpixel((200, 420)) == (230, 0, 0)


def test_every_verdict_has_words_in_both_languages() -> None:
    for zh, en in VERDICTS.values():
        assert any("\u4e00" <= c <= "\u9fff" for c in zh)
        assert en.isascii()
