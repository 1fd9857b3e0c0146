"""Ties: who works where, who is whose parent, who lives together."""

import datetime

import pytest

from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.search import find
from kesher.customers.commands.adding import NewCustomer, add_customer
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.ties import (
    DaysReversed,
    TiedAlready,
    TiedToHimself,
    TieEnded,
    TieImpossible,
    drop_tie,
    join_household,
    move_employee,
    tie,
    untie,
)
from kesher.customers.models import Tie

DAY = datetime.date(2026, 3, 1)


def employer(clinic, name):
    return add_customer(
        by=SYSTEM,
        customer=NewCustomer(kind="organisation", name=name, branches=[clinic.haifa]),
    )


def test_an_employee_moves_and_where_he_worked_stays_known(clinic):
    yosef, orchard = clinic.customers["yosef"], clinic.customers["orchard"]
    bank = employer(clinic, "Bank of Acre")
    tie(by=SYSTEM, customer=yosef, other=orchard, role="employee", title="buyer")

    move_employee(by=SYSTEM, customer=yosef, to=bank, title="clerk", on=DAY)

    history = Tie.objects.filter(customer=yosef).order_by("pk")
    assert [(t.other.name, t.title, t.ends_on) for t in history] == [
        ("Orchard Toys Ltd", "buyer", DAY),
        ("Bank of Acre", "clerk", None),
    ]


def test_is_found_by_the_employer_of_today(clinic):
    yosef, orchard = clinic.customers["yosef"], clinic.customers["orchard"]
    tie(by=SYSTEM, customer=yosef, other=orchard, role="employee")
    assert {hit.pk for hit in find(SYSTEM, "orchard")} == {yosef.pk, orchard.pk}

    move_employee(by=SYSTEM, customer=yosef, to=employer(clinic, "Bank of Acre"), on=DAY)

    assert {hit.pk for hit in find(SYSTEM, "orchard")} == {orchard.pk}


def test_is_found_by_the_new_name_of_the_employer(clinic):
    yosef, orchard = clinic.customers["yosef"], clinic.customers["orchard"]
    tie(by=SYSTEM, customer=yosef, other=orchard, role="employee")

    change_customer(by=SYSTEM, customer=orchard, values={"name": "Plumtree Games"})

    assert {hit.pk for hit in find(SYSTEM, "plumtree")} == {yosef.pk, orchard.pk}
    assert find(SYSTEM, "orchard", kinds=["customer"]) == []


def test_a_mother_pays_for_two_children(clinic):
    mother = clinic.customers["noa"]
    children = [
        add_customer(by=SYSTEM, customer=NewCustomer(name=f"{name} שלו", branches=[clinic.haifa]))
        for name in ("אורי", "מאיה")
    ]

    for child in children:
        tie(by=SYSTEM, customer=mother, other=child, role="parent")
        tie(by=SYSTEM, customer=mother, other=child, role="payer")

    assert (
        sorted(mother.ties.values_list("role", flat=True)) == ["parent", "parent"] + ["payer"] * 2
    )


def test_a_household_is_made_when_somebody_joins(clinic):
    noa, yosef = clinic.customers["noa"], clinic.customers["yosef"]

    home = join_household(by=SYSTEM, customer=yosef, beside=noa, on=DAY)
    again = join_household(by=SYSTEM, customer=clinic.customers["eleni"], beside=yosef, on=DAY)

    assert home == again
    assert {t.customer_id for t in Tie.objects.filter(other=home, role="member")} == {
        noa.pk,
        yosef.pk,
        clinic.customers["eleni"].pk,
    }


def test_an_ended_tie_may_begin_anew(clinic):
    yosef, orchard = clinic.customers["yosef"], clinic.customers["orchard"]
    first = tie(by=SYSTEM, customer=yosef, other=orchard, role="employee", starts_on=DAY)
    untie(by=SYSTEM, tie=first, on=DAY)

    second = tie(by=SYSTEM, customer=yosef, other=orchard, role="employee")

    assert second.pk != first.pk


def test_refuses_what_cannot_be(clinic):
    yosef, noa, orchard = (clinic.customers[name] for name in ("yosef", "noa", "orchard"))
    job = tie(by=SYSTEM, customer=yosef, other=orchard, role="employee", starts_on=DAY)

    with pytest.raises(TiedToHimself):
        tie(by=SYSTEM, customer=yosef, other=yosef, role="spouse")
    with pytest.raises(TiedAlready):
        tie(by=SYSTEM, customer=yosef, other=orchard, role="employee")
    with pytest.raises(TieImpossible):
        tie(by=SYSTEM, customer=yosef, other=noa, role="employee")
    with pytest.raises(TieImpossible):
        tie(by=SYSTEM, customer=yosef, other=noa, role="member")
    with pytest.raises(DaysReversed):
        untie(by=SYSTEM, tie=job, on=datetime.date(2026, 2, 28))


def test_refuses_to_end_twice(clinic):
    job = tie(
        by=SYSTEM,
        customer=clinic.customers["yosef"],
        other=clinic.customers["orchard"],
        role="employee",
    )
    untie(by=SYSTEM, tie=job, on=DAY)

    with pytest.raises(TieEnded):
        untie(by=SYSTEM, tie=job, on=DAY)


def test_a_mistake_goes_without_a_trace_on_the_customer(clinic):
    yosef = clinic.customers["yosef"]
    job = tie(by=SYSTEM, customer=yosef, other=clinic.customers["orchard"], role="employee")

    drop_tie(by=SYSTEM, tie=job)

    assert not yosef.ties.exists()


def test_nobody_is_tied_to_one_he_may_not_see(clinic):
    with pytest.raises(AccessDenied):
        tie(
            by=clinic.actor("receptionist"),
            customer=clinic.customers["noa"],
            other=clinic.customers["eleni"],
            role="spouse",
        )
