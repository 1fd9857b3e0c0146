"""Who looks after customers, where they belong, how they are tagged: for one or for many."""

import pytest

from kesher.core.access import SYSTEM, AccessDenied, visible
from kesher.core.models import Change, EventRecord
from kesher.core.search import find
from kesher.customers.commands.adding import NewCustomer, add_customers
from kesher.customers.commands.assigning import BranchMissing, OwnerGone, assign
from kesher.customers.models import Customer
from kesher.customers.writing import branch_ids, tag_ids


def test_gives_many_an_owner_in_one_batch(clinic):
    both = [clinic.customers["noa"], clinic.customers["yosef"]]

    changed = assign(by=SYSTEM, customers=both, owner=clinic.members["manager"], batch="b")

    assert {c.owner_id for c in changed} == {clinic.members["manager"].pk}
    assert Change.objects.filter(batch="b").count() == 2
    assert EventRecord.objects.latest("pk").name == "customers.CustomerChanged"


def test_very_many_are_told_of_as_one(clinic):
    many = add_customers(
        by=SYSTEM,
        customers=[NewCustomer(name=f"No {n}", branches=[clinic.haifa]) for n in range(40)],
    )
    before = EventRecord.objects.count()

    assign(by=SYSTEM, customers=many, add_tags=["vip"])

    assert EventRecord.objects.count() == before + 1
    assert EventRecord.objects.latest("pk").name == "customers.CustomersChanged"


def test_leaves_alone_what_is_as_asked(clinic):
    yosef = clinic.customers["yosef"]

    changed = assign(by=SYSTEM, customers=[yosef], owner=clinic.members["agent"])

    assert changed == []
    assert Customer.objects.get(pk=yosef.pk).version == 1


def test_nobody_is_an_answer(clinic):
    yosef = clinic.customers["yosef"]

    assign(by=SYSTEM, customers=[yosef], owner=None)

    assert Customer.objects.get(pk=yosef.pk).owner is None


def test_tags_come_and_go(clinic):
    noa = clinic.customers["noa"]
    assign(by=SYSTEM, customers=[noa], add_tags=["vip", "smoker"])

    assign(by=SYSTEM, customers=[noa], add_tags=["new"], remove_tags=["smoker"], batch="b")

    assert sorted(noa.tags.values_list("name", flat=True)) == ["new", "vip"]
    assert Change.objects.get(batch="b").after == {"tags": tag_ids(noa)}


def test_a_new_branch_sees_him(clinic):
    noa = clinic.customers["noa"]

    assign(by=SYSTEM, customers=[noa], add_branches=[clinic.eilat])

    assert branch_ids(noa) == sorted([clinic.haifa.pk, clinic.eilat.pk])
    assert noa in visible(clinic.actor("eilat"), Customer)
    assert [hit.pk for hit in find(clinic.actor("eilat"), "נועה")] == [noa.pk]


def test_a_former_branch_finds_him_no_more(clinic):
    yosef = clinic.customers["yosef"]

    assign(by=SYSTEM, customers=[yosef], remove_branches=[clinic.eilat])

    assert find(clinic.actor("eilat"), "יוסף") == []
    assert [hit.pk for hit in find(clinic.actor("receptionist"), "יוסף")] == [yosef.pk]


def test_refuses_to_take_the_last_branch(clinic):
    with pytest.raises(BranchMissing):
        assign(by=SYSTEM, customers=[clinic.customers["noa"]], remove_branches=[clinic.haifa])


def test_refuses_an_owner_who_has_left(clinic):
    with pytest.raises(OwnerGone, match="Leaver"):
        leaver = clinic.members["leaver"]
        leaver.refresh_from_db()
        assign(by=SYSTEM, customers=[clinic.customers["noa"]], owner=leaver)


def test_all_or_none(clinic):
    both = [clinic.customers["noa"], clinic.customers["eleni"]]

    with pytest.raises(AccessDenied):
        assign(by=clinic.actor("receptionist"), customers=both, add_tags=["vip"])

    assert tag_ids(clinic.customers["noa"]) == []


def test_many_take_as_many_queries_as_few(clinic, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    many = add_customers(
        by=SYSTEM,
        customers=[NewCustomer(name=f"No {n}", branches=[clinic.haifa]) for n in range(60)],
    )
    with CaptureQueriesContext(connection) as some:
        assign(by=SYSTEM, customers=many[:30], add_tags=["a"])
    with django_assert_num_queries(len(some)):
        assign(by=SYSTEM, customers=many[:31], add_tags=["b"])
