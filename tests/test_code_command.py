"""`gradphoto code read` as a script sees it: payloads, JSON, exit codes."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from code_scenes import as_file, grey3, qr
from gradphoto.portrait.commands.code import app

runner = CliRunner()

PAYLOAD = "gradphoto-test:c2VjcmV0"


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder with one code, two codes, no code and no picture."""
    one, other = qr(PAYLOAD.encode()), qr(b"another")
    page = np.full((700, 500), 255, np.uint8)
    (tmp_path / "none.jpg").write_bytes(as_file(grey3(page)))
    page[20 : 20 + one.shape[0], 20 : 20 + one.shape[1]] = one
    (tmp_path / "one.jpg").write_bytes(as_file(grey3(page)))
    page[400 : 400 + other.shape[0], 200 : 200 + other.shape[1]] = other
    (tmp_path / "two.jpg").write_bytes(as_file(grey3(page)))
    (tmp_path / "binary.png").write_bytes(as_file(grey3(qr(b"\x00\x1b[2J\xff")), None))
    (tmp_path / "control.png").write_bytes(as_file(grey3(qr(b"a\nb\x1b[2J")), None))
    (tmp_path / "broken.jpg").write_bytes(b"no picture at all")
    return tmp_path


def test_prints_the_payload_and_nothing_else(pictures: Path) -> None:
    result = runner.invoke(app, ["read", str(pictures / "one.jpg")])
    assert (result.exit_code, result.stdout, result.stderr) == (0, PAYLOAD + "\n", "")


def test_several_codes_are_refused_unless_all_are_asked_for(pictures: Path) -> None:
    refused = runner.invoke(app, ["read", str(pictures / "two.jpg")])
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "2 个内容不同的二维码" in refused.stderr
    assert "2 different QR codes" in refused.stderr
    every = runner.invoke(app, ["read", str(pictures / "two.jpg"), "--all"])
    assert (every.exit_code, every.stdout) == (0, PAYLOAD + "\nanother\n")


@pytest.mark.parametrize(
    ("name", "payload"), [("binary.png", b"\x00\x1b[2J\xff"), ("control.png", b"a\nb\x1b[2J")]
)
def test_what_could_steer_a_terminal_is_printed_as_base64(pictures: Path, name: str, payload: bytes) -> None:
    result = runner.invoke(app, ["read", str(pictures / name)])
    assert result.exit_code == 0
    assert result.stdout == "base64:" + base64.b64encode(payload).decode() + "\n"


def test_json_is_one_object_an_image_and_keeps_the_bytes(pictures: Path) -> None:
    names = ["one.jpg", "binary.png", "none.jpg", "broken.jpg"]
    result = runner.invoke(app, ["read", "--json", *(str(pictures / name) for name in names)])
    one, binary, none, broken = (json.loads(line) for line in result.stdout.splitlines())
    assert result.exit_code == 1
    assert one["source"] == str(pictures / "one.jpg")
    assert (one["ok"], one["reasons"], len(one["codes"])) == (True, [], 1)
    assert one["codes"][0]["text"] == PAYLOAD
    assert base64.b64decode(one["codes"][0]["base64"]) == PAYLOAD.encode()
    assert np.abs(np.array(one["codes"][0]["corners"][0]) - (44, 44)).max() < 4
    assert binary["codes"][0]["text"] is None
    assert base64.b64decode(binary["codes"][0]["base64"]) == b"\x00\x1b[2J\xff"
    for row, code in ((none, "no_code"), (broken, "not_an_image")):
        assert (row["ok"], row["codes"], row["reasons"][0]["code"]) == (False, [], code)
        assert row["reasons"][0]["zh"] and row["reasons"][0]["en"]


def test_the_readable_ones_are_printed_beside_the_refused(pictures: Path) -> None:
    result = runner.invoke(app, ["read", str(pictures / "none.jpg"), str(pictures / "one.jpg"), "--all"])
    assert (result.exit_code, result.stdout) == (1, PAYLOAD + "\n")
    assert "none.jpg" in result.stderr
    assert "没有找到二维码" in result.stderr


@pytest.mark.parametrize(
    "arguments", [["read"], ["read", "--nonsense"], ["scan", "x.jpg"], ["read", "no-such.jpg"]]
)
def test_wrong_usage_exits_2(arguments: list[str]) -> None:
    assert runner.invoke(app, arguments).exit_code == 2
