"""Rows put together: counts that match their lists, sums that keep currencies apart."""

from decimal import Decimal

import pytest

from kesher.billing.models import PurchaseSummary
from kesher.customers.models import Customer, CustomerTag, Tag
from kesher.surface.lists.grouping import grouped, inside
from kesher.surface.lists.rows import count_of
from tests.surface.asked import TODAY, asked


def groups(actor, query) -> dict[str, int]:
    this = asked(actor, query)
    found = grouped(this, actor, today=TODAY)
    for group in found.groups:  # what a group says is what its own list holds
        within = inside(this, group.key, actor)
        assert count_of(within, actor, today=TODAY) == (group.count, True), group
        assert within.unread == ()
    return {group.key: group.count for group in found.groups}


@pytest.fixture
def staged(clinic):
    noa, eleni, yosef = (clinic.customers[name] for name in ("noa", "eleni", "yosef"))
    Customer.objects.filter(pk=noa.pk).update(stage="new", since_on="2026-03-31")
    Customer.objects.filter(pk=eleni.pk).update(stage="new", since_on="2026-03-01")
    Customer.objects.filter(pk=yosef.pk).update(stage="left", since_on="2025-12-01", city="Haifa")
    for customer, currency, total in (
        (noa, "ILS", "10.50"),
        (eleni, "EUR", "7"),
        (yosef, "ILS", "1"),
    ):
        PurchaseSummary.objects.create(
            customer=customer, currency=currency, total=Decimal(total), count=2
        )
    return clinic


def test_choices_stand_in_their_own_order(staged):
    assert list(groups(staged.actor("owner"), "group=stage")) == ["prospect", "new", "left"]
    assert groups(staged.actor("owner"), "group=stage") == {"prospect": 1, "new": 2, "left": 1}


def test_rows_without_a_value_come_last(staged):
    assert list(groups(staged.actor("owner"), "group=owner").items())[-1] == ("none", 3)
    assert list(groups(staged.actor("owner"), "group=city").items())[-1][0] == "none"


def test_days_go_by_months_from_the_latest(staged):
    found = groups(staged.actor("owner"), "group=since_on")
    assert list(found.items()) == [("2026-03", 2), ("2025-12", 1), ("none", 1)]


def test_moments_go_by_months_of_the_business(staged):
    assert sum(groups(staged.actor("owner"), "group=created").values()) == 4


def test_amounts_of_two_currencies_are_never_added(staged):
    actor = staged.actor("owner")
    found = grouped(asked(actor, "group=stage&cols=name,bought,purchases"), actor, today=TODAY)
    new = next(group for group in found.groups if group.key == "new")
    assert new.sums["bought"] == {"ILS": Decimal("10.50"), "EUR": Decimal("7.00")}
    assert new.sums["purchases"] == {"": Decimal(4)}


def test_sums_are_those_of_columns_that_may_be_read(staged):
    actor = staged.actor("receptionist")
    found = grouped(asked(actor, "group=stage&cols=name,bought"), actor, today=TODAY)
    assert [group.sums for group in found.groups] == [{}] * len(found.groups)


def test_a_row_with_two_tags_stands_in_two_groups(staged):
    for name in ("Gold", "Calm"):
        CustomerTag.objects.create(
            customer=staged.customers["noa"], tag=Tag.objects.create(name=name)
        )
    found = groups(staged.actor("owner"), "group=tags")
    assert sorted(found.values()) == [1, 1, 3]


def test_groups_count_only_what_one_may_see(staged):
    assert groups(staged.actor("agent"), "group=stage") == {"left": 1}


def test_a_group_is_put_together_by_the_second_field(staged):
    actor = staged.actor("owner")
    this = asked(actor, "group=stage&group2=since_on")
    within = inside(this, "new", actor)
    assert within.groups == ("since_on",)
    inner = grouped(within, actor, today=TODAY)
    assert [(group.key, group.count) for group in inner.groups] == [("2026-03", 2)]


@pytest.mark.parametrize(
    "name", ["kind", "team", "branches", "source", "language", "last_touch", "last_bought"]
)
def test_every_grouping_matches_its_lists(staged, name):
    assert sum(groups(staged.actor("owner"), f"group={name}").values()) >= 4
