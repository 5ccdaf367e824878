"""Telling students: a notice in the app, and by mail where an address is known.

    tell_later(collection, "approved", wait=300)     after `wait` seconds, if the collection has not moved on by then

Words lie in words.py; ways of sending in senders/.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from gradphoto.jobs.queue import handles, offer
from gradphoto.messages.models import Notice, SupportMessage
from gradphoto.messages.senders.mail import send_mail_notice

if TYPE_CHECKING:
    from gradphoto.collection.models import Account, Collection


def tell_later(collection: Collection, kind: str, wait: int = 0) -> None:
    """Asks for a notice about the move just made, inside the caller's transaction."""
    offer("tell", f"{collection.pk}:{kind}:{collection.version}", delay=dt.timedelta(seconds=wait))


@handles("tell")
def _tell(subject: str) -> None:
    """Writes the notice, unless the collection has moved since (an undone decision tells nobody)."""
    key, kind, version = subject.split(":")
    model = apps.get_model("collection", "Collection")
    found = model.objects.select_related("account").filter(pk=key).first()
    if found is None or (found.version != int(version) and kind in ("approved", "rejected")):
        return
    tell(found.account, kind, found, at_version=int(version))


def tell(account: Account, kind: str, collection: Collection | None = None, **facts: Any) -> None:
    """Writes a notice now (once for the same facts) and asks for it to be sent."""
    with transaction.atomic():
        notice, made = Notice.objects.get_or_create(
            account=account, collection=collection, kind=kind, facts=facts
        )
        if made:
            offer("send", str(notice.pk))


@handles("send")
def _send(subject: str) -> None:
    notice = Notice.objects.select_related("account", "collection").filter(pk=subject).first()
    if notice is not None:
        send_mail_notice(notice)


def read_all(account: Account) -> None:
    """The student has seen them."""
    Notice.objects.filter(account=account, read_at=None).update(read_at=timezone.now())


def write_to_support(collection: Collection, text: str, staff: Any = None) -> SupportMessage:
    """One line of the conversation; an answer of staff is told to the student."""
    with transaction.atomic():
        line = SupportMessage.objects.create(collection=collection, staff=staff, text=text.strip()[:1000])
        other = SupportMessage.objects.filter(
            collection=collection, staff__isnull=staff is not None, read_at=None
        )
        other.update(read_at=timezone.now())
        if staff is not None:
            tell(collection.account, "answer", collection, line=line.pk)
    return line
