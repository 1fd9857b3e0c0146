"""The ledger of purchases as a file that can be brought back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kesher.billing.models import Purchase
from kesher.core.access import Actor, visible
from kesher.core.archiving import Archived, archived, number_of, texts_of
from kesher.core.importing.values import Amount
from kesher.customers.exports import customers_out, number_in_files
from kesher.organization.queries import business


@archived
class PurchasesOut(Archived):
    name = "purchases"
    model = Purchase
    hangs_on = "customer_id"
    columns = ("customer", "date", "amount", "currency", "item", "quantity", "record")
    told_by = {
        "date": (Purchase, "bought_on"), "item": (Purchase, "product"), "record": (Purchase, "id"),
    }  # fmt: skip
    summed = ("amount",)

    def rows(self, by: Actor) -> QuerySet[Purchase]:
        """What customers who go out have bought."""
        rows = visible(by, Purchase, "export").filter(customer__in=customers_out(by))
        return rows.select_related("customer", "product")

    def said(self, rows: Sequence[Purchase]) -> Iterator[dict[str, Any]]:
        """A line of the ledger."""
        for row in rows:
            yield {
                "customer": number_in_files(row.customer_id, row.customer.reference),
                "date": row.bought_on,
                "amount": Amount(row.amount),
                "currency": row.currency,
                "item": row.product.name if row.product else "",
                "quantity": _short(row.quantity),
                "record": row.key or number_of(row.pk),
            }

    def texts(self, column: str, value: Any) -> list[Any]:
        """Amounts as plain numbers."""
        return [value.number] if isinstance(value, Amount) else texts_of(value)

    def left(self, by: Actor) -> Iterator[tuple[Any, int]]:
        """What an import of purchases refuses."""
        foreign = self.rows(by).exclude(currency=business().currency).count()
        yield _("purchases in another currency, which an import refuses"), foreign


def _short(quantity: Decimal) -> Decimal:
    """Without zeros at the end."""
    plain = quantity.normalize()
    return plain.quantize(Decimal(1)) if int(plain.as_tuple().exponent) > 0 else plain
