"""Placement: inside the bands, inside the photo, nearest the aims, or a reason that says what lacks."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradphoto.portrait.placement import Edges, Measures, Placement, place
from gradphoto.portrait.reasons import Refused
from gradphoto.portrait.standard import Standard, load_standard

STANDARD = load_standard("chsi-2017")
# A photo with room on every side: at scale 0.5 everything lands on its aim.
ROOMY = Measures(width=2000, height=2600, hair_top=600, eye_line=940, face_width=480, centre_x=1000)


def codes(measures: Measures, standard: Standard = STANDARD) -> list[str]:
    with pytest.raises(Refused) as refused:
        place(measures, standard)
    return [r.code for r in refused.value.reasons]


def assert_good(placement: Placement, measures: Measures, standard: Standard = STANDARD) -> None:
    bands = standard.composition
    slack = 1e-6
    for name in ("hair_top", "eye_line", "face_width", "centre_x"):
        band, value = getattr(bands, name), getattr(placement, name)
        assert band.min - slack <= value <= band.max + slack, name
    x0, y0, x1, y1 = placement.crop
    assert (x1 - x0) * placement.scale == pytest.approx(standard.frame.width)
    assert (y1 - y0) * placement.scale == pytest.approx(standard.frame.height)
    assert (measures.eye_line - y0) * placement.scale == pytest.approx(placement.eye_line)
    assert y1 <= measures.height + slack
    assert y0 >= -slack or measures.edges.above
    assert x0 >= -slack or measures.edges.left >= y1
    assert x1 <= measures.width + slack or measures.edges.right >= y1


def test_a_roomy_photo_lands_on_its_aims() -> None:
    placement = place(ROOMY, STANDARD)
    assert_good(placement, ROOMY)
    assert placement.scale == pytest.approx(0.5, rel=0.01)
    assert placement.as_dict() == pytest.approx(
        {"hair_top": 80, "eye_line": 250, "face_width": 240, "centre_x": 240}, abs=2
    )


def test_pixels_are_not_enlarged_when_the_bands_allow_it() -> None:
    small = Measures(width=800, height=1040, hair_top=240, eye_line=376, face_width=192, centre_x=400)
    assert place(small, STANDARD).scale < 1.15


def test_each_side_that_lacks_is_named_with_how_much() -> None:
    assert codes(replace(ROOMY, hair_top=40, eye_line=380)) == ["missing_above"]
    assert codes(replace(ROOMY, height=1150)) == ["missing_below"]
    assert codes(replace(ROOMY, centre_x=300)) == ["missing_left"]
    assert codes(replace(ROOMY, centre_x=1700)) == ["missing_right"]
    assert codes(replace(ROOMY, hair_top=40, eye_line=380, height=600)) == ["missing_above", "missing_below"]


def test_the_missing_pixels_are_just_enough() -> None:
    tight = replace(ROOMY, hair_top=20, eye_line=360)
    with pytest.raises(Refused) as refused:
        place(tight, STANDARD)
    lacking = refused.value.reasons[0].data["pixels"]
    moved = replace(tight, hair_top=20 + lacking, eye_line=360 + lacking, height=tight.height + lacking)
    assert_good(place(moved, STANDARD), moved)
    less = replace(tight, hair_top=18 + lacking, eye_line=358 + lacking, height=tight.height + lacking - 2)
    assert codes(less) == ["missing_above"]


def test_a_clear_edge_may_be_passed_and_only_there() -> None:
    tight = replace(ROOMY, hair_top=40, eye_line=380)
    clear = replace(tight, edges=Edges(above=True))
    assert_good(place(clear, STANDARD), clear)
    left = replace(ROOMY, centre_x=300)
    assert codes(replace(left, edges=Edges(right=math.inf))) == ["missing_left"]
    assert codes(replace(left, edges=Edges(left=900.0))) == [
        "missing_left"
    ]  # shoulders touch the edge below that
    assert_good(
        place(replace(left, edges=Edges(left=2600.0)), STANDARD), replace(left, edges=Edges(left=2600.0))
    )


def test_an_edge_is_never_passed_where_the_background_is_kept() -> None:
    kept = STANDARD.model_copy(
        update={"background": STANDARD.background.model_copy(update={"replace": False})}
    )
    assert codes(replace(ROOMY, hair_top=40, eye_line=380, edges=Edges(above=True)), kept) == [
        "missing_above"
    ]


def test_hair_higher_than_the_bands_allow_is_a_conflict() -> None:
    with pytest.raises(Refused) as refused:
        place(replace(ROOMY, hair_top=940 - 700), STANDARD)
    assert refused.value.reasons[0].code == "no_placement"
    assert "1.46" in refused.value.reasons[0].zh
    assert "1.39" in refused.value.reasons[0].zh


def test_a_face_too_small_is_refused_with_the_factor() -> None:
    far = Measures(width=2000, height=2600, hair_top=600, eye_line=685, face_width=120, centre_x=1000)
    with pytest.raises(Refused) as refused:
        place(far, STANDARD)
    assert refused.value.reasons[0].code == "too_few_pixels"
    assert refused.value.reasons[0].data == {"factor": 1.5, "limit": 1.25}


@given(
    width=st.floats(200, 8000),
    aspect=st.floats(0.5, 2),
    face=st.floats(0.02, 0.9),
    head=st.floats(0.2, 1.6),
    x=st.floats(0, 1),
    y=st.floats(0, 0.9),
    above=st.booleans(),
    left=st.floats(0, 1),
    right=st.floats(0, 1),
)
def test_every_placement_is_good_and_every_refusal_has_reasons(
    width: float,
    aspect: float,
    face: float,
    head: float,
    x: float,
    y: float,
    above: bool,
    left: float,
    right: float,
) -> None:
    height = width * aspect
    hair = y * height
    measures = Measures(
        width=width,
        height=height,
        hair_top=hair,
        eye_line=hair + head * face * width,
        face_width=face * width,
        centre_x=x * width,
        edges=Edges(above, left * height, right * height),
    )
    try:
        placement = place(measures, STANDARD)
    except Refused as refused:
        assert refused.reasons
        assert all(r.zh and r.en and "{" not in r.zh + r.en for r in refused.reasons)
    else:
        assert_good(placement, measures)
        assert placement.scale <= STANDARD.limits.upscale + 1e-9
