"""A task on its page: read, changed, finished with the next step in mind, taken back."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kesher.engagement.commands.tasks import change_task
from kesher.engagement.models import Task

HX = {"HX-Request": "true"}


def undo_of(answer):
    return json.loads(answer["HX-Trigger"])["k-toast"]["undo"]


def form(**said):
    return {"title": "Call about the crown", "kind": "call", "due_on": "2031-01-05", **said}


def test_the_page_tells_and_changes(as_member, planned):
    task = planned(note="after five")
    desk, address = as_member("receptionist"), reverse("task", args=[task.pk])

    html = desk.get(address).text
    assert "Call about the crown" in html
    assert "after five" in html
    answer = desk.post(address, form(title="Ring", seen="1", owner=str(task.owner_id)))

    assert answer.status_code == 302
    kept = Task.objects.get()
    assert (kept.title, kept.due_on.isoformat(), kept.owner_id) == (
        "Ring",
        "2031-01-05",
        task.owner_id,
    )


def test_two_who_change_the_same_see_both(clinic, as_member, planned):
    task = planned()
    change_task(by=clinic.actor("manager"), task=task, values={"title": "Write"})
    desk, address = as_member("receptionist"), reverse("task", args=[task.pk])

    clash = desk.post(address, form(title="Ring", seen="1"))
    assert clash.status_code == 409
    assert "Manager Cohen" in clash.text
    assert "Write" in clash.text
    desk.post(address, form(title="Ring", seen="1", keep="mine"))
    assert Task.objects.get().title == "Ring"


@pytest.mark.parametrize(
    "said",
    [{"title": ""}, {"due_on": "0001-01-01"}, {"repeat": "weekly", "due_on": ""}, {"owner": "x"}],
)
def test_what_is_wrong_is_said(as_member, planned, said):
    task = planned()

    answer = as_member("receptionist").post(reverse("task", args=[task.pk]), form(seen="1", **said))

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert Task.objects.get().version == 1


def test_done_offers_the_next_step_and_one_key_accepts_it(as_member, planned):
    task = planned(next_title="Book the visit", next_days=14)
    desk, address = as_member("receptionist"), reverse("task-done", args=[task.pk])

    offered = desk.get(address, headers=HX).text
    title = re.search(r'name="next_title" value="([^"]+)"', offered)[1]
    day = re.search(r'name="next_on" value="([^"]+)"', offered)[1]
    assert re.search(r'value="next"[^>]*data-focus', offered)
    answer = desk.post(address, {"next_title": title, "next_on": day, "and": "next"}, headers=HX)

    assert answer.status_code == 204
    assert set(json.loads(answer["HX-Trigger"])) == {"k-done", "k-close", "k-toast"}
    following = Task.objects.get(state="open")
    assert (following.title, following.due_on.isoformat()) == ("Book the visit", day)
    assert following.due_on >= timezone.localdate() + timedelta(days=14)


def test_the_next_step_never_falls_on_a_day_off(clinic, as_member, planned):
    for days in range(7):
        task = planned(next_days=days)
        html = as_member("receptionist").get(reverse("task-done", args=[task.pk]), headers=HX).text
        day = re.search(r'name="next_on" value="([^"]+)"', html)[1]
        assert timezone.datetime.fromisoformat(day).weekday() not in (4, 5), day  # Friday, Saturday


def test_done_and_nothing_more_and_taken_back(as_member, planned):
    task = planned()
    desk = as_member("receptionist")

    answer = desk.post(
        reverse("task-done", args=[task.pk]), {"next_title": "x", "and": "nothing"}, headers=HX
    )
    assert [t.state for t in Task.objects.all()] == ["done"]
    desk.post(undo_of(answer), headers=HX)
    assert [t.state for t in Task.objects.all()] == ["open"]


def test_without_scripts_it_goes_back_to_the_customer(as_member, noa, planned):
    task = planned()

    answer = as_member("receptionist").post(
        reverse("task-done", args=[task.pk]), {"and": "nothing"}
    )

    assert (answer.status_code, answer["Location"]) == (302, reverse("customer", args=[noa.pk]))


def test_dropped_and_opened_again(as_member, planned):
    task = planned()
    desk = as_member("receptionist")

    answer = desk.post(reverse("task-drop", args=[task.pk]), headers=HX)
    assert Task.objects.get().state == "dropped"
    assert desk.post(reverse("task-drop", args=[task.pk]), headers=HX).status_code == 422
    desk.post(undo_of(answer), headers=HX)
    assert Task.objects.get().state == "open"


def test_a_new_task_for_a_customer_or_for_ourselves(clinic, as_member, noa):
    desk, address = as_member("receptionist"), reverse("task-new")

    assert 'name="title"' in desk.get(address).text
    assert "נועה שלו" in desk.get(address, {"customer": noa.pk}, headers=HX).text
    desk.post(address, form(customer=str(noa.pk)), headers=HX)
    desk.post(address, form(title="Order gloves"), headers=HX)

    kept = {(task.title, task.customer) for task in Task.objects.all()}
    assert kept == {("Call about the crown", noa), ("Order gloves", None)}
    eleni = clinic.customers["eleni"].pk
    assert desk.post(address, form(customer=str(eleni)), headers=HX).status_code == 404
    assert desk.post(address, form(title=""), headers=HX).status_code == 422


@pytest.mark.parametrize("name", ["task", "task-peek", "task-done"])
def test_a_task_out_of_sight_does_not_exist(as_member, planned, name):
    assert as_member("eilat").get(reverse(name, args=[planned().pk])).status_code == 404


def test_on_a_page_of_its_own_the_form_leads_on_and_in_a_dialog_it_stays(as_member, planned):
    desk, task = as_member("receptionist"), planned()

    for address in (reverse("task-new"), reverse("task-done", args=[task.pk])):
        assert f'hx-post="{address}"' in desk.get(address, headers=HX).text
        assert f'hx-post="{address}"' not in desk.get(address).text
