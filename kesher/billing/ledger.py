"""What a line of the ledger may hold, and the summary of each customer kept beside it."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from kesher.billing.events import PurchasesImported, PurchasesRecorded
from kesher.billing.models import Purchase, PurchaseSummary
from kesher.billing.policy import FINANCIAL
from kesher.billing.summary import Sums, sums_of
from kesher.core.access import AccessDenied, Actor, sight
from kesher.core.among import Many, found_among
from kesher.core.bulk import insert_rows
from kesher.core.events import announce
from kesher.core.money import minor_digits
from kesher.core.prepared import Mark, prepared
from kesher.core.refusal import Refusal
from kesher.customers.models import Customer

KEPT = 20_000  # amounts that were looked at before
MOST = Decimal(10) ** 12
EARLIEST = datetime.date(1950, 1, 1)
NO_SUMS = Sums()
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


@lru_cache(maxsize=KEPT)
def checked_amount(amount: Decimal, currency: str) -> Decimal:
    """The amount if it is one; never rounded behind anybody's back."""
    digits = min(minor_digits(currency), 2)
    if not amount.is_finite() or abs(amount) >= MOST or _places(amount) > digits:
        raise AmountImpossible(digits=digits)
    return amount.quantize(CENT)


@lru_cache(maxsize=KEPT)
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


def hold_customers(by: Actor, ids: Collection[int]) -> None:
    """Keep the customers whose ledger is about to change; refuses any the actor may not see."""
    if ids and len(_hold(sight(by, Customer), numbers=set(ids))) < len(set(ids)):
        raise PurchaseOutOfReach(f"{by.label} may not record for all of these customers")


@prepared(numbers=Many())
def _hold(seen: models.Q, numbers: Mark) -> models.QuerySet:
    rows = Customer.objects.filter(seen, pk__among=numbers).values("pk")
    return held(Customer.objects.filter(pk__in=rows)).values_list("pk")


def tell(by: Actor, customer_ids: Collection[int], first_id: int) -> None:
    """Announce that lines of these customers' ledgers changed, the first of them by its number."""
    if len(customer_ids) > 1:
        several = PurchasesImported(first_purchase_id=first_id)
        announce(several, by=by, classification=FINANCIAL)
        return
    (customer,) = Customer.objects.filter(pk__in=customer_ids)
    fact = PurchasesRecorded(customer_id=customer.pk)
    announce(fact, by=by, about=customer, classification=FINANCIAL)


def add_to_summaries(lines: Iterable[tuple[int, datetime.date, Decimal]], currency: str) -> None:
    """Count new lines (customer, day, amount) in, without reading the old ones again."""
    by_customer: dict[int, list[tuple[datetime.date, Decimal]]] = defaultdict(list)
    for pk, day, amount in lines:
        by_customer[pk].append((day, amount))
    rows = found_among(PurchaseSummary, "customer", by_customer, "pk", *COLUMNS)  # all are held
    before = {pk: (kept, Sums(*sums)) for pk, kept, *sums in rows}
    sums = {}
    for pk, bought in by_customer.items():
        kept, sums_before = before.get(pk, (currency, NO_SUMS))
        if kept == currency:
            sums[pk] = sums_before + sums_of(bought)
    _write(sums, currency)
    if changed_currency := by_customer.keys() - sums.keys():
        recompute_summaries(changed_currency, currency)


def recompute_summaries(customer_ids: Collection[int], currency: str) -> None:
    """Add up the ledger of these customers anew, after lines were corrected or removed."""
    bought = models.Q(amount__gte=0)
    rows = (
        Purchase.objects.filter(customer__among=set(customer_ids), currency=currency)
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
    PurchaseSummary.objects.filter(customer__among=set(customer_ids) - sums.keys()).delete()
    _write(sums, currency)


def _write(sums: Mapping[int, Sums], currency: str) -> None:
    rows = (
        (pk, currency, one.count, one.total, one.first_on, one.last_on)
        for pk, one in sorted(sums.items())
    )
    insert_rows(PurchaseSummary, ("customer", *COLUMNS), rows, instead=("customer", COLUMNS))
