"""The one way to move a collection: looks the row up in the table, one guarded UPDATE, one audit event, its effects.

    with transaction.atomic():
        collection = move(collection, Event.SUBMIT, Actor(Who.STUDENT, "student:…"), photo=str(photo.pk))

Raises Problem: `move_not_possible` where the table has no such row for this actor, `moved_meanwhile` where another
process was first, or what a guard says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from gradphoto.audit.actions import write_event
from gradphoto.collection.deadline import is_over
from gradphoto.collection.models import Collection, State
from gradphoto.collection.transitions import MOVES, Event, Transition, Who
from gradphoto.lib.problems import Problem
from gradphoto.lib.workdays import after_workdays
from gradphoto.messages.actions import tell_later

Guard = Callable[[Collection], None]


@dataclass(frozen=True)
class Actor:
    """Who acts: the role that the table knows, and the name the audit keeps (`student:…`, `staff:…`, `system:worker`)."""

    who: Who
    name: str


SYSTEM = Actor(Who.SYSTEM, "system")


def move(collection: Collection, event: Event, actor: Actor, **facts: Any) -> Collection:
    """Moves `collection` by `event`; gives it back as it stands now. Inside the caller's transaction."""
    row = MOVES.get((State(collection.state), event))
    if row is None or actor.who not in row.who:
        raise Problem("move_not_possible")
    for name in row.guards:
        GUARDS[name](collection)
    with transaction.atomic():
        _update(collection, row)
        write_event(actor.name, f"collection.{event}", f"collection:{collection.pk}", **facts)
        _effects(collection, row)
    return collection


def may(collection: Collection, event: Event, who: Who) -> bool:
    """Whether the table and its guards allow this now."""
    row = MOVES.get((State(collection.state), event))
    if row is None or who not in row.who:
        return False
    try:
        for name in row.guards:
            GUARDS[name](collection)
    except Problem:
        return False
    return True


def _update(collection: Collection, row: Transition) -> None:
    now = timezone.now()
    columns: dict[str, Any] = {"state": row.next, "version": collection.version + 1, "moved_at": now}
    for effect in row.effects:
        if effect in COLUMNS:
            columns |= COLUMNS[effect](collection, now)
    changed = Collection.objects.filter(pk=collection.pk, state=row.state, version=collection.version).update(
        **columns
    )
    if changed != 1:
        raise Problem("moved_meanwhile")
    collection.refresh_from_db()


def _effects(collection: Collection, row: Transition) -> None:
    for effect in row.effects:
        if effect.startswith("notify_"):
            kind = effect.removeprefix("notify_")
            # A decision may be undone for a while: until then nobody is told.
            wait = settings.UNDO_SECONDS if kind in ("approved", "rejected") else 0
            tell_later(collection, kind, wait)
        elif effect in OTHERS:
            OTHERS[effect](collection)


def _erase(collection: Collection) -> None:
    from gradphoto.collection.actions.erase import erase_data  # it moves collections itself

    erase_data(collection)


def _never_submitted(collection: Collection) -> None:
    if collection.ever_submitted:
        raise Problem("refund_not_possible")


def _before_deadline(collection: Collection) -> None:
    if is_over(collection):
        raise Problem("batch_closed")


def _submitted(collection: Collection, now: Any) -> dict[str, Any]:
    due = after_workdays(now, collection.batch.review_workdays)
    return {"submitted_at": now, "review_due_at": due, "ever_submitted": True, "decided_at": None}


GUARDS: dict[str, Guard] = {"never_submitted": _never_submitted, "before_deadline": _before_deadline}
COLUMNS: dict[str, Callable[[Collection, Any], dict[str, Any]]] = {
    "stamp_paid": lambda c, now: {"paid_at": now},
    "clear_paid": lambda c, now: {"paid_at": None},
    "stamp_submitted": _submitted,
    "clear_submitted": lambda c, now: {"submitted_at": None, "review_due_at": None, "photo": None},
    "stamp_decided": lambda c, now: {"decided_at": now},
    "clear_decided": lambda c, now: {"decided_at": None},
}
OTHERS: dict[str, Callable[[Collection], None]] = {"erase_data": _erase}
