"""Photos come in, in pieces over bad networks or in one, and are judged by the worker.

upload = start_upload(collection, length, hints)       one at a time: a new one replaces what was broken off
add_chunk(upload, offset, data)                        at exactly `upload.received`; the last one makes the Photo
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from gradphoto.audit.actions import write_event
from gradphoto.collection import vault
from gradphoto.collection.models import Collection, Photo, State, Upload
from gradphoto.jobs.queue import STUDENT_WAITS, offer
from gradphoto.lib.problems import Problem

OPEN_STATES = (State.VERIFIED, State.PAID, State.REJECTED)
MAX_A_DAY = {State.VERIFIED: 30, State.PAID: 100, State.REJECTED: 100}
SMALLEST_CHUNK = 64 * 1024
HINTS = ("from", "camera", "browser", "screen", "width", "height")


def start_upload(collection: Collection, length: int, hints: dict[str, Any] | None = None) -> Upload:
    """Asks for room for a photo of `length` bytes. Raises Problem."""
    _may_upload(collection)
    if length <= 0:
        raise Problem("photo_empty")
    if length > settings.MAX_PHOTO_BYTES:
        raise Problem("photo_too_large", megabytes=settings.MAX_PHOTO_BYTES // 1024 // 1024)
    for old in Upload.objects.filter(collection=collection, photo=None):
        drop_upload(old)
    return Upload.objects.create(collection=collection, length=length, device_hints=_hints(hints or {}))


def _hints(given: dict[str, Any]) -> dict[str, str]:
    return {name: str(given[name])[:60] for name in HINTS if given.get(name)}


def _may_upload(collection: Collection) -> None:
    if collection.state not in OPEN_STATES:
        raise Problem("move_not_possible")
    day = timezone.now() - dt.timedelta(hours=24)
    if collection.photos.filter(uploaded_at__gt=day).count() >= MAX_A_DAY[State(collection.state)]:
        raise Problem("too_many_requests", wait_zh="24 小时", wait_en="24 hours")


def add_chunk(upload: Upload, offset: int, data: bytes) -> Photo | None:
    """Takes the next piece; the photo once all are there. Raises Problem `upload_offset` with the right `offset`.

    Pieces but the last are at least 64 KiB, so that a photo can't be a million files.
    """
    if upload.photo_id is not None:
        return upload.photo
    last = upload.received + len(data) == upload.length
    if offset != upload.received or not data or upload.received + len(data) > upload.length:
        raise Problem("upload_offset", offset=upload.received)
    if not last and len(data) < SMALLEST_CHUNK:
        raise Problem("upload_offset", offset=upload.received)
    key = vault.put(data)
    taken = Upload.objects.filter(pk=upload.pk, received=offset).update(
        received=offset + len(data), chunks=[*upload.chunks, key]
    )
    if not taken:
        vault.delete(key)
        upload.refresh_from_db()
        raise Problem("upload_offset", offset=upload.received)
    upload.refresh_from_db()
    return _finish(upload) if last else None


def _finish(upload: Upload) -> Photo:
    data = b"".join(vault.get(key) for key in upload.chunks)
    photo = add_photo(upload.collection, data, upload.device_hints)
    chunks, upload.chunks, upload.photo = upload.chunks, [], photo
    upload.save(update_fields=["chunks", "photo"])
    for key in chunks:
        vault.delete(key)
    return photo


def drop_upload(upload: Upload) -> None:
    """Takes away what was broken off."""
    for key in upload.chunks:
        vault.delete(key)
    upload.delete()


def add_photo(collection: Collection, data: bytes, hints: dict[str, Any]) -> Photo:
    """Keeps the photo as it came and asks for its judgement."""
    _may_upload(collection)
    key = vault.put(data)
    with transaction.atomic():
        Collection.objects.select_for_update().get(pk=collection.pk)
        last = collection.photos.order_by("-number").values_list("number", flat=True).first() or 0
        photo = Photo.objects.create(
            collection=collection,
            number=last + 1,
            source_key=key,
            source_sha256=hashlib.sha256(data).hexdigest(),
            source_bytes=len(data),
            device_hints=_hints(hints),
        )
        write_event(
            f"student:{collection.account_id}", "photo.add", f"photo:{photo.pk}", sha256=photo.source_sha256
        )
        offer("judge", str(photo.pk), priority=STUDENT_WAITS)
    return photo
