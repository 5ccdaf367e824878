"""Small parts: sealing, key rings, working days, the job queue, the health check."""

from __future__ import annotations

import base64
import datetime as dt
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from gradphoto.collection.actions.account import set_email
from gradphoto.jobs import queue
from gradphoto.jobs.models import Job, JobState
from gradphoto.jobs.worker import Worker
from gradphoto.lib.crypto import Tampered, lookup, seal, unseal
from gradphoto.lib.signed_http import NotSigned, checked, signature_headers
from gradphoto.lib.workdays import CHINA, after_workdays, is_workday
from gradphoto.messages.actions import write_to_support
from gradphoto.messages.models import SupportMessage
from gradphoto.messages.words import LIMITS, fields_cut
from gradphoto.settings.env import WrongSetting, setting, whole
from gradphoto.settings.secrets import key_ring, secret
from service_world import World


def test_sealed_values_open_in_their_context_only(settings: LazySettings) -> None:
    sealed = seal(b"secret", "a.b")
    assert unseal(sealed, "a.b") == b"secret"
    for wrong in (sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed[:9], b""):
        with pytest.raises(Tampered):
            unseal(wrong, "a.b")
    with pytest.raises(Tampered):
        unseal(sealed, "a.c")
    settings.SEAL_KEYS = {**settings.SEAL_KEYS, 2: b"k" * 32}
    assert seal(b"", "")[1] == 2
    assert unseal(sealed, "a.b") == b"secret"
    assert lookup("x", "code") != lookup("x", "student")


def test_key_ring(tmp_path: Path) -> None:
    key = base64.b64encode(b"k" * 32).decode()
    assert key_ring(f"1:{key}, 7:{key}", tmp_path) == {1: b"k" * 32, 7: b"k" * 32}
    for wrong in ("1", f"0:{key}", "1:AAAA", f"x:{key}"):
        with pytest.raises(WrongSetting):
            key_ring(wrong, tmp_path)
    assert secret(tmp_path / "s") == secret(tmp_path / "s")
    assert (tmp_path / "s").stat().st_mode & 0o077 == 0


def test_wrong_setting_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADPHOTO_REVIEW_LEASE", "soon")
    with pytest.raises(WrongSetting, match=r"GRADPHOTO_REVIEW_LEASE='soon'"):
        setting("GRADPHOTO_REVIEW_LEASE", whole, "300", "seconds that a case stays with its reviewer")


def test_working_days_count_make_up_days() -> None:
    # 2025: 28 September (Sunday) makes up for the October holidays, 1 to 8 October.
    assert is_workday(dt.date(2025, 9, 28))
    assert not is_workday(dt.date(2025, 10, 8))
    start = dt.datetime(2025, 9, 30, 23, 30, tzinfo=CHINA)
    assert after_workdays(start, 2) == dt.datetime(2025, 10, 10, 18, tzinfo=CHINA)


def test_signed_requests_fit_path_body_and_time(monkeypatch: pytest.MonkeyPatch) -> None:
    headers = signature_headers("key", "/a", b"body")
    assert checked("key", "/a", headers, b"body") == b"body"
    for key, path, body in (("other", "/a", b"body"), ("key", "/b", b"body"), ("key", "/a", b"bodY")):
        with pytest.raises(NotSigned):
            checked(key, path, headers, body)
    monkeypatch.setattr("time.time", lambda: float(headers["Gp-Time"]) + 301)
    with pytest.raises(NotSigned):
        checked("key", "/a", headers, b"body")


@pytest.mark.django_db
def test_a_killed_workers_job_is_offered_again() -> None:
    queue.offer("judge", "1")
    queue.offer("judge", "1")
    job = queue.claim("a")
    assert job is not None
    assert queue.claim("b") is None
    Job.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    again = queue.claim("b")
    assert again is not None
    queue.finish(job)  # the first worker wakes up: it holds no lease any more
    assert Job.objects.get().state == JobState.LEASED
    assert not queue.renew(job)
    queue.finish(again)
    assert Job.objects.get().state == JobState.DONE


@pytest.mark.django_db
def test_a_job_that_keeps_failing_is_given_up() -> None:
    queue.offer("judge", "1")
    for _ in range(queue.MOST_ATTEMPTS):
        Job.objects.update(due_at=timezone.now())
        job = queue.claim("a")
        assert job is not None
        queue.fail(job, "broken")
    assert (Job.objects.get().state, Job.objects.get().error) == (JobState.DEAD, "broken")


def test_template_fields_are_cut() -> None:
    cut = fields_cut({"thing1": "长" * 30, "phrase2": "审核通过"}, LIMITS)
    assert cut == {"thing1": {"value": "长" * 19 + "…"}, "phrase2": {"value": "审核通过"}}


@pytest.mark.django_db
def test_health(client: Client) -> None:
    assert client.get("/healthz").json() == {"ok": True}


def test_an_answer_of_support_is_told_by_mail_without_names(
    world: World, mailoutbox: list[EmailMessage]
) -> None:
    collection = world.collection()
    set_email(collection.account, "student@example.org")
    write_to_support(collection, "照片什么时候审核？")
    staff = User.objects.create(username="support", is_staff=True)
    write_to_support(collection, "明天之前。", staff)
    assert SupportMessage.objects.get(staff=None).read_at is not None
    while Worker().once():
        pass
    mail = mailoutbox[0]
    assert mail.to == ["student@example.org"]
    assert str(collection.pk) in mail.body
    assert collection.enrolment.masked_name not in mail.subject + str(mail.body)
