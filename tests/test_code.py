"""Reading collection codes: known payloads in pictures as students send them."""

from __future__ import annotations

import io
import itertools

import cv2
import numpy as np
import pytest
import segno
import zxingcpp
from PIL import Image

from code_scenes import KINDS, Pixels, as_file, grey3, paper, qr, scene, square, warp_onto
from gradphoto.portrait.code import attempts, find_codes, read_code, read_codes
from gradphoto.portrait.photo import Limits, open_photo
from gradphoto.portrait.reasons import Refused

PAYLOAD = b"gradphoto-test:QmFzZTY0IG9mIGFuIGVuY3J5cHRlZCBpZGVudGl0eQ=="
OTHER = b"gradphoto-test:YW5vdGhlciBlbnJvbG1lbnQgb2YgdGhlIHNhbWUgc3R1ZGVudA=="

LARGE = ("whole_page", "close_up", "long_screenshot")
# The kinds that reach the limit of what can be known; of the others, at most one scene may fail.
SHARE_READ = {"blurred": 0.6, "handheld": 0.6, "close_up": 0.5, "shadow": 0.7}


def on_page(*codes: tuple[Pixels, tuple[float, float]], size: tuple[int, int] = (900, 700)) -> Pixels:
    """Codes pasted at their top left corners (x, y) on a plain page (H, W)."""
    page = np.full(size, 255, np.uint8)
    for code, (x, y) in codes:
        page[int(y) : int(y) + code.shape[0], int(x) : int(x) + code.shape[1]] = code
    return page


def refusal(data: bytes) -> str:
    with pytest.raises(Refused) as caught:
        read_code(data)
    return str(caught.value.reasons[0].code)


@pytest.mark.parametrize("kind", KINDS)
def test_reads_hard_scenes_of_every_kind_and_never_reads_them_wrong(kind: str) -> None:
    each = 4 if kind in LARGE else 8
    read = 0
    for number in range(each):
        subject = scene(kind, number)
        codes, _ = find_codes(open_photo(subject.data, Limits(min_side=21)).decode().pixels)
        assert all(code.raw == subject.payloads[0] for code in codes)
        read += len(codes)
    assert read / each >= SHARE_READ.get(kind, 0.85 if each == 8 else 0.75)


def test_reads_more_than_one_plain_call_does() -> None:
    ours = plain = 0
    formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCodeModel2])
    for kind, number in itertools.product(("blurred", "shadow", "handheld", "screen_moire"), range(50, 56)):
        pixels = np.asarray(Image.open(io.BytesIO(scene(kind, number).data)))
        ours += bool(find_codes(pixels)[0])
        plain += bool(zxingcpp.read_barcodes(pixels, formats=formats))
    assert ours >= plain + 6


@pytest.mark.parametrize("version", range(3, 11))
def test_reads_every_version_in_use_at_any_angle(version: int) -> None:
    symbol = segno.make(PAYLOAD[:40], version=version, error="m", mode="byte")
    assert symbol.version == version
    buffer = io.BytesIO()
    symbol.save(buffer, kind="png", scale=5, border=4)
    code = np.asarray(Image.open(buffer).convert("L"))
    for degrees in range(0, 360, 40):
        page = warp_onto(np.full((800, 800), 230, np.uint8), code, square((400, 400), 420, degrees))
        assert read_code(as_file(grey3(page))).raw == PAYLOAD[:40]


def test_corners_are_those_of_the_code_in_the_picture() -> None:
    code = qr(PAYLOAD, border=0)
    modules = code.shape[0] / 6
    corners = square((450, 420), 380, 33)
    found = read_code(as_file(grey3(warp_onto(np.full((900, 900), 240, np.uint8), code, corners))))
    assert found.format.startswith("QR Code")
    assert np.abs(np.array(found.corners) - corners).max() <= 380 / modules


def test_every_attempt_gives_corners_in_pixels_of_the_whole_picture() -> None:
    code = qr(PAYLOAD)
    picture = np.full((2400, 1800), 215, np.uint8)
    page = warp_onto(np.full((700, 700), 215, np.uint8), code, square((350, 350), 470, 20))
    picture[1360:2060, 1100:1800] = cv2.GaussianBlur(page, (0, 0), 3)
    module = 470 * 6 / code.shape[0]
    expected = square((1450, 1710), 470 - 8 * module, 20)
    views = set()
    for attempt in attempts(picture):
        for found in attempt.read()[0]:
            assert found.raw == PAYLOAD
            assert np.abs(np.array(found.corners) - expected).max() <= 1.5 * module
            views.add(attempt.view.name)
    assert views >= {"full size", "600 px", "1200 px", "tile"}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_honoured(orientation: int) -> None:
    page = grey3(on_page((qr(PAYLOAD), (60, 500))))
    turn = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Pillow's transpositions that the reader's own undo
    stored = Image.fromarray(page)
    if orientation > 1:
        stored = stored.transpose(Image.Transpose(turn[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    stored.save(buffer, "JPEG", quality=90, exif=exif)
    found = read_code(buffer.getvalue())
    assert found.raw == PAYLOAD
    assert found.corners[0] == pytest.approx((60 + 24, 500 + 24), abs=6)


def test_two_codes_are_both_reported_from_top_to_bottom() -> None:
    data = as_file(grey3(on_page((qr(OTHER), (200, 480)), (qr(PAYLOAD), (60, 40)))))
    assert [code.raw for code in read_codes(data)] == [PAYLOAD, OTHER]
    assert refusal(data) == "several_codes"


def test_a_second_code_too_blurred_for_the_plain_call_is_reported_too() -> None:
    noise = np.random.default_rng(5)
    poor = cv2.GaussianBlur(np.pad(qr(OTHER, module=8), 20, constant_values=255), (0, 0), 4.6)
    page = on_page((qr(PAYLOAD, module=8), (20, 20)), (poor.astype(np.uint8), (440, 440)), size=(1000, 1000))
    page = np.clip(page * 0.8 + noise.normal(15, 2, page.shape), 0, 255).astype(np.uint8)
    data = as_file(grey3(page), 80)
    first, failures = next(attempts(page)).read()
    assert [code.raw for code in first] == [PAYLOAD]
    assert failures
    assert {code.raw for code in read_codes(data)} == {PAYLOAD, OTHER}


def test_the_same_code_twice_is_one() -> None:
    data = as_file(grey3(on_page((qr(PAYLOAD), (20, 20)), (qr(PAYLOAD), (300, 480)))))
    assert read_code(data).raw == PAYLOAD


def test_other_symbols_on_the_page_are_passed_over() -> None:
    micro = io.BytesIO()
    segno.make_micro("4711").save(micro, kind="png", scale=8, border=4)
    page = on_page((np.asarray(Image.open(micro).convert("L")), (40, 40)))
    assert refusal(as_file(grey3(page))) == "no_code"
    assert (
        read_code(as_file(grey3(on_page((qr(PAYLOAD), (200, 300)), (page[:300, :300], (0, 0)))))).raw
        == PAYLOAD
    )


@pytest.mark.parametrize("payload", [bytes(range(256)), b"\x00\xff\xfe\x80", "图像采集码".encode("gb18030")])
def test_binary_payloads_are_kept_byte_for_byte(payload: bytes) -> None:
    code = read_code(as_file(grey3(qr(payload)), None))
    assert code.raw == payload
    assert code.text is None


def test_text_payloads_are_text() -> None:
    assert read_code(as_file(grey3(qr("图像采集码 CHSI é".encode())), None)).text == "图像采集码 CHSI é"


def test_the_payload_is_never_shown_by_accident() -> None:
    code = read_code(as_file(grey3(qr(PAYLOAD))))
    assert PAYLOAD.decode() not in repr(code)
    assert "gradphoto-test" not in f"{code}"
    two = as_file(grey3(on_page((qr(PAYLOAD), (20, 20)), (qr(OTHER), (200, 480)))))
    with pytest.raises(Refused) as caught:
        read_code(two)
    words = f"{caught.value} {caught.value.reasons}"
    assert "gradphoto-test" not in words


def test_no_code_and_an_unreadable_one_are_told_apart() -> None:
    rng = np.random.default_rng(1)
    assert refusal(as_file(grey3(paper(rng, 600, 700)))) == "no_code"
    ruined = qr(PAYLOAD, error="l")
    ruined[80:190, 80:190] = 255  # far more than level L repairs
    assert refusal(as_file(grey3(np.pad(ruined, 60, constant_values=255)))) == "code_unreadable"


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty_file"), (b"%PDF-1.7\n", "pdf"), (as_file(grey3(qr(PAYLOAD)))[:900], "truncated")],
)
def test_what_is_no_picture_is_refused_as_by_the_photo_reader(data: bytes, code: str) -> None:
    assert refusal(data) == code


@pytest.mark.parametrize("shape", [(21, 60_000), (60_000, 25), (12_000, 1080), (3000, 4000)])
def test_the_number_of_attempts_is_bounded_for_any_shape(shape: tuple[int, int]) -> None:
    assert sum(1 for _ in attempts(np.full(shape, 200, np.uint8))) <= 320
