"""Reviewing: leases, decisions, second look, disputes by another person, undo."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from gradphoto.collection.actions.review import approve, reject, release_expired, skip, take_next, undo
from gradphoto.collection.actions.submit import dispute, set_address, submit, withdraw
from gradphoto.collection.models import Case, Collection, Photo, PhotoState, State
from gradphoto.collection.moves import SYSTEM, move
from gradphoto.collection.transitions import Event
from gradphoto.jobs.models import Job
from gradphoto.jobs.worker import Worker
from gradphoto.lib.problems import Problem
from gradphoto.messages.models import Notice
from service_world import World


@pytest.fixture
def two(world: World) -> tuple[Any, Any]:
    world.batch.second_look_percent = 0
    world.batch.save()
    return tuple(User.objects.create(username=name, is_staff=True) for name in ("one", "two"))  # type: ignore[return-value]


def submitted(world: World, student: str = "1", sha256: str = "a" * 64) -> Collection:
    collection = world.collection(student)
    move(collection, Event.PAY, SYSTEM)
    set_address(collection, "teaching_point", {}, world.point.pk)
    submit(collection, photo(collection, sha256))
    return collection


def photo(collection: Collection, sha256: str) -> Photo:
    number = collection.photos.count() + 1
    return Photo.objects.create(
        collection=collection, number=number, state=PhotoState.JUDGED, outcome="pass", source_bytes=1,
        source_sha256=sha256, portrait_key="00/none",
    )  # fmt: skip


def test_two_reviewers_never_get_the_same_case(world: World, two: tuple[Any, Any]) -> None:
    collections = [submitted(world, str(n)) for n in range(2)]
    first, second = take_next(two[0]), take_next(two[1])
    assert first is not None
    assert second is not None
    assert {first.collection_id, second.collection_id} == {c.pk for c in collections}
    with pytest.raises(Problem, match="case_taken"):
        approve(first, two[1])
    assert approve(first, two[0]).state == State.APPROVED
    assert Case.objects.get(pk=first.pk).decisions.get().reviewer == two[0]


def test_opened_cases_cannot_be_withdrawn_but_forgotten_ones_can(world: World, two: tuple[Any, Any]) -> None:
    collection = submitted(world)
    case = take_next(two[0])
    collection.refresh_from_db()
    with pytest.raises(Problem, match="move_not_possible"):
        withdraw(collection)
    Case.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    assert case is not None
    with pytest.raises(Problem, match="case_taken"):
        approve(case, two[0])
    Worker().sweep()
    assert release_expired() == 0
    collection.refresh_from_db()
    withdraw(collection)
    assert collection.state == State.PAID


def test_rejected_photo_is_not_taken_again_unchanged(world: World, two: tuple[Any, Any]) -> None:
    collection = submitted(world)
    case = take_next(two[0])
    assert case is not None
    with pytest.raises(Problem, match="reject_reason"):
        reject(case, two[0], [])
    reject(case, two[0], ["ears"])
    collection.refresh_from_db()
    with pytest.raises(Problem, match="photo_rejected_before"):
        submit(collection, photo(collection, "a" * 64))
    submit(collection, photo(collection, "b" * 64))
    again = take_next(two[0])
    assert again is not None
    assert approve(again, two[0]).state == State.APPROVED


def test_dispute_goes_to_another_person(world: World, two: tuple[Any, Any]) -> None:
    collection = submitted(world)
    case = take_next(two[0])
    assert case is not None
    reject(case, two[0], ["ears"])
    collection.refresh_from_db()
    dispute(collection, "耳朵看得见")
    assert take_next(two[0]) is None
    other = take_next(two[1])
    assert other is not None
    assert approve(other, two[1]).state == State.APPROVED


def test_second_look_is_another_persons(world: World, two: tuple[Any, Any]) -> None:
    world.batch.second_look_percent = 100
    world.batch.save()
    submitted(world)
    case = take_next(two[0])
    assert case is not None
    assert approve(case, two[0]).state == State.SECOND_LOOK
    assert take_next(two[0]) is None
    second = take_next(two[1])
    assert second is not None
    assert approve(second, two[1]).state == State.APPROVED


def test_undo_tells_nobody(world: World, two: tuple[Any, Any]) -> None:
    collection = submitted(world)
    case = take_next(two[0])
    assert case is not None
    reject(case, two[0], [], "看不清")
    back = undo(two[0])
    assert back.lease_by == two[0]
    Job.objects.update(due_at=timezone.now())
    worker = Worker()
    while worker.once():
        pass
    assert not Notice.objects.filter(collection=collection, kind="rejected").exists()
    assert approve(back, two[0]).state == State.APPROVED
    Job.objects.update(due_at=timezone.now())
    while worker.once():
        pass
    assert Notice.objects.filter(collection=collection, kind="approved").count() == 1
    type(case.decisions.model.objects.get(approved=True)).objects.update(
        decided_at=timezone.now() - dt.timedelta(hours=1)
    )
    with pytest.raises(Problem, match="undo_late"):
        undo(two[0])


def test_skipped_cases_go_to_others(world: World, two: tuple[Any, Any]) -> None:
    submitted(world)
    case = take_next(two[0])
    assert case is not None
    skip(case, two[0])
    assert take_next(two[0]) is None
    assert take_next(two[1]) is not None
