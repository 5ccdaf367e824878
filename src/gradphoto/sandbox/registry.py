"""A registry of its own (CHSI-like), for trying out: issues codes that only it can read, answers signed questions.

    POST /registry/v1/resolve      {"code"}                  -> what the code stands for, names masked
    POST /registry/v1/last-four    {"code", "last_four"}     -> {"fits": true or false}

A code's payload is sealed with the registry's own key (AES-256-GCM), so nobody else can read or forge one. People in it
are invented. Requests and answers are signed with the key that collector and registry share.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gradphoto.lib.signed_http import NotSigned, checked, signature_headers

PREFIX = "GPR1."
NONCE_BYTES = 12
LARGEST = 16 * 1024
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


@dataclass(frozen=True)
class Holder:
    """What a code holds. `last_four` never leaves the registry."""

    student: str
    masked_name: str
    school_code: str
    school_name: str
    level: str
    cohort: str
    last_four: str
    expires_at: str


class CodeRefused(Exception):
    """`code_wrong` or `code_expired`."""


class Registry:
    """The registry: a WSGI application, and `issue` for who hands out codes."""

    def __init__(self, own_key: str, shared_key: str) -> None:
        self.cipher = AESGCM(hashlib.sha256(own_key.encode()).digest())
        self.shared_key = shared_key

    def issue(self, holder: Holder) -> str:
        """A code: text for a QR picture."""
        nonce = os.urandom(NONCE_BYTES)
        text = self.cipher.encrypt(
            nonce, json.dumps(asdict(holder), ensure_ascii=False).encode(), PREFIX.encode()
        )
        return PREFIX + base64.urlsafe_b64encode(nonce + text).decode()

    def read(self, code: str) -> Holder:
        """What the code holds. Raises CodeRefused."""
        try:
            raw = base64.urlsafe_b64decode(code.removeprefix(PREFIX).encode())
            plain = self.cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], PREFIX.encode())
        except (ValueError, InvalidTag):
            raise CodeRefused("code_wrong") from None
        holder = Holder(**json.loads(plain))
        if dt.datetime.fromisoformat(holder.expires_at) < dt.datetime.now(dt.UTC):
            raise CodeRefused("code_expired")
        return holder

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """WSGI."""
        path = environ["PATH_INFO"]
        status, told = self._answer(path, environ)
        body = json.dumps(told, ensure_ascii=False).encode()
        signed = signature_headers(self.shared_key, path, body)
        start_response(status, [("Content-Type", "application/json"), *signed.items()])
        return [body]

    def _answer(self, path: str, environ: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        verbs = {"/registry/v1/resolve": self._resolve, "/registry/v1/last-four": self._last_four}
        if path not in verbs or environ["REQUEST_METHOD"] != "POST":
            return "404 Not Found", {"code": "not_found"}
        try:
            question = json.loads(checked(self.shared_key, path, *_request(environ)))
            return "200 OK", verbs[path](question)
        except NotSigned:
            return "401 Unauthorized", {"code": "not_signed"}
        except CodeRefused as refused:
            return "422 Unprocessable Entity", {"code": str(refused)}
        except (ValueError, KeyError, TypeError, AttributeError):
            return "400 Bad Request", {"code": "malformed"}

    def _resolve(self, question: dict[str, str]) -> dict[str, Any]:
        told = asdict(self.read(question["code"]))
        del told["last_four"]
        return told

    def _last_four(self, question: dict[str, str]) -> dict[str, Any]:
        return {"fits": self.read(question["code"]).last_four == question["last_four"]}


def _request(environ: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    """The signature's headers, and the body."""
    names = ("Gp-Time", "Gp-Nonce", "Gp-Signature")
    headers = {name: environ.get(f"HTTP_{name.upper().replace('-', '_')}", "") for name in names}
    length = min(int(environ.get("CONTENT_LENGTH") or 0), LARGEST)
    return headers, environ["wsgi.input"].read(length)
