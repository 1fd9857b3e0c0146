from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from kesher.billing import ledger
from kesher.billing.models import Purchase
from kesher.catalog.commands.adding import add_products
from kesher.core.access import AccessDenied, Actor, require, require_kind, visible
from kesher.core.changes import locked, record_changes
from kesher.organization.queries import business

KEPT = ("customer_id", "bought_on", "amount", "currency", "product_id", "quantity", "key", "batch")


@transaction.atomic
def correct_purchase(
    *, by: Actor, purchase: Purchase, values: Mapping[str, Any], batch: str = ""
) -> Purchase:
    """Correct the day, amount, quantity or product of a line; the sums follow."""
    require(by, "change", purchase)
    ledger.hold_customers(by, [purchase.customer_id])
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
    ledger.tell(by, [current.customer_id], current.pk)
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
    customers = {row.customer_id for row in rows}
    ledger.hold_customers(by, customers)
    kept = [(row, {name: getattr(row, name) for name in KEPT}, None) for row in rows]
    record_changes(by=by, rows=kept, batch=batch)
    Purchase.objects.filter(pk__among=[row.pk for row in rows]).delete()
    ledger.recompute_summaries(customers, business().currency)
    ledger.tell(by, customers, rows[0].pk)
    return len(rows)


def _removable(by: Actor, ids: Sequence[int]) -> list[Purchase]:
    """The lines that are still there; refuses when one of them is not the actor's to change."""
    require_kind(by, "change", Purchase)
    rows = list(visible(by, Purchase, "change").filter(pk__among=ids))
    if len(rows) < Purchase.objects.filter(pk__among=ids).count():
        raise AccessDenied(f"{by.label} may not remove all of these purchases")
    return rows
