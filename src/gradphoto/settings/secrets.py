"""Secrets that nobody has set: made once, kept in the data folder, readable by its owner only."""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
from pathlib import Path

from gradphoto.settings.env import WrongSetting

KEY_BYTES = 32


def secret(file: Path) -> str:
    """The secret kept in `file`; made on first use. Two processes that start at once agree on one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        half = file.with_name(f"{file.name}.{os.getpid()}")
        half.touch(mode=0o600)
        half.write_text(secrets.token_urlsafe(48), encoding="ascii")
        with contextlib.suppress(FileExistsError):  # another process was first
            os.link(half, file)
        half.unlink()
    return file.read_text(encoding="ascii").strip()


def key_ring(text: str, data: Path) -> dict[int, bytes]:
    """Key ids (1 to 255) and 32-byte keys from `1:base64,2:base64`; the last one seals. Unset: one made key."""
    if not text:
        made = secret(data / "seal_key")
        return {1: base64.urlsafe_b64decode(made[:43] + "=")}
    ring: dict[int, bytes] = {}
    for part in text.split(","):
        number, _, key = part.strip().partition(":")
        try:
            ring[int(number)] = base64.b64decode(key, validate=True)
        except ValueError:
            raise WrongSetting("GRADPHOTO_KEYS: each key is written id:base64") from None
    if any(len(key) != KEY_BYTES or not 0 < number < 256 for number, key in ring.items()):
        raise WrongSetting("GRADPHOTO_KEYS: ids are 1 to 255, keys 32 bytes in base64")
    return ring
