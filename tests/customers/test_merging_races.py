"""Two who merge at one moment: exactly one wins, and no row is lost."""

import pytest

from kesher.core.access import SYSTEM
from kesher.core.refusal import Refusal
from kesher.customers.commands.adding import NewCustomer, add_customer
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.merging import merge_customers
from kesher.customers.commands.parting import unmerge_customers
from kesher.customers.mergers import CustomerGone, MergedAlready
from kesher.customers.models import Customer, CustomerContact, Merger, Tombstone
from kesher.organization.models import Business
from tests.customers.test_races import both

ROUNDS = 8


@pytest.fixture
def people(transactional_db):
    """Makes three who look alike, with nobody else about."""
    Business.objects.create(name="Races")

    def make():
        Customer.objects.all().delete()
        return [
            add_customer(by=SYSTEM, customer=NewCustomer(name=name, phones=[f"03-555111{at}"]))
            for at, name in enumerate(("Dana", "Dana L", "D. Levi"))
        ]

    return make


def merge(survivor, *others, **more):
    return lambda: merge_customers(by=SYSTEM, survivor=survivor, others=others, **more)


def told(raised):
    return [type(one) for one in raised if one is not None]


def phones():
    return CustomerContact.objects.count()


def test_the_same_two_at_once(people):
    for _round in range(ROUNDS):
        a, b, _c = people()
        raised = both(merge(a, b), merge(a, b))

        assert told(raised) == [MergedAlready]
        assert (Merger.objects.count(), phones()) == (1, 3)


def test_each_into_the_other(people):
    for _round in range(ROUNDS):
        a, b, _c = people()
        raised = both(merge(a, b), merge(b, a))

        assert told(raised) == [MergedAlready]
        assert Customer.objects.filter(pk__in=[a.pk, b.pk]).count() == 1
        assert Tombstone.objects.count() == 1


def test_in_a_ring(people):
    for _round in range(ROUNDS):
        a, b, c = people()
        raised = both(merge(a, b), merge(b, c), merge(c, a))

        assert set(told(raised)) <= {MergedAlready}
        assert len(told(raised)) in (1, 2)
        left = Customer.objects.values_list("pk", flat=True)
        assert len(left) == 3 - Tombstone.objects.count()
        assert {*Tombstone.objects.values_list("merger__survivor", flat=True)} <= {*left}
        assert phones() == 3


def test_while_he_is_edited(people):
    for number in range(ROUNDS):
        a, b, _c = people()
        seen = {one.pk: one.version for one in (a, b)}

        def edit(one=b, city=f"City {number}"):
            change_customer(by=SYSTEM, customer=one, values={"city": city})

        raised = both(merge(a, b, versions=seen), edit)

        assert len(told(raised)) == 1  # either comes too late, and is told so
        is_merged = not Customer.objects.filter(pk=b.pk).exists()
        assert is_merged == (raised[0] is None)


def test_taken_apart_twice_and_merged_again(people):
    for _round in range(ROUNDS):
        a, b, c = people()
        merger = merge_customers(by=SYSTEM, survivor=a, others=[b])

        def part(merger=merger):
            unmerge_customers(by=SYSTEM, merger=merger)

        raised = both(part, part, merge(a, c))

        assert all(isinstance(one, Refusal) for one in raised if one)
        assert len(told(raised)) == 1
        assert Customer.objects.filter(pk__in=[a.pk, b.pk, c.pk]).count() == 2
        assert phones() == 3
        assert CustomerGone not in told(raised)
