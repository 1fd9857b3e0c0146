"""Two who edit one customer at the same moment: nothing is lost without a word."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from kesher.core.access import SYSTEM
from kesher.core.changes import EditConflict
from kesher.core.models import Change
from kesher.customers.commands.adding import NewCustomer, add_customer
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.contacts import add_contact
from kesher.customers.match_keys import write_keys
from kesher.customers.models import ContactPoint, Customer, CustomerContact, MatchKey
from kesher.organization.models import Business

PAIRS = 25


@pytest.fixture
def someone(transactional_db):
    """A customer, with nobody else about."""
    Business.objects.create(name="Races")
    return add_customer(by=SYSTEM, customer=NewCustomer(name="Noa Levi", city="Haifa"))


def both(*deeds):
    """Do these at one moment, each in a thread of its own; returns what each raised."""
    barrier, raised = Barrier(len(deeds)), [None] * len(deeds)

    def run(at):
        barrier.wait()
        try:
            deeds[at]()
        except Exception as error:  # what came of it is judged by the test
            raised[at] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(at,)) for at in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def change(customer, seen, **values):
    return lambda: change_customer(by=SYSTEM, customer=customer, values=values, seen=seen)


def add(customer, number):
    return lambda: add_contact(by=SYSTEM, customer=customer, kind="phone", value=number)


def test_different_fields_both_stay(someone):
    for number in range(PAIRS):
        seen = Customer.objects.get(pk=someone.pk).version

        raised = both(
            change(someone, seen, city=f"City {number}"),
            change(someone, seen, first_name=f"Noa {number}"),
        )

        now = Customer.objects.get(pk=someone.pk)
        assert raised == [None, None]
        assert (now.city, now.name) == (f"City {number}", f"Noa {number} Levi")
        assert now.version == seen + 2


def test_of_the_same_field_one_is_told(someone):
    for number in range(PAIRS):
        seen = Customer.objects.get(pk=someone.pk).version
        wanted = [f"A {number}", f"B {number}"]

        raised = both(*(change(someone, seen, city=city) for city in wanted))

        (winner,) = [at for at, error in enumerate(raised) if error is None]
        loser = raised[1 - winner]
        assert isinstance(loser, EditConflict)
        assert loser.clashes[0].theirs == wanted[winner]
        assert Customer.objects.get(pk=someone.pk).city == wanted[winner]


def test_every_write_left_its_change(someone):
    for number in range(PAIRS):
        both(
            change(someone, None, city=f"City {number}"),
            change(someone, None, about=f"About {number}"),
        )

    versions = list(
        Change.objects.filter(kind="customers.customer", record_id=someone.pk)
        .order_by("version")
        .values_list("version", flat=True)
    )
    assert versions == list(range(1, 2 * PAIRS + 2))


def test_one_number_added_to_two_customers_is_one_row(someone):
    other = add_customer(by=SYSTEM, customer=NewCustomer(name="Gil Bar"))

    for number in range(PAIRS):
        raised = both(*(add(who, f"04-81112{number:02}") for who in (someone, other)))
        assert raised == [None, None]

    assert ContactPoint.objects.count() == PAIRS
    assert CustomerContact.objects.count() == 2 * PAIRS


def test_keys_written_from_two_sides_are_written_once(someone):
    """As the page does that changes him, and the job that compares whoever was changed."""
    for _ in range(PAIRS):
        assert both(*[lambda: write_keys([someone.pk])] * 3) == [None, None, None]
    keys = list(MatchKey.objects.filter(number=someone.pk).values_list("key", flat=True))
    assert keys
    assert len(keys) == len(set(keys))
