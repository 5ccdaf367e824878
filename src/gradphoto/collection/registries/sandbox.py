"""The shipped registry's client: signed requests over HTTP, signed answers. The server: gradphoto.sandbox.registry."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import requests
from django.conf import settings

from gradphoto.collection.registries import Resolved
from gradphoto.lib.problems import Problem
from gradphoto.lib.signed_http import NotSigned, checked, signature_headers
from gradphoto.settings.secrets import secret

TIMEOUT = 5.0


class SandboxRegistry:
    """Speaks to `SANDBOX_URL/registry/`."""

    def resolve(self, code: str) -> Resolved:
        """See Registry."""
        told = self._ask("resolve", {"code": code})
        return Resolved(
            student=told["student"],
            masked_name=told["masked_name"],
            school_code=told["school_code"],
            school_name=told["school_name"],
            level=told["level"],
            cohort=told["cohort"],
            expires_at=dt.datetime.fromisoformat(told["expires_at"]),
        )

    def last_four_fits(self, code: str, last_four: str) -> bool:
        """See Registry."""
        return bool(self._ask("last-four", {"code": code, "last_four": last_four})["fits"])

    def _ask(self, verb: str, question: dict[str, str]) -> dict[str, Any]:
        key = secret(settings.DATA / "registry_key")
        body = json.dumps(question).encode()
        path = f"/registry/v1/{verb}"
        headers = {"Content-Type": "application/json"} | signature_headers(key, path, body)
        try:
            answer = requests.post(settings.SANDBOX_URL + path, data=body, headers=headers, timeout=TIMEOUT)
            told: dict[str, Any] = json.loads(checked(key, path, answer.headers, answer.content))
        except (requests.RequestException, NotSigned, ValueError):
            raise Problem("registry_down") from None
        if answer.status_code != 200:
            known = [code for code in ("code_wrong", "code_expired") if told.get("code") == code]
            raise Problem(known[0] if known else "registry_down")
        return told
