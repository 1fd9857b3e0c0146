from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from kesher.billing import ledger
from kesher.billing.events import PurchasesImported, PurchasesRecorded
from kesher.billing.models import Purchase
from kesher.billing.policy import FINANCIAL
from kesher.catalog.commands.adding import add_products
from kesher.core.access import AccessDenied, Actor, require, require_kind, visible
from kesher.core.changes import locked, record_changes
from kesher.core.events import announce
from kesher.organization.queries import business

KEPT = ("customer_id", "bought_on", "amount", "currency", "product_id", "quantity", "key", "batch")


@transaction.atomic
def correct_purchase(
    *, by: Actor, purchase: Purchase, values: Mapping[str, Any], batch: str = ""
) -> Purchase:
    """Correct the day, amount, quantity or product of a line; the sums follow."""
    require(by, "change", purchase)
    customers = ledger.hold_customers(by, [purchase.customer_id])
    current = locked(purchase)
    checked = _checked(by, current, values, batch)
    before = {name: getattr(current, name) for name in checked}
    after = {name: value for name, value in checked.items() if value != before[name]}
    if not after:
        return current
    for name, value in after.items():
        setattr(current, name, value)
    current.save(update_fields=list(after))
    before = {name: before[name] for name in after}
    record_changes(by=by, rows=[(current, before, after)], batch=batch)
    ledger.recompute_summaries([current.customer_id], business().currency)
    announce(
        PurchasesRecorded(customer_id=current.customer_id),
        by=by, about=customers[current.customer_id], classification=FINANCIAL,
    )  # fmt: skip
    return current


def _checked(by: Actor, current: Purchase, values: Mapping[str, Any], batch: str) -> dict[str, Any]:
    if unknown := set(values) - {"bought_on", "amount", "quantity", "product"}:
        raise TypeError(f"correct_purchase does not take {sorted(unknown)}")
    checked: dict[str, Any] = {}
    if "bought_on" in values:
        checked["bought_on"] = ledger.checked_day(values["bought_on"], timezone.localdate())
    if "amount" in values:
        checked["amount"] = ledger.checked_amount(values["amount"], current.currency)
    if "quantity" in values:
        checked["quantity"] = ledger.checked_quantity(values["quantity"])
    if "product" in values:
        name = values["product"]
        named = add_products(by=by, names=[name], batch=batch) if name else {}
        checked["product_id"] = named[name].pk if name else None
    return checked


@transaction.atomic
def remove_purchases(*, by: Actor, purchases: Sequence[Purchase], batch: str = "") -> int:
    """Strike lines out of the ledger; what they held stays in the history."""
    rows = _removable(by, [one.pk for one in purchases])
    if not rows:
        return 0
    customers = ledger.hold_customers(by, {row.customer_id for row in rows})
    kept = [(row, {name: getattr(row, name) for name in KEPT}, None) for row in rows]
    record_changes(by=by, rows=kept, batch=batch)
    for part in ledger.chunks(row.pk for row in rows):
        Purchase.objects.filter(pk__in=part).delete()
    ledger.recompute_summaries(customers, business().currency)
    if len(customers) == 1:
        (customer,) = customers.values()
        fact = PurchasesRecorded(customer_id=customer.pk)
        announce(fact, by=by, about=customer, classification=FINANCIAL)
    else:
        several = PurchasesImported(first_purchase_id=rows[0].pk)
        announce(several, by=by, classification=FINANCIAL)
    return len(rows)


def _removable(by: Actor, ids: Sequence[int]) -> list[Purchase]:
    """The lines that are still there; refuses when one of them is not the actor's to change."""
    require_kind(by, "change", Purchase)
    allowed = visible(by, Purchase, "change")
    rows: list[Purchase] = []
    for part in ledger.chunks(ids):
        found = list(allowed.filter(pk__in=part))
        if len(found) < Purchase.objects.filter(pk__in=part).count():
            raise AccessDenied(f"{by.label} may not remove all of these purchases")
        rows += found
    return rows
