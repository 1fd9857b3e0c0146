"""Two people edit one customer at the same moment, two hundred times: nothing vanishes silently."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from kesher.core.access import Actor
from kesher.core.changes import EditConflict, change
from kesher.core.models import Change
from kesher.customers.models import Customer
from tests.people import Clinic, open_clinic

pytestmark = pytest.mark.django_db(transaction=True)
PAIRS = 200
FIELDS = ("city", "about", "sort_name")


@pytest.fixture
def clinic() -> Clinic:
    return open_clinic()


def edit(actor: Actor, customer: Customer, seen: int, values: dict, together: threading.Barrier):
    """One of a pair: both have read the same version, both write at once."""
    try:
        together.wait(10)
        with transaction.atomic():
            change(by=actor, record=customer, values=values, seen=seen)
        return "kept"
    except EditConflict:
        return "shown both"
    finally:
        connection.close()


def race(clinic: Clinic, left: dict, right: dict) -> tuple[list[str], Customer]:
    noa = Customer.objects.get(pk=clinic.customers["noa"].pk)
    together = threading.Barrier(2)
    with ThreadPoolExecutor(2) as pair:
        halves = [
            pair.submit(edit, clinic.actor(who), noa, noa.version, values, together)
            for who, values in (("receptionist", left), ("manager", right))
        ]
        fates = sorted(half.result() for half in halves)
    return fates, Customer.objects.get(pk=noa.pk)


def test_two_hundred_pairs_lose_nothing_silently(clinic):
    for n in range(PAIRS):
        first = FIELDS[n % 3]
        second = first if n % 2 else FIELDS[(n + 1) % 3]
        left, right = {first: f"left {n}"}, {second: f"right {n}"}

        fates, noa = race(clinic, left, right)

        if first == second:
            assert fates == ["kept", "shown both"]
            assert getattr(noa, first) in (f"left {n}", f"right {n}")
        else:
            assert fates == ["kept", "kept"]
            assert (getattr(noa, first), getattr(noa, second)) == (f"left {n}", f"right {n}")


def test_the_ledger_tells_every_version_once(clinic):
    before = clinic.customers["noa"].version
    for n in range(20):
        race(clinic, {"city": f"left {n}"}, {"about": f"right {n}"})

    noa = Customer.objects.get(pk=clinic.customers["noa"].pk)
    versions = Change.objects.filter(
        kind="customers.customer", record_id=noa.pk, version__gt=before
    ).values_list("version", flat=True)
    assert sorted(versions) == list(range(before + 1, noa.version + 1))
    assert noa.version == before + 40
