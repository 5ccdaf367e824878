"""The service's test world: one school with an open batch, a registry that really answers, a student."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from gradphoto.collection.actions.account import consent
from gradphoto.collection.actions.enrol import bind, recognise
from gradphoto.collection.models import Batch, Collection, Device
from gradphoto.people.models import School, TeachingPoint
from gradphoto.sandbox.registry import Holder, Registry
from gradphoto.settings.secrets import secret


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def registry_server() -> Iterator[tuple[Registry, str]]:
    registry = Registry("the registry's own", secret(django_settings.DATA / "registry_key"))
    server = make_server("127.0.0.1", 0, registry, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield registry, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@dataclass
class World:
    """What tests need most."""

    registry: Registry
    school: School
    batch: Batch
    point: TeachingPoint

    def code(self, student: str = "1", last_four: str = "002X", days: int = 30, school: str = "10001") -> str:
        expires = timezone.now() + dt.timedelta(days=days)
        holder = Holder(
            student, "林**", school, "示范大学", "成人本科", "2027-01", last_four, expires.isoformat()
        )
        return self.registry.issue(holder)

    def device(self) -> Device:
        return consent(purpose=True, face=True, label="test")[0]

    def collection(self, student: str = "1") -> Collection:
        device = self.device()
        recognise(device, self.code(student))
        return bind(device, "002x")


@pytest.fixture
def world(db: None, settings: object, registry_server: tuple[Registry, str], tmp_path: object) -> World:
    registry, address = registry_server
    settings.SANDBOX_URL = address  # type: ignore[attr-defined]
    settings.STORAGES = {  # type: ignore[attr-defined]
        **django_settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    today = timezone.localdate()
    school = School.objects.create(code="10001", name="示范大学")
    batch = Batch.objects.create(
        school=school, name="2027 届冬", cohort="2027-01", feature_code="DEMO01", levels=["成人本科"],
        opens_on=today - dt.timedelta(days=5), deadline=today + dt.timedelta(days=30),
    )  # fmt: skip
    point = TeachingPoint.objects.create(school=school, name="第一教学点")
    return World(registry, school, batch, point)
