"""Reads of customers that several callers share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, CharField, Exists, F, OuterRef, Q, QuerySet, Value

from kesher.core.access import Actor, label_of, may, policy_of, readable, sight_hanging, visible
from kesher.core.person import answers
from kesher.core.prepared import Mark, prepared
from kesher.customers.models import (
    Apart,
    Customer,
    CustomerBranch,
    CustomerContact,
    CustomerTag,
    MergedRow,
    Merger,
    Tie,
    Tombstone,
    Wish,
)
from kesher.organization.models import Branch

KEPT_DAYS = 30  # in the bin
MOST_LATER = 100  # of one table that are named
MOST_TIES = 500  # of one customer that are looked through


@dataclass(frozen=True)
class Sharers:
    """Who else uses a contact point: those in sight by name, and how many are not."""

    names: tuple[str, ...] = ()
    others: int = 0


def contacts_of(actor: Actor, customer: Customer) -> list[CustomerContact]:
    """The contact details of a customer in order, as far as the actor may read them."""
    if "raw" not in readable(actor, CustomerContact):
        return []
    rows = visible(actor, CustomerContact).filter(customer=customer).select_related("point")
    return list(rows.order_by("point__kind", "rank", "pk"))


def sharers_of(actor: Actor, contacts: Sequence[CustomerContact]) -> dict[int, Sharers]:
    """For each contact point that others use as well: who they are."""
    points = [contact.point_id for contact in contacts]
    mine = {contact.customer_id for contact in contacts}
    uses = CustomerContact.objects.filter(point__in=points).exclude(customer__in=mine)
    held: dict[int, set[int]] = defaultdict(set)
    for point, pk in uses.values_list("point_id", "customer_id")[:500]:
        held[point].add(pk)
    ids = {pk for others in held.values() for pk in others}
    seen = {row.pk: label_of(actor, row) for row in visible(actor, Customer).filter(pk__in=ids)}
    return {
        point: Sharers(
            names=tuple(sorted(seen[pk] for pk in others if pk in seen)),
            others=len(others - seen.keys()),
        )
        for point, others in held.items()
    }


def points_of(actor: Actor, customer: Customer) -> list[CustomerContact]:
    """The contact details of a customer as he ranks them; each knows whether others use it too."""
    if "raw" not in readable(actor, CustomerContact):
        return []
    return _points(sight_hanging(actor, CustomerContact, customer), customer=customer.pk)


@prepared(customer=BigIntegerField())
def _points(seen: Q, customer: Mark) -> QuerySet[CustomerContact]:
    uses = CustomerContact.objects.filter(point=OuterRef("point")).exclude(customer=customer)
    rows = CustomerContact.objects.filter(seen, customer=customer).select_related("point")
    return rows.annotate(is_shared=Exists(uses)).order_by("rank", "pk")


def ties_in_sight(actor: Actor, customer: Customer, most: int) -> list[tuple[Tie, bool]]:
    """What he is to others and they to him, and whether the actor may open the other one."""
    if not may(actor, "view", Tie):
        return []
    numbers = _ties(customer=customer.pk)
    if not numbers:
        return []
    rows = Tie.objects.filter(pk__in=numbers).select_related("customer", "other")
    named = (*(field.name for field in Tie._meta.concrete_fields), "customer__name", "other__name")
    found = list(rows.only(*named).order_by("ends_on", "pk")[:most])
    ends = {one for row in found for one in (row.customer_id, row.other_id)}
    seen = set(visible(actor, Customer).filter(pk__in=ends).values_list("pk", flat=True))
    return [
        (row, (row.other_id if row.customer_id == customer.pk else row.customer_id) in seen)
        for row in found
        if row.customer_id in seen
    ]


@prepared(customer=BigIntegerField())
def _ties(customer: Mark) -> QuerySet:
    mine = Tie.objects.filter(Q(customer=customer) | Q(other=customer))
    return mine.values_list("pk", flat=True)[:MOST_TIES]


def ties_of(actor: Actor, customer: Customer) -> QuerySet[Tie]:
    """What a customer is to others and they to him; those that have ended come last."""
    mine = Q(customer=customer) | Q(other=customer)
    rows = visible(actor, Tie).filter(mine).select_related("customer", "other")
    return rows.order_by("ends_on", "role", "pk")


def wishes_of(actor: Actor, customer: Customer) -> QuerySet[Wish]:
    """What a customer needs and wishes; what is met comes last."""
    if "text" not in readable(actor, Wish):
        return Wish.objects.none()
    return _wishes(sight_hanging(actor, Wish, customer), customer.pk)


def _wishes(seen: Q, customer: int | Mark) -> QuerySet[Wish]:
    return Wish.objects.filter(seen, customer=customer).order_by("met_on", "-noted_on", "-pk")


def open_wishes(actor: Actor, customer: Customer) -> list[Wish]:
    """What a customer needs and wishes and has not got, as far as the actor sees it."""
    if "text" not in readable(actor, Wish):
        return []
    return _open_wishes(sight_hanging(actor, Wish, customer), customer=customer.pk)


@prepared(customer=BigIntegerField())
def _open_wishes(seen: Q, customer: Mark) -> QuerySet[Wish]:
    return _wishes(seen, customer).filter(met_on__isnull=True)[:MOST_TIES]


def names_held(actor: Actor, customer: Customer) -> dict[str, list[str]]:
    """The names of a customer's tags and branches, asked in one go, in their order."""
    asked = [sight_hanging(actor, model, customer) for model in (CustomerTag, CustomerBranch)]
    held: dict[str, list[str]] = {"tag": [], "branch": []}
    for kind, name in _names_held(*asked, customer=customer.pk):
        held[kind].append(name)
    return {kind: sorted(names) for kind, names in held.items()}


@prepared(customer=BigIntegerField())
def _names_held(tags_seen: Q, branches_seen: Q, customer: Mark) -> QuerySet:
    tags = CustomerTag.objects.filter(tags_seen, customer=customer)
    branches = CustomerBranch.objects.filter(branches_seen, customer=customer)
    tag, branch = (Value(kind, output_field=CharField()) for kind in ("tag", "branch"))
    return tags.values_list(tag, "tag__name").union(
        branches.values_list(branch, "branch__name"), all=True
    )


def pairs_apart(actor: Actor, numbers: Sequence[int]) -> list[Apart]:
    """Of which of these customers somebody said that they are not the same, each pair once."""
    rows = visible(actor, Apart).filter(
        customer__in=numbers, other__in=numbers, customer__lt=F("other")
    )
    return list(rows.select_related("customer", "other").order_by("customer", "other"))


def binned_customers(actor: Actor) -> QuerySet[Customer]:
    """Those in the bin whom the actor may take out or delete, the latest first."""
    rows = visible(actor, Customer, "bin").filter(binned_at__isnull=False)
    return rows.order_by("-binned_at", "-pk")


def days_left(actor: Actor, customer: Customer, now: datetime) -> int:
    """How many days he still lies in the bin."""
    if customer.binned_at is None or "binned_at" not in readable(actor, Customer):
        return KEPT_DAYS
    return max(0, (customer.binned_at + timedelta(days=KEPT_DAYS) - now).days)


def branches_of(actor: Actor, customer: Customer) -> list[Branch]:
    """The branches a customer belongs to."""
    return list(visible(actor, Branch).filter(customers=customer).order_by("name", "pk"))


def names_merged(actor: Actor, mergers: Sequence[Merger]) -> dict[int, list[str]]:
    """Who was merged in each of these mergers, by name, also after they were taken apart."""
    numbers = {number for merger in mergers for number in merger.numbers}
    names = {row.pk: label_of(actor, row) for row in Customer.objects.filter(pk__in=numbers)}
    stones = Tombstone.objects.filter(number__in=numbers)
    names |= {stone.number: label_of(actor, stone) for stone in stones}
    return {
        merger.pk: [names[number] for number in merger.numbers if number in names]
        for merger in mergers
    }


def came_later(actor: Actor, merger: Merger) -> list[tuple[str, str]]:
    """What came to the survivor since the merger, by table and name, as far as the actor sees."""
    found: list[tuple[str, str]] = []
    for said in answers(Customer):
        last = merger.highest.get(said.model._meta.label_lower)
        names = policy_of(said.model).label
        if last is None or not {said.via, *names} <= readable(actor, said.model):
            continue
        rows = visible(actor, said.model).filter(**{said.via: merger.survivor_id}, pk__gt=last)
        rows = rows.exclude(pk__in=_returning(merger, said.model))
        table, count = said.model._meta.label_lower, 0 if names else rows.count()
        if names:
            found += [(table, label_of(actor, row)) for row in rows[:MOST_LATER]]
        elif count:
            found.append((table, str(said.counted % {"count": count})))
    return found


def _returning(merger: Merger, model: Any) -> QuerySet:
    """Rows of mergers are as old as their customers."""
    known = Q(table=model._meta.label_lower, merger__survivor=merger.survivor_id)
    return MergedRow.objects.filter(known).values("row")
