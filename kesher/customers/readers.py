"""Who may read what is kept of a customer, and who has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from kesher.core.access import OPEN, Actor, visible
from kesher.customers.emergency import cleared_for_one
from kesher.customers.models import Customer
from kesher.organization.models import AccessRecord, Member
from kesher.organization.queries import actor_of

PAGE = 50


@dataclass(frozen=True)
class Reader:
    """Somebody who may see a customer, and what of him."""

    member: Member
    clearances: frozenset[str]
    opened: frozenset[str]  # of these what is open to him for an hour only


def readers_of(actor: Actor, customer: Customer, now: datetime) -> list[Reader]:
    """Everybody who works here and sees this customer, with what he may read."""
    here = visible(actor, Member).filter(is_active=True).select_related("role").order_by("name")
    return [one for member in here if (one := _reader(member, customer, now)) is not None]


def _reader(member: Member, customer: Customer, now: datetime) -> Reader | None:
    his = actor_of(member)
    if not visible(his, Customer).filter(pk=customer.pk).exists():
        return None
    here = cleared_for_one(his, customer.pk, now)
    return Reader(member, here.clearances - {OPEN}, here.clearances - his.clearances)


def accesses_to(
    actor: Actor, customer: Customer, *, before: int | None = None
) -> list[AccessRecord]:
    """Each reading of what is watched of a customer, the latest first; one more than a page.

    Lists and files of many customers are among them: they may have held him.
    """
    rows = visible(actor, AccessRecord).filter(
        Q(record_id=customer.pk) | Q(record_id__isnull=True), kind=Customer._meta.label_lower
    )
    rows = rows.filter(pk__lt=before) if before else rows
    return list(rows.order_by("-pk")[: PAGE + 1])


def accesses(actor: Actor, *, before: int | None = None) -> list[AccessRecord]:
    """Each reading of what is watched, of anything, the latest first; one more than a page."""
    rows = visible(actor, AccessRecord)
    rows = rows.filter(pk__lt=before) if before else rows
    return list(rows.order_by("-pk")[: PAGE + 1])
