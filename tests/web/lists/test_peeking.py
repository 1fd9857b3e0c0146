"""A look beside the list, and the way from record to record without going back."""

import html
import re

import pytest

from kesher.customers.models import Customer
from tests.web.lists.conftest import HX


def way(page, label):
    found = re.search(rf'href="([^"]*)"[^>]*aria-label="{label}"', page)
    return html.unescape(found[1]) if found else ""


def test_a_look_says_who_it_is_and_leads_on_with_its_list(clinic, as_member, noa):
    look = as_member("receptionist").get(f"/customers/{noa.pk}/peek/?in=stage%3Dnew", headers=HX)
    assert "<html" not in look.text
    assert "נועה שלו" in look.text
    assert f'href="/customers/{noa.pk}/?in=stage%3Dnew"' in look.text


def test_a_look_shows_nothing_that_is_out_of_sight(clinic, as_member):
    eleni = clinic.customers["eleni"]
    address = f"/customers/{eleni.pk}/peek/"
    assert as_member("receptionist").get(address, headers=HX).status_code == 404
    assert as_member("eilat").get(address, headers=HX).status_code == 200


def test_one_looks_at_tasks_and_members_too(clinic, as_member, planned):
    task, member = planned(), clinic.members["agent"]
    desk = as_member("owner")
    assert "Call about the crown" in desk.get(f"/tasks/{task.pk}/peek/", headers=HX).text
    look = desk.get(f"/settings/members/{member.pk}/peek/", headers=HX).text
    assert "agent@clinic.test" in look


@pytest.mark.parametrize("state", ["", "sort=-name", "kind=person"])
def test_a_customer_leads_to_those_before_and_after_in_the_list(clinic, listed, as_member, state):
    desk = as_member("owner")
    page = listed("owner", f"all=1&{state}")
    order = {customer.name: customer.pk for customer in Customer.objects.all()}
    first, second, third = (order[name] for name in page.rows[:3])
    opened = page.link(rf">.{{,200}}<bdi>{page.rows[1]}</bdi>")
    shown = desk.get(opened).text
    assert way(shown, "Previous in the list").startswith(f"/customers/{first}/?in=")
    assert way(shown, "Next in the list").startswith(f"/customers/{third}/?in=")
    again = desk.get(way(shown, "Previous in the list")).text
    assert way(again, "Next in the list") == html.unescape(opened)
    assert f"/customers/{second}/" in opened


def test_tasks_lead_on_as_well(clinic, listed, as_member, planned):
    one, two = planned(title="A first"), planned(title="B second")
    page = listed("receptionist", "all=1&sort=title", name="tasks")
    opened = page.link(rf">.{{,200}}<bdi>{page.rows[0]}</bdi>")
    assert opened.startswith(f"/tasks/{one.pk}/?in=")
    shown = as_member("receptionist").get(opened).text
    assert way(shown, "Next in the list").startswith(f"/tasks/{two.pk}/?in=")
    assert way(shown, "Previous in the list") == ""


def test_members_lead_on_as_well(clinic, listed, as_member):
    page = listed("owner", "view=here", name="members")
    opened = page.link(rf">.{{,200}}<bdi>{page.rows[1]}</bdi>")
    shown = as_member("owner").get(opened).text
    assert way(shown, "Previous in the list").startswith("/members/")
    assert way(shown, "Next in the list").startswith("/members/")


def test_who_came_from_nowhere_is_led_nowhere(clinic, as_member, noa):
    assert (
        way(as_member("receptionist").get(f"/customers/{noa.pk}/").text, "Next in the list") == ""
    )
