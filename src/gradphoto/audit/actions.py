"""Writing events, and proving that none was changed or taken out."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction
from django.utils import timezone

from gradphoto.audit.models import Event

START = "0" * 64


def _hash(event: Event) -> str:
    text = json.dumps(
        [event.at.isoformat(), event.actor, event.action, event.subject, event.facts, event.previous],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()


def write_event(actor: str, action: str, subject: str, **facts: Any) -> Event:
    """Adds one event to the chain, inside the caller's transaction."""
    with transaction.atomic():
        last = Event.objects.select_for_update().order_by("-id").values_list("hash", flat=True).first()
        event = Event(
            at=timezone.now(),
            actor=actor,
            action=action,
            subject=subject,
            facts=facts,
            previous=last or START,
        )
        event.hash = _hash(event)
        event.save(force_insert=True)
    return event


def first_broken() -> int | None:
    """The id of the first event that does not follow from the one before it; None where the chain is whole."""
    previous = START
    for event in Event.objects.order_by("id").iterator():
        if event.previous != previous or event.hash != _hash(event):
            return event.pk
        previous = event.hash
    return None
