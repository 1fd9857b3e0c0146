"""Rows put together: a line for each group, opened where it stands."""

from decimal import Decimal

import pytest
from django.utils import timezone

from kesher.billing.commands.recording import NewPurchase, record_purchases
from kesher.core.access import SYSTEM
from kesher.customers.commands.changing import change_customer
from tests.web.lists.conftest import HX, Page


@pytest.fixture
def bought(clinic):
    """Noa and Yosef, both new, bought for 10.50 and for 200."""
    day = timezone.localdate()
    sums = {"noa": "10.50", "yosef": "200"}
    for name in sums:
        customer = clinic.customers[name]
        change_customer(by=clinic.actor("owner"), customer=customer, values={"stage": "new"})
    new = [
        NewPurchase(
            customer_id=clinic.customers[name].pk, bought_on=day, amount=Decimal(amount),
            currency="ILS",
        )
        for name, amount in sums.items()
    ]  # fmt: skip
    record_purchases(by=SYSTEM, purchases=new)
    return clinic


def test_a_group_has_its_number_and_its_sum(bought, listed):
    page = listed("owner", "all=1&group=stage&cols=name,bought")
    assert page.rows == []
    assert page.groups == ["Prospect 2", "New 2 ₪210.50"]


def test_a_sum_that_one_may_not_read_is_not_there(bought, listed):
    page = listed("receptionist", "all=1&group=stage&cols=name,bought")
    assert page.groups == ["Prospect 1", "New 2"]


def test_rows_are_put_together_by_who_is_responsible(clinic, listed):
    page = listed("owner", "all=1&group=owner&cols=name")
    assert page.groups == ["Agent Cohen 1", "Responsible: none 3"]


def test_a_group_opens_where_it_stands(bought, as_member):
    state = {"in": "group=stage", "key": "new"}
    opened = Page(as_member("owner").get("/customers/group/", state, headers=HX))
    assert sorted(opened.rows) == ["יוסף כהן", "נועה שלו"]
    shut = Page(as_member("owner").get("/customers/group/", state | {"shut": "1"}, headers=HX))
    assert shut.rows == []


def test_a_group_within_a_group_leads_to_its_rows(bought, as_member, page_of):
    state = {"in": "cols=name,city&group=stage&group2=owner", "key": "new"}
    opened = Page(as_member("owner").get("/customers/group/", state, headers=HX))
    assert opened.groups == ["New 2", "Agent Cohen 1", "Responsible: none 1"]
    inner = opened.link(r"><bdi>Agent Cohen</bdi>")
    assert page_of(as_member("owner"), inner).rows == ["יוסף כהן"]


def test_tasks_are_put_together_too(clinic, planned, listed):
    planned(title="One")
    planned("manager", title="Two")
    page = listed("manager", "all=1&group=kind", name="tasks")
    assert page.groups == ["Call 2"]


def test_members_are_put_together_by_their_role(clinic, listed):
    page = listed("owner", "view=here&active=yes&group=role&cols=name", name="members")
    assert "Receptionist 2" in page.groups
