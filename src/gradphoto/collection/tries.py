"""Limits on guessing: after five wrong tries a pause, and each further wrong try doubles it.

Counted in the database, so that every web process counts together; a key holds a hash, never the secret itself.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from gradphoto.collection.models import TryCounter
from gradphoto.lib.problems import Problem

FREE = 5
FIRST_PAUSE = dt.timedelta(minutes=1)
LONGEST_PAUSE = dt.timedelta(hours=24)
FORGET_AFTER = dt.timedelta(hours=24)


def check_pause(key: str) -> None:
    """Raises Problem `too_many_tries` while `key` is paused."""
    counter = TryCounter.objects.filter(key=key).first()
    if counter is not None and counter.blocked_until is not None and counter.blocked_until > timezone.now():
        raise Problem("too_many_tries", **_wait(counter.blocked_until - timezone.now()))


def count_wrong(key: str, free: int = FREE) -> int:
    """Counts one wrong try; how many are left before the next pause (0: paused now)."""
    now = timezone.now()
    with transaction.atomic():
        counter, _ = TryCounter.objects.select_for_update().get_or_create(key=key, defaults={"since": now})
        if now - max(counter.since, counter.blocked_until or counter.since) > FORGET_AFTER:
            counter.count, counter.since, counter.blocked_until = 0, now, None
        counter.count += 1
        left = free - counter.count
        if left <= 0:
            counter.blocked_until = now + min(FIRST_PAUSE * 2 ** min(-left, 12), LONGEST_PAUSE)
        counter.save()
    return max(left, 0)


def forget(key: str) -> None:
    """A right answer clears the count."""
    TryCounter.objects.filter(key=key).delete()


def _wait(left: dt.timedelta) -> dict[str, str]:
    seconds = int(left.total_seconds()) + 1
    if seconds < 120:
        return {"wait_zh": f"{seconds} 秒", "wait_en": f"{seconds} seconds"}
    minutes = -(-seconds // 60)
    if minutes < 120:
        return {"wait_zh": f"{minutes} 分钟", "wait_en": f"{minutes} minutes"}
    return {"wait_zh": f"{-(-minutes // 60)} 小时", "wait_en": f"{-(-minutes // 60)} hours"}
