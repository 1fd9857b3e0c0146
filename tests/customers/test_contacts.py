"""How customers are reached: telephones, e-mails, addresses; shared, preferred, corrected."""

import pytest

from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.search import find
from kesher.customers.commands.contacts import (
    ContactThere,
    add_contact,
    change_contact,
    prefer_contact,
    remove_contact,
)
from kesher.customers.models import ContactPoint, Customer
from kesher.customers.points import Address, PhoneUnreadable


def fresh(customer):
    return Customer.objects.get(pk=customer.pk)


def raws(customer):
    return [use.raw for use in customer.contacts.filter(point__kind="phone").order_by("rank")]


def test_a_second_number_comes_after_the_first(clinic):
    noa = clinic.customers["noa"]

    add_contact(by=SYSTEM, customer=noa, kind="phone", value="04-8111222", label="home")

    assert raws(noa) == ["052-647-3190", "04-8111222"]
    assert fresh(noa).phone == "+972526473190"


def test_the_preferred_one_is_shown_and_dialled(clinic):
    noa = clinic.customers["noa"]
    home = add_contact(by=SYSTEM, customer=noa, kind="phone", value="04-8111222")

    prefer_contact(by=SYSTEM, contact=home)

    assert raws(noa) == ["04-8111222", "052-647-3190"]
    assert (fresh(noa).phone, fresh(noa).version) == ("+97248111222", 3)


def test_a_corrected_number_is_found_and_the_wrong_one_is_not(clinic):
    noa = clinic.customers["noa"]
    use = noa.contacts.get(point__kind="phone")

    change_contact(by=SYSTEM, contact=use, value="052-647-3191")

    assert fresh(noa).phone == "+972526473191"
    assert [hit.pk for hit in find(SYSTEM, "6473191")] == [noa.pk]
    assert find(SYSTEM, "6473190", kinds=["customer"]) == []
    assert not ContactPoint.objects.filter(normal="+972526473190").exists()


def test_correcting_mine_leaves_his(clinic):
    noa, yosef = clinic.customers["noa"], clinic.customers["yosef"]
    add_contact(by=SYSTEM, customer=yosef, kind="phone", value="052-647-3190")

    change_contact(by=SYSTEM, contact=noa.contacts.get(point__kind="phone"), value="0526473191")

    assert raws(yosef) == ["054-7654321", "052-647-3190"]
    assert ContactPoint.objects.filter(normal="+972526473190").exists()


def test_removing_the_first_brings_up_the_next(clinic):
    noa = clinic.customers["noa"]
    add_contact(by=SYSTEM, customer=noa, kind="phone", value="04-8111222")

    remove_contact(by=SYSTEM, contact=noa.contacts.order_by("rank").first())

    assert fresh(noa).phone == "+97248111222"
    assert find(SYSTEM, "3190", kinds=["customer"]) == []


def test_an_address_gives_the_city_where_none_is_known(clinic):
    orchard = clinic.customers["orchard"]

    add_contact(
        by=SYSTEM, customer=orchard, kind="address", value=Address(street="Herzl 5", city="Acre")
    )

    assert fresh(orchard).city == "Acre"


def test_extensions_of_one_switchboard_are_two_numbers(clinic):
    noa, yosef = clinic.customers["noa"], clinic.customers["yosef"]

    first = add_contact(by=SYSTEM, customer=noa, kind="phone", value="03-5051051/12")
    second = add_contact(by=SYSTEM, customer=yosef, kind="phone", value="03-5051051 שלוחה 13")

    assert first.point_id != second.point_id
    assert {hit.pk for hit in find(SYSTEM, "5051051")} == {noa.pk, yosef.pk}


def test_refuses_the_same_number_twice(clinic):
    with pytest.raises(ContactThere):
        add_contact(
            by=SYSTEM, customer=clinic.customers["noa"], kind="phone", value="+972526473190"
        )


def test_refuses_what_is_no_number(clinic):
    with pytest.raises(PhoneUnreadable):
        add_contact(by=SYSTEM, customer=clinic.customers["noa"], kind="phone", value="later")


def test_another_branch_may_not(clinic):
    with pytest.raises(AccessDenied):
        add_contact(
            by=clinic.actor("eilat"),
            customer=clinic.customers["noa"],
            kind="phone",
            value="1234567",
        )
