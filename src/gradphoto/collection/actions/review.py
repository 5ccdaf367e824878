"""What a reviewer does: takes the next case, approves or rejects it, skips it, undoes what was just decided.

A case is leased to one reviewer at a time. A second look and a dispute always go to another person than decided before.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from gradphoto.collection.models import Case, CaseState, Collection, Decision, State
from gradphoto.collection.moves import SYSTEM, Actor, move
from gradphoto.collection.transitions import Event, Who
from gradphoto.jobs.queue import sweeps
from gradphoto.lib.problems import Problem


def reviewer(user: Any) -> Actor:
    """This member of staff, reviewing."""
    return Actor(Who.REVIEWER, f"staff:{user.pk}")


def waiting_for(user: Any) -> QuerySet[Case]:
    """Cases that this reviewer may take now, the oldest deadline first."""
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now()) | Q(lease_by=user)
    seen = Decision.objects.filter(reviewer=user, undone_at=None).values("case__collection")
    others_turn = (Q(disputed=True) | Q(second_look=True)) & Q(collection__in=seen)
    waiting = Case.objects.filter(free, state=CaseState.WAITING).exclude(others_turn).exclude(skipped_by=user)
    return waiting.select_related("collection__batch", "photo").order_by("due_at", "id")


def take_next(user: Any) -> Case | None:
    """Leases the next case to `user`; None where none waits."""
    for case in waiting_for(user)[:10]:
        if _leased(case, user):
            return case
    return None


def _leased(case: Case, user: Any) -> bool:
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now) | Q(lease_by=user)
    until = now + dt.timedelta(seconds=settings.LEASE_SECONDS)
    with transaction.atomic():
        if not Case.objects.filter(free, pk=case.pk, state=CaseState.WAITING).update(
            lease_by=user, lease_until=until
        ):
            return False
        case.refresh_from_db()
        if case.collection.state == State.SUBMITTED:
            move(case.collection, Event.OPEN, reviewer(user))
    return True


def _held(case: Case, user: Any) -> Case:
    """The case as it stands, locked. Raises Problem `case_taken` unless `user` holds its lease."""
    found = Case.objects.select_for_update().select_related("collection__batch").filter(
        pk=case.pk, state=CaseState.WAITING, lease_by=user, lease_until__gt=timezone.now()
    ).first()  # fmt: skip
    if found is None:
        raise Problem("case_taken")
    return found


def skip(case: Case, user: Any) -> None:
    """Leaves the case to somebody else. Raises Problem."""
    with transaction.atomic():
        held = _held(case, user)
        held.skipped_by.add(user)
        _free(held)


def _free(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(lease_by=None, lease_until=None)
    if case.collection.state == State.IN_REVIEW:
        move(case.collection, Event.RELEASE, SYSTEM)


@sweeps
def release_expired() -> int:
    """Gives back the cases whose reviewers have gone; students can withdraw them again."""
    gone = Case.objects.select_related("collection").filter(
        state=CaseState.WAITING, lease_until__lt=timezone.now()
    )
    for case in gone:
        with transaction.atomic():
            _free(case)
    return len(gone)


def approve(case: Case, user: Any) -> Collection:
    """Approves; a case drawn for the second look goes to another reviewer first. Raises Problem."""
    with transaction.atomic():
        held = _held(case, user)
        collection = held.collection
        second = not held.second_look and collection.state == State.IN_REVIEW and _drawn(held)
        _decide(held, user, approved=True, reasons=[], text="", final=not second)
        if second:
            Case.objects.filter(pk=held.pk).update(second_look=True, lease_by=None, lease_until=None)
        return move(
            collection, Event.APPROVE_FIRST if second else Event.APPROVE, reviewer(user), case=str(held.pk)
        )


def _drawn(case: Case) -> bool:
    """Whether the case is in the sample: the same for the same case, so that nobody can draw again."""
    return hashlib.sha256(case.pk.bytes).digest()[0] * 100 // 256 < case.collection.batch.second_look_percent


def reject(case: Case, user: Any, reasons: list[str], text: str = "") -> Collection:
    """Rejects for `reasons` (rule codes), a `text` of one's own, or both. Raises Problem."""
    text = text.strip()[:500]
    if not reasons and not text:
        raise Problem("reject_reason")
    with transaction.atomic():
        held = _held(case, user)
        _decide(held, user, approved=False, reasons=reasons, text=text, final=True)
        return move(held.collection, Event.REJECT, reviewer(user), case=str(held.pk), reasons=reasons)


def _decide(case: Case, user: Any, approved: bool, reasons: list[str], text: str, final: bool) -> None:
    assert case.lease_until is not None
    opened = case.lease_until - dt.timedelta(seconds=settings.LEASE_SECONDS)
    Decision.objects.create(
        case=case, reviewer=user, approved=approved, reasons=reasons, text=text, opened_at=opened,
        decided_at=timezone.now(),
    )  # fmt: skip
    if final:
        Case.objects.filter(pk=case.pk).update(state=CaseState.DECIDED, lease_by=None, lease_until=None)


def undo(user: Any) -> Case:
    """Takes back this reviewer's last decision while nobody was told of it. Raises Problem."""
    since = timezone.now() - dt.timedelta(seconds=settings.UNDO_SECONDS)
    with transaction.atomic():
        last = (
            Decision.objects.filter(reviewer=user, undone_at=None, decided_at__gt=since)
            .order_by("-id")
            .first()
        )
        if last is None:
            raise Problem("undo_late")
        case = Case.objects.select_related("collection").get(pk=last.case_id)
        if (
            case.decisions.filter(undone_at=None, id__gt=last.pk).exists()
            or case.collection.photo_id != case.photo_id
        ):
            raise Problem("undo_late")
        move(case.collection, Event.UNDO, reviewer(user), case=str(case.pk))
        Decision.objects.filter(pk=last.pk).update(undone_at=timezone.now())
        until = timezone.now() + dt.timedelta(seconds=settings.LEASE_SECONDS)
        columns: dict[str, Any] = {"state": CaseState.WAITING, "lease_by": user, "lease_until": until}
        if case.decisions.filter(undone_at=None).count() == 0:
            columns["second_look"] = False
        Case.objects.filter(pk=case.pk).update(**columns)
    case.refresh_from_db()
    return case
