"""What a line of the ledger may hold, and the summary of each customer kept beside it."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from kesher.billing.models import Purchase, PurchaseSummary
from kesher.billing.summary import Sums, sums_of
from kesher.core.access import AccessDenied, Actor, visible
from kesher.core.money import minor_digits
from kesher.core.refusal import Refusal
from kesher.customers.models import Customer

AT_ONCE = 900
MOST = Decimal(10) ** 12
EARLIEST = datetime.date(1950, 1, 1)
AHEAD = datetime.timedelta(days=366)
COLUMNS = ("currency", "count", "total", "first_on", "last_on")
CENT = Decimal("0.01")
THOUSANDTH = Decimal("0.001")


class AmountImpossible(Refusal):
    """An amount that no purchase has."""

    message = _("An amount has at most 12 digits and %(digits)s after the point.")


class DayImpossible(Refusal):
    """A day on which nothing can have been bought."""

    message = _("The day of a purchase lies after 1950 and not more than a year ahead.")


class QuantityImpossible(Refusal):
    """A quantity that nobody buys."""

    message = _("A quantity has at most 7 digits and 3 after the point.")


class OtherCurrency(Refusal):
    """Amounts of two currencies are never added up."""

    message = _("The amount is in %(theirs)s; this business keeps its books in %(ours)s.")


class PurchaseOutOfReach(AccessDenied):
    """Some of the customers are not the actor's to serve."""

    message = _("You may not record purchases of all of these customers.")


def chunks(values: Iterable[int]) -> Iterator[list[int]]:
    """The numbers in order, as many at once as a query takes well."""
    ordered = sorted(set(values))
    for at in range(0, len(ordered), AT_ONCE):
        yield ordered[at : at + AT_ONCE]


def checked_amount(amount: Decimal, currency: str) -> Decimal:
    """The amount if it is one; never rounded behind anybody's back."""
    digits = min(minor_digits(currency), 2)
    if not amount.is_finite() or abs(amount) >= MOST or _places(amount) > digits:
        raise AmountImpossible(digits=digits)
    return amount.quantize(CENT)


def checked_quantity(quantity: Decimal) -> Decimal:
    """The quantity if it can be one."""
    if not quantity.is_finite() or abs(quantity) >= 10**7 or _places(quantity) > 3:
        raise QuantityImpossible
    return quantity.quantize(THOUSANDTH)


def checked_day(day: datetime.date, today: datetime.date) -> datetime.date:
    """The day if something can have been bought on it."""
    if not EARLIEST <= day <= today + AHEAD:
        raise DayImpossible
    return day


def _places(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def held(rows: models.QuerySet) -> models.QuerySet:
    """The rows, kept from others until the transaction ends, always in the same order."""
    rows = rows.order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",), no_key=True)
    return rows


def hold_customers(by: Actor, ids: Collection[int]) -> dict[int, Customer]:
    """The customers whose ledger is about to change; refuses any that the actor may not see."""
    found: dict[int, Customer] = {}
    for part in chunks(ids):
        seen = visible(by, Customer).filter(pk__in=part).values("pk")
        rows = held(Customer.objects.filter(pk__in=seen))
        found |= {row.pk: row for row in rows}
    if set(ids) - found.keys():
        raise PurchaseOutOfReach(f"{by.label} may not record for all of these customers")
    return found


def add_to_summaries(purchases: Iterable[Purchase], currency: str) -> None:
    """Count new purchases in, without reading the old ones again."""
    lines: dict[int, list[tuple[datetime.date, Decimal]]] = defaultdict(list)
    for one in purchases:
        lines[one.customer_id].append((one.bought_on, one.amount))
    for part in chunks(lines):
        rows = PurchaseSummary.objects.filter(customer__in=part)  # their customers are held
        before = {row.customer_id: row for row in rows}
        _write(
            {
                pk: _sums(before[pk]) + sums_of(lines[pk]) if pk in before else sums_of(lines[pk])
                for pk in part
                if pk not in before or before[pk].currency == currency
            },
            currency,
        )
        recompute_summaries(
            [pk for pk, row in before.items() if row.currency != currency], currency
        )


def recompute_summaries(customer_ids: Iterable[int], currency: str) -> None:
    """Add up the ledger of these customers anew, after lines were corrected or removed."""
    for part in chunks(customer_ids):
        bought = models.Q(amount__gte=0)
        rows = (
            Purchase.objects.filter(customer__in=part, currency=currency)
            .values("customer_id")
            .annotate(
                bought=models.Count("pk", filter=bought),
                came_to=models.Sum("amount"),
                first=models.Min("bought_on", filter=bought),
                last=models.Max("bought_on", filter=bought),
            )
            .order_by()
        )
        sums = {
            row["customer_id"]: Sums(
                row["bought"], row["came_to"].quantize(CENT), row["first"], row["last"]
            )
            for row in rows
        }
        PurchaseSummary.objects.filter(customer__in=set(part) - sums.keys()).delete()
        _write(sums, currency)


def _sums(row: PurchaseSummary) -> Sums:
    return Sums(row.count, row.total, row.first_on, row.last_on)


def _write(sums: dict[int, Sums], currency: str) -> None:
    PurchaseSummary.objects.bulk_create(
        (
            PurchaseSummary(
                customer_id=pk, currency=currency, count=one.count, total=one.total,
                first_on=one.first_on, last_on=one.last_on,
            )
            for pk, one in sorted(sums.items())
        ),
        update_conflicts=True,
        unique_fields=["customer"],
        update_fields=COLUMNS,
        batch_size=AT_ONCE,
    )  # fmt: skip
