"""From a code to a collection: recognise it, check the last four, tie the enrolment to the account.

Nothing tells a stranger whether a code exists: codes are the registry's secrets (too long to guess), wrong ones count as
tries, and whose a code is shows only after its last four were right.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from django.db import transaction
from django.utils import timezone

from gradphoto.audit.actions import write_event
from gradphoto.collection.actions.account import join
from gradphoto.collection.models import Batch, Collection, Device, Enrolment, Recognition
from gradphoto.collection.registries import Resolved, registry
from gradphoto.collection.tries import check_pause, count_wrong, forget
from gradphoto.lib.crypto import lookup
from gradphoto.lib.problems import Problem
from gradphoto.people.models import School
from gradphoto.portrait.code import read_codes
from gradphoto.portrait.reasons import Refused

CODE_LIVES = dt.timedelta(minutes=30)
CODE_LENGTH = 2000
CODE_TRIES = 10


def code_in_picture(data: bytes) -> str:
    """The code in a screenshot or photo. Raises Problem `code_unreadable`."""
    try:
        texts = [code.text for code in read_codes(data) if code.text]
    except Refused:
        raise Problem("code_unreadable") from None
    if not texts:
        raise Problem("code_unreadable")
    return max(texts, key=len)


def recognise(device: Device, code: str) -> Recognition:
    """Asks the registry what `code` stands for and keeps that with the device for half an hour. Raises Problem."""
    key = f"code:device:{device.pk}"
    check_pause(key)
    code = clean_code(code)
    try:
        resolved = registry().resolve(code)
    except Problem as problem:
        if problem.code in ("code_wrong", "code_expired"):
            count_wrong(key, CODE_TRIES)
        raise
    forget(key)
    if _batch(resolved) is None:
        raise Problem("code_other_school")
    now = timezone.now()
    known, _ = Recognition.objects.update_or_create(
        device=device,
        defaults={
            "code": code,
            "masked_name": resolved.masked_name,
            "school_code": resolved.school_code,
            "school_name": resolved.school_name,
            "created_at": now,
        },
    )
    return known


def clean_code(code: str) -> str:
    """A typed code without blanks and hyphens and in capitals; a scanned one as it is. Raises Problem `code_wrong`."""
    code = unicodedata.normalize("NFKC", code).strip()
    if not code or len(code) > CODE_LENGTH:
        raise Problem("code_wrong")
    typed = re.sub(r"[\s-]", "", code).upper()
    return typed if len(typed) <= 20 else code


def clean_last_four(text: str) -> str:
    """Four characters, capitals; brackets of Hong Kong and Macau numbers are passed over. Raises Problem."""
    text = re.sub(r"[\s()\[\]【】]", "", unicodedata.normalize("NFKC", text)).upper()
    if not re.fullmatch(r"[0-9A-Z]{4}", text):
        raise Problem("last_four_form")
    return text


def recognition_of(device: Device) -> Recognition:
    """What this device has recognised lately. Raises Problem `code_not_here`."""
    known = Recognition.objects.filter(device=device, created_at__gt=timezone.now() - CODE_LIVES).first()
    if known is None:
        raise Problem("code_not_here")
    return known


def bind(device: Device, last_four: str) -> Collection:
    """Ties the recognised enrolment to the account, or signs in to the account that has it. Raises Problem."""
    known = recognition_of(device)
    last_four = clean_last_four(last_four)
    key = f"last4:{lookup(known.code, 'code')}"
    check_pause(key)
    if not registry().last_four_fits(known.code, last_four):
        left = count_wrong(key)
        check_pause(key)
        raise Problem("last_four_wrong", left=left)
    resolved = registry().resolve(known.code)
    forget(key)
    with transaction.atomic():
        collection = _tied(device, known.code, resolved)
        Recognition.objects.filter(pk=known.pk).delete()
    return collection


def _tied(device: Device, code: str, resolved: Resolved) -> Collection:
    batch = _batch(resolved)
    if batch is None:
        raise Problem("code_other_school")
    enrolment = Enrolment.objects.filter(student_lookup=lookup(resolved.student, "student")).first()
    if enrolment is None:
        enrolment = _new_enrolment(code, resolved, batch)
    else:
        _renew_code(enrolment, code, resolved)
    found = Collection.objects.select_related("account", "batch").filter(enrolment=enrolment).first()
    if found is None:
        return _new_collection(device, enrolment, batch)
    if found.account_id != device.account_id:
        if device.account.collections.exists():
            raise Problem("code_taken")
        join(device, found.account)
    return found


def _new_enrolment(code: str, resolved: Resolved, batch: Batch) -> Enrolment:
    return Enrolment.objects.create(
        student_lookup=lookup(resolved.student, "student"),
        code_lookup=lookup(code, "code"),
        code=code,
        code_expires_at=resolved.expires_at,
        masked_name=resolved.masked_name,
        level=resolved.level,
        school=batch.school,
    )


def _renew_code(enrolment: Enrolment, code: str, resolved: Resolved) -> None:
    """A student may get a new code from the registry for the same enrolment."""
    enrolment.code, enrolment.code_lookup = code, lookup(code, "code")
    enrolment.code_expires_at = resolved.expires_at
    enrolment.save(update_fields=["code", "code_lookup", "code_expires_at"])


def _new_collection(device: Device, enrolment: Enrolment, batch: Batch) -> Collection:
    made = Collection.objects.create(
        account=device.account, enrolment=enrolment, batch=batch, moved_at=timezone.now()
    )
    write_event(f"student:{device.account_id}", "collection.bind", f"collection:{made.pk}")
    return made


def _batch(resolved: Resolved) -> Batch | None:
    """The batch of the code's school and month of graduation."""
    school = School.objects.filter(code=resolved.school_code).first()
    today = timezone.localdate()
    found = Batch.objects.select_related("school").filter(
        school=school, cohort=resolved.cohort, opens_on__lte=today
    )
    return found.first() if school else None
