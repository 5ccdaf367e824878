"""Photo standards as data: what ships is right, a user's own file works, and a wrong one says where and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradphoto.portrait.standard import (
    FOLDER_VARIABLE,
    SHIPPED,
    StandardError,
    load_standard,
    standard_names,
)


def test_the_national_rule_has_the_national_numbers() -> None:
    standard = load_standard()
    assert (standard.frame.width, standard.frame.height, standard.frame.dpi) == (480, 640, 300)
    bands = standard.composition
    assert (bands.hair_top.min, bands.hair_top.max, bands.hair_top.aim) == (50, 110, 80)
    assert (bands.eye_line.min, bands.eye_line.max, bands.eye_line.aim) == (200, 300, 250)
    assert (bands.face_width.min, bands.face_width.max, bands.face_width.aim) == (180, 300, 240)
    assert bands.centre_x.aim == 240
    assert standard.file.quality_min == 60
    assert standard.file.bytes_min >= 20 * 1000
    assert standard.file.bytes_max <= 40 * 1024


@pytest.mark.parametrize(
    ("name", "rgb"),
    [
        ("chsi-2017", (100, 197, 255)),
        ("chsi-2017-white", (255, 255, 255)),
        ("chsi-2017-grey", (240, 240, 240)),
        ("school-blue", (0x43, 0x8E, 0xDB)),
    ],
)
def test_background_colours(name: str, rgb: tuple[int, int, int]) -> None:
    standard = load_standard(name)
    assert standard.name == name
    assert standard.background.rgb == rgb
    assert standard.composition == load_standard().composition


@pytest.mark.parametrize(("name", "size"), [("one-inch", (295, 413)), ("two-inch", (413, 579))])
def test_print_sizes(name: str, size: tuple[int, int]) -> None:
    frame = load_standard(name).frame
    assert (frame.width, frame.height, frame.dpi) == (*size, 300)


def test_a_users_file_needs_to_say_only_what_differs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "our-school.toml"
    file.write_text('extends = "chsi-2017"\nname = "our-school"\n[background]\ncolor = "#00A3E6"\n')
    by_path = load_standard(str(file))
    assert by_path.background.rgb == (0, 0xA3, 0xE6)
    assert by_path.frame == load_standard().frame
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    assert load_standard("our-school") == by_path
    assert {"our-school", "chsi-2017"} <= set(standard_names())


def test_the_hash_follows_the_content_not_the_file(tmp_path: Path) -> None:
    same, other = tmp_path / "a.toml", tmp_path / "b.toml"
    first = 'extends = "chsi-2017"\nname = "ours"\n'
    (tmp_path / "c.toml").write_text(first)
    same.write_text(first + "# a remark\n")
    other.write_text(first + "[file]\nbytes_max = 30000\n")
    ours = load_standard(str(tmp_path / "c.toml"))
    assert load_standard(str(same)).sha256 == ours.sha256
    assert load_standard(str(other)).sha256 != ours.sha256


WRONG = {  # text, key, what stands in the Chinese words, what in the English ones
    "order": (
        "[composition]\nhair_top = { min = 90.0, max = 50.0, aim = 80.0 }",
        "composition.hair_top",
        "min <= aim",
        "min <= aim",
    ),
    "outside": (
        "[composition]\neye_line = { min = 200.0, max = 900.0, aim = 250.0 }",
        "composition.eye_line",
        "640",
        "outside the frame",
    ),
    "spelling": ("[background]\ncolour = '#FFFFFF'", "background.colour", "没有这一项", "no such key"),
    "colour": ("[background]\ncolor = 'blue'", "background.color", "#64C5FF 这样的颜色", "like #64C5FF"),
    "type": ("[frame]\nwidth = 'wide'", "frame.width", "应为整数，现在是 'wide'", "not 'wide'"),
    "window": (
        "[file]\nbytes_min = 50000",
        "file",
        "bytes_min < bytes_max",
        "bytes_min < bytes_max",
    ),
    "quality": ("[file]\nquality_min = 101", "file.quality_min", "不能大于 100", "100"),
    "small": ("[frame]\nwidth = 6", "frame.width", "不能小于 64，现在是 6", "64"),
    "table": ("frame = 3", "frame", "应为一组设置", "3"),
    "rule": ("[rules.noze]\nworst = 'fail'", "rules.noze", "没有这条规则", "no such rule"),
    "worst": ("[rules.roll]\nworst = 'die'", "rules.roll.worst", "只能是 'fail'", "not 'die'"),
    "bare rule": ("[rules]\nroll = 3", "rules.roll", "应为一组设置", "3"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_value_is_named_with_file_key_and_reason(case: str, tmp_path: Path) -> None:
    text, key, zh, en = WRONG[case]
    file = tmp_path / "wrong.toml"
    file.write_text(f'extends = "chsi-2017"\nname = "wrong"\n{text}\n')
    with pytest.raises(StandardError) as error:
        load_standard(str(file))
    assert error.value.key == key
    for words, why in ((error.value.zh, zh), (error.value.en, en)):
        assert "wrong.toml" in words
        assert key in words
        assert why in words
        assert "[0-9" not in words  # no pattern of the checker


def test_a_standard_of_ones_own_needs_no_source_and_inherits_none(tmp_path: Path) -> None:
    shipped = (SHIPPED / "chsi-2017.toml").read_text(encoding="utf-8")
    alone = "\n".join(line for line in shipped.splitlines() if not line.startswith("source"))
    (tmp_path / "alone.toml").write_text(alone.replace('name = "chsi-2017"', 'name = "alone"'), "utf-8")
    (tmp_path / "based.toml").write_text('extends = "chsi-2017"\nname = "based"\n')
    for name in ("alone", "based"):
        assert load_standard(str(tmp_path / f"{name}.toml")).source == ""
    assert load_standard("chsi-2017-white").source == load_standard().source


def test_a_path_in_extends_counts_from_the_file_it_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "base.toml").write_text('extends = "chsi-2017"\nname = "base"\n[frame]\ndpi = 350\n')
    (tmp_path / "top.toml").write_text('extends = "base.toml"\nname = "top"\n')
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert load_standard("../top.toml").frame.dpi == 350


def test_a_folder_of_standards_that_is_missing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "gone"))
    with pytest.raises(StandardError, match=r"gone.* does not exist"):
        standard_names()
    with pytest.raises(StandardError, match=FOLDER_VARIABLE):
        load_standard()


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    file = tmp_path / "bare.toml"
    file.write_text('name = "bare"\n')
    with pytest.raises(StandardError) as error:
        load_standard(str(file))
    assert error.value.key == "title_zh"
    assert "缺少" in error.value.zh


@pytest.mark.parametrize("line", ["", 'name = "chsi-2017"\n'])
def test_a_users_standard_needs_a_name_of_its_own(line: str, tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(f'extends = "chsi-2017"\n{line}')
    with pytest.raises(StandardError) as error:
        load_standard(str(tmp_path / "ours.toml"))
    assert error.value.key == "name"


def test_unknown_names_unreadable_files_and_circles(tmp_path: Path) -> None:
    with pytest.raises(StandardError, match="chsi-2017"):
        load_standard("nowhere")
    with pytest.raises(StandardError, match="cannot be read"):
        load_standard(str(tmp_path / "none.toml"))
    (tmp_path / "broken.toml").write_text("[frame\n")
    with pytest.raises(StandardError, match="not valid TOML"):
        load_standard(str(tmp_path / "broken.toml"))
    (tmp_path / "a.toml").write_text('extends = "b"\n')
    (tmp_path / "b.toml").write_text('extends = "a"\n')
    with pytest.raises(StandardError, match="extends itself"):
        load_standard(str(tmp_path / "a.toml"))
