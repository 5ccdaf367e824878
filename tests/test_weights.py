"""Finding and checking model files: the real ones, altered copies of them, and files of the user's own."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from pathlib import Path

import platformdirs
import pytest

from gradphoto.portrait.weights import (
    FILES,
    WeightsError,
    forget_hashes,
    model_file,
    models_folder,
    packaged_file,
    setting_for,
    state_of,
)


@pytest.fixture
def own_folder(tmp_path: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model folder with a copy of one real file, `iris`."""
    shutil.copy(model_folder / packaged_file("iris").file, tmp_path)
    monkeypatch.setenv("GRADPHOTO_MODELS", str(tmp_path))
    return tmp_path


def refused(name: str) -> WeightsError:
    with pytest.raises(WeightsError) as caught:
        model_file(name)
    return caught.value


def test_every_real_file_is_the_recorded_one(model_folder: Path) -> None:
    forget_hashes()
    assert {line.name: state_of(line, model_folder) for line in FILES} == {line.name: "ok" for line in FILES}
    assert all((model_folder / line.file).stat().st_size == line.size for line in FILES)


def test_licences_lie_beside_the_real_files(model_folder: Path) -> None:
    assert all(line.archive.pin in (model_folder / f"{line.file}.NOTICE.txt").read_text() for line in FILES)
    assert "Apache License" in (model_folder / "Apache-2.0.txt").read_text()
    assert "SIL OPEN FONT LICENSE" in (model_folder / "OFL-1.1.txt").read_text()


def test_names_files_and_settings_are_unique() -> None:
    assert len({setting_for(line.name) for line in FILES}) == len(FILES)
    assert len({line.file for line in FILES}) == len(FILES)


def test_model_file_tells_what_it_is(own_folder: Path) -> None:
    found = model_file("iris")
    assert found.path == own_folder / "iris_landmark.tflite"
    assert found.sha256 == hashlib.sha256(found.path.read_bytes()).hexdigest()
    assert (found.origin, found.package) == ("package", "mediapipe==0.10.21")


def test_missing_file_names_the_command(own_folder: Path) -> None:
    error = refused("modnet")
    assert error.code == "model_missing"
    assert "gradphoto models fetch" in error.zh
    assert str(own_folder / "modnet.onnx") in error.en
    assert "--group samples" in refused("obama3").en


def test_half_written_file_is_incomplete(own_folder: Path) -> None:
    path = own_folder / "iris_landmark.tflite"
    path.write_bytes(path.read_bytes()[:-1])
    assert refused("iris").code == "model_incomplete"


def test_altered_file_is_noticed_even_after_it_was_found_good(own_folder: Path) -> None:
    model_file("iris")
    path = own_folder / "iris_landmark.tflite"
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(time.time_ns(), time.time_ns()))
    assert refused("iris").code == "model_altered"


def test_verifying_sees_what_size_and_time_hide(own_folder: Path) -> None:
    path = own_folder / "iris_landmark.tflite"
    before = path.stat()
    model_file("iris")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    forget_hashes()
    assert refused("iris").code == "model_altered"


def test_own_file_takes_the_place_of_the_packaged_one(
    own_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "mine.onnx"
    own.write_bytes(b"my own")
    monkeypatch.setenv("GRADPHOTO_MODEL_MODNET", str(own))
    found = model_file("modnet")
    assert (found.path, found.origin, found.package) == (own, "user", "")
    assert found.sha256 == hashlib.sha256(b"my own").hexdigest()


def test_own_file_that_is_not_there_names_the_setting(
    own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADPHOTO_MODEL_FACE_MESH", str(own_folder / "nowhere.tflite"))
    error = refused("face-mesh")
    assert error.code == "user_file_missing"
    assert "GRADPHOTO_MODEL_FACE_MESH" in error.zh
    assert "nowhere.tflite" in error.en


def test_unknown_name_lists_the_known_ones() -> None:
    error = refused("modnet2")
    assert error.code == "unknown_model"
    assert "modnet, face-detection-full-range" in error.en


def test_folder_is_the_users_data_folder_unless_chosen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("GRADPHOTO_MODELS", raising=False)
    assert models_folder() == platformdirs.user_data_path("gradphoto") / "models"
    monkeypatch.setenv("GRADPHOTO_MODELS", "~/photos/models")
    assert models_folder() == Path.home() / "photos/models"
