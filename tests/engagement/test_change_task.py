from datetime import date, timedelta

import pytest
from django.utils import timezone

from kesher.core.access import AccessDenied
from kesher.core.changes import EditConflict
from kesher.core.events import deliver_due
from kesher.core.models import Change
from kesher.core.search import find
from kesher.engagement.commands.handing_over import hand_over_tasks, release_tasks
from kesher.engagement.commands.tasks import (
    AlreadyFinished,
    OutOfSight,
    OwnerHasLeft,
    RepeatWithoutDay,
    TitleMissing,
    change_task,
    drop_task,
)
from kesher.engagement.models import CustomerPulse, Notification, Task
from kesher.organization.commands.staff import end_membership
from tests.engagement.conftest import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def changed(clinic):
    def run(task, by="receptionist", seen=None, **values):
        return change_task(by=clinic.actor(by), task=task, values=values, seen=seen)

    return run


def test_moves_it_to_another_day(clinic, planned, changed):
    task = changed(planned(), due_on=TODAY + timedelta(days=3), title="Call about the bridge")

    pulse = CustomerPulse.objects.get(customer=clinic.customers["noa"])
    assert (pulse.next_due_on, task.version) == (TODAY + timedelta(days=3), 2)
    found = find(clinic.actor("receptionist"), "bridge", kinds=["task"])
    assert [hit.pk for hit in found] == [task.pk]


def test_a_monthly_task_keeps_to_its_new_day(planned, changed):
    task = changed(planned(repeat="monthly", due_on=date(2026, 1, 31)), due_on=date(2026, 3, 15))

    assert task.repeat_day == 15


def test_different_fields_merge_and_the_same_field_clashes(planned, changed):
    task = planned()
    changed(task, title="Ring")

    assert changed(task, seen=1, note="after five").title == "Ring"
    with pytest.raises(EditConflict):
        changed(task, seen=1, title="Write")


def test_nothing_new_is_no_change(planned, changed):
    task = planned()

    assert changed(task, title=task.title).version == 1


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"title": ""}, TitleMissing),
        ({"repeat": "daily", "due_on": None}, RepeatWithoutDay),
        ({"state": "done"}, TypeError),
    ],
)
def test_refuses(planned, changed, values, refusal):
    task = planned()

    with pytest.raises(refusal):
        changed(task, **values)

    assert Task.objects.get(pk=task.pk).version == 1


def test_a_finished_task_is_left_alone(clinic, planned, changed):
    dropped = drop_task(by=clinic.actor("receptionist"), task=planned(), now=NOW)

    with pytest.raises(AlreadyFinished):
        changed(dropped, title="Other")


def test_nobody_changes_a_task_out_of_sight(planned, changed):
    with pytest.raises(AccessDenied):
        changed(planned(), by="eilat", title="Mine")


def test_handing_over_rings_at_the_colleagues_once_for_each(clinic, planned):
    tasks = [planned(), planned(title="Second")]

    hand_over_tasks(by=clinic.actor("receptionist"), tasks=tasks, to=clinic.members["manager"])
    deliver_due(now=timezone.now() + timedelta(minutes=1))
    deliver_due(now=timezone.now() + timedelta(minutes=1))

    rung = Notification.objects.filter(member=clinic.members["manager"])
    assert sorted(n.about_id for n in rung) == sorted(t.pk for t in tasks)
    assert {n.caused_by for n in rung} == {clinic.members["receptionist"]}
    assert Change.objects.filter(record_id=tasks[0].pk, kind="engagement.task").latest("pk").batch


def test_an_agent_may_give_his_own_task_away(clinic, planned):
    task = planned(by="agent", customer="yosef")

    hand_over_tasks(by=clinic.actor("agent"), tasks=[task], to=clinic.members["receptionist"])

    assert Task.objects.get(pk=task.pk).owner == clinic.members["receptionist"]


def test_refuses_to_hand_over_to_who_left_or_may_not_see_the_customer(clinic, planned):
    by = clinic.actor("receptionist")
    with pytest.raises(OwnerHasLeft):
        hand_over_tasks(by=by, tasks=[planned()], to=clinic.members["leaver"])
    with pytest.raises(OutOfSight):
        hand_over_tasks(by=by, tasks=[planned()], to=clinic.members["eilat"])


def test_what_a_leaver_had_promised_goes_to_whoever_is_responsible(clinic, planned):
    manager = clinic.members["manager"]
    kept = planned(by="manager", customer="yosef")
    loose = planned(by="manager", customer="noa")
    other = planned(by="receptionist")

    end_membership(by=clinic.actor("owner"), member=manager)
    deliver_due(now=timezone.now() + timedelta(minutes=1))

    owners = {task.pk: task.owner for task in Task.objects.all()}
    assert owners == {
        kept.pk: clinic.members["agent"], loose.pk: None, other.pk: other.owner,
    }  # fmt: skip


def test_releasing_needs_the_right_to(clinic):
    with pytest.raises(AccessDenied):
        release_tasks(by=clinic.actor("leaver"), member=clinic.members["manager"])
