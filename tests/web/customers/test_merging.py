"""From the list to one customer in three actions, and back in one; nothing hidden is told."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from kesher.billing.commands.recording import NewPurchase, record_purchases
from kesher.core.access import SYSTEM
from kesher.customers.commands.adding import NewCustomer, add_customer
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.merging import merge_customers
from kesher.customers.models import Apart, Customer, Merger
from kesher.engagement.models import Touch
from kesher.organization.held import forget_rights
from kesher.organization.models import Clearance

SECRET = {"about": "Owes us nothing", "phones": ["052-7778899"], "emails": ["secret@example.test"],
          "birth_on": datetime.date(1971, 3, 9)}  # fmt: skip
PAGE = reverse("customers-merge")


@pytest.fixture
def pair(clinic):
    """Dana twice, the second with what not everybody reads."""
    made = [
        add_customer(by=SYSTEM, customer=NewCustomer(**said, branches=[clinic.haifa]))
        for said in ({"name": "Dana Levi", "city": "Haifa"}, {"name": "Dana Lewi", **SECRET})
    ]
    bought = NewPurchase(
        customer_id=made[1].pk, bought_on=datetime.date(2026, 2, 1), amount=Decimal("1234.5")
    )
    record_purchases(by=SYSTEM, purchases=[bought])
    return made


def ids(pair):
    return ",".join(str(one.pk) for one in pair)


def sent(pair, **more):
    seen = {f"seen.{one.pk}": one.version for one in pair}
    return {"ids": ids(pair), "into": pair[0].pk, **seen, **more}


def test_the_list_leads_to_the_page(as_member, pair):
    client = as_member("manager")
    form = {"do": "merge", "pick": [one.pk for one in pair]}

    answer = client.post(reverse("customers-bulk"), form)

    assert answer["Location"] == f"{PAGE}?ids={ids(pair)}"
    asked = client.post(reverse("customers-bulk"), form, headers={"HX-Request": "true"})
    assert asked["HX-Redirect"] == answer["Location"]


def test_the_page_shows_what_differs_and_what_moves(as_member, pair):
    shown = as_member("manager").get(PAGE, {"ids": ids(pair)}).content.decode()

    assert shown.count('name="keep.name"') == 2
    assert 'name="keep.city"' not in shown  # only one of them says it
    assert "1 purchase" in shown
    assert "Owes us nothing" in shown


def test_merged_and_undone(as_member, pair):
    client = as_member("manager")
    form = sent(pair, **{"keep.name": pair[1].pk})

    answer = client.post(PAGE, form, follow=True)

    dana = Customer.objects.get(pk=pair[0].pk)
    assert (dana.name, dana.about) == ("Dana Lewi", "Owes us nothing")
    undo = reverse("merger-parting", args=[Merger.objects.get().pk])
    assert undo in answer.content.decode()
    client.post(undo)
    assert Customer.objects.get(pk=pair[1].pk).name == "Dana Lewi"
    assert Customer.objects.get(pk=pair[0].pk).name == "Dana Levi"


def test_an_old_link_leads_to_who_goes_on_for_whom_may_see_him(as_member, pair, clinic):
    merge_customers(by=SYSTEM, survivor=pair[0], others=pair[1:])
    old = reverse("customer", args=[pair[1].pk])

    assert as_member("manager").get(old)["Location"] == reverse("customer", args=[pair[0].pk])
    assert as_member("eilat").get(old).status_code == 404


def test_what_is_written_late_lands_at_who_goes_on(as_member, pair):
    merge_customers(by=SYSTEM, survivor=pair[0], others=pair[1:])

    address = reverse("customer-compose", args=[pair[1].pk])
    as_member("manager").post(address, {"form": "note", "text": "Came by"})

    assert Touch.objects.get().customer_id == pair[0].pk


def test_a_change_meanwhile_shows_both_again(as_member, pair):
    form = sent(pair)
    change_customer(by=SYSTEM, customer=pair[1], values={"city": "Acre"})

    answer = as_member("manager").post(PAGE, form)

    assert answer.status_code == 409
    assert "Dana Lewi meanwhile" in answer.content.decode()
    assert Customer.objects.filter(pk=pair[1].pk).exists()


def test_the_history_tells_of_it_and_offers_the_way_back(as_member, pair):
    merger = merge_customers(by=SYSTEM, survivor=pair[0], others=pair[1:])
    page = reverse("customer", args=[pair[0].pk])
    back = reverse("merger", args=[merger.pk])

    assert back in as_member("manager").get(page).content.decode()
    shown = as_member("receptionist").get(page).content.decode()
    assert "Merged with" in shown
    assert back not in shown


def test_what_came_later_is_named_when_they_are_taken_apart(as_member, pair):
    merger = merge_customers(by=SYSTEM, survivor=pair[0], others=pair[1:])
    client = as_member("manager")
    client.post(
        reverse("customer-compose", args=[pair[0].pk]), {"form": "task", "title": "Call Dana"}
    )

    shown = client.get(reverse("merger", args=[merger.pk])).content.decode()
    said = client.post(reverse("merger-parting", args=[merger.pk])).content.decode()

    assert "Call Dana" in shown
    assert "Call Dana" in said


def test_not_the_same_and_taken_back(as_member, pair):
    client = as_member("manager")
    client.post(reverse("customers-apart"), {"ids": ids(pair)})
    shown = client.get(PAGE, {"ids": ids(pair)}).content.decode()

    assert Apart.objects.count() == 2
    assert "are not the same" in shown
    assert client.post(PAGE, sent(pair)).status_code == 422
    client.post(reverse("customers-apart"), {"ids": ids(pair), "back": "1"})
    assert not Apart.objects.exists()


def test_the_other_one_is_found_from_the_customers_page(as_member, pair):
    client = as_member("manager")
    assert reverse("customer-same", args=[pair[0].pk]) in (
        client.get(reverse("customer", args=[pair[0].pk])).content.decode()
    )

    shown = client.get(reverse("customer-same", args=[pair[0].pk]), {"q": "Lewi"}).content.decode()

    assert f"{PAGE}?ids={pair[0].pk},{pair[1].pk}" in shown


@pytest.mark.parametrize("wrong", ["", "7", "7,7", "1,2,3,4,5,6", "x,y", "9" * 30 + ",1"])
def test_what_cannot_be_compared_is_refused_in_words(as_member, clinic, wrong):
    answer = as_member("owner").get(PAGE, {"ids": wrong})

    assert answer.status_code == 422
    assert "Choose two to five customers" in answer.content.decode()


def test_nothing_hidden_is_told_counted_or_lost(as_member, pair):
    Clearance.objects.filter(role__key="manager").delete()
    forget_rights()
    client = as_member("manager")

    shown = client.get(PAGE, {"ids": ids(pair)}).content.decode()
    assert "Dana Lewi" in shown
    for secret in ("Owes us", "7778899", "secret@", "1971", "1 purchase", "contact detail"):
        assert secret not in shown
    for name in ("about", "phone", "birth_on"):
        assert client.post(PAGE, sent(pair, **{f"keep.{name}": pair[1].pk})).status_code == 403

    answer = client.post(PAGE, sent(pair), follow=True).content.decode()
    merger = Merger.objects.get()
    answer += client.get(reverse("merger", args=[merger.pk])).content.decode()
    for secret in ("Owes us", "7778899", "secret@", "1971"):
        assert secret not in answer
    assert Customer.objects.get(pk=pair[0].pk).about == "Owes us nothing"
