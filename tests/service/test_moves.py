"""A collection moves as the table says and in no other way."""

from __future__ import annotations

import random

import pytest
from django.utils import timezone

from gradphoto.audit.actions import first_broken
from gradphoto.audit.models import Event as Written
from gradphoto.collection.models import Collection, State
from gradphoto.collection.moves import COLUMNS, GUARDS, OTHERS, Actor, move
from gradphoto.collection.transitions import MOVES, TABLE, Event, Who
from gradphoto.lib.problems import Problem
from service_world import World


def test_table_is_sound() -> None:
    assert len(MOVES) == len(TABLE)
    for row in TABLE:
        assert set(row.guards) <= set(GUARDS)
        assert all(e in COLUMNS or e in OTHERS or e.startswith("notify_") for e in row.effects)
    assert {row.next for row in TABLE} | {State.VERIFIED} == set(State)
    assert not [row for row in TABLE if row.state is State.ERASED]


@pytest.mark.parametrize("seed", range(12))
def test_random_events_follow_the_table(world: World, seed: int) -> None:
    draw = random.Random(seed)
    collection = world.collection(f"s{seed}")
    moved = 0
    for _ in range(120):
        event, who = draw.choice(list(Event)), draw.choice(list(Who))
        before, version = State(collection.state), collection.version
        row = MOVES.get((before, event))
        try:
            move(collection, event, Actor(who, f"{who}:test"))
        except Problem as problem:
            stored = Collection.objects.get(pk=collection.pk)
            assert (stored.state, stored.version) == (before, version)
            refused_by_guard = row is not None and who in row.who and "never_submitted" in row.guards
            assert problem.code == ("refund_not_possible" if refused_by_guard else "move_not_possible")
            continue
        moved += 1
        assert row is not None
        assert who in row.who
        assert (collection.state, collection.version) == (row.next, version + 1)
    assert (
        moved
        == Written.objects.filter(subject=f"collection:{collection.pk}")
        .exclude(action="collection.bind")
        .count()
    )
    assert first_broken() is None


def test_two_at_once_one_wins(world: World) -> None:
    collection = world.collection()
    other = Collection.objects.get(pk=collection.pk)
    move(collection, Event.PAY, Actor(Who.SYSTEM, "system"))
    with pytest.raises(Problem, match="moved_meanwhile"):
        move(other, Event.PAY, Actor(Who.SYSTEM, "system"))


def test_no_submission_after_the_deadline(world: World) -> None:
    collection = world.collection()
    move(collection, Event.PAY, Actor(Who.SYSTEM, "system"))
    world.batch.deadline = timezone.localdate().replace(year=2020)
    world.batch.save()
    late = Collection.objects.get(pk=collection.pk)
    with pytest.raises(Problem, match="batch_closed"):
        move(late, Event.SUBMIT, Actor(Who.STUDENT, "student:test"))
    late.extended_to = timezone.localdate()
    late.save()
    assert move(late, Event.SUBMIT, Actor(Who.STUDENT, "student:test")).state == State.SUBMITTED


def test_chain_shows_a_changed_event(world: World) -> None:
    world.collection()
    event = Written.objects.order_by("id").first()
    assert event is not None
    Written.objects.filter(pk=event.pk).update(actor="student:other")
    assert first_broken() == event.pk
