"""A purchase is written down by hand on the customer's page, and taken back by one press."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from kesher.billing.models import Purchase, PurchaseSummary
from kesher.catalog.models import Product

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}


@pytest.fixture
def form(clinic):
    return reverse("purchase-new", args=[clinic.customers["noa"].pk])


def said(**values):
    return {"product": "Night guard", "amount": "250.50", "bought_on": "2026-01-02"} | values


def test_a_purchase_is_recorded_and_taken_back(as_member, clinic, form):
    desk = as_member("owner")
    assert "Record" in desk.get(form, headers=PART).content.decode()

    desk.post(form, said(), headers=PART)

    one = Purchase.objects.get(customer=clinic.customers["noa"])
    assert (one.amount, one.product.name) == (Decimal("250.50"), "Night guard")
    assert PurchaseSummary.objects.get(customer=one.customer).total == Decimal("250.50")
    shown = desk.get(form, headers=PART).content.decode()
    assert "Night guard" in shown and '<option value="Night guard">' in shown

    desk.post(reverse("undo", args=[one.batch]), headers=PART)
    assert not Purchase.objects.exists()
    assert not PurchaseSummary.objects.filter(total__gt=0).exists()


def test_a_known_product_is_not_made_twice_and_none_is_needed(as_member, form):
    desk = as_member("owner")
    desk.post(form, said(), headers=PART)
    desk.post(form, said(product="night  guard"), headers=PART)
    desk.post(form, said(product="", amount="-20"), headers=PART)

    assert Product.objects.count() == 1
    assert sorted(Purchase.objects.values_list("amount", flat=True))[0] == Decimal("-20.00")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"amount": ""}, "required"),
        ({"amount": "1.234"}, "after the point"),
        ({"bought_on": "1940-01-01"}, "lies after 1950"),
    ],
)
def test_what_cannot_be_is_said_in_the_form(as_member, form, wrong, words):
    answer = as_member("owner").post(form, said(**wrong), headers=PART)

    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Purchase.objects.exists()


def test_the_card_leads_there_for_those_who_may(as_member, clinic, form):
    page = reverse("customer", args=[clinic.customers["noa"].pk])

    assert form in as_member("owner").get(page).content.decode()
    assert form not in as_member("receptionist").get(page).content.decode()
    assert as_member("receptionist").get(form).status_code == 403
    assert timezone.localdate().isoformat() in as_member("owner").get(form).content.decode()
