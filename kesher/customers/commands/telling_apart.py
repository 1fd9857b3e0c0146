from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations

from django.db import transaction

from kesher.core.access import Actor, require_kind
from kesher.core.events import announce
from kesher.customers.events import CustomerChanged
from kesher.customers.mergers import hold
from kesher.customers.models import Apart, Customer
from kesher.customers.writing import require_all


@transaction.atomic
def tell_apart(*, by: Actor, customers: Iterable[Customer]) -> None:
    """Say that customers who look alike are not the same, so that nobody asks again."""
    held = _held(by, customers)
    pairs = [Apart(customer=one, other=two, said_by=by.label) for one, two in permutations(held, 2)]
    Apart.objects.bulk_create(pairs, ignore_conflicts=True)
    _tell(by, held)


@transaction.atomic
def take_back_apart(*, by: Actor, customers: Iterable[Customer]) -> None:
    """Take back that customers are not the same: they may be shown as alike again."""
    held = _held(by, customers)
    Apart.objects.filter(customer__in=held, other__in=held).delete()
    _tell(by, held)


def _held(by: Actor, customers: Iterable[Customer]) -> list[Customer]:
    require_kind(by, "merge", Customer)
    held = hold(by, [one.pk for one in customers])
    require_all(by, "merge", [one.pk for one in held])
    return held


def _tell(by: Actor, customers: Iterable[Customer]) -> None:
    for one in customers:
        announce(CustomerChanged(customer_id=one.pk), by=by, about=one)
