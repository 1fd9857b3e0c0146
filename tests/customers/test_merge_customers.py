"""Merging: of several customers who are the same, one goes on with all that the others had."""

import datetime
from decimal import Decimal

import pytest

from kesher.billing.commands.recording import NewPurchase, record_purchases
from kesher.billing.models import Purchase, PurchaseSummary
from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.models import EventRecord, SearchEntry
from kesher.core.search import find
from kesher.customers.commands.adding import NewCustomer, add_customer
from kesher.customers.commands.assigning import assign
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.leaving import archive, bin_customers
from kesher.customers.commands.merging import merge_customers
from kesher.customers.commands.telling_apart import tell_apart
from kesher.customers.commands.ties import tie
from kesher.customers.mergers import (
    ChangedMeanwhile,
    CustomerGone,
    KindsDiffer,
    MergedAlready,
    MergedWithHimself,
    ToldApart,
)
from kesher.customers.models import Customer, CustomerTag, Tie
from kesher.customers.typed import ChoiceUnknown
from kesher.customers.writing import InBin
from kesher.engagement.commands.touching import NewTouch, record_touches
from kesher.engagement.models import CustomerPulse, Touch
from tests.customers.merging import shown

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
DAY = datetime.date(2026, 2, 1)


@pytest.fixture
def boss(clinic):
    return clinic.actor("owner")


@pytest.fixture
def pair(clinic):
    """Dana twice: once with a number, once with a telephone and a birthday."""
    return [
        add_customer(by=SYSTEM, customer=NewCustomer(**said, branches=[clinic.haifa]))
        for said in (
            {"name": "Dana Levi", "reference": "A-1", "phones": ["03-5551111"]},
            {
                "name": "Dana Lewi", "reference": "B-2", "phones": ["052-1112233", "03-5551111"],
                "birth_on": DAY, "city": "Acre", "tags": ["vip"], "about": "Likes tea",
            },
        )
    ]  # fmt: skip


def test_what_the_survivor_lacks_is_filled_and_what_he_has_stays(boss, pair):
    dana, lewi = pair

    merge_customers(by=boss, survivor=dana, others=[lewi])

    dana.refresh_from_db()
    held = (dana.name, dana.reference, dana.birth_on, dana.city, dana.about, dana.phone)
    assert held == ("Dana Levi", "A-1", DAY, "Acre", "Likes tea", "+97235551111")
    assert [tag.name for tag in dana.tags.all()] == ["vip"]
    assert shown(dana) == [("phone", "03-5551111"), ("phone", "052-1112233")]
    assert not Customer.objects.filter(pk=lewi.pk).exists()


def test_of_each_field_the_value_that_was_chosen_stays(boss, pair):
    dana, lewi = pair

    merge_customers(
        by=boss, survivor=dana, others=[lewi],
        chosen={"name": lewi.pk, "reference": lewi.pk, "phone": lewi.pk, "city": dana.pk},
    )  # fmt: skip

    dana.refresh_from_db()
    held = (dana.name, dana.sort_name, dana.reference, dana.city, dana.phone)
    assert held == ("Dana Lewi", "lewi dana", "B-2", "", "+972521112233")
    assert shown(dana) == [("phone", "052-1112233"), ("phone", "03-5551111")]


def test_three_become_one_at_once(boss, pair, clinic):
    third = add_customer(
        by=SYSTEM, customer=NewCustomer(name="D. Levi", gender="f", branches=[clinic.eilat])
    )

    merger = merge_customers(by=boss, survivor=pair[0], others=[pair[1], third])

    pair[0].refresh_from_db()
    assert (pair[0].gender, pair[0].birth_on) == ("f", DAY)
    assert {*pair[0].branches.all()} == {clinic.haifa, clinic.eilat}
    assert {stone.name for stone in merger.gone.all()} == {"Dana Lewi", "D. Levi"}


def test_what_he_bought_and_what_was_said_moves_and_is_summed_anew(boss, pair):
    for one, amount in zip(pair, ("10.00", "5.50"), strict=True):
        record_purchases(
            by=SYSTEM,
            purchases=[NewPurchase(customer_id=one.pk, bought_on=DAY, amount=Decimal(amount))],
        )
    record_touches(
        by=boss, now=NOW,
        touches=[NewTouch(customer=pair[1], channel="call", direction="in", happened_at=NOW)],
    )  # fmt: skip

    merge_customers(by=boss, survivor=pair[0], others=pair[1:])

    assert {*Purchase.objects.values_list("customer", flat=True)} == {pair[0].pk}
    summary = PurchaseSummary.objects.get()
    assert (summary.customer_id, summary.count, summary.total) == (pair[0].pk, 2, Decimal("15.50"))
    assert Touch.objects.get().customer_id == pair[0].pk
    assert CustomerPulse.objects.get(customer=pair[0]).last_touch_at == NOW


def test_ties_are_combined_and_nobody_is_tied_to_himself(boss, pair, clinic):
    toys, noa = clinic.customers["orchard"], clinic.customers["noa"]
    for one in pair:
        tie(by=boss, customer=one, other=toys, role="employee")
    tie(by=boss, customer=pair[0], other=pair[1], role="sibling")
    tie(by=boss, customer=noa, other=pair[1], role="referrer")

    merge_customers(by=boss, survivor=pair[0], others=pair[1:])

    left = Tie.objects.order_by("pk").values_list("customer", "other", "role")
    assert list(left) == [
        (pair[0].pk, toys.pk, "employee"), (noa.pk, pair[0].pk, "referrer")
    ]  # fmt: skip


def test_he_is_found_by_what_the_other_one_had_and_only_once(boss, pair):
    merge_customers(by=boss, survivor=pair[0], others=pair[1:])

    assert [hit.pk for hit in find(boss, "052-1112233")] == [pair[0].pk]
    assert not SearchEntry.objects.filter(kind="customer", record_id=pair[1].pk).exists()


def test_chains_lead_to_the_last_one(boss, pair, clinic):
    from kesher.core.person import heirs_of

    noa = clinic.customers["noa"]
    merge_customers(by=boss, survivor=pair[0], others=pair[1:])
    merge_customers(by=boss, survivor=noa, others=[pair[0]])

    assert heirs_of(Customer, [pair[1].pk, pair[0].pk]) == {
        pair[0].pk: noa.pk, pair[1].pk: noa.pk
    }  # fmt: skip


def test_both_are_told_of_it(boss, pair):
    merge_customers(by=boss, survivor=pair[0], others=pair[1:])

    told = EventRecord.objects.order_by("-pk").values_list("name", "record_id")[:2]
    assert list(told) == [
        ("customers.CustomerChanged", pair[0].pk), ("customers.CustomerMerged", pair[1].pk)
    ]  # fmt: skip


def test_he_is_archived_only_if_both_were(boss, pair, clinic):
    archive(by=boss, customers=pair[:1], now=NOW)

    merge_customers(by=boss, survivor=pair[0], others=pair[1:])

    assert Customer.objects.get(pk=pair[0].pk).archived_at is None


# ---- what refuses


def test_refuses_himself_and_nobody(boss, pair):
    for others in ([], [pair[0]], [pair[1], pair[1]]):
        with pytest.raises(MergedWithHimself):
            merge_customers(by=boss, survivor=pair[0], others=others)


def test_refuses_who_is_not_there_any_more(boss, pair, clinic):
    noa = clinic.customers["noa"]
    merge_customers(by=boss, survivor=pair[0], others=pair[1:])
    for survivor, other in ((noa, pair[1]), (pair[1], noa)):
        with pytest.raises(MergedAlready, match="Dana Lewi"):
            merge_customers(by=boss, survivor=survivor, others=[other])
    with pytest.raises(CustomerGone):
        merge_customers(by=boss, survivor=noa, others=[Customer(pk=10**9)])


def test_says_nothing_of_who_was_merged_elsewhere(boss, clinic):
    eleni = clinic.customers["eleni"]
    twin = add_customer(by=SYSTEM, customer=NewCustomer(name="Eleni", branches=[clinic.eilat]))
    merge_customers(by=boss, survivor=eleni, others=[twin])

    with pytest.raises(CustomerGone):
        merge_customers(by=clinic.actor("manager"), survivor=clinic.customers["noa"], others=[twin])


def test_refuses_who_lies_in_the_bin(boss, pair):
    bin_customers(by=boss, customers=pair[1:], now=NOW)

    for survivor, other in (pair, reversed(pair)):
        with pytest.raises(InBin):
            merge_customers(by=boss, survivor=survivor, others=[other])


def test_refuses_a_person_with_a_company(boss, pair, clinic):
    with pytest.raises(KindsDiffer):
        merge_customers(by=boss, survivor=pair[0], others=[clinic.customers["orchard"]])


def test_refuses_what_was_changed_since_it_was_looked_at(boss, pair):
    versions = {one.pk: one.version for one in pair}
    change_customer(by=boss, customer=pair[1], values={"city": "Haifa"})

    with pytest.raises(ChangedMeanwhile, match="Dana Lewi"):
        merge_customers(by=boss, survivor=pair[0], others=pair[1:], versions=versions)


def test_refuses_who_were_told_apart(boss, pair):
    tell_apart(by=boss, customers=pair)

    with pytest.raises(ToldApart, match="Orly"):
        merge_customers(by=boss, survivor=pair[0], others=pair[1:])


def test_refuses_without_the_right_and_out_of_reach(clinic, pair):
    with pytest.raises(AccessDenied):
        merge_customers(by=clinic.actor("receptionist"), survivor=pair[0], others=pair[1:])
    with pytest.raises(AccessDenied):
        merge_customers(
            by=clinic.actor("manager"), survivor=pair[0], others=[clinic.customers["eleni"]]
        )


def test_refuses_a_choice_that_is_none(boss, pair):
    for chosen in ({"shoe_size": pair[0].pk}, {"city": 10**9}):
        with pytest.raises(ChoiceUnknown):
            merge_customers(by=boss, survivor=pair[0], others=pair[1:], chosen=chosen)


# ---- hidden fields


@pytest.fixture
def blind(clinic):
    """A manager who may merge, and reads neither telephones nor what is personal."""
    from kesher.organization.models import Clearance

    Clearance.objects.filter(role__key="manager").delete()
    return clinic.actor("manager")


def test_a_hidden_field_is_kept_or_filled_and_cannot_be_chosen(blind, pair):
    for name in ("about", "birth_on", "phone"):
        with pytest.raises(AccessDenied):
            merge_customers(by=blind, survivor=pair[0], others=pair[1:], chosen={name: pair[1].pk})

    merge_customers(by=blind, survivor=pair[0], others=pair[1:])

    dana = Customer.objects.get(pk=pair[0].pk)
    assert (dana.about, dana.birth_on, dana.phone) == ("Likes tea", DAY, "+97235551111")
    assert shown(dana) == [("phone", "03-5551111"), ("phone", "052-1112233")]


def test_tags_of_both_stay_each_once(boss, pair):
    assign(by=boss, customers=pair, add_tags=["early"])

    merge_customers(by=boss, survivor=pair[0], others=pair[1:])

    tags = CustomerTag.objects.values_list("customer", "tag__name")
    assert sorted(tags) == [(pair[0].pk, "early"), (pair[0].pk, "vip")]
