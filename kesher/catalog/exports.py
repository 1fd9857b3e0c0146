"""Products and what they cost as a file that can be brought back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kesher.catalog.models import Price, Product
from kesher.core.access import Actor, visible
from kesher.core.archiving import Archived, archived, texts_of
from kesher.core.importing.values import Amount
from kesher.organization.queries import business


@archived
class ProductsOut(Archived):
    name = "products"
    model = Product
    columns = ("name", "code", "unit", "description", "price", "currency", "valid_from")
    told_by = {"valid_from": (Price, "valid_from")}

    def rows(self, by: Actor) -> QuerySet[Product]:
        """All products, with their prices."""
        return visible(by, Product, self.right).prefetch_related("prices")

    def said(self, rows: Sequence[Product]) -> Iterator[dict[str, Any]]:
        """A line for each price, the oldest first; one for a product without any."""
        for row in rows:
            about = {name: getattr(row, name) for name in ("name", "code", "unit", "description")}
            for price in reversed(row.prices.all()):
                yield about | {
                    "price": Amount(price.amount),
                    "currency": price.currency,
                    "valid_from": price.valid_from,
                }
            if not row.prices.all():
                yield about

    def texts(self, column: str, value: Any) -> list[Any]:
        """Prices as plain numbers."""
        return [value.number] if isinstance(value, Amount) else texts_of(value)

    def left(self, by: Actor) -> Iterator[tuple[Any, int]]:
        """What a price list has no column for, and what an import refuses."""
        rows = visible(by, Product, self.right)
        yield _("that a product is archived"), rows.exclude(archived_at=None).count()
        prices = Price.objects.filter(product__in=rows).exclude(currency=business().currency)
        yield _("prices in another currency, which an import refuses"), prices.count()
