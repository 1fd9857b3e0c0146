from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from kesher.billing.models import Purchase, PurchaseSummary
from kesher.catalog.models import Product
from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.importing.commands import take_back
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.leaving import bin_customers

pytestmark = pytest.mark.django_db


@pytest.fixture
def buy(take):
    def buy(content, **more):
        return take(content, kind="purchases", **more)

    return buy


def ledger():
    rows = Purchase.objects.order_by("pk").select_related("product", "customer")
    return [
        (
            p.customer.reference,
            p.bought_on,
            p.amount,
            p.quantity,
            p.product.name if p.product else "",
        )
        for p in rows
    ]


def test_each_line_finds_its_customer_by_number(buy):
    taken = buy(
        'לקוח,תאריך,סה"כ,פריט,כמות\nC-100,01/02/2026,"₪1,234.50",כתר,2\nC-100,3.2.26,-50,,\n'
    )

    assert taken.outcome == (2, 0, 0, 0)
    assert ledger() == [
        ("C-100", date(2026, 2, 1), Decimal("1234.50"), 2, "כתר"),
        ("C-100", date(2026, 2, 3), Decimal("-50"), 1, ""),
    ]
    total = PurchaseSummary.objects.get()
    assert (total.count, total.total) == (1, Decimal("1184.50"))


def test_equal_lines_are_two_purchases_and_the_same_file_again_is_none(buy):
    content = "customer,date,amount\n" + "C-100,2026-02-01,10\n" * 3 + "C-100,2026-02-02,10\n"

    assert buy(content).outcome == (4, 0, 0, 0)
    again = buy(content)
    assert again.outcome == (0, 0, 4, 0)
    assert again.expected == again.counts
    assert Purchase.objects.count() == 4


def test_a_longer_file_in_another_order_brings_only_what_is_new(buy):
    lines = ["C-100,2026-02-01,10", "C-100,2026-02-01,10", "C-100,2026-03-01,7"]
    buy("customer,date,amount\n" + "\n".join(lines))

    more = [*reversed(lines), "C-100,2026-02-01,10.00", "C-100,2026-04-01,5"]
    assert buy("customer,date,amount\n" + "\n".join(more)).outcome == (2, 0, 3, 0)
    assert sum(line[2] for line in ledger()) == 42


def test_a_line_with_a_receipt_is_corrected(buy):
    buy(
        "receipt,customer,date,amount,item\nR1,C-100,2026-02-01,10,Crown\nR1,C-100,2026-02-01,5,Gel\n"
    )

    taken = buy("receipt,customer,date,amount\nR1,C-100,2026-02-01,10\nR1,C-100,2026-02-03,6\n")

    assert taken.outcome == (0, 1, 1, 0)
    assert taken.run.expected["first"]["updated"][0]["changes"] == [
        ["Date", "2026-02-01", "2026-02-03"], ["Amount", "5.00", "6.00"],
    ]  # fmt: skip
    assert [(line[1].day, line[2], line[4]) for line in ledger()] == [
        (1, 10, "Crown"), (3, 6, "Gel"),
    ]  # fmt: skip
    assert PurchaseSummary.objects.get().total == 16


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("C-999,2026-02-01,10,", "no customer with the number “C-999”"),
        (",2026-02-01,10,", "“Customer number” is empty"),
        ("C-100,,10,", "“Date” is empty"),
        ("C-100,2026-02-01,,", "“Amount” is empty"),
        ("C-100,2026-02-01,ten,", "is no number"),
        ("C-100,2026-02-01,1.234,", "may mean 1234 or 1.234"),
        ("C-100,2026-02-01,0.005,", "2 after the point"),
        ("C-100,2026-02-01,9999999999999,", "at most 12 digits"),
        ("C-100,2026-02-01,€10,", "in EUR; this business keeps its books in ILS"),
        ("C-100,01/01/9999,10,", "must lie between"),
        ("C-100,0001-01-01,10,", "must lie between"),
        ("C-100,2026-02-01,=1+1,", "holds a formula"),
        (f"C-100,2026-02-01,10,{'x' * 200_000}", "200000 characters; at most 200"),
        ("C-100,2026-02-01,10,a\x00b", "damaged"),
    ],
)  # fmt: skip
def test_refuses_one_line_with_its_reason_and_takes_the_others(buy, line, reason):
    taken = buy(f"customer,date,amount,item\nC-100,2026-01-01,1,\n{line}\nC-100,2026-01-02,2,\n")

    assert taken.outcome == (2, 0, 0, 1)
    assert taken.expected == taken.counts
    assert reason in taken.refused[3]
    assert sum(amount for _who, _day, amount, _q, _item in ledger()) == 3


def test_refuses_a_customer_in_the_bin(buy, clinic):
    bin_customers(by=SYSTEM, customers=[clinic.customers["yosef"]], now=datetime.now(UTC))

    assert "in the bin" in buy("customer,date,amount\nC-100,2026-01-01,1\n").refused[2]


def test_whom_somebody_does_not_see_does_not_exist(buy, clinic):
    change_customer(by=SYSTEM, customer=clinic.customers["eleni"], values={"reference": "E-1"})

    taken = buy("customer,date,amount\nE-1,2026-01-01,1\nC-100,2026-01-01,2\n",
                by=clinic.actor("manager"))  # fmt: skip

    assert taken.outcome == (1, 0, 0, 1)
    assert taken.refused == {2: "There is no customer with the number “E-1”."}


@pytest.mark.parametrize("name", ["receptionist", "agent", "leaver"])
def test_refuses_who_may_not_record_purchases(buy, clinic, name):
    with pytest.raises(AccessDenied):
        buy("customer,date,amount\nC-100,2026-01-01,1\n", by=clinic.actor(name))
    assert not Purchase.objects.exists()


def test_columns_set_apart_by_blanks(buy, clinic):
    change_customer(by=SYSTEM, customer=clinic.customers["yosef"], values={"reference": "00001"})

    assert buy(" customer_id  date number_of_cds  dollar_value\n 00001 19970101  1   11.77\n").outcome == (
        1, 0, 0, 0,
    )  # fmt: skip
    assert ledger() == [("00001", date(1997, 1, 1), Decimal("11.77"), 1, "")]


def test_products_are_made_once(buy):
    buy("customer,date,amount,item\nC-100,2026-01-01,1,Gel\nC-100,2026-01-02,1,Gel\n")

    assert list(Product.objects.values_list("name", flat=True)) == ["Gel"]


def test_a_manager_takes_back_what_his_file_brought(buy, clinic):
    taken = buy("customer,date,amount,item\nC-100,2026-01-01,1,Gel\nC-100,2026-01-02,2,Gel\n",
                by=clinic.actor("manager"))  # fmt: skip

    undone = take_back(by=clinic.actor("manager"), run=taken.run)

    assert ledger() == []
    assert not PurchaseSummary.objects.exists()
    assert undone.restored == 2
