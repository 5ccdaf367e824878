"""Encryption at rest: AES-256-GCM with key ids, and keyed hashes to look a secret up by.

    sealed = seal(b"...", "address")         1 byte format, 1 byte key id, 12 bytes nonce, ciphertext, 16 bytes tag
    unseal(sealed, "address")                Raises Tampered where text, key or context don't fit
    lookup("secret", "code")                 hex HMAC-SHA256: equal secrets, equal values; nothing to read back

`context` is bound in as associated data, so that a sealed value can't be moved from one column to another.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

FORMAT = 1
NONCE_BYTES = 12


class Tampered(Exception):
    """A sealed value that can't be opened: altered, cut, for another context, or its key is gone."""


def seal(plain: bytes, context: str) -> bytes:
    """Encrypts with the newest key."""
    number = list(settings.SEAL_KEYS)[-1]
    nonce = os.urandom(NONCE_BYTES)
    text = AESGCM(settings.SEAL_KEYS[number]).encrypt(nonce, plain, context.encode())
    return bytes((FORMAT, number)) + nonce + text


def unseal(sealed: bytes, context: str) -> bytes:
    """Decrypts with the key that sealed it. Raises Tampered."""
    if len(sealed) < 2 + NONCE_BYTES or sealed[0] != FORMAT or sealed[1] not in settings.SEAL_KEYS:
        raise Tampered
    key, nonce, text = settings.SEAL_KEYS[sealed[1]], sealed[2 : 2 + NONCE_BYTES], sealed[2 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, text, context.encode())
    except InvalidTag:
        raise Tampered from None


def lookup(value: str, purpose: str) -> str:
    """A keyed hash of `value`, 64 hex digits."""
    return hmac.new(settings.LOOKUP_KEY.encode(), f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()
