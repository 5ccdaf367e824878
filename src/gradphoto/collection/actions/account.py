"""Accounts and devices: consent makes an account, code and last four sign in to it.

The cookie holds a random token; the database its hash.
"""

from __future__ import annotations

import hashlib
import secrets

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from gradphoto.audit.actions import write_event
from gradphoto.collection.models import Account, Device
from gradphoto.lib.problems import Problem
from gradphoto.messages.actions import tell

CONSENT_VERSION = "2026-11"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def consent(purpose: bool, face: bool, label: str) -> tuple[Device, str]:
    """An account for who agreed to both texts, and the device's token. Raises Problem `no_consent`."""
    if not (purpose and face):
        raise Problem("no_consent")
    now = timezone.now()
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        account = Account.objects.create(
            consent_version=CONSENT_VERSION, consented_at=now, face_consented_at=now
        )
        device = Device.objects.create(
            account=account, token_hash=_hash(token), label=label[:60], last_seen_at=now
        )
        write_event(
            f"student:{account.pk}", "account.consent", f"account:{account.pk}", version=CONSENT_VERSION
        )
    return device, token


def device_of(token: str) -> Device | None:
    """The signed-in device that holds this token."""
    device = (
        Device.objects.select_related("account").filter(token_hash=_hash(token), signed_out_at=None).first()
    )
    if device is None or device.account.erased_at is not None:
        return None
    now = timezone.now()
    if (now - device.last_seen_at).total_seconds() > 300:
        Device.objects.filter(pk=device.pk).update(last_seen_at=now)
    return device


def sign_out(device: Device, which: int | None = None) -> None:
    """Signs out this device, or another one of the same account. Raises Problem `not_found`."""
    found = Device.objects.filter(pk=which or device.pk, account=device.account, signed_out_at=None)
    with transaction.atomic():
        if not found.update(signed_out_at=timezone.now()):
            raise Problem("not_found")
        write_event(f"student:{device.account_id}", "device.sign_out", f"account:{device.account_id}")


def join(device: Device, account: Account) -> None:
    """Puts this device into `account`: the one that owns the code whose last four were just given.

    The device that was used least lately makes room; the owner's other devices are told.
    """
    left = device.account
    with transaction.atomic():
        Device.objects.filter(pk=device.pk).update(account=account)
        device.refresh_from_db()
        signed_in = Device.objects.filter(account=account, signed_out_at=None).order_by("-last_seen_at")
        for old in [each for each in signed_in if each.pk != device.pk][settings.MAX_DEVICES - 1 :]:
            Device.objects.filter(pk=old.pk).update(signed_out_at=timezone.now())
        write_event(f"student:{account.pk}", "device.sign_in", f"account:{account.pk}", label=device.label)
        tell(account, "new_device", device=device.pk)
        if not left.collections.exists() and not left.devices.exists():
            left.delete()


def ask_erasure(account: Account) -> None:
    """The student asks for everything to be erased; what must be kept till the purpose is met is named on the page."""
    with transaction.atomic():
        Account.objects.filter(pk=account.pk, erasure_asked_at=None).update(erasure_asked_at=timezone.now())
        write_event(f"student:{account.pk}", "account.ask_erasure", f"account:{account.pk}")
    account.refresh_from_db()


def set_email(account: Account, address: str) -> None:
    """Where notices go too; empty takes it away."""
    account.email = address or None
    account.save(update_fields=["email"])
