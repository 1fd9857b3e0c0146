from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from kesher.billing import ledger
from kesher.billing.events import PurchasesImported, PurchasesRecorded
from kesher.billing.models import Purchase
from kesher.billing.policy import FINANCIAL
from kesher.catalog.commands.adding import add_products
from kesher.catalog.models import Product
from kesher.core.access import Actor, require_kind
from kesher.core.bulk import insert_rows
from kesher.core.events import announce
from kesher.organization.queries import business

ONE = Decimal(1)


@dataclass(frozen=True, kw_only=True)
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
) -> list[Purchase]:
    """Write down what customers bought; a line with a known key is passed over."""
    require_kind(by, "add", Purchase)
    currency = business().currency
    customers = ledger.hold_customers(by, {new.customer_id for new in purchases})
    today = timezone.localdate()
    fresh = _without_known([_checked(new, currency, today) for new in purchases])
    if not fresh:
        return []
    names = {new.product for new in fresh if new.product}
    products = add_products(by=by, names=names, batch=batch, is_demo=is_demo) if names else {}
    added = [_row(new, currency, products, batch, is_demo) for new in fresh]
    _insert(added)
    ledger.add_to_summaries(added, currency)
    if len(customers) == 1:
        (customer,) = customers.values()
        fact = PurchasesRecorded(customer_id=customer.pk)
        announce(fact, by=by, about=customer, classification=FINANCIAL)
    else:
        several = PurchasesImported(first_purchase_id=added[0].pk)
        announce(several, by=by, classification=FINANCIAL)
    return added


def _checked(new: NewPurchase, currency: str, today: datetime.date) -> NewPurchase:
    if new.currency and new.currency != currency:
        raise ledger.OtherCurrency(theirs=new.currency, ours=currency)
    return replace(
        new,
        amount=ledger.checked_amount(new.amount, currency),
        quantity=ledger.checked_quantity(new.quantity),
        bought_on=ledger.checked_day(new.bought_on, today),
    )


def _without_known(purchases: Sequence[NewPurchase]) -> list[NewPurchase]:
    """The lines that no earlier file brought, each key once. The customers are held meanwhile."""
    keys = sorted({new.key for new in purchases if new.key})
    known: set[str] = set()
    for at in range(0, len(keys), ledger.AT_ONCE):
        rows = Purchase.objects.filter(key__in=keys[at : at + ledger.AT_ONCE])
        known.update(rows.values_list("key", flat=True))
    fresh = []
    for new in purchases:
        if new.key in known:
            continue
        fresh.append(new)
        if new.key:
            known.add(new.key)
    return fresh


def _row(
    new: NewPurchase, currency: str, products: dict[str, Product], batch: str, is_demo: bool
) -> Purchase:
    return Purchase(
        customer_id=new.customer_id,
        bought_on=new.bought_on,
        amount=new.amount,
        currency=currency,
        product=products.get(new.product),
        quantity=new.quantity,
        key=new.key,
        batch=batch,
        is_demo=is_demo,
    )


def _insert(rows: Sequence[Purchase]) -> None:
    columns = [field for field in Purchase._meta.concrete_fields if not field.primary_key]
    values = ([getattr(row, field.attname) for field in columns] for row in rows)
    numbers = insert_rows(Purchase, [field.name for field in columns], values, returning=True)
    for row, number in zip(rows, numbers, strict=True):
        row.pk = number
        row._state.adding = False
