from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet

from kesher.core.access import Actor, visible
from kesher.customers.models import Customer
from kesher.engagement.models import Draft, Notification, Presence, Task, Touch
from kesher.engagement.pulse import CLOSED, in_order

MOST_MARKED = 30
PAGE = 30


@dataclass(frozen=True)
class Marked:
    """The touches of a customer that stand out: agreements, open complaints, the last closing."""

    agreements: list[Touch]
    complaints: list[Touch]
    closing: Touch | None


@dataclass(frozen=True)
class Contact:
    """When we were last in touch, and how often in the year before."""

    last_at: datetime | None
    in_a_year: int
    settled_complaints: int


def marked_touches(actor: Actor, customer: Customer) -> Marked:
    """What was agreed, what is complained about, and why nothing more is planned."""
    stands_out = (
        Q(pinned_at__isnull=False)
        | Q(severity__isnull=False, settled_at__isnull=True)
        | Q(outcome=CLOSED)
    )
    rows = touches_of(actor, customer).filter(stands_out).select_related("member")
    found = list(rows.order_by("-happened_at", "-pk")[:MOST_MARKED])
    pinned = [row for row in found if row.pinned_at]
    return Marked(
        agreements=sorted(pinned, key=lambda row: row.pinned_at, reverse=True),
        complaints=[row for row in found if row.severity and not row.settled_at],
        closing=next((row for row in found if row.outcome == CLOSED), None),
    )


def touches_of(actor: Actor, customer: Customer) -> QuerySet[Touch]:
    """The touches with a customer that the actor may see."""
    return visible(actor, Touch).filter(customer=customer, binned_at__isnull=True)


def contact_with(actor: Actor, customer: Customer, *, now: datetime) -> Contact:
    """How lively the contact with a customer is, by what the actor may see."""
    contact = ~Q(direction=Touch.Direction.INTERNAL)
    recent = Q(happened_at__gte=now - timedelta(days=365))
    complaints = Q(severity__isnull=False, settled_at__isnull=False)
    told = touches_of(actor, customer).aggregate(
        last=Max("happened_at", filter=contact),
        in_a_year=Count("pk", filter=contact & recent),
        settled=Count("pk", filter=complaints & recent),
    )
    return Contact(told["last"], told["in_a_year"], told["settled"])


def open_tasks(actor: Actor, customer: Customer) -> QuerySet[Task]:
    """What is planned with a customer, the next first."""
    rows = visible(actor, Task).filter(customer=customer, state=Task.State.OPEN)
    return in_order(rows.select_related("owner"))


def drafts_of(actor: Actor, customer: Customer) -> dict[str, Draft]:
    """What the actor has begun to write about a customer, by form."""
    return {draft.channel: draft for draft in visible(actor, Draft).filter(customer=customer)}


def others_present(actor: Actor, customer: Customer, *, now: datetime) -> list[Presence]:
    """Colleagues who are writing about a customer right now."""
    rows = visible(actor, Presence).filter(customer=customer, seen_at__gt=now - Presence.LASTS)
    others = rows.exclude(member_id=actor.member_id) if actor.member_id else rows
    return list(others.select_related("member").order_by("member__name"))


# ---- notifications


def unread_count(actor: Actor) -> int:
    """How many notifications the actor has not read."""
    return visible(actor, Notification).filter(read_at__isnull=True).count()


def notifications_of(actor: Actor, *, before: datetime | None = None) -> list[Notification]:
    """What the actor was notified of, the latest first; one more than a page where there is more."""
    rows = visible(actor, Notification).select_related("caused_by")
    if before is not None:
        rows = rows.filter(created_at__lt=before)
    return list(rows.order_by("-created_at", "-pk")[: PAGE + 1])


# ---- a member's day


def tasks_of(actor: Actor, member_ids: Sequence[int | None], until: date) -> QuerySet[Task]:
    """Open tasks of these members that are due by a day, the most pressing first."""
    rows = visible(actor, Task).filter(
        owner__in=member_ids, state=Task.State.OPEN, due_on__lte=until
    )
    return in_order(rows.select_related("customer", "owner"))


def latest_touches(actor: Actor, size: int) -> list[Touch]:
    """What was last said and done in the actor's branches."""
    rows = visible(actor, Touch).filter(binned_at__isnull=True)
    if actor.branches:
        rows = rows.filter(Q(branch__in=actor.branches) | Q(branch__isnull=True))
    rows = rows.exclude(outcome=CLOSED).select_related("customer", "member")
    return list(rows.order_by("-happened_at", "-pk")[:size])
