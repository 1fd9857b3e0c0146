"""Taking apart: what the merger moved goes back; what came later stays and is named."""

from decimal import Decimal

import pytest

from kesher.billing.commands.recording import NewPurchase, record_purchases
from kesher.billing.models import Purchase, PurchaseSummary
from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.models import SearchEntry
from kesher.core.search import find
from kesher.core.undo import undo_batch
from kesher.customers.commands.adding import NewCustomer, add_customer
from kesher.customers.commands.assigning import assign
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.contacts import prefer_contact
from kesher.customers.commands.merging import merge_customers
from kesher.customers.commands.parting import MergedFurther, PartedAlready, unmerge_customers
from kesher.customers.commands.ties import tie
from kesher.customers.models import Customer, CustomerTag, Merger
from kesher.engagement.pulse import refresh
from tests.customers.merging import everything, shown
from tests.customers.test_merge_customers import DAY, boss, pair  # noqa: F401 - fixtures
from tests.filled import fill

pytestmark = pytest.mark.django_db


def twin(clinic, **said):
    return add_customer(by=SYSTEM, customer=NewCustomer(branches=[clinic.haifa], **said))


def bought(customer, amount):
    record_purchases(
        by=SYSTEM,
        purchases=[NewPurchase(customer_id=customer.pk, bought_on=DAY, amount=Decimal(amount))],
    )
    return Purchase.objects.latest("pk")


def test_every_table_is_again_as_it_was(boss, clinic):  # noqa: F811
    fill(clinic)
    refresh(Customer.objects.values_list("pk", flat=True))  # made.py writes some rows by itself
    noa, yosef, eleni = (clinic.customers[name] for name in ("noa", "yosef", "eleni"))
    tie(by=boss, customer=noa, other=yosef, role="sibling")
    for one in (noa, yosef):
        tie(by=boss, customer=one, other=eleni, role="contact")
    was = everything()

    merger = merge_customers(
        by=boss, survivor=yosef, others=[noa, eleni],
        chosen={"name": noa.pk, "phone": eleni.pk, "language": eleni.pk},
    )  # fmt: skip
    assert everything() != was
    unmerge_customers(by=boss, merger=merger)

    assert everything() == was


def test_what_came_later_stays_and_is_named(boss, pair, clinic):  # noqa: F811
    before = bought(pair[1], "5.00")
    merger = merge_customers(by=boss, survivor=pair[0], others=pair[1:])
    later = bought(pair[0], "7.00")
    tie(by=boss, customer=pair[0], other=clinic.customers["orchard"], role="employee")
    from kesher.customers.commands.wishing import note_wish

    note_wish(by=boss, customer=Customer.objects.get(pk=pair[0].pk), text="Tea", on=DAY)

    parted = unmerge_customers(by=boss, merger=merger)

    assert dict(Purchase.objects.values_list("pk", "customer")) == {
        before.pk: pair[1].pk, later.pk: pair[0].pk
    }  # fmt: skip
    totals = dict(PurchaseSummary.objects.values_list("customer", "total"))
    assert totals == {pair[0].pk: Decimal("7.00"), pair[1].pk: Decimal("5.00")}
    assert ("customers.wish", "Tea") in parted.later
    assert ("billing.purchase", "1 purchase") in parted.later
    assert [one.name for one in parted.customers] == ["Dana Lewi"]


def test_a_field_that_somebody_changed_since_stays_and_is_named(boss, pair):  # noqa: F811
    merger = merge_customers(by=boss, survivor=pair[0], others=pair[1:])
    change_customer(by=boss, customer=pair[0], values={"city": "Haifa"})

    parted = unmerge_customers(by=boss, merger=merger)

    dana, lewi = (Customer.objects.get(pk=one.pk) for one in pair)
    assert (dana.city, dana.birth_on, dana.about) == ("Haifa", None, "")
    assert (lewi.city, lewi.birth_on, lewi.reference) == ("Acre", DAY, "B-2")
    assert [(one.field, one.now, one.wanted, one.by) for one in parted.stayed] == [
        ("city", "Haifa", "", boss.label)
    ]


def test_a_name_changed_in_part_since_stays_whole(boss, pair):  # noqa: F811
    merger = merge_customers(
        by=boss, survivor=pair[0], others=pair[1:], chosen={"name": pair[1].pk}
    )
    change_customer(by=boss, customer=pair[0], values={"first_name": "Dany"})

    unmerge_customers(by=boss, merger=merger)

    dana = Customer.objects.get(pk=pair[0].pk)
    assert (dana.name, dana.sort_name) == ("Dany Levi", "levi dany")


def test_a_row_that_is_gone_since_is_not_missed(boss, pair):  # noqa: F811
    merger = merge_customers(by=boss, survivor=pair[0], others=pair[1:])
    assign(by=boss, customers=pair[:1], remove_tags=["vip"])

    unmerge_customers(by=boss, merger=merger)

    assert not CustomerTag.objects.exists()


def test_contact_details_are_in_the_order_they_had(boss, pair):  # noqa: F811
    were = [shown(one) for one in pair]
    merger = merge_customers(
        by=boss, survivor=pair[0], others=pair[1:], chosen={"phone": pair[1].pk}
    )
    prefer_contact(by=boss, contact=pair[0].contacts.last())

    unmerge_customers(by=boss, merger=merger)

    assert [shown(one) for one in pair] == were
    firsts = [Customer.objects.get(pk=one.pk).phone for one in pair]
    assert firsts == ["+97235551111", "+972521112233"]


def test_each_is_found_again_by_his_own(boss, pair):  # noqa: F811
    merger = merge_customers(by=boss, survivor=pair[0], others=pair[1:])

    unmerge_customers(by=boss, merger=merger)

    assert [hit.pk for hit in find(boss, "052-1112233")] == [pair[1].pk]
    assert SearchEntry.objects.filter(kind="customer", record_id=pair[1].pk).exists()


def test_a_number_that_somebody_else_has_by_now_is_not_given_twice(boss, pair, clinic):  # noqa: F811
    merger = merge_customers(by=boss, survivor=pair[0], others=pair[1:])
    other = twin(clinic, name="Other", reference="B-2")

    parted = unmerge_customers(by=boss, merger=merger)

    assert Customer.objects.get(pk=pair[1].pk).reference is None
    assert Customer.objects.get(pk=other.pk).reference == "B-2"
    assert ("reference", "B-2") in [(one.field, one.wanted) for one in parted.stayed]


# ---- not in the order in which they were merged


def test_mergers_that_have_nothing_in_common_part_in_any_order(boss, pair, clinic):  # noqa: F811
    dana, lewi = pair
    third = twin(clinic, name="Dana L", phones=["052-1112233"], tags=["vip"])
    were = everything()
    first = merge_customers(by=boss, survivor=dana, others=[lewi])
    second = merge_customers(by=boss, survivor=dana, others=[third])

    unmerge_customers(by=boss, merger=first)

    assert [tag.name for tag in dana.tags.all()] == ["vip"]  # the third's, who is still in him
    assert ("phone", "052-1112233") in shown(dana)
    unmerge_customers(by=boss, merger=second)
    assert everything() == were


def test_refuses_who_was_himself_merged_since(boss, pair, clinic):  # noqa: F811
    first = merge_customers(by=boss, survivor=pair[0], others=pair[1:])
    second = merge_customers(by=boss, survivor=clinic.customers["noa"], others=pair[:1])
    first.refresh_from_db()

    with pytest.raises(MergedFurther):
        unmerge_customers(by=boss, merger=first)

    unmerge_customers(by=boss, merger=second)
    first.refresh_from_db()
    unmerge_customers(by=boss, merger=first)
    assert Customer.objects.filter(pk__in=[one.pk for one in pair]).count() == 2


def test_refuses_where_a_later_merger_wrote_over_a_field(boss, pair, clinic):  # noqa: F811
    third = twin(clinic, name="Dana L", city="Tel Aviv")
    first = merge_customers(by=boss, survivor=pair[0], others=pair[1:])
    merge_customers(by=boss, survivor=pair[0], others=[third], chosen={"city": third.pk})

    with pytest.raises(MergedFurther, match="Dana Levi"):
        unmerge_customers(by=boss, merger=first)


def test_refuses_where_the_other_end_of_a_tie_was_merged_since(boss, pair, clinic):  # noqa: F811
    toys = clinic.customers["orchard"]
    for one in pair:
        tie(by=boss, customer=one, other=toys, role="employee")
    other = twin(clinic, kind="organisation", name="Orchard")
    first = merge_customers(by=boss, survivor=pair[0], others=pair[1:])
    second = merge_customers(by=boss, survivor=other, others=[toys])

    with pytest.raises(MergedFurther):
        unmerge_customers(by=boss, merger=first)

    unmerge_customers(by=boss, merger=second)
    unmerge_customers(by=boss, merger=first)
    assert toys.ties_back.count() == 2


# ---- who may, and twice


def test_refuses_twice_and_without_the_right(boss, pair, clinic):  # noqa: F811
    merger = merge_customers(by=boss, survivor=pair[0], others=pair[1:])
    with pytest.raises(AccessDenied):
        unmerge_customers(by=clinic.actor("receptionist"), merger=merger)
    unmerge_customers(by=boss, merger=merger)

    with pytest.raises(PartedAlready):
        unmerge_customers(by=boss, merger=merger)


def test_many_that_were_merged_in_one_go_are_taken_apart_in_one(boss, pair, clinic):  # noqa: F811
    were = everything()
    third = [twin(clinic, name="Yossi"), twin(clinic, name="Yosi")]
    with_third = everything()
    for survivor, other in (pair, third):
        merge_customers(by=boss, survivor=survivor, others=[other], batch="many")
    assert len(were) < len(with_third)

    undone = undo_batch(by=boss, batch="many")

    assert everything() == with_third
    assert (undone.restored, undone.stayed) == (2, [])
    assert Merger.objects.filter(parted_at=None).count() == 0
