"""For whom what of one customer is open for a while, beyond the clearances of his role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import BigIntegerField, DateTimeField, Model, Q, QuerySet
from django.db.models.functions import Now

from kesher.core.access import Actor, may, sight, visible
from kesher.core.prepared import Mark, prepared
from kesher.customers.models import Customer, EmergencyAccess
from kesher.organization.models import Classification


def cleared_for_one(actor: Actor, customer_id: int, now: datetime) -> Actor:
    """The actor as he may read this one customer now; only what stands on his pages is asked so.

    Lists, searches and files that leave the house go by the clearances of his role alone.
    """
    if actor.is_system or not may(actor, "add", EmergencyAccess):
        return actor
    held = _opened(member=actor.member_id, customer=customer_id, now=now)
    opened = frozenset(key for (key,) in held) - actor.clearances
    return replace(actor, clearances=actor.clearances | opened) if opened else actor


@prepared(member=BigIntegerField(), customer=BigIntegerField(), now=DateTimeField())
def _opened(member: Mark, customer: Mark, now: Mark) -> QuerySet:
    held = EmergencyAccess.objects.filter(member=member, customer=customer, ends_at__gt=now)
    return held.order_by().values_list("classification__key")


def cleared_near(actor: Actor, model: type[Model], pk: int, now: datetime) -> Actor:
    """The same for a record that hangs on a customer, such as a note or a file."""
    if actor.is_system or not may(actor, "add", EmergencyAccess):
        return actor
    customer_id = model._default_manager.filter(pk=pk).values_list("customer_id", flat=True).first()
    return cleared_for_one(actor, customer_id, now) if customer_id else actor


def end_emergencies(customers: Sequence[Customer]) -> None:
    """Close what is open of customers who become one with another: it was not opened of him."""
    open_now = EmergencyAccess.objects.filter(customer__in=customers, ends_at__gt=Now())
    open_now.update(ends_at=Now())


def emergencies_now(actor: Actor, customer: Customer, now: datetime) -> list[EmergencyAccess]:
    """What the actor has opened of a customer and not closed again."""
    if not may(actor, "add", EmergencyAccess):
        return []
    mine = Q(member=actor.member_id, customer=customer, ends_at__gt=now)
    rows = visible(actor, EmergencyAccess, "add").filter(mine)
    return list(rows.select_related("classification"))


def closed_to(actor: Actor) -> Sequence[Classification]:
    """What an actor could open in an emergency: all that his role is not cleared for."""
    rows = Classification.objects.filter(sight(actor, Classification)).order_by("rank", "key")
    return [row for row in rows if not actor.cleared_for(row.key) and row.key != "staff"]


def emergencies_of(actor: Actor, customer: Customer | None = None) -> QuerySet[EmergencyAccess]:
    """Each time somebody broke the glass, of one customer or of all, the latest first."""
    related = ("customer", "member", "classification", "ended_by")
    rows = visible(actor, EmergencyAccess).select_related(*related).order_by("-pk")
    return rows.filter(customer=customer) if customer else rows
