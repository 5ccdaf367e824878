"""Photos: uploaded in pieces, judged by the worker, submitted, withdrawn; with real photos."""

from __future__ import annotations

import io

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from gradphoto.collection import vault
from gradphoto.collection.actions.photos import add_chunk, add_photo, start_upload
from gradphoto.collection.actions.submit import set_address, submit, withdraw
from gradphoto.collection.models import Case, Collection, Photo, PhotoState, State
from gradphoto.collection.moves import SYSTEM, move
from gradphoto.collection.transitions import Event
from gradphoto.jobs.models import Job, JobState
from gradphoto.jobs.worker import Worker
from gradphoto.lib.crypto import Tampered
from gradphoto.lib.problems import Problem
from pictures import jpeg, sample
from service_world import World


def work() -> None:
    worker = Worker()
    while worker.once():
        pass


def judged(collection: Collection, data: bytes) -> Photo:
    photo = add_photo(collection, data, {})
    work()
    photo.refresh_from_db()
    return photo


def test_upload_resumes_where_it_broke_off(world: World) -> None:
    data = bytes(range(256)) * 1200
    upload = start_upload(world.collection(), len(data), {"from": "album", "evil": "x"})
    add_chunk(upload, 0, data[:100_000])
    with pytest.raises(Problem) as found:
        add_chunk(upload, 0, data[:100_000])
    assert found.value.facts["offset"] == 100_000
    photo = add_chunk(upload, 100_000, data[100_000:])
    assert photo is not None
    assert vault.get(photo.source_key) == data
    assert photo.device_hints == {"from": "album"}
    assert add_chunk(upload, 0, data) == photo


def test_no_photo_is_refused_with_words(world: World) -> None:
    photo = judged(world.collection(), b"%PDF-1.7 no photo")
    assert (photo.state, photo.outcome) == (PhotoState.REFUSED, "fail")
    assert photo.report is not None
    assert photo.report["findings"][0]["title"][0]
    assert Job.objects.get(kind="judge").state == JobState.DONE


def test_a_photo_becomes_a_portrait(world: World) -> None:
    collection = world.collection()
    photo = judged(collection, jpeg(sample("obama")))
    assert photo.state == PhotoState.JUDGED
    portrait = Image.open(io.BytesIO(vault.get(photo.portrait_key)))
    assert portrait.size == (480, 640)
    preview = Image.open(io.BytesIO(vault.get(photo.preview_key)))
    assert preview.size == (360, 480)
    small = portrait.convert("RGB").resize(preview.size)
    assert small.tobytes() != preview.convert("RGB").tobytes()
    with pytest.raises(Problem, match="not_paid"):
        submit(collection, photo)


def test_submit_with_a_reason_and_withdraw(world: World) -> None:
    collection = world.collection()
    photo = judged(collection, jpeg(sample("obama")))
    assert photo.outcome == "fail"
    move(collection, Event.PAY, SYSTEM)
    with pytest.raises(Problem, match="reason_needed"):
        submit(collection, photo)
    with pytest.raises(Problem, match="reason_long"):
        submit(collection, photo, "长" * 251)
    with pytest.raises(Problem, match="address_incomplete"):
        submit(collection, photo, "微笑是天生的")
    set_address(collection, "teaching_point", {}, world.point.pk)
    case = submit(collection, photo, "微笑是天生的")
    assert (collection.state, case.manual_reason, case.due_at) == (
        State.SUBMITTED, "微笑是天生的", collection.review_due_at,
    )  # fmt: skip
    withdraw(collection)
    assert (collection.state, Case.objects.get().state) == (State.PAID, "withdrawn")


def test_address_says_what_is_missing(world: World) -> None:
    collection = world.collection()
    with pytest.raises(Problem) as found:
        set_address(collection, "student", {"name": "林", "phone": "abc"}, None)
    assert found.value.facts["missing_zh"] == "省、市、区县、详细地址、手机号"


def test_files_are_sealed_and_bound_to_their_place(world: World) -> None:
    one, two = vault.put(b"one" * 100), vault.put(b"two")
    with default_storage.open(one) as file:
        raw = file.read()
    assert b"oneone" not in raw
    default_storage.delete(two)
    default_storage.save(two, io.BytesIO(raw))
    with pytest.raises(Tampered):
        vault.get(two)


def test_erasing_takes_files_and_names(world: World) -> None:
    collection = world.collection()
    photo = judged(collection, jpeg(sample("obama")))
    move(collection, Event.ERASE, SYSTEM)
    with pytest.raises(FileNotFoundError):
        vault.get(photo.source_key)
    collection.enrolment.refresh_from_db()
    assert (collection.state, collection.enrolment.masked_name, collection.enrolment.code) == (
        "erased",
        "",
        None,
    )
