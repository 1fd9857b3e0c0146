"""Files that still know a customer who was merged: their lines are about the one who goes on."""

import pytest

from kesher.billing.models import Purchase
from kesher.core.access import SYSTEM
from kesher.core.archiving import number_of
from kesher.core.importing.commands import open_import, take_back, take_in
from kesher.core.importing.kinds import importable_kind
from kesher.customers.commands.adding import NewCustomer, add_customer
from kesher.customers.commands.merging import merge_customers
from kesher.customers.models import Customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def bring(clinic, tmp_path):
    """Take in a file, as the owner unless somebody else is named."""

    def brought(text, kind="customers", by="owner"):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.csv"
        path.write_text(text)
        run = open_import(
            by=clinic.actor(by), kind=importable_kind(kind), path=path, name=path.name,
            is_ours=False, said={}, match=(), options={"branches": [clinic.haifa.pk]},
        )  # fmt: skip
        return run, take_in(by=clinic.actor(by), run=run)

    return brought


@pytest.fixture
def dana(clinic):
    """Dana, who was A-1 and B-2, and somebody without a number."""
    made = [
        add_customer(by=SYSTEM, customer=NewCustomer(**said, branches=[clinic.haifa]))
        for said in (
            {"name": "Dana Levi", "reference": "A-1"},
            {"name": "Dana Lewi", "reference": "B-2"},
            {"name": "D. Levi"},
        )
    ]
    merge_customers(by=SYSTEM, survivor=made[0], others=made[1:])
    return made


def test_a_line_adds_to_who_goes_on_and_takes_nothing_from_him(bring, dana):
    text = "number,name,city,phone\nB-2,Dana Lewi,Acre,052-1112233\n"

    _run, counts = bring(text)

    kept = Customer.objects.get(pk=dana[0].pk)
    assert (kept.name, kept.reference, kept.city) == ("Dana Levi", "A-1", "Acre")
    assert kept.phone == "+972521112233"
    assert counts["updated"] == 1
    assert bring(text)[1]["unchanged"] == 1


def test_a_name_that_kesher_gave_leads_there_too(bring, dana):
    bring(f"number,city\n{number_of(dana[2].pk)},Acre\n")

    assert Customer.objects.get(pk=dana[0].pk).city == "Acre"


def test_what_he_bought_lands_there(bring, dana):
    bring("customer,date,amount\nB-2,2026-02-01,12\n", kind="purchases")

    assert Purchase.objects.get().customer_id == dana[0].pk


def test_whoever_may_not_see_him_is_told_that_the_number_is_taken(bring, dana, clinic):
    _run, counts = bring("number,name\nB-2,Dana\n", by="eilat")

    assert counts["refused"] == 1
    assert Customer.objects.filter(name="Dana").count() == 0


def test_taking_a_file_back_names_who_goes_on(bring, clinic, dana):
    run, _counts = bring("number,name\nC-3,Dana Third\n")
    third = Customer.objects.get(reference="C-3")
    merge_customers(by=SYSTEM, survivor=dana[0], others=[third])

    undone = take_back(by=clinic.actor("owner"), run=run)

    assert [one.name for one in undone.stayed] == ["Dana Levi"]
