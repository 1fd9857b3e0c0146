"""What a product costs: from a day on, once a day, and taken back like any other change."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from kesher.catalog.commands.adding import NewProduct, add_product
from kesher.catalog.commands.changing import begin_prices, change_product, set_price
from kesher.catalog.models import Price, Product
from kesher.catalog.writing import (
    PriceDayImpossible,
    PriceImpossible,
    ProductCodeTaken,
    ProductNameTaken,
)
from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.undo import undo_batch
from kesher.organization.today import today_here

pytestmark = pytest.mark.django_db


@pytest.fixture
def crown(clinic):
    return add_product(by=SYSTEM, product=NewProduct(name="Crown", code="C1"))


def price(product, amount, day=None, **more):
    day = day or today_here()
    wanted = None if amount is None else Decimal(amount)
    return set_price(by=SYSTEM, product=product, amount=wanted, valid_from=day, **more)


def test_the_price_of_today_is_the_last_that_began(crown):
    today = today_here()
    price(crown, 100, today - timedelta(days=10))
    price(crown, 130, today + timedelta(days=1))
    now = price(crown, 120)

    assert (now.price, now.currency) == (120, "ILS")
    assert price(crown, 125).price == 125
    assert Price.objects.count() == 3
    assert price(crown, None).price == 100


def test_the_same_price_again_is_no_change(crown):
    before = price(crown, 100).version
    assert price(crown, "100.00").version == before


def test_a_price_of_a_later_day_begins_on_it(crown, monkeypatch):
    later = today_here() + timedelta(days=3)
    price(crown, 130, later)
    assert Product.objects.get().price is None

    for module in ("writing", "commands.changing"):
        monkeypatch.setattr(f"kesher.catalog.{module}.today_here", lambda: later)
    begin_prices(by=SYSTEM)

    assert Product.objects.get().price == 130


def test_prices_are_taken_back_and_forth(crown):
    price(crown, 100)
    price(crown, 130, batch="b")

    undone = undo_batch(by=SYSTEM, batch="b")
    assert Product.objects.get().price == 100
    undo_batch(by=SYSTEM, batch=undone.batch)
    assert Product.objects.get().price == 130


@pytest.mark.parametrize("amount", ["-1", "1.005", "1e13", "NaN", "Infinity"])
def test_refuses_what_is_no_price(crown, amount):
    with pytest.raises(PriceImpossible):
        price(crown, amount)


def test_refuses_a_day_of_no_price(crown):
    with pytest.raises(PriceDayImpossible):
        price(crown, 1, date(1900, 1, 1))


def test_names_and_codes_name_one_product(crown, clinic):
    with pytest.raises(ProductNameTaken):
        add_product(by=SYSTEM, product=NewProduct(name=" Crown "))
    bridge = add_product(by=SYSTEM, product=NewProduct(name="Bridge"))
    with pytest.raises(ProductCodeTaken):
        change_product(by=SYSTEM, product=bridge, values={"code": "C1"})
    assert change_product(by=SYSTEM, product=crown, values={"name": "Crown"}).version == 1


def test_who_may_not_change_products_sets_no_price(crown, clinic):
    with pytest.raises(AccessDenied):
        set_price(
            by=clinic.actor("receptionist"), product=crown, amount=Decimal(1),
            valid_from=today_here(),
        )  # fmt: skip
    set_price(by=clinic.actor("manager"), product=crown, amount=Decimal(1), valid_from=today_here())
