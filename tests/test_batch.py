"""Many photos: names, folders, refusals, resuming, and a process that dies in the middle."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from gradphoto.portrait import batch
from gradphoto.portrait.batch import Outcome, Task, meeting, plan, run
from gradphoto.portrait.standard import load_standard
from pictures import jpeg, sample

CHSI = load_standard()


def done(tasks: list[Task], processes: int = 1, fresh: bool = False) -> dict[str, Outcome]:
    return {o.task.photo.name: o for o in run(tasks, processes, fresh)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    photos = tmp_path / "photos"
    (photos / "class-2").mkdir(parents=True)
    (photos / "1001.jpg").write_bytes(jpeg(sample()))
    (photos / "class-2" / "1001.jpeg").write_bytes(jpeg(sample("obama2")))
    (photos / "class-2" / "1002.jpg").write_bytes(jpeg(sample("astronaut")))
    (photos / "class-2" / "list.xlsx").write_bytes(b"not a photo")
    (photos / ".hidden.jpg").write_bytes(b"")
    return photos


def test_a_folder_gives_portraits_records_and_refusals_in_the_same_order(
    folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    outcomes = done(plan([folder], out, CHSI, draft=True))
    assert sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()) == [
        "1001.jpg",
        "1001.record.json",
        "class-2/1001.jpg",
        "class-2/1001.record.json",
        "class-2/1002.refusal.json",
    ]
    refused = outcomes["1002.jpg"].as_dict()
    assert refused["ok"] is False
    assert refused["portrait"] is None
    assert refused["reasons"][0]["code"] == "too_few_pixels"
    assert set(refused["reasons"][0]) == {"code", "zh", "en"}
    good = outcomes["1001.jpg"].as_dict()
    assert set(good["placement"]) == {"hair_top", "eye_line", "face_width", "centre_x"}
    assert {"decode", "faces", "matte", "compose", "encode"} <= set(good["timings_ms"])


def test_photos_of_one_name_keep_their_endings(tmp_path: Path) -> None:
    for name in ("a.jpg", "a.png", "b.jpg"):
        (tmp_path / name).touch()
    tasks = plan(
        [tmp_path / "a.jpg", tmp_path / "a.png", tmp_path / "b.jpg"], tmp_path / "out", CHSI, draft=True
    )
    assert [t.portrait.name for t in tasks] == ["a_jpg.jpg", "a_png.jpg", "b.jpg"]


def test_a_second_run_goes_on_where_the_first_stopped(folder: Path, tmp_path: Path) -> None:
    tasks = plan([folder], tmp_path / "out", CHSI, draft=True)
    first = done(tasks)
    (tmp_path / "out" / "1001.jpg").unlink()  # as if killed before the portrait was written
    again = done(tasks)
    assert {name: o.resumed for name, o in again.items()} == {
        "1001.jpg": False,
        "1001.jpeg": True,
        "1002.jpg": True,
    }
    assert again["1001.jpeg"].placement == first["1001.jpeg"].placement
    assert again["1002.jpg"].reasons[0].zh == first["1002.jpg"].reasons[0].zh
    assert not any(o.resumed for o in done(tasks, fresh=True).values())


def test_what_changed_is_done_again(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done(plan([folder], out, CHSI, draft=True))
    (out / "class-2" / "1001.jpg").write_bytes(b"half a fi")  # a damaged portrait
    (folder / "class-2" / "1002.jpg").write_bytes(jpeg(sample("obama2")))  # a better photo
    again = done(plan([folder], out, CHSI, draft=True))
    assert {name: o.resumed for name, o in again.items()} == {
        "1001.jpg": True,
        "1001.jpeg": False,
        "1002.jpg": False,
    }
    assert again["1002.jpg"].ok
    assert not (out / "class-2" / "1002.refusal.json").exists()
    assert not any(
        o.resumed for o in done(plan([folder], out, load_standard("chsi-2017-white"), draft=True)).values()
    )


def test_what_gradphoto_did_not_make_is_never_touched(folder: Path) -> None:
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    outcomes = done(plan([folder], folder, CHSI, draft=True))  # results into the photos' own folder
    assert outcomes["1001.jpg"].reasons[0].code == "name_taken"
    assert {p: p.read_bytes() for p in before} == before


def test_its_own_results_are_no_photos(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(jpeg(sample()))
    first = plan([tmp_path], tmp_path, CHSI, draft=True)
    assert done(first)["a.png"].is_draft
    assert [t.photo for t in plan([tmp_path], tmp_path, CHSI)] == [tmp_path / "a.png"]


def test_namesakes_in_several_folders_keep_apart(tmp_path: Path) -> None:
    for place in ("c1", "c2"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "IMG_1.jpg").touch()
    files = plan([tmp_path / "c1" / "IMG_1.jpg", tmp_path / "c2" / "IMG_1.jpg"], tmp_path / "out", CHSI)
    folders = plan([tmp_path / "c1", tmp_path / "c2"], tmp_path / "out", CHSI)
    for tasks in (files, folders):
        assert not meeting(tasks)
        assert {t.stem.parent.name for t in tasks} == {"c1", "c2"}
    assert len(meeting(files + files)) == 4


def test_a_file_that_cannot_be_read_is_a_refusal(tmp_path: Path) -> None:
    (outcome,) = run([Task(tmp_path / "gone.jpg", tmp_path / "out" / "gone", CHSI)], 1)
    assert [r.code for r in outcome.reasons] == ["unreadable_file"]


def killed_by_one_photo(task: Task) -> Outcome:
    """Stands in for a decoder that brings its process down on one photo."""
    if task.photo.name == "killer.jpg":
        os.kill(os.getpid(), signal.SIGKILL)
    return batch.work(task)


def test_a_process_that_dies_takes_no_other_photo_with_it(tmp_path: Path) -> None:
    for name in ("1.jpg", "2.jpg", "killer.jpg", "3.jpg", "4.jpg", "5.jpg"):
        (tmp_path / name).write_bytes(jpeg(sample("astronaut")))
    tasks = plan(sorted(tmp_path.glob("*.jpg")), tmp_path / "out", CHSI, draft=True)
    outcomes = {o.task.photo.name: o for o in run(tasks, 2, worker=killed_by_one_photo)}
    assert len(outcomes) == 6
    assert [r.code for r in outcomes.pop("killer.jpg").reasons] == ["worker_died"]
    assert {o.reasons[0].code for o in outcomes.values()} == {"too_few_pixels"}


def test_two_processes_give_the_same_bytes_as_one(folder: Path, tmp_path: Path) -> None:
    done(plan([folder], tmp_path / "one", CHSI, draft=True), 1)
    done(plan([folder], tmp_path / "two", CHSI, draft=True), 2)
    for path in (tmp_path / "one").rglob("*.jpg"):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()


def test_no_file_name_in_record_or_refusal(folder: Path, tmp_path: Path) -> None:
    done(plan([folder], tmp_path / "out", CHSI, draft=True))
    for path in (tmp_path / "out").rglob("*.json"):
        text = path.read_text()
        assert "1001" not in text.replace(json.loads(text)["source"]["sha256"], "") or '"1001' not in text
        assert "photos" not in text
