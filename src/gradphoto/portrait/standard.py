"""The photo standard as data: a TOML profile, checked key by key.

    standards/chsi-2017.toml          the national rule; every other profile may extend it
    standards/chsi-2017-white.toml    extends = "chsi-2017", and says only what differs

A user adds a profile by writing such a file: `--standard path/to/mine.toml`, or its name where the file lies in the
folder that the environment variable GRADPHOTO_STANDARDS names. All lengths are pixels of the finished frame.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    model_validator,
)

from gradphoto.portrait.os_errors import error_words

SHIPPED = Path(str(files("gradphoto.portrait") / "standards"))
DEFAULT_STANDARD = "chsi-2017"
FOLDER_VARIABLE = "GRADPHOTO_STANDARDS"


class StandardError(Exception):
    """A profile that can't be used: which file, which key, and why, in Chinese and English."""

    def __init__(self, file: str, key: str, zh: str, en: str) -> None:
        super().__init__(f"{file}: {key}: {en}" if key else f"{file}: {en}")
        self.file, self.key = file, key
        self.zh = f"照片标准 {file} 的 {key}：{zh}" if key else f"照片标准 {file}：{zh}"
        self.en = f"photo standard {file}, {key}: {en}" if key else f"photo standard {file}: {en}"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Band(_Part):
    """An allowed range with its aim: min <= aim <= max."""

    min: float
    max: float
    aim: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.min <= self.aim <= self.max:
            raise ValueError(f"min <= aim <= max does not hold: {self.min} <= {self.aim} <= {self.max}")
        return self

    def __contains__(self, value: float) -> bool:
        """Whether `value` lies inside, the ends included."""
        return self.min <= value <= self.max

    def badness(self, value: float) -> float:
        """0 at the aim, 1 where a symmetric band ends, growing with the square."""
        return ((value - self.aim) / max((self.max - self.min) / 2, 1e-9)) ** 2


class Frame(_Part):
    """The finished picture: pixels and the resolution tag."""

    width: Annotated[int, Field(ge=64, le=4096)]
    height: Annotated[int, Field(ge=64, le=4096)]
    dpi: Annotated[int, Field(ge=72, le=1200)]


class Composition(_Part):
    """Where the head is in the frame: hair top and eye line from the top edge, cheek to cheek, the face's middle."""

    hair_top: Band
    eye_line: Band
    face_width: Band
    centre_x: Band


class Background(_Part):
    """Whether the background is replaced, and by which sRGB colour."""

    replace: bool
    color: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]

    @property
    def rgb(self) -> tuple[int, int, int]:
        """The colour as three bytes."""
        value = int(self.color[1:], 16)
        return value >> 16, value >> 8 & 255, value & 255


class File(_Part):
    """The JPEG: the lowest quality allowed and the size window in bytes."""

    quality_min: Annotated[int, Field(ge=1, le=100)]
    bytes_min: Annotated[int, Field(ge=0)]
    bytes_max: Annotated[int, Field(ge=1000)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.bytes_min >= self.bytes_max:
            raise ValueError(f"bytes_min < bytes_max does not hold: {self.bytes_min} < {self.bytes_max}")
        return self


class Limits(_Part):
    """What placement never does: enlarge beyond this factor."""

    upscale: Annotated[float, Field(ge=1.0, le=4.0)]


def _bound_from(value: object) -> object:
    return float(value) if value in ("inf", "-inf") else value


def _bound_to(value: float) -> float | str:
    return str(value) if math.isinf(value) else value


# JSON knows no infinity: "inf" and "-inf" stand for it in records.
Bound = Annotated[float, BeforeValidator(_bound_from), PlainSerializer(_bound_to, when_used="json")]


class RuleLimits(_Part):
    """A rule's limits on its native value, the ends included: `good` passes, `tolerated` warns, the rest is `worst`.

    With `worst = "warn"` a rule never fails; with `worst = "off"` it is not measured, and the report says so.
    """

    good: Annotated[tuple[Bound, Bound], Field(strict=False)]
    tolerated: Annotated[tuple[Bound, Bound] | None, Field(strict=False)] = None
    worst: Literal["fail", "warn", "off"]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        low, high = self.good
        if not low <= high:
            raise ValueError(f"good: {low} to {high} is no range")
        if self.tolerated is not None and not self.tolerated[0] <= low <= high <= self.tolerated[1]:
            raise ValueError(f"tolerated: {self.tolerated} does not hold good {self.good}")
        return self


class Standard(_Part):
    """One photo standard, complete. `sha256` is that of its resolved content, so that a record can name it."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title_zh: Annotated[str, Field(min_length=1)]
    title_en: Annotated[str, Field(min_length=1)]
    source: str = ""
    frame: Frame
    composition: Composition
    background: Background
    file: File
    limits: Limits
    rules: dict[str, RuleLimits]

    @model_validator(mode="after")
    def _inside_the_frame(self) -> Self:
        for key, limit in (
            ("hair_top", self.frame.height),
            ("eye_line", self.frame.height),
            ("face_width", self.frame.width),
            ("centre_x", self.frame.width),
        ):
            band: Band = getattr(self.composition, key)
            if band.min < 0 or band.max > limit:
                raise ValueError(f"composition.{key}: outside the frame (0 to {limit})")
        return self

    @property
    def sha256(self) -> str:
        """Of the canonical JSON of all values."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def load_standard(name: str = DEFAULT_STANDARD) -> Standard:
    """The profile with this name, or in this `.toml` file. Raises StandardError."""
    path = _find(name)
    values = _resolved(path, seen=())
    values.pop("extends", None)
    if path.parent.resolve() != SHIPPED.resolve():
        own = _read(path)
        _check_own_name(path, own)
        values["source"] = own.get(
            "source", ""
        )  # a school's own standard doesn't rest on the paper it started from
    _check_rules(path, values.get("rules"))
    try:
        return Standard.model_validate(values)
    except ValidationError as error:
        raise _explained(path, error) from None


def _check_rules(path: Path, rules: object) -> None:
    """Before anything is said about what is in them: a rule's misspelt name is the fault, not the limits it lacks."""
    for unknown in sorted(set(rules) - known_rules()) if isinstance(rules, dict) else ():
        raise StandardError(
            str(path),
            f"rules.{unknown}",
            "没有这条规则（请检查拼写）",
            "there is no such rule (check its spelling)",
        )


def _check_own_name(path: Path, values: dict[str, Any]) -> None:
    """A user's standard may not pass for a shipped one: portraits and reports bear its name."""
    own = values.get("name")
    if own is None:
        raise StandardError(
            str(path),
            "name",
            "缺少这一项：请给标准起一个自己的名字",
            "missing: give the standard a name of its own",
        )
    if own in {shipped.stem for shipped in SHIPPED.glob("*.toml")}:
        raise StandardError(
            str(path),
            "name",
            f"{own} 是自带标准的名字，请另起一个",
            f"{own} is a shipped standard's name: choose another",
        )


@cache
def known_rules() -> frozenset[str]:
    """Codes of all rules: those that the national standard gives limits for."""
    return frozenset(_read(SHIPPED / f"{DEFAULT_STANDARD}.toml")["rules"])


def adjusted_rules(standard: Standard) -> frozenset[str]:
    """Codes of the rules whose limits are not the national standard's, missing ones among them."""
    national = national_standard().rules
    return frozenset(code for code, limits in national.items() if standard.rules.get(code) != limits)


@cache
def national_standard() -> Standard:
    """The shipped national standard, against which every other one's limits are shown."""
    return Standard.model_validate(_read(SHIPPED / f"{DEFAULT_STANDARD}.toml"))


def standard_names() -> list[str]:
    """Names of all profiles that `load_standard` finds, sorted. Raises StandardError where the own folder is missing."""
    return sorted({path.stem for folder in _folders() for path in folder.glob("*.toml")})


def _folders() -> list[Path]:
    own = os.environ.get(FOLDER_VARIABLE)
    if not own:
        return [SHIPPED]
    folder = Path(own).expanduser()
    if not folder.is_dir():
        raise StandardError(
            own,
            "",
            f"环境变量 {FOLDER_VARIABLE} 指的文件夹不存在",
            f"the folder that {FOLDER_VARIABLE} names does not exist",
        )
    return [folder, SHIPPED]


def _find(name: str, beside: Path | None = None) -> Path:
    """The profile's file. A path inside a profile counts from that profile's folder, `beside`."""
    if name.endswith(".toml"):
        path = Path(name).expanduser()
        return path if beside is None else beside / path
    for folder in [*([beside] if beside else []), *_folders()]:
        if (folder / f"{name}.toml").is_file():
            return folder / f"{name}.toml"
    known = ", ".join(standard_names())
    raise StandardError(name, "", f"没有这个标准。可用的有：{known}", f"no such standard. There are: {known}")


def _resolved(path: Path, seen: tuple[Path, ...]) -> dict[str, Any]:
    """The file's values laid over those of the profile it extends."""
    own = _read(path)
    base = own.get("extends")
    if base is None:
        return own
    if not isinstance(base, str):
        raise StandardError(
            str(path), "extends", "应为标准的名称（字符串）", "must be the name of a standard (a string)"
        )
    parent = _find(base, beside=path.parent)
    if parent.resolve() in (*seen, path.resolve()):
        raise StandardError(str(path), "extends", "循环引用", "extends itself, directly or by way of others")
    return _overlaid(_resolved(parent, (*seen, path.resolve())), own)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        zh, en = error_words(error)
        raise StandardError(str(path), "", f"读不了文件：{zh}", f"cannot be read: {en}") from None
    except UnicodeDecodeError:
        raise StandardError(str(path), "", "文件的编码不是 UTF-8", "the file is not in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        where = f"（第 {place[1]} 行第 {place[2]} 个字符）" if place else "（文件不完整）"
        raise StandardError(str(path), "", f"不是有效的 TOML{where}", f"not valid TOML: {error}") from None


def _overlaid(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _overlaid(merged[key], value) if both else value
    return merged


# The checker's name of a fault -> how it is said in Chinese, and in English where its own words would not do.
WORDS_ZH = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项（请检查拼写）",
    "string_too_short": "不能为空",
    "int_type": "应为整数",
    "float_type": "应为数字",
    "bool_type": "应为 true 或 false",
    "string_type": "应为字符串（加引号）",
    "model_type": "应为一组设置（表）",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "literal_error": "只能是 {expected}",
    "value_error": "前后不一致",
}
WORDS_EN = {"extra_forbidden": "there is no such key (check its spelling)", "missing": "is missing"}
PATTERNS = {
    "color": ("应为 #64C5FF 这样的颜色", "must be a colour like #64C5FF"),
    "name": ("只能用小写字母、数字和连字符", "may hold small letters, digits and hyphens only"),
}


def _explained(path: Path, error: ValidationError) -> StandardError:
    """The first fault, in words. A check over several keys names the key itself, in front of a colon."""
    fault = error.errors(include_url=False)[0]
    kind, context = fault["type"], fault.get("ctx", {})
    key = ".".join(str(part) for part in fault["loc"])
    en = WORDS_EN.get(kind, re.sub(r"^Value error, ", "", fault["msg"]))
    zh = WORDS_ZH.get(kind, "值不对").format(**{name: _tidy(value) for name, value in context.items()})
    if kind == "string_pattern_mismatch":
        zh, en = PATTERNS[str(fault["loc"][-1])]
    elif kind == "value_error":
        if not key:
            key, _, en = en.partition(": ")
        return StandardError(str(path), key, f"{zh}（{en}）", en)
    if kind not in WORDS_EN and not isinstance(fault["input"], dict):
        zh, en = f"{zh}，现在是 {fault['input']!r}", f"{en}, not {fault['input']!r}"
    return StandardError(str(path), key, zh, en)


def _tidy(value: object) -> str:
    """A number without a needless fraction; the checker's list of words in Chinese."""
    return f"{value:g}" if isinstance(value, int | float) else str(value).replace(" or ", " 或 ")
