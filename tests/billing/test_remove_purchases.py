from datetime import date
from decimal import Decimal

import pytest

from kesher.billing.commands.correcting import remove_purchases
from kesher.billing.commands.recording import record_purchases
from kesher.billing.models import Purchase, PurchaseSummary
from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.models import Change
from tests.billing.test_record_purchases import bought, lines_of, summary

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(clinic):
    noa, eleni = clinic.customers["noa"], clinic.customers["eleni"]
    added = record_purchases(
        by=SYSTEM,
        purchases=[
            bought(noa, "0.10", date(2026, 1, 1)),
            bought(noa, "0.20", date(2026, 2, 1)),
            bought(eleni, "9"),
        ],
    )
    return lines_of(added)


def test_the_sums_follow(clinic, lines):
    assert remove_purchases(by=clinic.actor("owner"), purchases=[lines[1], lines[2]]) == 2

    assert list(Purchase.objects.values_list("pk", flat=True)) == [lines[0].pk]
    assert summary(clinic.customers["noa"]) == (
        1, Decimal("0.10"), date(2026, 1, 1), date(2026, 1, 1), "ILS",
    )  # fmt: skip
    assert not PurchaseSummary.objects.filter(customer=clinic.customers["eleni"]).exists()


def test_remembers_what_was_struck_out(clinic, lines):
    remove_purchases(by=SYSTEM, purchases=[lines[2]], batch="u")

    change = Change.objects.get(kind="billing.purchase")
    assert change.after is None
    assert (change.before["amount"], change.before["bought_on"]) == ("9.00", "2026-03-01")
    assert (change.record_id, change.batch) == (lines[2].pk, "u")


def test_a_line_that_is_gone_is_no_error(clinic, lines):
    remove_purchases(by=SYSTEM, purchases=[lines[0]])

    assert remove_purchases(by=SYSTEM, purchases=[lines[0]]) == 0


def test_refuses_lines_of_another_branch_whole(clinic, lines):
    with pytest.raises(AccessDenied):
        remove_purchases(by=clinic.actor("manager"), purchases=lines)
    assert Purchase.objects.count() == 3


def test_refuses_who_may_not(clinic, lines):
    with pytest.raises(AccessDenied):
        remove_purchases(by=clinic.actor("receptionist"), purchases=[lines[0]])


def test_a_manager_strikes_out_what_his_branch_sold(clinic, lines):
    assert remove_purchases(by=clinic.actor("manager"), purchases=lines[:2]) == 2
