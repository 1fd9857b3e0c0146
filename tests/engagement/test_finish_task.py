from datetime import date, timedelta

import pytest

from kesher.core.access import AccessDenied
from kesher.core.models import EventRecord
from kesher.engagement.commands.tasks import (
    AlreadyFinished,
    NewTask,
    TitleMissing,
    drop_task,
    finish_task,
    reopen_task,
)
from kesher.engagement.models import CustomerPulse, Task
from kesher.engagement.repeating import next_due
from tests.engagement.conftest import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def finish(clinic):
    def run(task, by="receptionist", then=None):
        return finish_task(by=clinic.actor(by), task=task, now=NOW, then=then)

    return run


def test_says_by_whom_and_when(clinic, planned, finish):
    done, following = finish(planned(), by="manager")

    assert (done.state, done.done_at, done.done_by, following) == (
        "done", NOW, clinic.members["manager"], None,
    )  # fmt: skip
    pulse = CustomerPulse.objects.get(customer=clinic.customers["noa"])
    assert (pulse.next_due_on, pulse.open_tasks) == (None, 0)
    assert EventRecord.objects.filter(name="engagement.TaskDone").count() == 1


def test_done_and_plan_the_next_in_one_go(clinic, planned, finish):
    then = NewTask(title="Book the visit", customer=clinic.customers["noa"], due_on=TODAY)

    done, following = finish(planned(), then=then)

    assert (following.title, following.follows, following.state) == ("Book the visit", done, "open")
    assert CustomerPulse.objects.get(customer=done.customer).next_task == following


def test_nothing_is_done_when_the_next_cannot_be_planned(planned, finish):
    task = planned()

    with pytest.raises(TitleMissing):
        finish(task, then=NewTask(title=" "))

    assert Task.objects.get(pk=task.pk).state == "open"


def test_a_second_click_plans_nothing_twice(clinic, planned, finish):
    task = planned(repeat="weekly")
    then = NewTask(title="Book the visit", customer=clinic.customers["noa"], due_on=TODAY)

    first = finish(task, then=then)
    again = finish(task, then=then)

    assert again == first
    assert Task.objects.count() == 3  # itself, the next week's, the visit


def test_a_repeating_task_comes_again_as_it_was(clinic, planned, finish):
    task = planned(repeat="monthly", due_on=date(2026, 10, 31), note="bring the bill")

    _done, following = finish(task)

    assert (following.due_on, following.note, following.owner) == (
        date(2026, 11, 30), "bring the bill", task.owner,
    )  # fmt: skip
    _done, later = finish(following)
    assert later.due_on == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("due", "repeat", "day", "following"),
    [
        (date(2026, 11, 23), "daily", None, date(2026, 11, 24)),
        (date(2026, 11, 1), "daily", None, TODAY),
        (date(2026, 11, 20), "weekly", None, date(2026, 11, 27)),
        (date(2026, 1, 31), "monthly", 31, date(2026, 11, 30)),
        (date(2026, 12, 31), "monthly", 31, date(2027, 1, 31)),
        (date(2024, 2, 29), "yearly", 29, date(2027, 2, 28)),
        (date(2027, 2, 28), "yearly", 29, date(2028, 2, 29)),
    ],
)
def test_days_that_were_missed_are_not_made_up_for(due, repeat, day, following):
    assert next_due(due, repeat, day=day, today=TODAY if due < TODAY else due) == following


def test_undo_opens_it_again_and_takes_what_it_planned_along(planned, finish, clinic):
    task = planned(repeat="weekly")
    done, following = finish(task)

    reopened = reopen_task(by=clinic.actor("receptionist"), task=done)

    assert (reopened.state, reopened.done_at, reopened.done_by) == ("open", None, None)
    assert Task.objects.get(pk=following.pk).state == "dropped"
    _done, once_more = finish(reopened)
    assert once_more.due_on == following.due_on


def test_undo_leaves_what_a_colleague_has_begun(planned, finish, clinic):
    done, following = finish(planned(repeat="weekly"))
    Task.objects.filter(pk=following.pk).update(version=2)

    reopen_task(by=clinic.actor("receptionist"), task=done)

    assert Task.objects.get(pk=following.pk).state == "open"


def test_a_dropped_task_is_neither_done_nor_dropped_again(planned, finish, clinic):
    by = clinic.actor("receptionist")
    dropped = drop_task(by=by, task=planned(), now=NOW)

    with pytest.raises(AlreadyFinished):
        finish(dropped)
    with pytest.raises(AlreadyFinished):
        drop_task(by=by, task=dropped, now=NOW)
    assert reopen_task(by=by, task=dropped).state == "open"


def test_nobody_finishes_a_task_out_of_sight(planned, finish):
    with pytest.raises(AccessDenied):
        finish(planned(), by="eilat")
    with pytest.raises(AccessDenied):
        finish(planned(due_on=TODAY + timedelta(days=1)), by="leaver")
