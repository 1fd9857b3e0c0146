"""How lines of the ledger get back what they held before a batch of writes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from kesher.billing.commands.correcting import correct_purchase, remove_purchases
from kesher.billing.models import Purchase
from kesher.catalog.models import Product
from kesher.core.access import Actor
from kesher.core.undo import Restorer, restores


@restores(Purchase)
class PurchaseRestorer(Restorer):
    def restore(self, *, by: Actor, record: Any, values: Mapping[str, Any], batch: str) -> None:
        """By the command that corrects a line, so that the sums follow."""
        former: dict[str, Any] = {
            n: Decimal(values[n]) for n in ("amount", "quantity") if n in values
        }
        if "bought_on" in values:
            former["bought_on"] = datetime.date.fromisoformat(values["bought_on"])
        if "product_id" in values:
            product = Product.objects.filter(pk=values["product_id"]).first()
            former["product"] = product.name if product else ""
        correct_purchase(by=by, purchase=record, values=former, batch=batch)

    def remove(self, *, by: Actor, record: Any, batch: str) -> None:
        """A line that was added is struck out."""
        remove_purchases(by=by, purchases=[record], batch=batch)
