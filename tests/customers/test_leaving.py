"""Archive, bin, restore; what must be kept keeps the customer."""

import datetime
from decimal import Decimal

import pytest

from kesher.billing.models import Purchase
from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.models import Change, SearchEntry
from kesher.core.search import find
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.leaving import (
    NotInBin,
    StillNeeded,
    archive,
    bin_customers,
    delete_binned,
    empty_bin,
    restore,
    unarchive,
)
from kesher.customers.models import ContactPoint, Customer
from kesher.customers.writing import InBin

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)


def fresh(customer):
    return Customer.objects.get(pk=customer.pk)


def bought(customer):
    Purchase.objects.create(
        customer=customer, bought_on=NOW.date(), amount=Decimal(5), currency="ILS"
    )


def test_the_archived_are_found_after_the_others(clinic):
    noa = clinic.customers["noa"]

    archive(by=clinic.actor("receptionist"), customers=[noa], now=NOW)

    assert fresh(noa).archived_at == NOW
    assert [hit.pk for hit in find(SYSTEM, "נועה", kinds=["customer"])] == [noa.pk]
    unarchive(by=SYSTEM, customers=[fresh(noa)])
    assert fresh(noa).archived_at is None


def test_the_binned_are_not_found_until_they_are_restored(clinic):
    manager, noa = clinic.actor("manager"), clinic.customers["noa"]

    bin_customers(by=manager, customers=[noa], now=NOW)
    assert find(SYSTEM, "נועה") == []
    assert not SearchEntry.objects.filter(kind="customer", record_id=noa.pk).exists()

    restore(by=manager, customers=[fresh(noa)])
    assert [hit.pk for hit in find(manager, "נועה")] == [noa.pk]


def test_a_receptionist_may_not_bin(clinic):
    with pytest.raises(AccessDenied):
        bin_customers(by=clinic.actor("receptionist"), customers=[clinic.customers["noa"]], now=NOW)


def test_purchases_keep_a_customer(clinic):
    noa = clinic.customers["noa"]
    bought(noa)

    with pytest.raises(StillNeeded, match=r"Purchases that must be kept: 1\."):
        bin_customers(by=SYSTEM, customers=[noa], now=NOW)

    assert fresh(noa).binned_at is None


def test_after_thirty_days_he_is_gone_and_what_he_alone_had(clinic):
    noa = clinic.customers["noa"]
    bin_customers(by=SYSTEM, customers=[noa], now=NOW)

    early = empty_bin(by=SYSTEM, now=NOW + datetime.timedelta(days=29))
    late = empty_bin(by=SYSTEM, now=NOW + datetime.timedelta(days=31))

    assert (early, late) == (0, 1)
    assert not Customer.objects.filter(pk=noa.pk).exists()
    assert not ContactPoint.objects.filter(normal="+972526473190").exists()
    assert "שלו" not in str(list(Change.objects.filter(record_id=noa.pk).values()))


def test_what_turned_up_in_the_bin_keeps_him(clinic):
    noa = clinic.customers["noa"]
    bin_customers(by=SYSTEM, customers=[noa], now=NOW)
    bought(noa)

    assert empty_bin(by=SYSTEM, now=NOW + datetime.timedelta(days=31)) == 0
    assert Customer.objects.filter(pk=noa.pk).exists()


def test_refuses_what_makes_no_sense(clinic):
    noa = clinic.customers["noa"]
    with pytest.raises(NotInBin):
        restore(by=SYSTEM, customers=[noa])
    with pytest.raises(NotInBin):
        delete_binned(by=SYSTEM, customer=noa)
    bin_customers(by=SYSTEM, customers=[noa], now=NOW)
    with pytest.raises(InBin):
        archive(by=SYSTEM, customers=[noa], now=NOW)
    with pytest.raises(InBin):
        change_customer(by=SYSTEM, customer=fresh(noa), values={"city": "Acre"})
