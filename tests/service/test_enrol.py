"""From code to collection, against a registry that signs and encrypts."""

from __future__ import annotations

import datetime as dt
import io

import pytest
import segno
from django.conf import LazySettings
from django.utils import timezone

from gradphoto.collection.actions.account import consent, device_of, join, sign_out
from gradphoto.collection.actions.enrol import bind, clean_last_four, code_in_picture, recognise
from gradphoto.collection.models import Account, Collection, Device, Enrolment, TryCounter
from gradphoto.lib.problems import PROBLEMS, Problem
from gradphoto.messages.models import Notice
from pictures import jpeg, sample
from service_world import World


def test_without_consent_nothing_is_stored(world: World) -> None:
    with pytest.raises(Problem, match="no_consent"):
        consent(purpose=True, face=False, label="")
    assert not Account.objects.exists()


def test_code_and_last_four_make_a_collection(world: World) -> None:
    device = world.device()
    known = recognise(device, world.code())
    assert (known.masked_name, known.school_name) == ("林**", "示范大学")
    collection = bind(device, "002x")
    assert collection.batch == world.batch
    assert (
        bytes(Enrolment.objects.extra(select={"raw": "code"}).values_list("raw", flat=True)[0]).find(b"GPR1")
        < 0
    )


@pytest.mark.parametrize(
    ("code", "problem"),
    [("GPR1.AAAA", "code_wrong"), ("", "code_wrong"), ("你好", "code_wrong"), ("x" * 5000, "code_wrong")],
)
def test_no_code(world: World, code: str, problem: str) -> None:
    with pytest.raises(Problem, match=problem):
        recognise(world.device(), code)


def test_expired_and_other_school(world: World) -> None:
    with pytest.raises(Problem, match="code_expired"):
        recognise(world.device(), world.code(days=-1))
    with pytest.raises(Problem, match="code_other_school"):
        recognise(world.device(), world.code(school="99999"))


def test_registry_away(world: World, settings: LazySettings) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    with pytest.raises(Problem, match="registry_down"):
        recognise(world.device(), world.code())
    assert not TryCounter.objects.exists()


def test_five_tries_then_growing_pauses(world: World) -> None:
    device = world.device()
    recognise(device, world.code())
    for left in (4, 3, 2, 1):
        with pytest.raises(Problem) as found:
            bind(device, "1111")
        assert (found.value.code, found.value.facts["left"]) == ("last_four_wrong", left)
    with pytest.raises(Problem, match="too_many_tries"):
        bind(device, "1111")
    with pytest.raises(Problem, match="too_many_tries"):
        bind(device, "002X")
    pauses = []
    for _ in range(3):
        counter = TryCounter.objects.get()
        counter.blocked_until = timezone.now() - dt.timedelta(seconds=1)
        counter.save()
        with pytest.raises(Problem, match="too_many_tries"):
            bind(device, "1111")
        blocked = TryCounter.objects.get().blocked_until
        assert blocked is not None
        pauses.append(round((blocked - timezone.now()).total_seconds() / 60))
    assert pauses == [2, 4, 8]
    TryCounter.objects.update(blocked_until=timezone.now())
    assert bind(device, "002X").account == device.account


@pytest.mark.parametrize(
    ("typed", "clean"), [("002x", "002X"), ("45（6）", None), ("12(3)4", "1234"), (" 1 2 3 4", "1234")]
)
def test_last_four(typed: str, clean: str | None) -> None:
    if clean is None:
        with pytest.raises(Problem, match="last_four_form"):
            clean_last_four(typed)
    else:
        assert clean_last_four(typed) == clean


def test_another_device_signs_in_to_the_same_account(world: World) -> None:
    first = world.collection()
    again = world.device()
    recognise(again, world.code())
    assert bind(again, "002X") == first
    assert Device.objects.get(pk=again.pk).account == first.account
    assert Account.objects.count() == 1
    assert Notice.objects.filter(account=first.account, kind="new_device").exists()


def test_code_of_somebody_else_is_not_taken_over(world: World) -> None:
    mine = world.collection("1")
    device = mine.account.devices.get()
    world.collection("2")
    recognise(device, world.code("2"))
    with pytest.raises(Problem, match="code_taken"):
        bind(device, "002X")
    assert Collection.objects.filter(account=mine.account).count() == 1


def test_at_most_three_devices(world: World) -> None:
    account = world.collection().account
    for _ in range(4):
        join(world.device(), account)
    assert account.devices.filter(signed_out_at=None).count() == 3


def test_signing_out_ends_the_token(world: World) -> None:
    device, token = consent(purpose=True, face=True, label="phone")
    found = device_of(token)
    assert found is not None
    assert found.pk == device.pk
    sign_out(device)
    assert device_of(token) is None


def test_every_problem_has_words_and_a_next_step() -> None:
    facts = {"left": 1, "wait_zh": "", "wait_en": "", "missing_zh": "", "missing_en": "", "megabytes": 30}
    for code in PROBLEMS:
        assert all(Problem(code, **facts).as_dict().values()), code


def test_code_in_a_screenshot(world: World) -> None:
    code = world.code()
    picture = io.BytesIO()
    segno.make(code).save(picture, kind="png", scale=4)
    assert code_in_picture(picture.getvalue()) == code
    for wrong in (b"", b"%PDF", jpeg(sample())):
        with pytest.raises(Problem, match="code_unreadable"):
            code_in_picture(wrong)
