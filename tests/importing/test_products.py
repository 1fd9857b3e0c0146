"""Price lists from other programs: found by code, else by name; the same list again is none."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kesher.catalog.commands.changing import set_price
from kesher.catalog.models import Price, Product
from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.importing.commands import take_back
from kesher.core.importing.kinds import importable_kinds
from kesher.core.importing.recognising import guess_kind
from kesher.organization.today import today_here

pytestmark = pytest.mark.django_db
LIST = (
    "SKU;Product;Price;Unit;Notes\n"
    "C-01;Crown;₪ 2,400.00;tooth;Ceramic\n"
    "007;Check-up;180;visit;\n"
    ";Whitening;1'200.5;;\n"
    "C-01;Crown;2400;;\n"
    "C-01;Crown;2500;;\n"
    "X-1;;50;;\n"
    "X-2;Nothing;-5;;\n"
    "X-3;Abroad;€ 70;;\n"
    "X-4;Doubtful;dear;;\n"
)


def prices(name):
    rows = Price.objects.filter(product__name=name).order_by("valid_from")
    return list(rows.values_list("valid_from", "amount"))


def today():
    return today_here()


def test_a_price_list(take):
    taken = take(LIST, "products")

    assert taken.outcome == (3, 0, 1, 5)
    assert taken.expected == taken.counts
    for line, reason in ((6, "says otherwise of: Price"), (7, "needs a name"),
                         (8, "not below nought"), (9, "in EUR"), (10, "no number")):  # fmt: skip
        assert reason in taken.refused[line]
    crown = Product.objects.get(code="C-01")
    assert (crown.name, crown.unit, crown.description) == ("Crown", "tooth", "Ceramic")
    assert (crown.price, crown.currency) == (Decimal(2400), "ILS")
    assert Product.objects.get(name="Whitening").price == Decimal("1200.50")
    assert Product.objects.get(name="Check-up").code == "007"


def test_the_same_list_again_changes_nothing_and_a_new_price_begins_today(take):
    take(LIST, "products")
    product = Product.objects.get(code="C-01")
    past = today() - timedelta(days=100)
    Price.objects.filter(product=product).update(valid_from=past)

    again = take(LIST, "products")
    dearer = take("קוד,שם המוצר,מחיר\nC-01,CROWN,2600\n007,,190\n", "products")

    assert again.outcome == (0, 0, 4, 5)
    assert dearer.outcome == (0, 2, 0, 0)
    assert prices("CROWN") == [(past, 2400), (today(), 2600)]
    product.refresh_from_db()
    assert (product.price, product.name) == (2600, "CROWN")


def test_history_with_days_in_greek(take):
    content = (
        "Κωδικός;Είδος;Τιμή;Ισχύει από\n"
        "K1;Στεφάνη;100,00;01/02/2020\n"
        "K1;Στεφάνη;120,00;01/02/2021\n"
        "K1;Στεφάνη;120,00;01/03/2021\n"
        "K1;Στεφάνη;150,00;01/01/2031\n"
    )
    first = take(content, "products")

    assert first.outcome == (1, 3, 0, 0)
    assert [amount for _day, amount in prices("Στεφάνη")] == [100, 120, 120, 150]
    assert Product.objects.get(code="K1").price == 120
    assert take(content, "products").outcome == (0, 0, 4, 0)


def test_a_product_that_was_sold_by_name_gets_its_code(take):
    take("Item,Price\nCrown,100\n", "products")
    taken = take("Code,Item,Price\nC9, crown ,100\n", "products")

    assert taken.outcome == (0, 1, 0, 0)
    assert Product.objects.get().code == "C9"
    other = take("Code,Item,Price\nD1,Crown,100\n", "products")
    assert "belongs to" in other.refused[2]


def test_taken_back_prices_and_names_are_as_before(take):
    take("Code,Item,Price,Unit\nC1,Crown,100,tooth\n", "products")
    run = take("Code,Item,Price,Unit\nC1,Crowns,130,piece\nC2,Bridge,400,\n", "products").run

    take_back(by=SYSTEM, run=run)

    crown, bridge = Product.objects.order_by("code")
    assert (crown.name, crown.unit, crown.price) == ("Crown", "tooth", 100)
    assert prices("Crown") == [(today(), 100)]
    assert bridge.archived_at is not None
    again = take("Code,Item,Price\nC2,Bridge,400\n", "products")
    assert again.outcome == (0, 1, 0, 0)
    bridge.refresh_from_db()
    assert bridge.archived_at is None


def test_what_a_colleague_changed_since_stays(take, clinic):
    take("Code,Item,Price\nC1,Crown,100\n", "products")
    run = take("Code,Item,Price\nC1,Crown,130\n", "products").run
    product = Product.objects.get()
    set_price(by=clinic.actor("manager"), product=product, amount=Decimal(140), valid_from=today())

    take_back(by=SYSTEM, run=run)

    assert prices("Crown") == [(today(), 140)]


def test_who_may_not_sell_brings_no_price_list(take, clinic):
    with pytest.raises(AccessDenied):
        take(LIST, "products", by=clinic.actor("receptionist"))
    assert take(LIST, "products", by=clinic.actor("manager")).outcome == (3, 0, 1, 5)


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        (["SKU", "Product", "Price", "Unit"], "products"),
        (["מק״ט", "תיאור", "מחיר"], "products"),
        (["Κωδικός", "Περιγραφή", "Τιμή"], "products"),
        (["Code", "Name", "Phone"], "customers"),
        (["Customer", "Date", "Amount", "Product", "Quantity"], "purchases"),
    ],
)
def test_a_price_list_is_known_by_its_headings(headings, kind):
    assert guess_kind(importable_kinds(), headings).name == kind


def test_a_day_too_early_is_refused(take):
    taken = take("Item,Price,From\nCrown,5,01/01/1800\n", "products")
    assert "must lie between" in taken.refused[2]
    assert "1 Jan 1950" in taken.refused[2]
