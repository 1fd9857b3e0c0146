from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kesher.billing.commands.recording import NewPurchase, record_purchases
from kesher.core.access import SYSTEM, Actor
from kesher.core.models import Change
from kesher.core.timeline import Place, PlaceUnreadable, counts, kinds, stretch, upcoming
from kesher.customers.models import Customer
from kesher.engagement.commands.tasks import NewTask, finish_task, plan_task
from kesher.engagement.commands.touching import NewTouch, bin_touch, record_touches
from kesher.engagement.models import Message

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def noa(clinic):
    return clinic.customers["noa"]


@pytest.fixture
def touched(noa):
    def record(*touches):
        rows = [
            NewTouch(customer=noa, channel=channel, text=text, happened_at=NOW - timedelta(hours=ago), **more)
            for channel, text, ago, more in touches
        ]  # fmt: skip
        return record_touches(by=SYSTEM, touches=rows, now=NOW)

    return record


def bought(customer, *days):
    lines = [
        NewPurchase(customer_id=customer.pk, bought_on=day, amount=Decimal(100)) for day in days
    ]
    record_purchases(by=SYSTEM, purchases=lines)


def told(entries):
    return [(entry.place.source, entry.place.pk) for entry in entries]


def walk(actor, subject, size, **asked):
    """All entries, page after page."""
    entries, after = [], None
    for _page in range(60):
        page = stretch(actor, subject, after=after, size=size, **asked)
        entries += page.entries
        if not page.after:
            return entries
        after = Place.read(page.after)
    raise AssertionError("the stream has no end")


def test_merges_what_all_parts_tell_the_latest_first(clinic, noa, touched):
    call, note = touched(("call", "Rang", 2, {}), ("note", "Likes tea", 30, {}))
    task = plan_task(by=SYSTEM, task=NewTask(title="Send the plan", customer=noa))
    finish_task(by=clinic.actor("receptionist"), task=task, now=NOW - timedelta(hours=5))
    bought(noa, NOW.date() - timedelta(days=3))

    entries = [one for one in stretch(clinic.actor("owner"), noa).entries if one.kind != "change"]

    assert [entry.kind for entry in entries] == ["call", "task", "note", "money"]
    assert told(entries[:3]) == [("touch", call.pk), ("task", task.pk), ("touch", note.pk)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_pages_of_any_size_hold_everything_once_and_in_order(clinic, noa, touched, size):
    """Ties of one moment included: a midnight touch, a purchase of that day, two of one second."""
    midnight = (NOW - timedelta(days=2)).replace(hour=22, minute=0)  # midnight in Jerusalem
    hours = (NOW - midnight).total_seconds() / 3600
    touched(
        ("call", "a", hours, {}), ("call", "b", hours, {}), ("email", "c", 1, {}),
        ("visit", "d", hours - 0.5, {}), ("note", "e", 500, {}),
    )  # fmt: skip
    bought(noa, *[date(2026, 11, 22)] * 3, date(2026, 11, 21), date(2026, 11, 23))
    Change.objects.bulk_create(  # one statement: all at one moment of the database's clock
        Change(
            kind="customers.customer", record_id=noa.pk, version=n, actor="Dana",
            before={"city": f"{n}"}, after={"city": f"{n + 1}"},
        )
        for n in range(2, 6)
    )  # fmt: skip
    owner = clinic.actor("owner")

    whole = stretch(owner, noa, size=100).entries
    paged = walk(owner, noa, size)

    assert len(whole) == 15  # with the entry that the customer was added
    assert told(paged) == told(whole)
    places = [entry.place for entry in whole]
    assert places == sorted(places, reverse=True)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_what_the_database_dated_to_one_millisecond_comes_once(clinic, noa, size):
    """Two tables whose moments the database wrote, and a touch of that very moment."""
    at = "2026-11-20 08:00:00.123"
    Message.objects.bulk_create(
        Message(key=f"{n}", template="t", language="en", text="x", customer=noa, not_before=NOW)
        for n in range(2)
    )
    for n in range(2):
        Change.objects.create(
            kind="customers.customer", record_id=noa.pk, version=n + 2, actor="Dana",
            before={"city": "a"}, after={"city": "b"},
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("UPDATE engagement_message SET created_at = %s", [at])
        cursor.execute("UPDATE core_change SET happened_at = %s WHERE version > 1", [at])
    moment = datetime(2026, 11, 20, 8, 0, 0, 123000, tzinfo=UTC)
    new = NewTouch(customer=noa, channel="call", happened_at=moment)
    record_touches(by=SYSTEM, touches=[new], now=NOW)
    owner = clinic.actor("owner")

    whole = told(stretch(owner, noa, size=100).entries)

    assert told(walk(owner, noa, size)) == whole
    assert len(whole) == len(set(whole)) == 6


def test_one_kind_alone_and_a_search_within(clinic, noa, touched):
    call, mail, sms, note = touched(
        ("call", "Crown of tooth 26", 1, {}), ("email", "Χρώμα Άσπρο", 2, {}),
        ("sms", "crown?", 3, {}), ("note", "נועה רוצה כתר", 4, {}),
    )  # fmt: skip
    actor = clinic.actor("receptionist")

    def found(**asked):
        return [pk for _source, pk in told(stretch(actor, noa, **asked).entries)]

    assert found(kind="message") == [mail.pk, sms.pk]
    assert found(kind="call") == [call.pk]
    assert found(text="CROWN") == [call.pk, sms.pk]
    assert found(text="ασπρο χρωμα") == [mail.pk]
    assert found(text="כתר") == [note.pk]
    assert found(text="crown", kind="message") == [sms.pk]
    assert found(text="100%") == []
    assert found(kind="no-such") == []


def test_what_the_reader_is_not_cleared_for_is_neither_shown_counted_nor_found(
    clinic, noa, touched
):
    secret, *_rest = touched(
        ("visit", "Bruxism canary", 1, {"classification": "health"}), ("visit", "Checked", 2, {})
    )
    bought(noa, NOW.date())
    desk, dentist, owner = (clinic.actor(n) for n in ("receptionist", "dentist", "owner"))

    assert ("touch", secret.pk) in told(stretch(dentist, noa).entries)
    assert ("touch", secret.pk) not in told(stretch(desk, noa).entries)
    assert stretch(desk, noa, text="canary").entries == []
    assert counts(dentist, noa)["visit"] == 2
    assert counts(desk, noa)["visit"] == 1
    assert counts(desk, noa)["money"] == 0
    assert counts(owner, noa)["money"] == 1
    assert stretch(desk, noa, kind="money").entries == []


def test_what_kesher_wrote_is_told_to_those_who_may_reach_the_customer(clinic, noa):
    letter = Message.objects.create(
        key="k", template="reminder", language="he", address="canary@example.test",
        subject="Your visit", text="Tomorrow at ten", customer=noa, not_before=NOW, state="sent",
    )  # fmt: skip
    desk, nobody = clinic.actor("receptionist"), Actor(
        label="Somebody", member_id=1, grants=dict(clinic.actor("receptionist").grants),
        branches=clinic.actor("receptionist").branches,
    )  # fmt: skip

    assert told(stretch(desk, noa, kind="message").entries) == [("message", letter.pk)]
    assert told(stretch(desk, noa, text="tomorrow").entries) == [("message", letter.pk)]
    assert counts(desk, noa)["message"] == 1
    assert stretch(nobody, noa, text="tomorrow").entries == []
    assert counts(nobody, noa).get("message", 0) == 0


def test_binned_touches_are_gone(clinic, noa, touched):
    (call,) = touched(("call", "Wrong number", 1, {}))
    bin_touch(by=clinic.actor("owner"), touch=call, now=NOW)

    assert stretch(clinic.actor("owner"), noa, kind="call").entries == []
    assert counts(clinic.actor("owner"), noa).get("call", 0) == 0


def test_out_of_sight_there_is_nothing(clinic, noa, touched):
    touched(("call", "Rang", 1, {}))
    eilat = clinic.actor("eilat")

    assert [e for e in stretch(eilat, noa).entries if e.place.source != "change"] == []
    assert counts(eilat, noa).get("call", 0) == 0


def test_changes_are_told_in_words_each_field_to_those_who_may_read_it(clinic, noa):
    Change.objects.create(
        kind="customers.customer", record_id=noa.pk, version=2, actor="Dana", actor_id=1,
        before={"owner_id": None, "birth_on": None, "sort_name": "a"},
        after={"owner_id": clinic.members["agent"].pk, "birth_on": "1984-05-06", "sort_name": "b"},
    )  # fmt: skip
    Change.objects.create(
        kind="customers.customer", record_id=noa.pk, version=3, actor="Dana", actor_id=1,
        before={"birth_on": "1984-05-06"}, after={"birth_on": "1985-05-06"},
    )  # fmt: skip

    def edits(name):
        entries = stretch(clinic.actor(name), noa, kind="change").entries
        return [
            [(one.name, one.before, one.after) for one in entry.record.fields]
            for entry in entries
            if not entry.record.is_first
        ]

    owner = ("owner", "", "Agent Cohen")
    assert edits("receptionist") == [
        [("birth_on", date(1984, 5, 6), date(1985, 5, 6))],
        [("birth_on", "", date(1984, 5, 6)), owner],
    ]
    assert edits("agent") == [[owner]]
    assert counts(clinic.actor("agent"), noa)["change"] == 2
    assert counts(clinic.actor("receptionist"), noa)["change"] == 3


def test_what_is_to_come_stands_apart_the_next_first(clinic, noa):
    today = NOW.date()
    tasks = [
        plan_task(
            by=clinic.actor("receptionist"),
            task=NewTask(
                title=f"{days}", customer=noa, due_on=days and today + timedelta(days=days)
            ),
        )
        for days in (9, None, 2, -1)
    ]
    late, soon, far, some_day = (tasks[n] for n in (3, 2, 0, 1))
    actor = clinic.actor("receptionist")

    assert told(upcoming(actor, noa, today)) == [
        ("task", task.pk) for task in (late, soon, far, some_day)
    ]
    assert upcoming(actor, noa, today, kind="call") == []
    assert counts(actor, noa)["task"] == 4


def test_every_kind_has_a_name(noa):
    assert set(kinds(noa)) >= {
        "visit",
        "call",
        "message",
        "note",
        "task",
        "file",
        "money",
        "change",
    }


@pytest.mark.parametrize("rows", [1, 3, 40])
def test_costs_the_same_for_any_number(clinic, noa, touched, rows):
    owner = clinic.actor("owner")
    touched(*[("call", "Rang @Agent Cohen", n + 1, {}) for n in range(rows)])
    bought(noa, *[NOW.date() - timedelta(days=n) for n in range(rows)])

    stretch(owner, noa)  # what fields there are of the business's own is asked once

    with CaptureQueriesContext(connection) as asked:
        stretch(owner, noa)

    assert len(asked) <= 8


def test_customers_of_another_kind_have_no_sources():
    assert kinds(Customer()) == kinds(Customer(name="x"))


@pytest.mark.parametrize(
    "text", ["x", "1.touch", "1.touch.x", "9" * 30 + ".touch.1", "1.TOUCH.1", "٣.touch.1"]
)
def test_a_place_that_nobody_gave_out_is_refused(text):
    with pytest.raises(PlaceUnreadable):
        Place.read(text)


def test_a_place_far_outside_the_calendar_is_refused():
    with pytest.raises(PlaceUnreadable):
        Place.read("999999999999999999.touch.1")


def test_a_place_reads_as_it_was_written():
    place = Place(NOW + timedelta(microseconds=7), "touch", 12)

    assert Place.read(str(place)) == place
    assert Place.read("") is None
