from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from kesher.billing import ledger
from kesher.billing.models import KEYED, Purchase
from kesher.catalog.commands.adding import add_products
from kesher.core.access import Actor, require_kind
from kesher.core.among import found_among
from kesher.core.bulk import insert_rows
from kesher.core.changes import record_added
from kesher.organization.queries import business

ONE = Decimal(1)


COLUMNS = (
    "customer", "bought_on", "amount", "currency", "product", "quantity", "key", "batch", "is_demo",
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class NewPurchase:
    """A line of the ledger. A key names its line in the source, so that it is never taken twice."""

    customer_id: int
    bought_on: datetime.date
    amount: Decimal
    product: str = ""
    quantity: Decimal = ONE
    currency: str = ""  # that of the business when empty
    key: str = ""


@transaction.atomic
def record_purchases(
    *, by: Actor, purchases: Sequence[NewPurchase], batch: str = "", is_demo: bool = False
) -> list[int]:
    """Write down what customers bought and return the numbers of the lines; known keys are passed.

    A line with a key that is in the ledger already is not written again.
    """
    require_kind(by, "add", Purchase)
    currency = business().currency
    _check(purchases, currency)
    ledger.hold_customers(by, {new.customer_id for new in purchases})
    fresh = _without_known(purchases)
    if not fresh:
        return []
    names = {new.product for new in fresh if new.product}
    products = add_products(by=by, names=names, batch=batch, is_demo=is_demo) if names else {}
    ids = {name: product.pk for name, product in products.items()}
    rows = [
        (
            new.customer_id, new.bought_on, ledger.checked_amount(new.amount, currency), currency,
            ids.get(new.product), ledger.checked_quantity(new.quantity), new.key, batch, is_demo,
        )
        for new in fresh
    ]  # fmt: skip
    numbers = insert_rows(Purchase, COLUMNS, rows, returning=True)
    ledger.add_to_summaries((row[:3] for row in rows), currency)
    ledger.tell(by, {row[0] for row in rows}, numbers[0])
    return numbers


@transaction.atomic
def record_purchase(*, by: Actor, new: NewPurchase, batch: str) -> int:
    """Write down by hand what a customer bought; returns the number of the line."""
    (number,) = record_purchases(by=by, purchases=[new], batch=batch)
    row = Purchase.objects.get(pk=number)
    values = {name: getattr(row, name) for name in ("bought_on", "amount", "quantity")}
    record_added(by=by, record=row, batch=batch, values=values)
    return number


def _check(purchases: Sequence[NewPurchase], currency: str) -> None:
    """Refuse what cannot be, before anything is written."""
    today = timezone.localdate()
    for new in purchases:
        if new.currency and new.currency != currency:
            raise ledger.OtherCurrency(theirs=new.currency, ours=currency)
        ledger.checked_amount(new.amount, currency)
        ledger.checked_quantity(new.quantity)
        ledger.checked_day(new.bought_on, today)


def _without_known(purchases: Sequence[NewPurchase]) -> list[NewPurchase]:
    """The lines that no earlier file brought, each key once. The customers are held meanwhile."""
    keys = {new.key for new in purchases if new.key}
    known = set(found_among(Purchase, "key", keys, "key", where=KEYED))
    fresh = []
    for new in purchases:
        if new.key in known:
            continue
        fresh.append(new)
        if new.key:
            known.add(new.key)
    return fresh
