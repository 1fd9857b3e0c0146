"""Reads of customers that several callers share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from kesher.core.access import Actor, hanging, label_of, may, readable, visible
from kesher.customers.models import Customer, CustomerContact, Tie, Wish
from kesher.organization.models import Branch

KEPT_DAYS = 30  # in the bin
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
    uses = CustomerContact.objects.filter(point=OuterRef("point")).exclude(customer=customer)
    rows = hanging(actor, CustomerContact, customer).select_related("point")
    return list(rows.annotate(is_shared=Exists(uses)).order_by("rank", "pk"))


def ties_in_sight(actor: Actor, customer: Customer, most: int) -> list[tuple[Tie, bool]]:
    """What he is to others and they to him, and whether the actor may open the other one."""
    if not may(actor, "view", Tie):
        return []
    mine = Tie.objects.filter(Q(customer=customer) | Q(other=customer))
    numbers = list(mine.values_list("pk", flat=True)[:MOST_TIES])
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


def ties_of(actor: Actor, customer: Customer) -> QuerySet[Tie]:
    """What a customer is to others and they to him; those that have ended come last."""
    mine = Q(customer=customer) | Q(other=customer)
    rows = visible(actor, Tie).filter(mine).select_related("customer", "other")
    return rows.order_by("ends_on", "role", "pk")


def wishes_of(actor: Actor, customer: Customer) -> QuerySet[Wish]:
    """What a customer needs and wishes; what is met comes last."""
    if "text" not in readable(actor, Wish):
        return Wish.objects.none()
    rows = visible(actor, Wish).filter(customer=customer)
    return rows.order_by("met_on", "-noted_on", "-pk")


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
