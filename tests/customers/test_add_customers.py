"""Taking customers in: one by one, or a whole file."""

import datetime

import pytest

from kesher.core.access import SYSTEM, AccessDenied, visible
from kesher.core.models import Change, EventRecord
from kesher.core.search import find
from kesher.customers import typed
from kesher.customers.commands.adding import (
    NewCustomer,
    NumberTaken,
    add_customer,
    add_customers,
)
from kesher.customers.models import ContactPoint, Customer, CustomerContact, Tag
from kesher.customers.points import Address, EmailUnreadable, PhoneUnreadable


def test_keeps_what_was_typed_beside_what_is_compared(clinic):
    added = add_customer(
        by=SYSTEM, customer=NewCustomer(name="Dana Levi", phones=["052-111 22 33"])
    )

    use = CustomerContact.objects.get(customer=added)
    assert (use.raw, use.point.normal, added.phone) == (
        "052-111 22 33",
        "+972521112233",
        "+972521112233",
    )


def test_a_whole_name_is_taken_apart_and_sorted_by_the_family_name(clinic):
    added = add_customer(by=SYSTEM, customer=NewCustomer(name="  Maria  de la Cruz "))

    assert (added.first_name, added.last_name) == ("Maria de la", "Cruz")
    assert (added.name, added.sort_name) == ("Maria de la Cruz", "cruz maria de la")


def test_a_family_name_before_a_comma(clinic):
    added = add_customer(by=SYSTEM, customer=NewCustomer(name="כהן, יוסף"))

    assert (added.first_name, added.last_name, added.sort_name) == ("יוסף", "כהן", "כהנ יוספ")


def test_an_organisation_has_one_name(clinic):
    added = add_customer(by=SYSTEM, customer=NewCustomer(kind="organisation", name="Gal & Sons"))

    assert (added.first_name, added.last_name, added.name) == ("", "", "Gal & Sons")


def test_belongs_to_the_branches_of_whoever_adds(clinic):
    actor = clinic.actor("receptionist")

    added = add_customer(by=actor, customer=NewCustomer(name="Dana Levi"))

    assert list(added.branches.all()) == [clinic.haifa]


def test_belongs_to_the_agent_who_sees_only_his_own(clinic):
    actor = clinic.actor("agent")

    added = add_customer(by=actor, customer=NewCustomer(name="Dana Levi"))

    assert added.owner_id == actor.member_id


def test_refuses_another_branch_and_keeps_nothing(clinic):
    before = Customer.objects.count()

    with pytest.raises(AccessDenied):
        add_customer(
            by=clinic.actor("receptionist"),
            customer=NewCustomer(name="Dana Levi", branches=[clinic.eilat]),
        )

    assert Customer.objects.count() == before


def test_refuses_those_who_may_not_add(clinic):
    with pytest.raises(AccessDenied):
        add_customer(by=clinic.actor("leaver"), customer=NewCustomer(name="Dana Levi"))


@pytest.mark.parametrize("name", ["", "   ", "\x00", "\u202e", "´"])
def test_refuses_a_customer_without_a_name(clinic, name):
    with pytest.raises(typed.NameMissing):
        add_customer(by=SYSTEM, customer=NewCustomer(name=name))


def test_refuses_a_number_that_is_taken(clinic):
    with pytest.raises(NumberTaken, match="C-100"):
        add_customer(by=SYSTEM, customer=NewCustomer(name="Dana Levi", reference="C-100"))


def test_refuses_one_number_twice_in_the_same_file(clinic):
    twins = [NewCustomer(name="A B", reference="X1"), NewCustomer(name="C D", reference="X1")]

    with pytest.raises(NumberTaken):
        add_customers(by=SYSTEM, customers=twins)


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (NewCustomer(name="A" * 201), typed.TooLong),
        (NewCustomer(name="Dana", stage="gone"), typed.ChoiceUnknown),
        (NewCustomer(name="Dana", birth_on=datetime.date(1, 1, 1)), typed.DayImpossible),
        (NewCustomer(name="Dana", preferred_days=[7]), typed.ChoiceUnknown),
        (NewCustomer(name="Dana", phones=["call me"]), PhoneUnreadable),
        (NewCustomer(name="Dana", emails=["dana at home"]), EmailUnreadable),
        (NewCustomer(name="Dana", city="x" * 81), typed.TooLong),
    ],
)
def test_refuses_what_cannot_be_kept(clinic, new, why):
    with pytest.raises(why):
        add_customer(by=SYSTEM, customer=new)


def test_drops_what_no_person_types(clinic):
    added = add_customer(
        by=SYSTEM,
        customer=NewCustomer(name="Da\x00na \ud800Levi\u202e", about="one\r\ntwo\x07"),
    )

    assert (added.name, added.about) == ("Dana Levi", "one\ntwo")


def test_two_who_share_a_number_share_its_row(clinic):
    couple = [NewCustomer(name=n, phones=["04-8123456"]) for n in ("Dana Levi", "Gil Levi")]

    dana, gil = add_customers(by=SYSTEM, customers=couple)

    point = ContactPoint.objects.get(normal="+97248123456")
    assert {use.customer_id for use in point.uses.all()} == {dana.pk, gil.pk}


def test_the_same_number_in_two_forms_is_kept_once(clinic):
    added = add_customer(
        by=SYSTEM, customer=NewCustomer(name="Dana", phones=["0521112233", "+972 52-111-2233"])
    )

    assert [use.raw for use in added.contacts.all()] == ["0521112233"]


def test_a_city_comes_from_the_address(clinic):
    added = add_customer(
        by=SYSTEM,
        customer=NewCustomer(name="Dana", addresses=[Address(street="Herzl 5", city="Haifa")]),
    )

    assert added.city == "Haifa"


def test_tags_and_source_are_made_where_they_are_new(clinic):
    customers = [
        NewCustomer(name="A B", tags=["vip", " vip "], source="Web"),
        NewCustomer(name="C D", tags=["vip", "smoker"], source="Web"),
    ]

    first, second = add_customers(by=SYSTEM, customers=customers)

    assert sorted(first.tags.values_list("name", flat=True)) == ["vip"]
    assert sorted(second.tags.values_list("name", flat=True)) == ["smoker", "vip"]
    assert first.source_id == second.source_id
    assert Tag.objects.filter(name="vip").count() == 1


def test_one_is_announced_as_one_and_many_as_one_chunk(clinic):
    EventRecord.objects.all().delete()

    add_customer(by=SYSTEM, customer=NewCustomer(name="Dana Levi"))
    add_customers(by=SYSTEM, customers=[NewCustomer(name=f"No {n}") for n in range(3)])

    names = list(EventRecord.objects.order_by("pk").values_list("name", flat=True))
    assert names == ["customers.CustomerAdded", "customers.CustomersImported"]


def test_each_leaves_a_change_of_the_batch(clinic):
    added = add_customers(
        by=SYSTEM, customers=[NewCustomer(name="A B"), NewCustomer(name="C D")], batch="b1"
    )

    changes = Change.objects.filter(batch="b1", before__isnull=True)
    assert sorted(change.record_id for change in changes) == sorted(c.pk for c in added)
    assert changes.get(record_id=added[0].pk).after["name"] == "A B"


def test_is_found_at_once(clinic):
    added = add_customer(
        by=clinic.actor("receptionist"),
        customer=NewCustomer(name="Dana Levi", phones=["0521112233"]),
    )

    assert [hit.pk for hit in find(clinic.actor("receptionist"), "2233")] == [added.pk]


def test_a_branch_sees_its_own(clinic):
    added = add_customer(by=SYSTEM, customer=NewCustomer(name="D L", branches=[clinic.eilat]))

    assert added in visible(clinic.actor("eilat"), Customer)
    assert added not in visible(clinic.actor("receptionist"), Customer)


def test_many_take_as_many_queries_as_few(clinic, django_assert_max_num_queries):
    with django_assert_max_num_queries(45):
        add_customers(
            by=SYSTEM,
            customers=[NewCustomer(name=f"No {n}", phones=[f"05211122{n:02}"]) for n in range(20)],
        )
