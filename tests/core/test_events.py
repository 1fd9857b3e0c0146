"""Facts are written with what made them true, told to those who may hear, felt once."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from kesher.core import events
from kesher.core.access import SYSTEM
from kesher.core.events import ATTEMPTS, Event, announce, deliver_due, may_hear, on
from kesher.core.models import Delivery, EventRecord
from kesher.customers.models import Tag
from kesher.engagement.models import Touch

pytestmark = pytest.mark.django_db
NOW = timezone.now() + timedelta(hours=12)  # past whatever a long run takes


@dataclass(frozen=True, kw_only=True)
class LampLit(Event):
    lamp_id: int


@pytest.fixture
def reactions(monkeypatch):
    """A registry of this test alone, with two reactions: one works, one fails when told to."""
    monkeypatch.setattr(events, "_reactions", events.defaultdict(dict))
    monkeypatch.setattr(events, "_types", {})
    felt = {"warm": [], "fails": True}

    @on(LampLit)
    def break_down(event: LampLit) -> None:
        Tag.objects.create(name=f"half done {event.lamp_id}")
        if felt["fails"]:
            raise ValueError("no bulb")

    @on(LampLit)
    def warm_the_room(event: LampLit) -> None:
        felt["warm"].append(event.lamp_id)

    return felt


def settle(now=NOW):
    for _turn in range(20):  # far more than it takes
        if not deliver_due(now=now):
            return
    raise AssertionError("there is no end to delivering")


def test_a_fact_that_was_rolled_back_was_never_true(reactions):
    with pytest.raises(RuntimeError), transaction.atomic():
        announce(LampLit(lamp_id=1), by=SYSTEM)
        raise RuntimeError
    settle()

    assert (EventRecord.objects.count(), reactions["warm"]) == (0, [])


def test_a_failing_reaction_does_not_stop_the_next_and_leaves_nothing_half_done(reactions):
    announce(LampLit(lamp_id=1), by=SYSTEM)
    settle()

    assert reactions["warm"] == [1]
    assert not Tag.objects.exists()
    waiting = Delivery.objects.get(state=Delivery.State.WAITING)
    assert (waiting.attempts, "no bulb" in waiting.error) == (1, True)


def test_a_failed_reaction_is_tried_alone_until_it_works(reactions):
    announce(LampLit(lamp_id=1), by=SYSTEM)
    settle()
    reactions["fails"] = False
    settle(NOW + timedelta(hours=1))

    assert reactions["warm"] == [1]
    assert Tag.objects.get().name == "half done 1"
    assert not Delivery.objects.exclude(state=Delivery.State.DONE).exists()


def test_a_reaction_that_never_works_is_given_up(reactions):
    announce(LampLit(lamp_id=1), by=SYSTEM)
    for hours in range(ATTEMPTS + 2):
        settle(NOW + timedelta(hours=hours))

    failed = Delivery.objects.get(state=Delivery.State.FAILED)
    assert failed.attempts == ATTEMPTS


def test_a_fact_delivered_twice_is_felt_once(reactions):
    announce(LampLit(lamp_id=1), by=SYSTEM)
    settle()
    settle()

    assert reactions["warm"] == [1]


def heard(clinic, record):
    return {name for name in clinic.members if may_hear(clinic.actor(name), record)}


def test_those_hear_of_a_customer_who_may_see_him(clinic):
    noa = announce(LampLit(lamp_id=1), by=SYSTEM, about=clinic.customers["noa"])
    yosef = announce(LampLit(lamp_id=1), by=SYSTEM, about=clinic.customers["yosef"])

    assert heard(clinic, noa) == {"owner", "manager", "receptionist", "dentist"}
    assert heard(clinic, yosef) == {"owner", "manager", "receptionist", "dentist", "eilat", "agent"}


def test_those_hear_of_a_classified_note_who_are_cleared(clinic):
    touch = Touch(customer=clinic.customers["noa"], classification="health", pk=1, happened_at=NOW)
    record = announce(LampLit(lamp_id=1), by=SYSTEM, about=touch)

    assert heard(clinic, record) == {"owner", "dentist"}


def test_an_owner_hears_of_touches_of_his_customer_and_of_no_other(clinic):
    for name, expected in (("yosef", True), ("noa", False)):
        touch = Touch(customer=clinic.customers[name], pk=1, happened_at=NOW)
        record = announce(LampLit(lamp_id=1), by=SYSTEM, about=touch)
        assert may_hear(clinic.actor("agent"), record) is expected
