from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import BigIntegerField, Q, QuerySet

from kesher.core.access import Actor, hanging, sight, sight_hanging, visible
from kesher.core.prepared import Mark, prepared, rows_counted
from kesher.core.text import fold
from kesher.customers.models import Customer
from kesher.engagement.models import Attachment, Consent, Draft, Notification, Presence, Task, Touch
from kesher.engagement.pulse import CLOSED, in_order
from kesher.organization.models import Member
from kesher.organization.queries import actor_of

MOST_MARKED = 30
MOST_FILES = 300
MOST_CONSENTS = 100
MOST_TASKS = 100
MOST_TOUCHES = 30
MOST_MENTIONABLE = 6
PAGE = 30


@dataclass(frozen=True)
class Marked:
    """The touches of a customer that stand out: agreements, open complaints, the last closing."""

    agreements: list[Touch]
    complaints: list[Touch]
    closing: Touch | None


def marked_touches(
    actor: Actor, customer: Customer, known: Sequence[Touch] | None = None
) -> Marked:
    """What was agreed, what is complained about, and why nothing more is planned.

    `known` are all touches with the customer, the latest first, where somebody has them already.
    """
    found = _standing_out(actor, customer) if known is None else known
    pinned = [row for row in found if row.pinned_at]
    return Marked(
        agreements=sorted(pinned, key=lambda row: row.pinned_at or row.happened_at, reverse=True),
        complaints=[row for row in found if row.severity and not row.settled_at],
        closing=next((row for row in found if row.outcome == CLOSED), None),
    )


def _standing_out(actor: Actor, customer: Customer) -> Sequence[Touch]:
    """The latest touches that are pinned, complain, or close: what is looked for among many."""
    stands_out = (
        Q(pinned_at__isnull=False)
        | Q(severity__isnull=False, settled_at__isnull=True)
        | Q(outcome=CLOSED)
    )
    rows = touches_of(actor, customer).filter(stands_out)
    return list(rows.order_by("-happened_at", "-pk")[:MOST_MARKED])


def touches_of(actor: Actor, customer: Customer) -> QuerySet[Touch]:
    """The touches with a customer that the actor may see."""
    return _touches(sight_hanging(actor, Touch, customer), customer.pk)


def _touches(seen: Q, customer: int | Mark) -> QuerySet[Touch]:
    rows = Touch.objects.filter(seen, customer=customer, binned_at__isnull=True)
    return rows.defer("folded")


def recent_touches(actor: Actor, customer: Customer) -> list[Touch] | None:
    """All touches with a customer; nothing where they are more than a page of his history."""
    found = _recent_touches(sight_hanging(actor, Touch, customer), customer=customer.pk)
    return found if len(found) <= MOST_TOUCHES else None


@prepared(customer=BigIntegerField())
def _recent_touches(seen: Q, customer: Mark) -> QuerySet[Touch]:
    return _touches(seen, customer).order_by("-happened_at", "-pk")[: MOST_TOUCHES + 1]


def recent_tasks(actor: Actor, customer: Customer) -> list[Task] | None:
    """All tasks of a customer; nothing where there are too many to be fetched for one page."""
    rows = _recent_tasks(sight_hanging(actor, Task, customer), customer=customer.pk)
    return rows if len(rows) <= MOST_TASKS else None


@prepared(customer=BigIntegerField())
def _recent_tasks(seen: Q, customer: Mark) -> QuerySet[Task]:
    return in_order(Task.objects.filter(seen, customer=customer))[: MOST_TASKS + 1]


def attachments_of(actor: Actor, customer: Customer) -> list[Attachment]:
    """The files of a customer that the actor may see, the latest first."""
    return _attachments(sight_hanging(actor, Attachment, customer), customer=customer.pk)


@prepared(customer=BigIntegerField())
def _attachments(seen: Q, customer: Mark) -> QuerySet[Attachment]:
    rows = Attachment.objects.filter(seen, customer=customer, binned_at__isnull=True)
    return rows.order_by("-added_at", "-pk")[:MOST_FILES]


def consents_of(actor: Actor, customer: Customer) -> list[Consent]:
    """What a customer agreed to and took back, the latest first, without what was a mistake."""
    return _consents(sight_hanging(actor, Consent, customer), customer=customer.pk)


@prepared(customer=BigIntegerField())
def _consents(seen: Q, customer: Mark) -> QuerySet[Consent]:
    rows = Consent.objects.filter(seen, customer=customer, voided_at__isnull=True)
    return rows.select_related("recorded_by").order_by("-happened_at", "-pk")[:MOST_CONSENTS]


def drafts_of(actor: Actor, customer: Customer) -> dict[str, Draft]:
    """What the actor has begun to write about a customer, by form."""
    rows = _drafts(sight(actor, Draft), customer=customer.pk)
    return {draft.channel: draft for draft in rows}


@prepared(customer=BigIntegerField())
def _drafts(seen: Q, customer: Mark) -> QuerySet[Draft]:
    return Draft.objects.filter(seen, customer=customer)


def others_present(actor: Actor, customer: Customer, *, now: datetime) -> list[Presence]:
    """Colleagues who are writing about a customer right now."""
    rows = hanging(actor, Presence, customer).filter(seen_at__gt=now - Presence.LASTS)
    others = rows.exclude(member_id=actor.member_id) if actor.member_id else rows
    return list(others.select_related("member").order_by("member__name"))


def mentionable_members(actor: Actor, customer: Customer, text: str) -> list[Member]:
    """Colleagues who may see the customer and whose name has a word that begins like the text."""
    typed = fold(text)
    found = []
    rows = visible(actor, Member).filter(is_active=True).exclude(pk=actor.member_id)
    for member in rows.select_related("role").order_by("name"):
        named = fold(member.name)
        begins = named.startswith(typed) or any(word.startswith(typed) for word in named.split())
        if begins and _sees(member, customer):
            found.append(member)
        if len(found) == MOST_MENTIONABLE:
            break
    return found


def _sees(member: Member, customer: Customer) -> bool:
    """Whether a member may see a customer."""
    return visible(actor_of(member), Customer).filter(pk=customer.pk).exists()


# ---- notifications


def unread_count(actor: Actor) -> int:
    """How many notifications the actor has not read."""
    counted = _unread(sight(actor, Notification))
    return counted[0] if counted else 0


@prepared()
def _unread(seen: Q) -> QuerySet:
    rows = Notification.objects.filter(seen, read_at__isnull=True).order_by()
    return rows.values_list(rows_counted(), flat=True)


def notifications_of(actor: Actor, *, before: datetime | None = None) -> list[Notification]:
    """What the actor was notified of, the latest first; one beyond a page where there is more."""
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
