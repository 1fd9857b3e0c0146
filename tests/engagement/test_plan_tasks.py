from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.models import Change, EventRecord
from kesher.core.search import find
from kesher.engagement.commands.tasks import (
    ChoiceUnknown,
    DayImpossible,
    NewTask,
    OutOfSight,
    OwnerHasLeft,
    RepeatWithoutDay,
    TitleMissing,
    TooLong,
    plan_tasks,
    undo_tasks,
)
from kesher.engagement.models import CustomerPulse, Task
from kesher.organization.models import Team
from tests.engagement.conftest import NOW, TODAY

pytestmark = pytest.mark.django_db


def names_of_facts():
    facts = EventRecord.objects.filter(name__startswith="engagement.").order_by("pk")
    return [fact.name.removeprefix("engagement.") for fact in facts]


def test_a_task_is_the_planners_own_in_the_branch_of_the_customer(clinic, planned):
    task = planned(title=" Call\x00 back ", note="about the crown")

    assert (task.title, task.owner, task.branch) == (
        "Call back", clinic.members["receptionist"], clinic.haifa,
    )  # fmt: skip
    assert names_of_facts() == ["TaskPlanned", "NextStepChanged"]


def test_a_task_for_a_team_is_nobodys_own(clinic, planned):
    team = Team.objects.create(name="Front desk", branch=clinic.haifa)

    assert planned(team=team).owner_id is None


def test_of_a_customer_of_two_branches_it_is_in_the_planners(clinic, planned):
    assert planned(by="eilat", customer="yosef").branch == clinic.eilat


def test_the_pulse_knows_the_next_step(clinic, planned):
    planned(title="Later", due_on=TODAY + timedelta(days=9))
    first = planned(title="Sooner", due_on=TODAY + timedelta(days=2))
    planned(title="Some day", due_on=None)

    pulse = CustomerPulse.objects.get(customer=clinic.customers["noa"])
    assert (pulse.next_due_on, pulse.next_task, pulse.open_tasks) == (first.due_on, first, 3)


def test_a_colleague_who_gets_a_task_is_told(clinic, planned):
    planned(owner=clinic.members["manager"])

    fact = EventRecord.objects.get(name="engagement.TaskHandedOver")
    assert fact.payload["member_id"] == clinic.members["manager"].pk


def test_it_is_found_by_a_word_and_only_by_those_who_may_see_it(clinic, planned):
    task = planned(title="Οδοντόκρεμα για την πελάτισσα")

    found = find(clinic.actor("receptionist"), "οδοντοκρεμα", kinds=["task"])
    assert [(hit.pk, hit.title) for hit in found] == [(task.pk, task.title)]
    assert find(clinic.actor("eilat"), "οδοντοκρεμα", kinds=["task"]) == []


def test_many_at_once_are_one_batch_and_one_fact_and_can_be_undone(clinic):
    owner = clinic.actor("owner")
    tasks = [
        NewTask(title=f"Task {n}", customer=clinic.customers["noa"], due_on=TODAY)
        for n in range(25)
    ]

    rows = plan_tasks(by=owner, tasks=tasks, batch="b")

    assert Change.objects.filter(batch="b").count() == 25
    assert names_of_facts() == ["TasksImported"]
    assert undo_tasks(by=owner, batch="b", now=NOW) == 25
    assert {t.state for t in Task.objects.filter(pk__in=[r.pk for r in rows])} == {"dropped"}
    assert CustomerPulse.objects.get(customer=clinic.customers["noa"]).open_tasks == 0


def test_ten_times_as_many_cost_far_less_than_ten_times(clinic):
    def queries(count):
        tasks = [
            NewTask(title="T", customer=clinic.customers["noa"], due_on=TODAY)
            for _n in range(count)
        ]
        with CaptureQueriesContext(connection) as asked:
            plan_tasks(by=SYSTEM, tasks=tasks)
        return len(asked)

    assert queries(30) <= 18  # with the locks of PostgreSQL
    assert queries(300) <= 40


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"title": " \n"}, TitleMissing),
        ({"title": "x" * 201}, TooLong),
        ({"note": "x" * 20_001}, TooLong),
        ({"due_on": date(1, 1, 1)}, DayImpossible),
        ({"due_on": date(9999, 12, 31)}, DayImpossible),
        ({"kind": "dance"}, ChoiceUnknown),
        ({"repeat": "hourly"}, ChoiceUnknown),
        ({"repeat": "weekly", "due_on": None}, RepeatWithoutDay),
        ({"next_days": 5000}, DayImpossible),
    ],
)
def test_refuses(planned, said, refusal):
    with pytest.raises(refusal):
        planned(**said)

    assert Task.objects.count() == 0


def test_refuses_somebody_who_left_and_somebody_who_may_not_see_the_customer(clinic, planned):
    with pytest.raises(OwnerHasLeft):
        planned(owner=clinic.members["leaver"])
    with pytest.raises(OutOfSight):
        planned(owner=clinic.members["eilat"])


def test_nobody_plans_for_a_customer_out_of_sight(planned):
    with pytest.raises(AccessDenied):
        planned(customer="eleni")


def test_who_sees_only_his_own_plans_only_for_himself(clinic, planned):
    assert planned(by="agent", customer="yosef").owner == clinic.members["agent"]
    with pytest.raises(AccessDenied):
        planned(by="agent", customer="yosef", owner=clinic.members["receptionist"])
