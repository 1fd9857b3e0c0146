from __future__ import annotations

import datetime
from decimal import Decimal

from django.db.models import BigIntegerField, Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from kesher.billing.models import Purchase
from kesher.billing.rhythm import RECENT, Month, Rhythm, rhythm_of
from kesher.core.access import Actor, readable, sight_hanging
from kesher.core.prepared import Mark, prepared
from kesher.customers.models import Customer

CENT = Decimal("0.01")


def purchases_of(actor: Actor, customer: Customer) -> QuerySet[Purchase]:
    """The customer's purchases, the last one first, as far as the actor may read money."""
    if "amount" not in readable(actor, Purchase):
        return Purchase.objects.none()
    return _purchases(sight_hanging(actor, Purchase, customer), customer.pk)


def _purchases(seen: Q, customer: int | Mark) -> QuerySet[Purchase]:
    rows = Purchase.objects.filter(seen, customer=customer).select_related("product")
    return rows.order_by("-bought_on", "-id")


def last_purchases(actor: Actor, customer: Customer, most: int) -> list[Purchase]:
    """So many of the customer's purchases, the last one first, as `purchases_of` gives them."""
    if "amount" not in readable(actor, Purchase):
        return []
    return _last_purchases(sight_hanging(actor, Purchase, customer), most, customer=customer.pk)


@prepared(customer=BigIntegerField())
def _last_purchases(seen: Q, most: int, customer: Mark) -> QuerySet[Purchase]:
    return _purchases(seen, customer)[:most]


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
    return rhythm_of(days)


def _currency(rows: QuerySet[Purchase]) -> str:
    """The currency of the last purchase: sums are never built over two."""
    return rows.values_list("currency", flat=True).first() or ""
