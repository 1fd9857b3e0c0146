from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from statistics import median

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from kesher.billing.models import Purchase
from kesher.core.access import Actor, readable, visible
from kesher.customers.models import Customer

CENT = Decimal("0.01")
RECENT = 40  # purchase days from which the rhythm is taken


@dataclass(frozen=True)
class Month:
    """What was bought in one month."""

    first_day: datetime.date
    count: int
    total: Decimal


@dataclass(frozen=True)
class Rhythm:
    """How often somebody buys: the usual gap, and the day on which the next was to be expected."""

    days_between: int
    last_on: datetime.date
    expected_on: datetime.date

    def days_late(self, today: datetime.date) -> int:
        """How many days the expected day lies behind; 0 when it is still to come."""
        return max(0, (today - self.expected_on).days)


def purchases_of(actor: Actor, customer: Customer) -> QuerySet[Purchase]:
    """The customer's purchases, the last one first, as far as the actor may read money."""
    if "amount" not in readable(actor, Purchase):
        return Purchase.objects.none()
    rows = visible(actor, Purchase).filter(customer=customer)
    return rows.select_related("product").order_by("-bought_on", "-id")


def purchases_by_month(
    actor: Actor, customer: Customer, since: datetime.date | None = None
) -> list[Month]:
    """Count and sum of each month in which the customer bought, without months of none."""
    rows = purchases_of(actor, customer)
    if since:
        rows = rows.filter(bought_on__gte=since)
    months = (
        rows.order_by()
        .annotate(month=TruncMonth("bought_on"))
        .values("month", "currency")
        .annotate(bought=Count("pk", filter=Q(amount__gte=0)), came_to=Sum("amount"))
        .order_by("month")
    )
    ours = months.filter(currency=_currency(rows))
    return [Month(row["month"], row["bought"], row["came_to"].quantize(CENT)) for row in ours]


def rhythm(actor: Actor, customer: Customer) -> Rhythm | None:
    """The usual gap between the last days of purchase; None before the third."""
    days = (
        purchases_of(actor, customer)
        .filter(amount__gte=0)
        .order_by("-bought_on")
        .values_list("bought_on", flat=True)
        .distinct()[:RECENT]
    )
    ordered = sorted(days)
    if len(ordered) < 3:
        return None
    gap = round(median((later - earlier).days for earlier, later in pairwise(ordered)))
    last = ordered[-1]
    return Rhythm(gap, last, last + datetime.timedelta(days=gap))


def _currency(rows: QuerySet[Purchase]) -> str:
    """The currency of the last purchase: sums are never built over two."""
    return rows.values_list("currency", flat=True).first() or ""
