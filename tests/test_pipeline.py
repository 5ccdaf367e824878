"""The whole way on real photos: bands met, background exact, refusals named, the same bytes every time."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import pytest
from PIL import Image

from gradphoto.portrait.face import find_faces
from gradphoto.portrait.pipeline import Portrait, standardize
from gradphoto.portrait.reasons import Refused
from gradphoto.portrait.rules import RULES
from gradphoto.portrait.standard import Band, load_standard, standard_names
from pictures import jpeg, opened, pixels, sample, side_by_side

CHSI = load_standard()


@pytest.fixture(scope="module")
def source() -> bytes:
    return jpeg(sample())


@pytest.fixture(scope="module")
def portrait(source: bytes) -> Portrait:
    return standardize(source, CHSI, draft=True)


def codes(data: bytes) -> list[str]:
    with pytest.raises(Refused) as refused:
        standardize(data, CHSI)
    for reason in refused.value.reasons:
        assert reason.zh
        assert reason.en
        assert "{" not in reason.zh + reason.en
    return [r.code for r in refused.value.reasons]


@pytest.mark.parametrize("name", standard_names())
def test_every_standard_gives_its_frame_and_its_bands(name: str, source: bytes) -> None:
    standard = load_standard(name)
    made = standardize(source, standard, draft=True)
    image = opened(made.jpeg)
    assert image.size == (standard.frame.width, standard.frame.height)
    assert len(made.jpeg) <= standard.file.bytes_max
    for key, value in made.placement.as_dict().items():
        assert value in getattr(standard.composition, key)


def test_the_face_in_the_portrait_is_where_the_placement_says(portrait: Portrait) -> None:
    face = find_faces(pixels(opened(portrait.jpeg)))[0]
    assert face.eye_line == pytest.approx(portrait.placement.eye_line, abs=3)
    assert face.width == pytest.approx(portrait.placement.face_width, rel=0.04)
    assert face.centre_x == pytest.approx(portrait.placement.centre_x, abs=4)


def test_the_background_is_the_standards_colour(portrait: Portrait) -> None:
    image = pixels(opened(portrait.jpeg)).astype(int)
    corners = np.concatenate([image[:60, :120].reshape(-1, 3), image[:60, -120:].reshape(-1, 3)])
    assert np.abs(corners - np.array(CHSI.background.rgb)).max() <= 3


def test_nothing_is_mirrored_rotated_or_retouched(portrait: Portrait) -> None:
    """Inside the face the portrait is the plain crop of the photo, up to JPEG."""
    x0, y0, x1, y1 = portrait.placement.crop
    size = (CHSI.frame.width, CHSI.frame.height)
    shifted = Image.new("RGB", (1400, 1600))
    shifted.paste(opened(jpeg(sample())), (200, 200))
    plain = shifted.resize(size, Image.Resampling.LANCZOS, box=(x0 + 200, y0 + 200, x1 + 200, y1 + 200))
    face = np.s_[180:380, 160:320]
    difference = pixels(plain)[face].astype(int) - pixels(opened(portrait.jpeg))[face]
    assert np.abs(difference).mean() < 4.5
    assert np.abs(difference.mean()) < 0.5


def test_the_same_input_gives_the_same_bytes_and_record(source: bytes, portrait: Portrait) -> None:
    again = standardize(source, CHSI, draft=True)
    assert again.jpeg == portrait.jpeg
    assert again.record == portrait.record


def test_the_record_proves_input_and_output(source: bytes, portrait: Portrait) -> None:
    record = portrait.record
    assert record["source"]["sha256"] == hashlib.sha256(source).hexdigest()
    assert record["output"]["sha256"] == hashlib.sha256(portrait.jpeg).hexdigest()
    assert [op["op"] for op in record["operations"]][-4:] == ["crop", "scale", "replace_background", "encode"]
    assert {m["name"] for m in record["models"]} >= {"modnet", "face-mesh"}
    assert all(len(m["sha256"]) == 64 for m in record["models"])
    assert record["standard"]["values"]["name"] == "chsi-2017"


def test_a_phone_photo_of_twelve_megapixels_lands_alike(portrait: Portrait) -> None:
    large = sample().resize((3024, 3778), Image.Resampling.LANCZOS)
    exif = Image.Exif()
    exif[0x0112] = 6  # stored on its side, as phones do
    buffer = io.BytesIO()
    large.transpose(Image.Transpose.ROTATE_90).save(buffer, "JPEG", quality=92, exif=exif)
    made = standardize(buffer.getvalue(), CHSI, draft=True)
    assert made.placement.as_dict() == pytest.approx(portrait.placement.as_dict(), abs=6)
    assert {"op": "orient", "exif": 6} in made.record["operations"]
    difference = pixels(opened(made.jpeg)).astype(float) - pixels(opened(portrait.jpeg))
    assert np.abs(difference).mean() < 12


def test_background_kept_where_the_standard_says_so(source: bytes) -> None:
    background = CHSI.background.model_copy(update={"replace": False})
    with pytest.raises(Refused, match="missing_above"):
        standardize(source, CHSI.model_copy(update={"background": background}))
    roomy = Image.new("RGB", (910, 1237), (150, 60, 50))
    roomy.paste(sample(), (0, 100))
    made = standardize(jpeg(roomy), CHSI.model_copy(update={"background": background}), draft=True)
    assert "replace_background" not in [op["op"] for op in made.record["operations"]]


def noisy() -> Image.Image:
    """As taken in the dark and brightened: more noise than picture."""
    noise = np.random.default_rng(0).integers(0, 255, (sample().height, sample().width, 3), dtype=np.uint8)
    return Image.blend(sample(), Image.fromarray(noise), 0.7)


REFUSED = {
    "no_face": lambda: sample().crop((0, 500, 910, 1137)),
    "one_face": lambda: side_by_side(sample(), sample()),
    "roll": lambda: sample("biden"),
    "too_few_pixels": lambda: sample("astronaut"),
    "hair_cut_off": lambda: sample().crop((0, 45, 910, 1137)),
    "missing_left": lambda: sample("obama-partial-face"),
    "missing_right": lambda: sample("obama-partial-face2"),
    "missing_below": lambda: sample().crop((0, 0, 910, 430)),
    "missing_above": lambda: sample().crop((0, 27, 910, 1137)),  # the hair just touches the edge
    "no_person_matte": noisy,
}


@pytest.mark.parametrize("code", REFUSED)
def test_refusals_on_real_pictures(code: str) -> None:
    """What the engine itself refuses comes first; failed rules of the same photo follow (the samples smile)."""
    found = codes(jpeg(REFUSED[code]()))
    assert code in found if code in RULES else found[0] == code


def test_a_head_that_fits_no_scale_is_refused_with_the_conflict(source: bytes) -> None:
    flat = CHSI.composition.model_copy(
        update={
            "face_width": Band(min=290.0, max=300.0, aim=295.0),
            "eye_line": Band(min=200.0, max=215.0, aim=210.0),
        }
    )
    with pytest.raises(Refused) as refused:
        standardize(source, CHSI.model_copy(update={"composition": flat}))
    assert refused.value.reasons[0].code == "no_placement"


def test_size_window_on_a_real_picture() -> None:
    small = CHSI.model_copy(update={"file": CHSI.file.model_copy(update={"bytes_min": 0, "bytes_max": 9000})})
    with pytest.raises(Refused, match="size_window"):
        standardize(jpeg(sample()), small)


def test_a_file_that_is_no_photo_is_refused() -> None:
    assert codes(b"%PDF-1.7\n") == ["pdf"]
    assert codes(b"") == ["empty_file"]
