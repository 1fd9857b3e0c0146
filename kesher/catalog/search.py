"""How products are found: by name and by code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils.translation import get_language

from kesher.catalog.models import Product
from kesher.core.access import Actor, guard
from kesher.core.money import show_money
from kesher.core.search import Piece, Searchable, searchable

SUNK = -20  # what is not sold any more comes after what is


@searchable
class ProductSearch(Searchable):
    kind = "product"
    model = Product

    def pieces(self, ids: Sequence[int]) -> Iterable[Piece]:
        """One open piece each."""
        rows = Product.objects.filter(pk__in=ids)
        for pk, name, code, archived in rows.values_list("pk", "name", "code", "archived_at"):
            texts = tuple(filter(None, (name, code)))
            yield Piece(record_id=pk, texts=texts, weight=SUNK if archived else 0)

    def live(self, rows: QuerySet[Product]) -> QuerySet[Product]:
        """All of them: also what was sold once is asked for."""
        return rows

    def hit(self, actor: Actor, record: Product) -> tuple[str, str]:
        """The name, the code and what it costs."""
        seen = guard(actor, record)
        price = ""
        if seen.price is not None and seen.currency:
            price = show_money(seen.price, seen.currency, get_language() or "en", whole=True)
        return str(seen), " · ".join(filter(None, (str(seen.code), price)))
