from datetime import date, timedelta
from decimal import Decimal

import pytest

from kesher.billing.commands.recording import record_purchases
from kesher.billing.queries import Month, purchases_by_month, purchases_of, rhythm
from kesher.core.access import SYSTEM
from tests.billing.test_record_purchases import bought

pytestmark = pytest.mark.django_db


def buy(customer, *lines):
    record_purchases(by=SYSTEM, purchases=[bought(customer, a, d) for d, a in lines])


def test_months_hold_count_and_sum(clinic):
    noa = clinic.customers["noa"]
    buy(noa, (date(2026, 1, 3), "10.10"), (date(2026, 1, 31), "0.20"), (date(2026, 3, 1), "5"))
    buy(noa, (date(2026, 3, 2), "-2"))
    buy(clinic.customers["eleni"], (date(2026, 1, 1), "999"))

    assert purchases_by_month(clinic.actor("owner"), noa) == [
        Month(date(2026, 1, 1), 2, Decimal("10.30")),
        Month(date(2026, 3, 1), 1, Decimal("3.00")),
    ]
    assert purchases_by_month(clinic.actor("owner"), noa, date(2026, 2, 1)) == [
        Month(date(2026, 3, 1), 1, Decimal("3.00"))
    ]


def test_the_last_purchase_comes_first(clinic):
    noa = clinic.customers["noa"]
    buy(noa, (date(2026, 1, 3), "1"), (date(2026, 5, 3), "2"), (date(2026, 2, 3), "3"))

    assert [p.amount for p in purchases_of(clinic.actor("owner"), noa)] == [2, 3, 1]


def test_rhythm_is_the_usual_gap(clinic):
    noa = clinic.customers["noa"]
    first = date(2026, 1, 1)
    days = [first + timedelta(days=d) for d in (0, 30, 60, 60, 95, 300)]
    buy(noa, *((day, "10") for day in days))
    buy(noa, (date(2026, 12, 1), "-10"))

    found = rhythm(clinic.actor("owner"), noa)

    assert found.days_between == 32  # of 30, 30, 35, 205
    assert (found.last_on, found.expected_on) == (days[-1], days[-1] + timedelta(days=32))
    assert found.days_late(days[-1] + timedelta(days=40)) == 8
    assert found.days_late(days[-1]) == 0


def test_two_days_are_no_rhythm(clinic):
    noa = clinic.customers["noa"]
    buy(noa, (date(2026, 1, 1), "1"), (date(2026, 1, 1), "1"), (date(2026, 2, 1), "1"))

    assert rhythm(clinic.actor("owner"), noa) is None


@pytest.mark.parametrize("name", ["receptionist", "dentist", "agent", "leaver"])
def test_who_may_not_read_money_sees_none(clinic, name):
    noa = clinic.customers["noa"]
    buy(noa, *((date(2026, month, 1), "77.77") for month in (1, 2, 3)))
    actor = clinic.actor(name)

    assert list(purchases_of(actor, noa)) == []
    assert purchases_by_month(actor, noa) == []
    assert rhythm(actor, noa) is None
    assert len(purchases_of(clinic.actor("manager"), noa)) == 3


def test_another_branch_stays_out_of_sight(clinic):
    eleni = clinic.customers["eleni"]
    buy(eleni, (date(2026, 1, 1), "5"))

    assert list(purchases_of(clinic.actor("manager"), eleni)) == []
    assert len(purchases_of(clinic.actor("owner"), eleni)) == 1
