"""Not the same: said once, remembered for both, and taken back."""

import pytest

from kesher.core.access import SYSTEM, AccessDenied
from kesher.customers.commands.adding import NewCustomer, add_customer
from kesher.customers.commands.merging import merge_customers
from kesher.customers.commands.parting import unmerge_customers
from kesher.customers.commands.telling_apart import take_back_apart, tell_apart
from kesher.customers.mergers import MergedWithHimself
from kesher.customers.queries import pairs_apart

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(clinic):
    return [
        add_customer(by=SYSTEM, customer=NewCustomer(name=name, branches=[clinic.haifa]))
        for name in ("Dana", "Dana L", "D. Levi")
    ]


def said(three, actor=SYSTEM):
    pairs = pairs_apart(actor, [one.pk for one in three])
    return [(pair.customer_id, pair.other_id) for pair in pairs]


def test_of_three_each_pair_is_remembered_once(clinic, three):
    boss = clinic.actor("owner")
    a, b, c = (one.pk for one in three)

    tell_apart(by=boss, customers=reversed(three))
    tell_apart(by=boss, customers=three[:2])

    assert said(three) == [(a, b), (a, c), (b, c)]
    assert pairs_apart(boss, [a, b])[0].said_by == boss.label


def test_it_is_taken_back(clinic, three):
    boss = clinic.actor("owner")
    tell_apart(by=boss, customers=three)

    take_back_apart(by=boss, customers=three[1:])

    a, b, c = (one.pk for one in three)
    assert said(three) == [(a, b), (a, c)]


def test_who_goes_on_is_not_the_same_either(clinic, three):
    boss = clinic.actor("owner")
    tell_apart(by=boss, customers=three[1:])

    merger = merge_customers(by=boss, survivor=three[0], others=[three[1]])

    assert said(three) == [(three[0].pk, three[2].pk)]
    unmerge_customers(by=boss, merger=merger)
    assert said(three) == [(three[1].pk, three[2].pk)]


def test_refuses_one_alone_and_without_the_right(clinic, three):
    with pytest.raises(MergedWithHimself):
        tell_apart(by=clinic.actor("owner"), customers=three[:1])
    with pytest.raises(AccessDenied):
        tell_apart(by=clinic.actor("receptionist"), customers=three)
