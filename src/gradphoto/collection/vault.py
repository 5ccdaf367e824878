"""Pictures at rest: sealed, under random names, never overwritten. The storage is Django's (files, or S3 later)."""

from __future__ import annotations

import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from gradphoto.lib.crypto import seal, unseal


def put(data: bytes) -> str:
    """Stores `data` sealed; gives the key."""
    name = uuid.uuid4().hex
    key = f"{name[:2]}/{name}"
    stored = default_storage.save(key, ContentFile(seal(data, f"vault:{key}")))
    if stored != key:
        default_storage.delete(stored)
        raise RuntimeError("the storage gave another name than asked for")
    return key


def get(key: str) -> bytes:
    """What lies under `key`. Raises FileNotFoundError, Tampered."""
    with default_storage.open(key) as file:
        return unseal(file.read(), f"vault:{key}")


def delete(key: str) -> None:
    """Takes it away; nothing happens where it is gone already."""
    if key:
        default_storage.delete(key)
