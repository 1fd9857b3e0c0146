from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kesher.core.access import SYSTEM, AccessDenied, visible
from kesher.core.events import may_hear
from kesher.core.models import Change, EventRecord
from kesher.engagement.commands.touching import (
    ChoiceUnknown,
    MomentImpossible,
    NewTouch,
    NothingSaid,
    NotYetHappened,
    TooMuchSaid,
    record_touches,
    undo_touches,
)
from kesher.engagement.models import CustomerPulse, Touch
from kesher.engagement.writing import NotCleared
from tests.engagement.conftest import NOW

pytestmark = pytest.mark.django_db


def pulse(clinic, name):
    row = CustomerPulse.objects.get(customer=clinic.customers[name])
    return row.last_touch_at, row.last_channel, row.open_complaints


def test_writes_down_who_said_what_and_when(clinic, noted):
    touch = noted(channel="call", text="Asked for\x00 a quote\u202e", outcome="answered")

    kept = Touch.objects.get(pk=touch.pk)
    assert (kept.text, kept.folded, kept.direction) == (
        "Asked for a quote",
        "asked for a quote",
        "out",
    )
    assert kept.member == clinic.members["receptionist"]
    assert kept.branch == clinic.haifa


@pytest.mark.parametrize(
    ("channel", "direction"),
    [("note", "internal"), ("call", "out"), ("visit", "in"), ("form", "in"), ("email", "out")],
)
def test_a_channel_has_its_usual_direction(noted, channel, direction):
    assert noted(channel=channel).direction == direction


def test_the_pulse_tells_of_the_last_contact_in_whatever_order_it_was_recorded(clinic, noted):
    late = noted(channel="call", ago=timedelta(days=2))
    noted(channel="email", ago=timedelta(days=9))
    noted(channel="note", ago=timedelta(hours=1))

    assert pulse(clinic, "noa") == (late.happened_at, "call", 0)


def test_complaints_are_counted(clinic, noted):
    noted(severity=3)
    noted(severity=1)

    assert pulse(clinic, "noa")[2] == 2


def test_many_at_once_are_one_batch_one_pulse_and_one_fact(clinic):
    names = ["noa", "yosef", "orchard"]
    touches = [
        NewTouch(
            customer=clinic.customers[names[n % 3]], channel="call", text=f"Call {n}",
            happened_at=NOW - timedelta(hours=n + 1),
        )
        for n in range(30)
    ]  # fmt: skip

    rows = record_touches(by=SYSTEM, touches=touches, now=NOW, batch="import-1")

    assert len({row.pk for row in rows}) == 30
    assert Change.objects.filter(batch="import-1").count() == 30
    assert pulse(clinic, "yosef") == (NOW - timedelta(hours=2), "call", 0)
    facts = EventRecord.objects.filter(name__startswith="engagement.").values_list(
        "name", flat=True
    )
    assert list(facts) == ["engagement.TouchesImported"]


def test_ten_times_as_many_cost_far_less_than_ten_times(clinic):
    def queries(count):
        touches = [
            NewTouch(customer=clinic.customers["noa"], channel="call", happened_at=NOW)
            for _n in range(count)
        ]
        with CaptureQueriesContext(connection) as asked:
            record_touches(by=SYSTEM, touches=touches, now=NOW)
        return len(asked)

    assert queries(30) <= 12
    assert queries(300) <= 30


def test_undo_takes_back_what_one_recorded_together(clinic, noted):
    kept = noted(channel="call", ago=timedelta(days=5))
    manager = clinic.actor("manager")
    new = NewTouch(customer=clinic.customers["noa"], channel="visit", happened_at=NOW)
    record_touches(by=manager, touches=[new, new], now=NOW, batch="b")

    assert undo_touches(by=clinic.actor("owner"), batch="b", now=NOW) == 0
    assert undo_touches(by=manager, batch="b", now=NOW) == 2
    assert undo_touches(by=manager, batch="", now=NOW) == 0
    assert pulse(clinic, "noa") == (kept.happened_at, "call", 0)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"text": " \n\x00"}, NothingSaid),
        ({"text": "x" * 20_001}, TooMuchSaid),
        ({"ago": timedelta(hours=-1)}, NotYetHappened),
        ({"ago": timedelta(days=366 * 200)}, MomentImpossible),
        ({"channel": "pigeon"}, ChoiceUnknown),
        ({"direction": "sideways"}, ChoiceUnknown),
        ({"severity": 9}, ChoiceUnknown),
        ({"classification": "health"}, NotCleared),
        ({"classification": "no-such"}, NotCleared),
    ],
)
def test_refuses(noted, said, refusal):
    with pytest.raises(refusal):
        noted(**said)

    assert Touch.objects.count() == 0
    assert EventRecord.objects.filter(name="engagement.TouchRecorded").count() == 0


def test_a_clock_that_runs_ahead_a_little_is_forgiven(noted):
    assert noted(ago=-timedelta(minutes=9)).pk


def test_a_walk_in_needs_no_words(noted):
    assert noted(channel="visit", text="").text == ""


def test_nobody_writes_about_a_customer_out_of_sight(noted):
    with pytest.raises(AccessDenied):
        noted(by="receptionist", customer="eleni")
    with pytest.raises(AccessDenied):
        noted(by="leaver")


def test_what_is_kept_more_closely_is_hidden_from_those_not_cleared(clinic, noted):
    noted(by="dentist", channel="visit", classification="health", severity=2, text="Bruxism")
    known = noted(channel="call", ago=timedelta(days=3))

    assert list(visible(clinic.actor("receptionist"), Touch)) == [known]
    assert pulse(clinic, "noa") == (known.happened_at, "call", 0)
    fact = EventRecord.objects.filter(name="engagement.TouchRecorded").earliest("pk")
    assert fact.classification == "health"
    assert may_hear(clinic.actor("dentist"), fact)
    assert not may_hear(clinic.actor("receptionist"), fact)


def test_the_customers_page_hears_of_it(clinic, noted):
    noted()

    fact = EventRecord.objects.get(name="engagement.TouchRecorded")
    assert (fact.kind, fact.record_id) == ("customers.customer", clinic.customers["noa"].pk)
    assert may_hear(clinic.actor("receptionist"), fact)
    assert not may_hear(clinic.actor("eilat"), fact)
