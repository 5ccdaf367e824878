"""Requests and answers between two servers that share a key: HMAC-SHA256 over path, time, nonce and body.

headers = signature_headers(key, path, body)
body = checked(key, path, headers, body)         raises NotSigned
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping

WINDOW_SECONDS = 300


class NotSigned(Exception):
    """No signature, a wrong one, or one that is too old."""


def _mac(key: str, path: str, at: str, nonce: str, body: bytes) -> str:
    text = b"\n".join((path.encode(), at.encode(), nonce.encode(), body))
    return hmac.new(key.encode(), text, hashlib.sha256).hexdigest()


def signature_headers(key: str, path: str, body: bytes) -> dict[str, str]:
    """Headers that sign `body` for `path`, now."""
    at, nonce = str(int(time.time())), secrets.token_hex(8)
    return {"Gp-Time": at, "Gp-Nonce": nonce, "Gp-Signature": _mac(key, path, at, nonce, body)}


def checked(key: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """The body, if it was signed with `key` for `path` in the last five minutes. Raises NotSigned."""
    at, nonce = headers.get("Gp-Time", ""), headers.get("Gp-Nonce", "")
    given = headers.get("Gp-Signature", "")
    if not at.isdigit() or abs(time.time() - int(at)) > WINDOW_SECONDS:
        raise NotSigned
    if not hmac.compare_digest(_mac(key, path, at, nonce, body).encode(), given.encode()):
        raise NotSigned
    return body
