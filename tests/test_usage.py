"""Wrong usage in both languages, exit codes, and what Ctrl-C is answered with."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gradphoto.cli import app
from gradphoto.portrait.os_errors import ZH, error_words, unreadable
from gradphoto.usage import in_chinese
from pictures import jpeg, sample

WRONG = {
    "check": ("缺少参数 PHOTO...", "Missing argument"),
    "check --nope": ("没有这个选项：--nope", "No such option"),
    "chek": ("没有这个命令：chek", "No such command"),
    "check no-such.jpg": ("没有这个文件或文件夹：no-such.jpg", "does not exist"),
    "check . -p many": ("应为整数", "integer"),
    "check . -p -3": ("不能小于 0", "-p"),
    "check . --draw taken.txt": ("taken.txt 是文件，这里需要文件夹", "is a file"),
    "standardize taken.txt": ("缺少选项 --out / -o", "Missing option"),
    "standardize no-such --out out": ("没有这个文件或文件夹：no-such", "does not exist"),
    "standardize taken.txt --out": ("选项 --out 后面缺少内容", "requires an argument"),
    "standards a b": ("多出了参数：b", "unexpected extra"),
    "sheet no-such.jpg --out a.pdf": ("没有这个文件或文件夹：no-such.jpg", "does not exist"),
    "sheet taken.txt --out a.pdf --paper a5": ("“a5” 不在可选值中", "not one of"),
    "sheet taken.txt --out a.pdf --captions no.csv": ("没有这个文件或文件夹：no.csv", "does not exist"),
    "code read no-such.png": ("没有这个文件或文件夹：no-such.png", "does not exist"),
    "compare no-such.jpg taken.txt": ("没有这个文件或文件夹：no-such.jpg", "does not exist"),
    "verify no-such.jpg --source taken.txt --record taken.txt": ("没有这个文件", "does not exist"),
}


@pytest.mark.parametrize("line", WRONG)
def test_wrong_usage_is_said_in_both_languages(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken.txt").touch()
    result = CliRunner().invoke(app, line.split())
    zh, en = WRONG[line]
    assert result.exit_code == 2
    assert zh in result.stderr
    assert en in result.stderr
    assert "--help" in result.stderr or "Option" in result.stderr


def test_an_unknown_message_of_the_parser_still_has_chinese_words() -> None:
    assert in_chinese("Something entirely new.") == "用法不对"


def test_errors_of_the_system_have_chinese_words() -> None:
    assert error_words(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))[0] == "磁盘空间不足"
    assert error_words(OSError(9999, "Odd"))[0] == "系统错误 9999"
    assert error_words(PermissionError())[0] == "系统错误 PermissionError"
    assert not any(c.isascii() and c.isalpha() for zh in ZH.values() for c in zh)
    assert "没有权限" in unreadable(PermissionError(errno.EACCES, "Permission denied")).zh


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["standardize", "photos", "--out", "out"], ("再次运行会接着做", "run again to go on")),
        (["check", "photos"], ("已中断。", "Interrupted.")),
    ],
)
@pytest.mark.usefixtures("model_folder")
def test_an_interruption_is_answered_in_words(
    command: list[str], words: tuple[str, str], tmp_path: Path
) -> None:
    (tmp_path / "photos").mkdir()
    photo = jpeg(sample())
    for number in range(40):
        (tmp_path / "photos" / f"{number}.jpg").write_bytes(photo)
    started = subprocess.Popen(
        [sys.executable, "-m", "gradphoto", *command, "-p", "2", "--json"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "src")},
    )
    assert started.stdout is not None
    started.stdout.readline()  # one photo is done: the work is under way
    time.sleep(0.1)
    os.killpg(started.pid, signal.SIGINT)  # as a terminal does: to every process
    _, said = started.communicate()
    assert started.returncode == 130
    assert all(each in said for each in words)
    assert "Traceback" not in said
    assert not list(tmp_path.rglob("*.part"))
