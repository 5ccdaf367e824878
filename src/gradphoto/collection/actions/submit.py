"""What a student does with a photo: submit it, take it back, dispute a rejection; and where prints go."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from gradphoto.collection.models import AddressMode, Case, CaseState, Collection, Photo, PhotoState, State
from gradphoto.collection.moves import Actor, move
from gradphoto.collection.transitions import Event, Who
from gradphoto.lib.problems import Problem
from gradphoto.people.models import TeachingPoint

REASON_LENGTH = 250


def student(collection: Collection) -> Actor:
    """The student of this collection, acting."""
    return Actor(Who.STUDENT, f"student:{collection.account_id}")


def submit(collection: Collection, photo: Photo, reason: str = "") -> Case:
    """Sends the photo to a person. A photo that fails the rules needs a `reason` (1 to 250 characters). Raises Problem."""
    reason = reason.strip()
    if collection.state == State.VERIFIED:
        raise Problem("not_paid")
    _submittable(collection, photo, reason)
    if collection.address_to == "":
        raise Problem("address_incomplete", missing_zh="邮寄地址", missing_en="where the prints go")
    with transaction.atomic():
        move(collection, Event.SUBMIT, student(collection), photo=str(photo.pk))
        return _new_case(collection, photo, reason, disputed=False)


def _submittable(collection: Collection, photo: Photo, reason: str) -> None:
    if photo.collection_id != collection.pk:
        raise Problem("photo_needed")
    if photo.state == PhotoState.WAITING:
        raise Problem("photo_not_ready")
    if not photo.portrait_key:
        raise Problem("photo_no_portrait")
    if rejected_before(collection, photo.source_sha256):
        raise Problem("photo_rejected_before")
    if photo.outcome == "fail":
        _check_reason(reason)


def _check_reason(reason: str) -> None:
    if not reason:
        raise Problem("reason_needed")
    if len(reason) > REASON_LENGTH:
        raise Problem("reason_long")


def rejected_before(collection: Collection, sha256: str) -> bool:
    """Whether a person has rejected this very file."""
    return Case.objects.filter(
        collection=collection,
        photo__source_sha256=sha256,
        decisions__approved=False,
        decisions__undone_at=None,
    ).exists()


def _new_case(collection: Collection, photo: Photo, reason: str, disputed: bool) -> Case:
    assert collection.submitted_at is not None
    assert collection.review_due_at is not None
    Collection.objects.filter(pk=collection.pk).update(photo=photo)
    collection.photo = photo
    return Case.objects.create(
        collection=collection,
        photo=photo,
        submitted_at=collection.submitted_at,
        due_at=collection.review_due_at,
        manual_reason=reason if photo.outcome == "fail" or disputed else "",
        disputed=disputed,
    )


def withdraw(collection: Collection, actor: Actor | None = None) -> None:
    """Takes a submission back while no reviewer has opened it. Raises Problem."""
    with transaction.atomic():
        move(collection, Event.WITHDRAW, actor or student(collection))
        Case.objects.filter(collection=collection, state=CaseState.WAITING).update(state=CaseState.WITHDRAWN)


def dispute(collection: Collection, reason: str) -> Case:
    """Asks for another person's decision on the photo that was just rejected. Raises Problem."""
    reason = reason.strip()
    _check_reason(reason)
    photo = collection.photo
    if photo is None:
        raise Problem("photo_needed")
    if collection.cases.filter(photo=photo, disputed=True).exists():
        raise Problem("disputed_before")
    with transaction.atomic():
        move(collection, Event.DISPUTE, student(collection), photo=str(photo.pk))
        return _new_case(collection, photo, reason, disputed=True)


ADDRESS_FIELDS = {
    "name": ("收件人", "name", 30),
    "phone": ("手机号", "telephone", 20),
    "province": ("省", "province", 20),
    "city": ("市", "city", 30),
    "county": ("区县", "county", 30),
    "street": ("详细地址", "street", 120),
}


def set_address(collection: Collection, to: str, address: dict[str, str], teaching_point: int | None) -> None:
    """Where the prints go: to the student (every field needed) or to a teaching point. Raises Problem."""
    if collection.state in (State.HANDED_OVER, State.REGISTERED, State.PROOFREAD, State.CLOSED, State.ERASED):
        raise Problem("move_not_possible")
    mode = collection.batch.address_mode
    if to not in (AddressMode.STUDENT, AddressMode.TEACHING_POINT) or mode not in (AddressMode.EITHER, to):
        raise Problem("address_incomplete", missing_zh="邮寄方式", missing_en="where the prints go")
    columns: dict[str, Any] = {"address_to": to, "teaching_point": None, "address": None}
    if to == AddressMode.TEACHING_POINT:
        found = TeachingPoint.objects.filter(pk=teaching_point or 0, school=collection.batch.school).first()
        if found is None:
            raise Problem("address_incomplete", missing_zh="教学点", missing_en="teaching point")
        columns["teaching_point"] = found
    else:
        columns["address"] = _whole_address(address)
    for name, value in columns.items():
        setattr(collection, name, value)
    collection.save(update_fields=list(columns))


def _whole_address(given: dict[str, str]) -> dict[str, str]:
    clean = {name: str(given.get(name, "")).strip()[:most] for name, (_, _, most) in ADDRESS_FIELDS.items()}
    missing = [name for name, value in clean.items() if not value]
    phone = clean["phone"].replace(" ", "").replace("-", "").removeprefix("+86")
    if not (phone.isascii() and phone.isdigit() and 7 <= len(phone) <= 15) and "phone" not in missing:
        missing.append("phone")
    if missing:
        zh = "、".join(ADDRESS_FIELDS[name][0] for name in missing)
        raise Problem(
            "address_incomplete", missing_zh=zh, missing_en=", ".join(ADDRESS_FIELDS[n][1] for n in missing)
        )
    return clean | {"phone": phone}
