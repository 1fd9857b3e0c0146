"""The list of products, one of them, and finding it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from kesher.catalog.commands.adding import NewProduct, add_product
from kesher.catalog.models import Price, Product
from kesher.core.access import SYSTEM
from kesher.organization.today import today_here


@pytest.fixture
def crown(clinic):
    prices = {today_here(): Decimal(2400)}
    return add_product(by=SYSTEM, product=NewProduct(name="כתר", code="C-1", prices=prices))


def text(answer):
    return answer.content.decode()


def test_who_may_see_products_sees_prices_and_who_may_not_change_has_no_form(as_member, crown):
    desk = as_member("receptionist")
    shown = text(desk.get(reverse("products")))
    page = text(desk.get(reverse("product", args=[crown.pk])))

    assert "2,400" in shown
    assert "C-1" in shown
    assert "Counts now" in page
    assert "New price" not in page
    assert reverse("products") in text(desk.get("/"))


def test_a_new_price_begins_on_its_day_and_is_taken_back(as_member, crown):
    boss, later = as_member("manager"), today_here() + timedelta(days=7)
    address = reverse("product-price", args=[crown.pk])

    wrong = boss.post(address, {"amount": "-1", "valid_from": later.isoformat()})
    kept = boss.post(address, {"amount": "2600", "valid_from": later.isoformat()}, follow=True)

    assert wrong.status_code == 422
    assert "To come" in text(kept)
    crown.refresh_from_db()
    assert crown.price == 2400
    undo = next(m.extra_tags for m in kept.context["messages"]) if kept.context["messages"] else ""
    assert undo
    assert boss.post(undo).status_code in (200, 302)
    assert Price.objects.count() == 1


def test_two_who_change_one_field_both_see_it(as_member, crown):
    boss, address = as_member("manager"), reverse("product", args=[crown.pk])
    boss.post(address, {"seen": 1, "name": "כתר זהב", "code": "C-1"})

    clash = boss.post(address, {"seen": 1, "name": "כתר חרסינה", "code": "C-1"})

    assert clash.status_code == 409
    assert "כתר זהב" in text(clash)


def test_a_code_or_name_that_is_taken_is_said_in_the_form(as_member, crown):
    boss = as_member("manager")
    taken = boss.post(reverse("product-new"), {"name": "Bridge", "code": "C-1"})
    named = boss.post(reverse("product-new"), {"name": " כתר ", "code": "C-2"})
    kept = boss.post(reverse("product-new"), {"name": "Bridge", "amount": "400"})

    assert "belongs to" in text(taken)
    assert "already" in text(named)
    assert kept.status_code == 302
    assert Product.objects.get(name="Bridge").price == 400


def test_found_by_name_and_code_with_what_it_costs(as_member, crown):
    desk = as_member("receptionist")
    for words in ("כתר", "c-1"):
        found = text(desk.get(reverse("find"), {"q": words}, headers={"HX-Request": "true"}))
        assert reverse("product", args=[crown.pk]) in found
        assert "2,400" in found


def test_what_is_archived_leaves_the_list_and_comes_back(as_member, crown):
    boss, address = as_member("manager"), reverse("product-archiving", args=[crown.pk])
    boss.post(address)
    assert "C-1" not in text(boss.get(reverse("products")))
    assert "C-1" in text(boss.get(reverse("products") + "?archived=yes"))
    boss.post(address, {"back": "1"})
    assert "C-1" in text(boss.get(reverse("products")))
