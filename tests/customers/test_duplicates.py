"""The warning that somebody seems to be here already."""

import datetime
from dataclasses import replace

import pytest

from kesher.core.access import SYSTEM
from kesher.customers.commands.adding import NewCustomer, add_customer
from kesher.customers.commands.changing import change_customer
from kesher.customers.duplicates import Typed, look_alikes


def said(found):
    return [(one.customer.name, [str(r) for r in one.reasons]) for one in found.seen]


def test_the_same_telephone_in_another_form(clinic):
    found = look_alikes(SYSTEM, Typed(phones=["+972 52 647 3190"]))

    assert said(found) == [("נועה שלו", ["same telephone"])]


def test_the_same_e_mail_in_other_letters(clinic):
    found = look_alikes(SYSTEM, Typed(emails=["NOA@Example.Test"]))

    assert said(found) == [("נועה שלו", ["same e-mail"])]


@pytest.mark.parametrize("name", ["Yosef Cohen", "Cohen Yosef", "Joseph Kohen", "כהן, יוסף"])
def test_the_same_name_in_any_script_and_order(clinic, name):
    (found,) = look_alikes(SYSTEM, Typed(name=name)).seen

    assert found.customer == clinic.customers["yosef"]
    assert not found.is_certain


def test_name_and_telephone_together_are_certain(clinic):
    (found,) = look_alikes(SYSTEM, Typed(name="Yosef Cohen", phones=["054-7654321"])).seen

    assert found.is_certain
    assert [str(r) for r in found.reasons] == [
        "same telephone",
        "two forms of one first name",
        "family names sound alike",
    ]


def test_another_first_name_on_the_same_telephone_is_family(clinic):
    (found,) = look_alikes(SYSTEM, Typed(name="אורי שלו", phones=["052-6473190"])).seen

    assert found.is_family
    assert [str(r) for r in found.reasons] == [
        "same telephone",
        "another first name",
        "same family name",
        "perhaps of one household",
        "the names of a man and of a woman",
    ]


def test_a_common_family_name_alone_is_no_reason(clinic):
    assert not look_alikes(SYSTEM, Typed(name="Ruth Cohen"))
    assert not look_alikes(SYSTEM, Typed(last_name="Cohen"))


def test_another_birthday_speaks_against_a_namesake(clinic):
    yosef = clinic.customers["yosef"]
    change_customer(by=SYSTEM, customer=yosef, values={"birth_on": datetime.date(1980, 5, 1)})

    same = look_alikes(SYSTEM, Typed(name="יוסף כהן", birth_on=datetime.date(1980, 5, 1)))
    other = look_alikes(SYSTEM, Typed(name="יוסף כהן", birth_on=datetime.date(1999, 5, 1)))

    assert "same birthday" in said(same)[0][1]
    assert not other


def test_he_is_not_his_own_double(clinic):
    noa = clinic.customers["noa"]

    assert not look_alikes(SYSTEM, Typed(name="נועה שלו", phones=["052-647-3190"]), but=noa.pk)


def test_of_another_branch_only_the_clash_is_told(clinic):
    found = look_alikes(clinic.actor("eilat"), Typed(name="נועה שלו", phones=["052-647-3190"]))

    assert found.seen == []
    assert [str(sentence) for sentence in found.hidden] == [
        "This telephone belongs to a customer of another branch. Ask there first."
    ]


def test_who_may_not_read_telephones_learns_nothing_by_them(clinic):
    blind = replace(clinic.actor("receptionist"), clearances=frozenset({"open"}))

    assert not look_alikes(blind, Typed(phones=["052-647-3190"]))
    (found,) = look_alikes(blind, Typed(name="Noa Shalo", phones=["052-647-3190"])).seen
    assert [str(r) for r in found.reasons] == [
        "two forms of one first name",
        "family names sound alike",
    ]


def test_an_organisation_by_its_name(clinic):
    found = look_alikes(SYSTEM, Typed(kind="organisation", name="ORCHARD TOYS ltd."))

    assert said(found) == [("Orchard Toys Ltd", ["same name"])]


@pytest.mark.parametrize(
    "typed",
    [
        Typed(),
        Typed(name="x", phones=["0"], emails=["@"]),
        Typed(name="\x00\ud800'\"%_", phones=["\x00"], emails=["\ud800@x"]),
        Typed(name="x" * 10_000, phones=["1" * 10_000]),
    ],
)
def test_what_is_half_typed_or_hostile_warns_of_nothing(clinic, typed):
    assert not look_alikes(SYSTEM, typed)


def test_takes_few_queries_however_many_are_alike(clinic, django_assert_max_num_queries):
    for number in range(20):
        add_customer(by=SYSTEM, customer=NewCustomer(name=f"Yosef Cohen {number}"))

    with django_assert_max_num_queries(10):
        look_alikes(SYSTEM, Typed(name="Yosef Cohen", phones=["054-7654321"], emails=["a@b.test"]))
