"""What a batch did to customers is taken back, with what lies beside the row."""

import datetime

import pytest

from kesher.core.access import SYSTEM
from kesher.core.undo import undo_batch
from kesher.customers.commands.adding import NewCustomer, add_customers
from kesher.customers.commands.assigning import assign
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.contacts import (
    add_contact,
    prefer_contact,
    remove_contact,
)
from kesher.customers.commands.leaving import archive, bin_customers
from kesher.customers.commands.ties import drop_tie, tie, untie
from kesher.customers.commands.wishing import drop_wish, meet_wish, note_wish
from kesher.customers.models import Customer, CustomerContact, Tie, Wish

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)


def state(pk):
    """All that is kept of one customer, but for the count of its versions."""
    row = Customer.objects.filter(pk=pk).values().get()
    row.pop("version")
    return (
        row,
        list(
            CustomerContact.objects.filter(customer=pk)
            .order_by("point__kind", "rank")
            .values_list("point__kind", "point__normal", "raw", "label", "rank", "valid_until")
        ),
        sorted(Customer.objects.get(pk=pk).branches.values_list("pk", flat=True)),
        sorted(Customer.objects.get(pk=pk).tags.values_list("name", flat=True)),
        list(Tie.objects.filter(customer=pk).values_list("other", "role", "title", "ends_on")),
        list(Wish.objects.filter(customer=pk).values_list("text", "met_on")),
    )


def first_phone(customer):
    return customer.contacts.filter(point__kind="phone").order_by("rank").first()


WRITES = {
    "change": lambda c, k, b: change_customer(
        by=SYSTEM, customer=k, values={"first_name": "Dana", "birth_on": NOW.date()}, batch=b
    ),
    "owner": lambda c, k, b: assign(by=SYSTEM, customers=[k], owner=c.members["manager"], batch=b),
    "tags and branches": lambda c, k, b: assign(
        by=SYSTEM,
        customers=[k],
        add_tags=["vip"],
        remove_tags=["old"],
        add_branches=[c.eilat],
        batch=b,
    ),
    "add contact": lambda c, k, b: add_contact(
        by=SYSTEM, customer=k, kind="email", value="x@example.test", batch=b
    ),
    "remove contact": lambda c, k, b: remove_contact(by=SYSTEM, contact=first_phone(k), batch=b),
    "prefer contact": lambda c, k, b: prefer_contact(
        by=SYSTEM, contact=k.contacts.filter(point__kind="phone").order_by("rank").last(), batch=b
    ),
    "archive": lambda c, k, b: archive(by=SYSTEM, customers=[k], now=NOW, batch=b),
    "bin": lambda c, k, b: bin_customers(by=SYSTEM, customers=[k], now=NOW, batch=b),
    "tie": lambda c, k, b: tie(
        by=SYSTEM, customer=k, other=c.customers["eleni"], role="spouse", batch=b
    ),
    "untie": lambda c, k, b: untie(by=SYSTEM, tie=k.ties.get(), on=NOW.date(), batch=b),
    "drop tie": lambda c, k, b: drop_tie(by=SYSTEM, tie=k.ties.get(), batch=b),
    "drop wish": lambda c, k, b: drop_wish(by=SYSTEM, wish=k.wishes.get(), batch=b),
    "note wish": lambda c, k, b: note_wish(
        by=SYSTEM, customer=k, text="guard", on=NOW.date(), batch=b
    ),
    "meet wish": lambda c, k, b: meet_wish(by=SYSTEM, wish=k.wishes.get(), on=NOW.date(), batch=b),
}


@pytest.mark.parametrize("name", WRITES)
def test_what_was_done_is_taken_back(clinic, name):
    noa = clinic.customers["noa"]
    assign(by=SYSTEM, customers=[noa], add_tags=["old"])
    add_contact(by=SYSTEM, customer=noa, kind="phone", value="04-8111222")
    tie(by=SYSTEM, customer=noa, other=clinic.customers["orchard"], role="employee")
    note_wish(by=SYSTEM, customer=noa, text="whitening", on=NOW.date())
    before = state(noa.pk)

    WRITES[name](clinic, Customer.objects.get(pk=noa.pk), "b")
    assert state(noa.pk) != before
    done = undo_batch(by=SYSTEM, batch="b")

    assert done.stayed == []
    assert state(noa.pk) == before


def test_what_was_added_goes_into_the_bin(clinic):
    added = add_customers(by=SYSTEM, customers=[NewCustomer(name="A B")], batch="b")

    undo_batch(by=SYSTEM, batch="b")

    assert Customer.objects.get(pk=added[0].pk).binned_at is not None


def test_a_telephone_alone_is_no_taking_back(clinic):
    """The first telephone follows from the contacts; where those stay, nothing was restored."""
    noa = clinic.customers["noa"]
    remove_contact(by=SYSTEM, contact=first_phone(noa))
    add_contact(by=SYSTEM, customer=noa, kind="phone", value="04-8111222", batch="b")
    add_contact(by=SYSTEM, customer=noa, kind="email", value="x@example.test")

    done = undo_batch(by=SYSTEM, batch="b")

    assert (done.restored, [one.field for one in done.stayed]) == (0, ["contacts"])
