"""Who can be one and who cannot, and what is brought up to date when rows moved between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.apps import apps
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, visible
from kesher.core.among import Many
from kesher.core.archiving import record_meant
from kesher.core.person import answers
from kesher.core.prepared import Mark, prepared
from kesher.core.refusal import Refusal
from kesher.core.search import index, index_rows
from kesher.customers.models import Apart, Customer, Tie, Tombstone
from kesher.customers.writing import InBin


class MergedWithHimself(Refusal):
    """It takes two."""

    message = _("A customer cannot be merged with himself. Choose at least two customers.")


class MergedAlready(Refusal):
    """Somebody was faster."""

    message = _("%(name)s was merged with another customer already.")
    status = 409


class CustomerGone(Refusal):
    """He was deleted meanwhile."""

    message = _("One of these customers is not here any more.")
    status = 404


class ChangedMeanwhile(Refusal):
    """The choice was made over values that are not there any more."""

    message = _("A colleague changed %(name)s meanwhile. Look at the customers again.")
    status = 409


class KindsDiffer(Refusal):
    """A person is no company."""

    message = _(
        "%(name)s and %(other)s are not of one kind: a person is merged with a person, an "
        "organisation with an organisation."
    )


class ToldApart(Refusal):
    """Somebody looked, and said that they are two."""

    message = _("%(by)s said that %(name)s and %(other)s are not the same. Take that back first.")


def survivors_by_number(numbers: Collection[str]) -> dict[str, int]:
    """Who goes on for customer numbers of those that were found to be another one."""
    ours = {pk: number for number in numbers if (pk := record_meant(number))}
    found: dict[str, int] = {}
    for pk, reference, survivor in _stones(references=numbers, numbers=ours) if numbers else ():
        found |= {name: survivor for name in (reference, ours.get(pk)) if name in numbers}
    return found


@prepared(references=Many(), numbers=Many())
def _stones(references: Mark, numbers: Mark) -> QuerySet:
    stones = Tombstone.objects.filter(Q(reference__among=references) | Q(number__among=numbers))
    latest_last = stones.order_by("merger", "number")
    return latest_last.values_list("number", "reference", "merger__survivor_id")


def hold(by: Actor, numbers: Sequence[int]) -> list[Customer]:
    """The customers as they are now, in this order, held until the transaction ends."""
    if len(set(numbers)) < 2 or len(set(numbers)) < len(numbers):
        raise MergedWithHimself
    rows = Customer.objects.filter(pk__in=numbers).order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    held = {row.pk: row for row in rows}
    missing = [number for number in numbers if number not in held]
    for stone in visible(by, Tombstone).filter(number__in=missing).order_by("number")[:1]:
        raise MergedAlready(name=stone.name)
    if missing:
        raise CustomerGone
    return [held[number] for number in numbers]


def refuse_unlike(customers: Sequence[Customer], versions: Mapping[int, int]) -> None:
    """Refuse those who cannot be one, or who are not any more as they were seen."""
    first = customers[0]
    for one in customers:
        if one.binned_at is not None:
            raise InBin(name=one.name)
        if one.kind != first.kind:
            raise KindsDiffer(name=first.name, other=one.name)
        if versions.get(one.pk, one.version) != one.version:
            raise ChangedMeanwhile(name=one.name)
    ids = [one.pk for one in customers]
    apart = Apart.objects.filter(customer__in=ids, other__in=ids).select_related(
        "customer", "other"
    )
    for pair in apart.order_by("pk")[:1]:
        raise ToldApart(by=pair.said_by, name=pair.customer.name, other=pair.other.name)


def bring_up_to_date(customers: Sequence[Customer], rows: Sequence[tuple[str, int]]) -> None:
    """Sums and search of customers between whom rows moved."""
    numbers = [one.pk for one in customers]
    there = list(Customer.objects.filter(pk__in=numbers).values_list("pk", flat=True))
    for said in answers(Customer):
        if said.renew:
            said.renew(there)
    tables = defaultdict(list)
    for table, row in rows:
        tables[table].append(row)
    for table, ids in tables.items():
        index_rows(apps.get_model(table), ids)
    index("customer", numbers)
    jobs = Tie.objects.filter(other__in=there, role=Tie.Role.EMPLOYEE, ends_on=None)
    index_rows(Customer, list(jobs.values_list("customer_id", flat=True)))
