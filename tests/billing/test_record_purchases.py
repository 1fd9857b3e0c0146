from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kesher.billing import ledger
from kesher.billing.commands.recording import NewPurchase, record_purchases
from kesher.billing.models import Purchase, PurchaseSummary
from kesher.billing.summary import Sums, sums_of
from kesher.catalog.models import Product
from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.events import may_hear
from kesher.core.models import EventRecord
from kesher.core.refusal import Refusal

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


def bought(customer, amount="100", day=DAY, **more):
    return NewPurchase(customer_id=customer.pk, bought_on=day, amount=Decimal(amount), **more)


def lines_of(numbers):
    return list(Purchase.objects.filter(pk__in=numbers).order_by("pk"))


def summary(customer):
    row = PurchaseSummary.objects.get(customer=customer)
    return row.count, row.total, row.first_on, row.last_on, row.currency


def test_writes_lines_and_keeps_the_sums(clinic):
    noa, eleni = clinic.customers["noa"], clinic.customers["eleni"]

    added = record_purchases(
        by=clinic.actor("owner"),
        purchases=[
            bought(noa, "350.50", product="Hygiene", quantity=Decimal("2")),
            bought(eleni, "80"),
            bought(noa, "0", date(2026, 1, 5)),
        ],
        batch="b1",
    )

    lines = lines_of(added)
    kept = [(p.customer_id, p.amount, p.currency, p.quantity, p.batch) for p in lines]
    assert kept == [
        (noa.pk, Decimal("350.50"), "ILS", 2, "b1"),
        (eleni.pk, 80, "ILS", 1, "b1"),
        (noa.pk, 0, "ILS", 1, "b1"),
    ]
    assert lines[0].product.name == "Hygiene"
    assert summary(noa) == (2, Decimal("350.50"), date(2026, 1, 5), DAY, "ILS")
    assert summary(eleni) == (1, Decimal("80"), DAY, DAY, "ILS")


def test_the_same_lines_again_change_nothing(clinic):
    noa = clinic.customers["noa"]
    lines = [bought(noa, "10", key="a"), bought(noa, "20", key="b")]
    record_purchases(by=SYSTEM, purchases=lines)

    again = record_purchases(by=SYSTEM, purchases=[*lines, bought(noa, "30", key="c")])

    assert [p.key for p in lines_of(again)] == ["c"]
    assert summary(noa)[:2] == (3, 60)
    assert record_purchases(by=SYSTEM, purchases=lines) == []


def test_one_key_twice_in_one_file_is_one_line(clinic):
    noa = clinic.customers["noa"]

    added = record_purchases(by=SYSTEM, purchases=[bought(noa, "10", key="a")] * 2)

    assert len(added) == 1
    assert summary(noa)[:2] == (1, 10)


def test_a_return_lowers_the_total_and_is_no_purchase(clinic):
    noa = clinic.customers["noa"]

    record_purchases(
        by=SYSTEM, purchases=[bought(noa, "100"), bought(noa, "-40", date(2026, 4, 1))]
    )

    assert summary(noa) == (1, Decimal("60"), DAY, DAY, "ILS")


def test_the_same_product_serves_all_lines(clinic):
    noa = clinic.customers["noa"]
    lines = [bought(noa, "1", product=" Crown "), bought(noa, "2", product="Crown")]

    added = record_purchases(by=SYSTEM, purchases=lines)

    assert Product.objects.get().name == "Crown"
    assert {p.product_id for p in lines_of(added)} == {Product.objects.get().pk}


def test_announces_once_for_many(clinic):
    noa, eleni = clinic.customers["noa"], clinic.customers["eleni"]
    before = EventRecord.objects.count()

    record_purchases(by=SYSTEM, purchases=[bought(noa), bought(eleni), bought(noa)])
    record_purchases(by=SYSTEM, purchases=[bought(noa), bought(noa)])

    later = EventRecord.objects.order_by("pk")[before:]
    assert [(e.name, e.kind, e.record_id, e.classification) for e in later] == [
        ("billing.PurchasesImported", "", None, "financial"),
        ("billing.PurchasesRecorded", "customers.customer", noa.pk, "financial"),
    ]


@pytest.mark.parametrize("name", ["receptionist", "dentist", "agent", "leaver"])
def test_refuses_who_may_not_record(clinic, name):
    with pytest.raises(AccessDenied):
        record_purchases(by=clinic.actor(name), purchases=[bought(clinic.customers["noa"])])
    assert not Purchase.objects.exists()


def test_refuses_a_customer_of_another_branch_and_keeps_nothing(clinic):
    noa, eleni = clinic.customers["noa"], clinic.customers["eleni"]

    with pytest.raises(ledger.PurchaseOutOfReach):
        record_purchases(by=clinic.actor("manager"), purchases=[bought(noa), bought(eleni)])

    assert not Purchase.objects.exists()
    record_purchases(by=clinic.actor("manager"), purchases=[bought(noa)])
    assert summary(noa)[:2] == (1, 100)


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ({"amount": "1.234"}, ledger.AmountImpossible),
        ({"amount": "NaN"}, ledger.AmountImpossible),
        ({"amount": "1e12"}, ledger.AmountImpossible),
        ({"day": date(9999, 1, 1)}, ledger.DayImpossible),
        ({"day": date(1, 1, 1)}, ledger.DayImpossible),
        ({"currency": "EUR"}, ledger.OtherCurrency),
        ({"quantity": Decimal("0.0001")}, ledger.QuantityImpossible),
        ({"product": "x" * 201}, Refusal),
    ],
)
def test_refuses_what_cannot_be_and_keeps_nothing(clinic, line, refusal):
    noa = clinic.customers["noa"]

    with pytest.raises(refusal):
        record_purchases(by=SYSTEM, purchases=[bought(noa), bought(noa, **line)])

    assert not Purchase.objects.exists()
    assert not PurchaseSummary.objects.exists()


LINES = st.lists(
    st.tuples(
        st.sampled_from(["noa", "eleni", "yosef"]),
        st.dates(date(2020, 1, 1), date(2026, 12, 31)),
        st.decimals(-5000, 5000, places=2, allow_nan=False),
    ),
    min_size=1,
    max_size=25,
)


@given(lines=LINES, cuts=st.lists(st.integers(1, 25), max_size=4), order=st.randoms())
@settings(max_examples=40, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
def test_the_sums_equal_those_of_the_whole_ledger_in_any_order(clinic, lines, cuts, order):
    Purchase.objects.all().delete()
    PurchaseSummary.objects.all().delete()
    order.shuffle(lines)
    edges = [0, *sorted(cuts), len(lines)]
    new = [bought(clinic.customers[who], str(amount), day) for who, day, amount in lines]
    for start, end in pairwise(edges):
        record_purchases(by=SYSTEM, purchases=new[start:end])

    for who in ("noa", "eleni", "yosef"):
        ledger_of = [(day, amount) for name, day, amount in lines if name == who]
        row = PurchaseSummary.objects.filter(customer=clinic.customers[who]).first()
        kept = Sums(row.count, row.total, row.first_on, row.last_on) if row else Sums()
        assert kept == sums_of(ledger_of)


@given(LINES)
def test_sums_do_not_depend_on_the_order(lines):
    pairs = [(day, amount) for _who, day, amount in lines]

    assert sums_of(pairs) == sums_of(reversed(pairs))
    assert sums_of(pairs[:3]) + sums_of(pairs[3:]) == sums_of(pairs)


def test_only_who_may_read_money_hears_of_it(clinic):
    record_purchases(by=SYSTEM, purchases=[bought(clinic.customers["noa"])])
    fact = EventRecord.objects.latest("pk")

    heard = {
        name: may_hear(clinic.actor(name), fact) for name in ("owner", "manager", "receptionist")
    }

    assert heard == {"owner": True, "manager": True, "receptionist": False}
