"""One action on many rows: those that were picked, or all that match; with progress and undo."""

import json

import pytest
from django_tasks_db.models import DBTaskResult

from kesher.core.access import SYSTEM
from kesher.core.models import Job
from kesher.customers.commands.adding import NewCustomer, add_customers
from kesher.customers.models import Customer, Tag
from kesher.engagement.models import Task
from tests.web.lists.conftest import HX


def told(answer):
    return json.loads(answer["HX-Trigger-After-Settle"])["k-toast"]


def work():
    """Do what was put aside, as a worker would."""
    for held in DBTaskResult.objects.order_by("enqueued_at"):
        held.task.call(*held.args_kwargs["args"], **held.args_kwargs["kwargs"])
        held.delete()


def tagged(name):
    return set(Customer.objects.filter(tags__name=name).values_list("name", flat=True))


@pytest.fixture
def crowd(clinic):
    """A hundred and twenty new customers in Haifa, and five in Eilat."""
    places = [clinic.haifa] * 120 + [clinic.eilat] * 5
    new = [
        NewCustomer(name=f"Visitor {at}", branches=[place], stage="new")
        for at, place in enumerate(places)
    ]
    add_customers(by=SYSTEM, customers=new)
    return clinic


def test_what_was_picked_is_changed_and_taken_back(clinic, as_member):
    desk = as_member("receptionist")
    picked = [clinic.customers[name].pk for name in ("noa", "yosef")]
    answer = desk.post(
        "/customers/bulk/", {"do": "tag", "tag.tag": "Gold", "pick": picked}, headers=HX
    )
    assert told(answer)["text"] == "2 rows changed."
    assert tagged("Gold") == {"נועה שלו", "יוסף כהן"}

    desk.post(told(answer)["undo"], headers=HX)
    assert tagged("Gold") == set()


def test_a_row_out_of_sight_is_left_alone(clinic, as_member):
    eleni = clinic.customers["eleni"]
    answer = as_member("receptionist").post(
        "/customers/bulk/", {"do": "tag", "tag.tag": "Gold", "pick": eleni.pk}, headers=HX
    )
    assert answer.status_code == 422
    assert not Tag.objects.exists()


@pytest.mark.parametrize(
    "said",
    [{"do": "tag", "tag.tag": "Gold"}, {"do": "stage", "stage.stage": "gone"}],
    ids=["nothing picked", "no such value"],
)
def test_what_is_missing_is_said_and_nothing_done(clinic, as_member, noa, said):
    picked = {} if said["do"] == "tag" else {"pick": noa.pk}
    answer = as_member("receptionist").post("/customers/bulk/", said | picked, headers=HX)
    assert answer.status_code == 422
    assert json.loads(answer["HX-Trigger"])["k-toast"]["tone"] == "bad"


def test_all_that_match_are_done_by_a_job_that_counts(crowd, as_member):
    desk = as_member("receptionist")
    said = {"do": "tag", "tag.tag": "Gold", "all": "1", "in": "stage=new"}
    answer = desk.post("/customers/bulk/", said, headers=HX)
    assert answer["HX-Retarget"] == "#list-work"
    assert 'max="120" value="0"' in answer.text

    work()
    held = Job.objects.get(name="bulk")
    assert (held.state, held.done, held.total) == ("done", 120, 120)
    assert len(tagged("Gold")) == 120  # not the five of Eilat, whom she does not see
    over = desk.get(f"/lists/work/{held.key}/", headers=HX)
    assert "120 rows changed." in over.text
    assert over["HX-Trigger"] == "lists-changed"

    desk.post(f"/undo/{held.key}/", headers=HX)
    work()
    assert tagged("Gold") == set()


def test_a_filter_that_means_nothing_does_not_widen_the_action(crowd, as_member):
    said = {"do": "tag", "tag.tag": "Gold", "all": "1", "in": "colour=blue"}
    answer = as_member("receptionist").post("/customers/bulk/", said, headers=HX)
    assert answer.status_code == 400
    work()
    assert tagged("Gold") == set()


def test_work_that_is_cancelled_stops(crowd, as_member):
    desk = as_member("receptionist")
    said = {"do": "tag", "tag.tag": "Gold", "all": "1", "in": "stage=new"}
    desk.post("/customers/bulk/", said, headers=HX)
    desk.post(f"/lists/work/{Job.objects.get(name='bulk').key}/cancel/", headers=HX)
    work()
    assert tagged("Gold") == set()


def test_nobody_follows_anothers_work(crowd, as_member):
    said = {"do": "tag", "tag.tag": "Gold", "all": "1", "in": "stage=new"}
    as_member("receptionist").post("/customers/bulk/", said, headers=HX)
    key = Job.objects.get(name="bulk").key
    assert as_member("manager").get(f"/lists/work/{key}/").status_code == 404
    assert as_member("manager").post(f"/lists/work/{key}/cancel/").status_code == 404


def test_tasks_are_handed_over(clinic, as_member, planned):
    one, two = planned(title="One"), planned(title="Two")
    manager = clinic.members["manager"]
    said = {"do": "owner", "owner.owner": manager.pk, "pick": [one.pk, two.pk]}
    answer = as_member("receptionist").post("/tasks/bulk/", said, headers=HX)
    assert told(answer)["text"] == "2 rows changed."
    assert set(Task.objects.values_list("owner", flat=True)) == {manager.pk}


def test_members_have_no_actions_on_many(clinic, listed, as_member):
    assert "data-pick" not in listed("owner", name="members").html
    answer = as_member("owner").post("/settings/members/bulk/", {"do": "tag"})
    assert answer.status_code == 404


def test_without_scripts_an_action_asks_on_a_page_of_its_own(clinic, as_member, noa):
    desk = as_member("receptionist")
    asked = desk.post("/customers/bulk/", {"do": "tag", "pick": noa.pk}).text
    assert f'name="pick" value="{noa.pk}"' in asked
    answer = desk.post("/customers/bulk/", {"do": "tag", "pick": noa.pk, "tag.tag": "Gold"})
    assert "1 row changed." in answer.text
    assert tagged("Gold") == {"נועה שלו"}
