"""Puts the student's signed-in device and account on the request: `request.device`, `request.account` (or None)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from gradphoto.collection.actions.account import device_of

COOKIE = "gp_device"
AGE_SECONDS = 180 * 24 * 3600


class DeviceMiddleware:
    """Looks the cookie's token up when a view first asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Adds `device`."""
        token = request.COOKIES.get(COOKIE, "")
        device: Any = SimpleLazyObject(lambda: device_of(token)) if token else None
        request.device = device  # type: ignore[attr-defined]
        return self.get_response(request)


def keep_token(response: HttpResponse, token: str) -> None:
    """Signs this browser in."""
    response.set_cookie(COOKIE, token, AGE_SECONDS, secure=settings.SECURE, httponly=True, samesite="Lax")


def forget_token(response: HttpResponse) -> None:
    """Signs it out."""
    response.delete_cookie(COOKIE, samesite="Lax")
