"""Is this the portrait that its record speaks of, made from this photo and untouched since?

The portrait is made again from the source, after the standard that the record holds, and compared: first the bytes,
then the pixels, so that an edit is not only noticed but shown.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from pydantic import ValidationError

from gradphoto import __version__
from gradphoto.portrait.pipeline import Portrait, standardize
from gradphoto.portrait.reasons import Refused
from gradphoto.portrait.record import SCHEMA, engine_sha256
from gradphoto.portrait.standard import Standard

# (mean over so many pixels squared, difference in 0..255) from which on a place counts as changed, for brightness and
# for colour: above what saving a JPEG again at quality 60 with halved chroma does, below a removed mole.
BRIGHTNESS_CHANGED = (5, 10.0)
COLOUR_CHANGED = (13, 8.0)
SMALLEST_CHANGE = 9  # pixels

VERDICTS = {
    "match": ("一致：重新计算得到完全相同的文件。", "Match: recomputing gives exactly this file."),
    "same_picture": (
        "画面一致，但文件被重新保存过（字节不同）。",
        "The picture is the same, but the file was saved again (its bytes differ).",
    ),
    "not_a_picture": ("这个文件不是可以读取的图片。", "This file is not a readable picture."),
    "edited": (
        "照片在生成之后被改动过，位置见标注。",
        "The portrait was edited after it was made; see the marked places.",
    ),
    "wrong_source": ("原图不是记录中的那一张。", "The source photo is not the one in the record."),
    "not_recomputable": ("无法重新计算：{detail}", "It cannot be recomputed: {detail}"),
    "bad_record": ("记录文件无效：{detail}", "The record is not valid: {detail}"),
    "altered_record": (
        "记录被改动过：{detail} 与重新计算的不符。",
        "The record was altered: {detail} does not agree with recomputing.",
    ),
}


@dataclass(frozen=True)
class Verification:
    """What came of it: a verdict of VERDICTS in words, changed places as (x, y, width, height), notes on versions, and the
    rules that failed as the portrait was made, by which it is a draft.
    """

    verdict: str
    zh: str
    en: str
    changes: tuple[tuple[int, int, int, int], ...] = ()
    notes: tuple[str, ...] = ()
    failed_rules: tuple[str, ...] = ()

    @property
    def is_draft(self) -> bool:
        """Whether the portrait was made in spite of failed rules: a preview, whatever else is said of it."""
        return bool(self.failed_rules)

    @property
    def ok(self) -> bool:
        """Whether the portrait is exactly what the record says."""
        return self.verdict == "match"

    def as_dict(self) -> dict[str, Any]:
        """As in the command's JSON."""
        return {
            "verdict": self.verdict,
            "ok": self.ok,
            "zh": self.zh,
            "en": self.en,
            "changes": [list(box) for box in self.changes],
            "notes": list(self.notes),
            "draft": self.is_draft,
            "failed_rules": list(self.failed_rules),
        }


def verify(portrait: bytes, source: bytes, record: dict[str, Any]) -> Verification:
    """Recomputes the portrait of `source` as `record` says and compares `portrait` with it."""
    if record.get("schema") != SCHEMA:
        return _verdict("bad_record", f"schema {record.get('schema')!r}, not {SCHEMA!r}")
    if record.get("source", {}).get("sha256") != hashlib.sha256(source).hexdigest():
        return _verdict("wrong_source")
    try:
        standard = Standard.model_validate(record["standard"]["values"])
        again = standardize(source, standard, draft=True)
    except (KeyError, TypeError, ValidationError) as error:
        return _verdict("bad_record", str(error).splitlines()[0])
    except Refused as refused:
        return _verdict("not_recomputable", str(refused))
    notes = _version_notes(record, again.record)
    return replace(
        _compared(portrait, again, record, notes), failed_rules=tuple(again.record["failed_rules"])
    )


def _compared(
    portrait: bytes, again: Portrait, record: dict[str, Any], notes: tuple[str, ...]
) -> Verification:
    """The portrait and its record against those made again."""
    if again.jpeg == portrait:
        altered = [key for key in again.record if record.get(key) != again.record[key] and not notes]
        return _verdict("altered_record", ", ".join(altered)) if altered else _verdict("match", notes=notes)
    if _pixels(portrait) is None:
        return _verdict("not_a_picture", notes=notes)
    changes = changed_places(again.jpeg, portrait)
    return _verdict("edited" if changes else "same_picture", changes=changes, notes=notes)


def changed_places(made: bytes, found: bytes) -> tuple[tuple[int, int, int, int], ...]:
    """Boxes (x, y, width, height) in which two JPEGs differ by more than saving again explains."""
    first, second = _pixels(made), _pixels(found)
    if second is None or first is None or first.shape != second.shape:
        height, width = first.shape[:2] if first is not None else (0, 0)
        return ((0, 0, width, height),)
    difference = _ycc(first) - _ycc(second)
    size, limit = BRIGHTNESS_CHANGED
    brightness = np.abs(cv2.blur(difference[..., 0], (size, size))) > limit
    size, limit = COLOUR_CHANGED
    colour = np.abs(cv2.blur(difference[..., 1:], (size, size))).max(axis=2) > limit
    mask = (brightness | colour).astype(np.uint8)
    joined = cv2.dilate(mask, np.ones((9, 9), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    boxes = []
    for i in range(1, count):
        if int(mask[labels == i].sum()) >= SMALLEST_CHANGE:
            boxes.append(tuple(int(v) for v in stats[i, :4]))
    return tuple(sorted(boxes))  # type: ignore[arg-type]


def draw_changes(portrait: bytes, changes: tuple[tuple[int, int, int, int], ...]) -> Image.Image:
    """The portrait with a frame around every changed place, twice its size."""
    image = Image.open(io.BytesIO(portrait)).convert("RGB")
    image = image.resize((image.width * 2, image.height * 2), Image.Resampling.LANCZOS)
    draw = ImageDraw.Draw(image)
    for x, y, w, h in changes:
        draw.rectangle((2 * x, 2 * y, 2 * (x + w), 2 * (y + h)), outline=(230, 0, 0), width=4)
    return image


def _pixels(data: bytes) -> NDArray[np.uint8] | None:
    try:
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.uint8)
    except (OSError, ValueError):
        return None


def _ycc(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb), np.float32)


def _version_notes(record: dict[str, Any], again: dict[str, Any]) -> tuple[str, ...]:
    """Where the record was made by other versions than those here: the reason why bytes may differ."""
    notes = []
    engine = record.get("engine", {})
    if engine.get("sha256") != engine_sha256():
        notes.append(f"engine {engine.get('version')} in the record, {__version__} here, with other code")
    theirs = record.get("libraries", {})
    notes += [
        f"{n} {theirs.get(n)} in the record, {v} here"
        for n, v in again["libraries"].items()
        if theirs.get(n) != v
    ]
    hashes = {m.get("name"): m.get("sha256") for m in record.get("models", [])}
    notes += [f"model {m['name']} differs" for m in again["models"] if hashes.get(m["name"]) != m["sha256"]]
    return tuple(notes)


def _verdict(
    verdict: str,
    detail: str = "",
    changes: tuple[tuple[int, int, int, int], ...] = (),
    notes: tuple[str, ...] = (),
) -> Verification:
    zh, en = (words.format(detail=detail) for words in VERDICTS[verdict])
    return Verification(verdict, zh, en, changes, notes)
