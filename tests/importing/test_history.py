"""Calls, notes and tasks from other programs: each line finds its customer and is taken once."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.importing.commands import settle, take_back, take_in
from kesher.core.importing.kinds import importable_kinds
from kesher.core.importing.recognising import guess_kind
from kesher.customers.models import Customer
from kesher.engagement.commands.touching import change_touch
from kesher.engagement.models import Task, Touch
from kesher.organization.models import Grant

pytestmark = pytest.mark.django_db
PEOPLE = (
    "number,name,phone\n17,Dana Levi,052-1112233\n18,Noa Levi,03-5551111\n19,Eli Levi,03-5551111\n"
)
CALLS = (
    "customer,phone,date,time,type,direction,notes,duration,agent\n"
    "17,,01/02/2026,14:30,Phone call,inbound,Asked for a price,5,\n"
    ",052-1112233,02/02/2026 9:05 PM,,Email,sent,Sent the price,,Orly Cohen\n"
    "17,,03/02/2026,,,,Prefers mornings,,\n"
    "17,,03/02/2026,,,,Prefers mornings,,\n"
    "99,,03/02/2026,,,,Who is it,,\n"
    ",03-5551111,04/02/2026,,Call,,Which Levi,,\n"
    "17,,04/02/2126,,Call,,Not yet,,\n"
    ",,04/02/2026,,Call,,Nobody,,\n"
    "17,,04/02/2026,25 o'clock,Call,,When,,\n"
)


@pytest.fixture
def people(take):
    assert take(PEOPLE).outcome == (3, 0, 0, 0)


@pytest.fixture
def staff(clinic):
    owner = clinic.owner
    type(owner).objects.filter(pk=owner.pk).update(name="Orly Cohen")


def local(day, hour, minute=0):
    return datetime(2026, 2, day, hour, minute, tzinfo=ZoneInfo("Asia/Jerusalem"))


def test_calls_and_notes(people, staff, take):
    taken = take(CALLS, "touches")

    assert taken.outcome == (4, 0, 0, 4, 1)
    for line, reason in ((6, "no customer with the number"), (8, "has not come yet"),
                         (9, "does not say which customer"), (10, "no time of day")):  # fmt: skip
        assert reason in taken.refused[line]
    found = Touch.objects.filter(customer__reference="17").order_by("happened_at", "pk")
    call, mail, note, same = found
    assert (call.channel, call.direction, call.minutes_length) == ("call", "in", 5)
    assert (call.happened_at, mail.happened_at) == (local(1, 14, 30), local(2, 21, 5))
    assert (mail.channel, mail.direction, mail.member.name) == ("email", "out", "Orly Cohen")
    assert (note.channel, note.text, note.text) == ("note", "Prefers mornings", same.text)


def test_a_shared_telephone_is_asked_about(people, staff, take):
    run = take(CALLS, "touches").run
    eli = Customer.objects.get(reference="19")
    assert [pk for pk, _name in run.refused_lines.get(number=7).candidates] == sorted(
        Customer.objects.filter(reference__in=["18", "19"]).values_list("pk", flat=True)
    )

    settle(by=SYSTEM, run=run, decided={7: eli.pk})

    assert eli.touches.get().text == "Which Levi"
    assert run.counts["doubtful"] == 0


def test_the_same_calls_again_are_none_whatever_was_corrected(people, staff, take):
    take(CALLS, "touches")
    note = Touch.objects.filter(text="Prefers mornings").first()
    change_touch(by=SYSTEM, touch=note, values={"text": "Prefers evenings"}, now=local(20, 9))

    assert take(CALLS, "touches").outcome == (0, 0, 4, 4, 1)


def test_calls_are_taken_back_and_may_be_brought_again(people, staff, take):
    run = take(CALLS, "touches").run
    kept = Touch.objects.filter(text="Asked for a price").get()
    change_touch(by=SYSTEM, touch=kept, values={"text": "Asked for two prices"}, now=local(20, 9))

    undone = take_back(by=SYSTEM, run=run)

    left = Touch.objects.filter(binned_at=None, key__gt="")
    assert [one.text for one in left] == ["Asked for two prices"]
    assert [one.pk for one in undone.stayed] == [kept.pk]
    assert take(CALLS, "touches").outcome == (3, 0, 1, 4, 1)


TASKS = (
    "customer,task,due date,due time,type,status,assigned to\n"
    "17,Call about the crown,05/03/2026,09:30,Phone,open,Orly Cohen\n"
    ",Order gloves,,,,,\n"
    "17,Send the estimate,01/02/2026,,email,completed,\n"
    "17,,05/03/2026,,,,\n"
    "17,Ask Ruth,05/03/2026,,,,Ruth Nobody\n"
)


def test_tasks(people, staff, take):
    taken = take(TASKS, "tasks")

    assert taken.outcome == (2, 0, 0, 3)
    for line, reason in ((4, "finished"), (5, "empty"), (6, "Nobody of the staff")):
        assert reason in taken.refused[line]
    call = Task.objects.get(title="Call about the crown")
    assert (call.customer.reference, call.kind, call.owner.name) == ("17", "call", "Orly Cohen")
    assert (call.due_on, call.due_time) == (date(2026, 3, 5), time(9, 30))
    assert Task.objects.get(title="Order gloves").customer is None


def test_tasks_again_and_back(people, staff, take):
    run = take(TASKS, "tasks").run
    assert take(TASKS, "tasks").outcome == (0, 0, 2, 3)

    take_back(by=SYSTEM, run=run)

    assert not Task.objects.filter(title="Order gloves", state="open").exists()
    again = take(TASKS, "tasks", checks=False).run
    assert again.counts["created"] == 2
    take_in_again = take(TASKS, "tasks").outcome
    assert take_in_again == (0, 0, 2, 3)


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        ("name,phone,email,notes", "customers"),
        ("שם פרטי,שם משפחה,טלפון,הערות,תאריך לידה", "customers"),
        ("customer,date,amount,description", "purchases"),
        ("customer,date,type,notes", "touches"),
        ("לקוח,תאריך,סוג,תוכן", "touches"),
        ("customer,task,due date,status", "tasks"),
        ("πελάτης,εργασία,προθεσμία", "tasks"),
    ],
)
def test_each_kind_is_told_by_its_headings(headings, kind):
    assert guess_kind(importable_kinds(), headings.split(",")).name == kind


def test_nobody_brings_what_he_may_not_add(clinic, take):
    role = clinic.members["receptionist"].role
    Grant.objects.filter(role=role, action="add").exclude(kind="customers.customer").delete()
    role.version += 1
    role.save()

    with pytest.raises(AccessDenied):
        take(CALLS, "touches", by=clinic.actor("receptionist"))


def test_work_is_taken_up_where_it_was(people, staff, take):
    run = take(CALLS, "touches").run
    type(run).objects.filter(pk=run.pk).update(state="failed", done=2)
    run.refresh_from_db()

    take_in(by=SYSTEM, run=run)

    assert Touch.objects.filter(key__gt="").count() == 4
