"""A cell is changed where it stands; what is refused says why, and what was done is taken back."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from kesher.customers.commands.changing import change_customer
from tests.web.lists.conftest import HX

DAY = "2031-01-05"


def told(answer):
    return json.loads(answer["HX-Trigger-After-Settle"])["k-toast"]


@pytest.fixture
def cell(noa):
    """The address of a cell of Noa's row."""
    return lambda name: f"/customers/{noa.pk}/cell/{name}/"


def test_the_cell_comes_as_a_form_and_goes_back_as_it_is_drawn(as_member, noa, cell):
    desk = as_member("receptionist")
    form = desk.get(cell("stage"), headers=HX).text
    assert '<option value="new"' in form
    assert f'name="seen" value="{noa.version}"' in form

    answer = desk.post(cell("stage"), {"value": "new", "seen": noa.version}, headers=HX)
    assert answer.text.startswith("<td")
    assert "New" in answer.text
    noa.refresh_from_db()
    assert noa.stage == "new"


def test_what_was_typed_is_taken_back(as_member, noa, cell):
    desk = as_member("receptionist")
    answer = desk.post(cell("city"), {"value": "Acre", "seen": noa.version}, headers=HX)
    desk.post(told(answer)["undo"], headers=HX)
    noa.refresh_from_db()
    assert noa.city == "חיפה"


def test_a_task_is_moved_and_moved_back(as_member, planned):
    task, desk = planned(), as_member("receptionist")
    address = f"/tasks/{task.pk}/cell/due_on/"
    answer = desk.post(address, {"value": DAY, "seen": task.version}, headers=HX)
    task.refresh_from_db()
    assert task.due_on.isoformat() == DAY

    desk.post(told(answer)["undo"], headers=HX)
    task.refresh_from_db()
    assert task.due_on == timezone.localdate()


def test_a_member_gets_another_name(clinic, as_member):
    member = clinic.members["agent"]
    address = f"/settings/members/{member.pk}/cell/name/"
    answer = as_member("owner").post(address, {"value": "Ada Cohen"}, headers=HX)
    assert (answer.status_code, told(answer)["undo"]) == (200, "")
    member.refresh_from_db()
    assert member.name == "Ada Cohen"


@pytest.mark.parametrize(
    ("name", "value"), [("stage", "gone"), ("owner", "999"), ("birth_on", "x")]
)
def test_what_is_no_value_comes_back_with_its_reason(as_member, noa, cell, name, value):
    who = "owner"
    answer = as_member(who).post(cell(name), {"value": value, "seen": noa.version}, headers=HX)
    assert answer.status_code == 422
    assert 'class="field-error"' in answer.text
    assert noa.version == type(noa).objects.get(pk=noa.pk).version


def test_two_who_write_the_same_cell_both_see_it(clinic, as_member, noa, cell):
    seen = noa.version
    change_customer(by=clinic.actor("manager"), customer=noa, values={"city": "Nesher"})
    answer = as_member("receptionist").post(
        cell("city"), {"value": "Acre", "seen": seen}, headers=HX
    )
    assert answer.status_code == 409
    assert "Nesher" in answer.text
    assert 'value="Acre"' in answer.text
    assert "Manager Cohen" in answer.text


def test_what_one_may_not_read_or_see_is_no_cell(as_member, clinic, cell):
    eleni = clinic.customers["eleni"]
    desk = as_member("receptionist")
    assert desk.get(f"/customers/{eleni.pk}/cell/city/").status_code == 404
    assert desk.get(cell("bought")).status_code == 404


def test_without_scripts_it_is_a_page(as_member, noa, cell):
    desk = as_member("receptionist")
    assert "<html" in desk.get(cell("city")).text
    answer = desk.post(cell("city"), {"value": "Acre", "seen": noa.version})
    assert answer["Location"] == reverse("customers")
    noa.refresh_from_db()
    assert noa.city == "Acre"
