from datetime import date
from decimal import Decimal

import pytest

from kesher.billing import ledger
from kesher.billing.commands.correcting import correct_purchase
from kesher.billing.commands.recording import record_purchases
from kesher.billing.models import Purchase
from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.models import Change
from tests.billing.test_record_purchases import bought, lines_of, summary

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(clinic):
    noa = clinic.customers["noa"]
    added = record_purchases(
        by=SYSTEM,
        purchases=[bought(noa, "100", date(2026, 1, 1)), bought(noa, "50", date(2026, 2, 1))],
    )
    return lines_of(added)


def test_the_sums_follow_a_corrected_line(clinic, lines):
    corrected = correct_purchase(
        by=clinic.actor("owner"), purchase=lines[0],
        values={"amount": Decimal("70.25"), "bought_on": date(2026, 3, 1), "product": "Crown"},
    )  # fmt: skip

    assert (corrected.amount, corrected.product.name) == (Decimal("70.25"), "Crown")
    assert summary(clinic.customers["noa"]) == (
        2, Decimal("120.25"), date(2026, 2, 1), date(2026, 3, 1), "ILS",
    )  # fmt: skip


def test_remembers_what_was_there_before(clinic, lines):
    correct_purchase(by=SYSTEM, purchase=lines[0], values={"amount": Decimal(1)}, batch="x")

    change = Change.objects.get(kind="billing.purchase")
    assert (change.before, change.after) == ({"amount": "100.00"}, {"amount": "1.00"})
    assert change.batch == "x"


def test_nothing_new_leaves_no_trace(clinic, lines):
    correct_purchase(by=SYSTEM, purchase=lines[0], values={"amount": Decimal("100.00")})

    assert not Change.objects.filter(kind="billing.purchase").exists()


def test_refuses_what_cannot_be(clinic, lines):
    with pytest.raises(ledger.AmountImpossible):
        correct_purchase(by=SYSTEM, purchase=lines[0], values={"amount": Decimal("0.001")})
    assert Purchase.objects.get(pk=lines[0].pk).amount == 100


@pytest.mark.parametrize("name", ["receptionist", "agent", "leaver"])
def test_refuses_who_may_not(clinic, lines, name):
    with pytest.raises(AccessDenied):
        correct_purchase(by=clinic.actor(name), purchase=lines[0], values={"amount": Decimal(1)})


def test_a_manager_corrects_what_his_branch_sold(clinic, lines):
    corrected = correct_purchase(
        by=clinic.actor("manager"), purchase=lines[0], values={"quantity": Decimal(2)}
    )

    assert corrected.quantity == 2
